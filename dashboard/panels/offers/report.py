"""Offers, as CSV."""

from __future__ import annotations

from dashboard.domain.incentive_offers import WHOLE
from dashboard.panels.offers.queries import FILTERED_BY, all_offers
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, day, flag, money, rate, text, whole

COLUMNS = (
    whole("offer", lambda row: row.id),
    text("order_id", lambda row: row.order),
    whole("line_no"),
    text("sku"),
    text("customer"),
    text("kind"),
    rate("percent", lambda row: None if row.percent is None else row.percent / WHOLE),
    money("amount"),
    text("gift"),
    text("substitute", lambda row: row.instead),
    text("currency"),
    money("cost"),
    text("state"),
    text("offered_by", lambda row: row.who),
    Column("offered_at", lambda row: row.at.isoformat(timespec="seconds")),
    text("approved_by"),
    day("expires_on"),
    Column("ended_at", lambda row: row.ended_at.isoformat(timespec="seconds") if row.ended_at else ""),
    flag("kept"),
    text("why", lambda row: row.reason),
)

# It names people, so that it is to be had on its page alone.
OFFERS = Report(
    "offers",
    "Offers",
    "offer to a customer, the newest first",
    COLUMNS,
    all_offers,
    filters=FILTERED_BY,
    about="What customers were offered so that they stay, and whether they did.",
)
