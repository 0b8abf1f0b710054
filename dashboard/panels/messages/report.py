"""Messages to customers, as CSV."""

from __future__ import annotations

from dashboard.panels.messages.queries import FILTERED_BY, all_messages
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, text, whole

COLUMNS = (
    whole("message", lambda row: row.id),
    text("order_id", lambda row: row.order),
    text("customer"),
    text("kind"),
    text("state"),
    text("to", lambda row: row.to_address),
    text("subject"),
    Column("written_at", lambda row: row.created_at.isoformat(timespec="seconds")),
    Column("sent_at", lambda row: row.sent_at.isoformat(timespec="seconds") if row.sent_at else ""),
    whole("attempts"),
    text("failure"),
)

# It names people and their addresses, so that it is to be had on its page alone.
MESSAGES = Report(
    "messages",
    "Messages",
    "message to a customer, the newest first",
    COLUMNS,
    all_messages,
    filters=FILTERED_BY,
    about="What was written to customers, and whether it arrived.",
)
