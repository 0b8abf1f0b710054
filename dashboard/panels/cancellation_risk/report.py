"""Who may cancel, how likely and why, as CSV."""

from __future__ import annotations

from operator import attrgetter

from dashboard.domain.cancellation_risk import WHOLE
from dashboard.panels.aging.panel import count_lines
from dashboard.panels.cancellation_risk.queries import ScoredLine, scored_lines
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, money, rate, text, whole

_scored_at = attrgetter("scored_at")


def _chance(row: ScoredLine) -> float | None:
    return None if row.cancel_risk is None else row.cancel_risk / WHOLE


def _moment(row: ScoredLine) -> str:
    """An instant that the row already holds in the shop's zone."""
    moment = _scored_at(row)
    return "" if moment is None else moment.isoformat(timespec="seconds")


COLUMNS = (
    text("order_id"),
    whole("line_no"),
    text("sku"),
    text("customer_id"),
    whole("qty_backordered"),
    text("currency"),
    money("value"),
    rate("cancel_risk", _chance),
    money("value_at_risk"),
    text("reasons"),
    text("model"),
    Column("scored_at", _moment),
)

CANCELLATION_RISK = Report(
    "cancellation-risk",
    "Cancellation risk",
    "backordered line, riskiest first",
    COLUMNS,
    scored_lines,
    about="Who may cancel within 14 days: the chance, the value at risk, and the reasons in words.",
    count=count_lines,
)
