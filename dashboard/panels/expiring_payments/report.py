"""Which cards and authorisations last until their lines can ship, as CSV."""

from __future__ import annotations

from operator import attrgetter

from dashboard.panels.aging.panel import count_lines
from dashboard.panels.expiring_payments.queries import means_of_lines
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, day, text, whole

_expires_at = attrgetter("authorization_expires_at")


def _expiry(row: object) -> str:
    """The gateway's own moment, which the row already holds in the shop's zone."""
    moment = _expires_at(row)
    return "" if moment is None else moment.isoformat(timespec="seconds")


COLUMNS = (
    text("order_id"),
    whole("line_no"),
    text("customer_id"),
    text("payment_method_id"),
    text("kind"),
    text("brand"),
    text("last4"),
    day("good_through"),
    Column("authorization_expires_at", _expiry),
    day("needed_on"),
    whole("days_short"),
    text("state"),
)

EXPIRING_PAYMENTS = Report(
    "expiring-payments",
    "Expiring payments",
    "backordered line and its means of payment, the first to end first",
    COLUMNS,
    means_of_lines,
    about="Which cards and authorisations end before their goods ship. Of a card only brand, last digits and expiry.",
    count=count_lines,
)
