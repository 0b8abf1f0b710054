"""The panel as CSV: its figures (`aging`) and its rows (`backorders`)."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

from sqlalchemy.orm import Session

from dashboard.domain.cancellation_risk import WHOLE
from dashboard.panels.aging.panel import count_lines, of_chosen_ages
from dashboard.panels.aging.queries import BucketFigures, bucket_figures
from dashboard.panels.aging.worklist import backorders
from dashboard.panels.filters import Selection
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, day, money, rate, text, whole


def _moment(name: str) -> Column:
    """An instant that the row already holds in the shop's zone."""
    read = attrgetter(name)
    return Column(name, lambda row: read(row).isoformat(timespec="seconds"))


BACKORDER_COLUMNS = (
    text("order_id"),
    whole("line_no"),
    text("sku"),
    text("product"),
    text("customer_id"),
    text("customer"),
    text("tier"),
    text("channel"),
    _moment("placed_at"),
    whole("age_days"),
    whole("qty_ordered"),
    whole("qty_shipped"),
    whole("qty_cancelled"),
    whole("qty_reserved"),
    whole("qty_backordered"),
    text("currency"),
    money("unit_price"),
    money("value"),
    day("first_promise"),
    day("current_promise"),
    day("eta"),
    day("late_eta"),
    text("eta_basis"),
    text("supplier_id"),
    text("po_id"),
    text("cause"),
    # Of whoever agreed to wait however long it takes nothing falls due.
    day("deadline", lambda row: None if row.deadline == date.max else row.deadline),
    text("deadline_kind", lambda row: "" if row.deadline == date.max else row.deadline_kind),
    rate("cancel_risk", lambda row: None if row.cancel_risk is None else row.cancel_risk / WHOLE),
    text("payment_state"),
    day("likely_eta"),
    day("likely_late_eta"),
)


BACKORDERS = Report(
    "backorders",
    "Backorders",
    "backordered line, most urgent first",
    BACKORDER_COLUMNS,
    backorders,
    about="The worklist: every line that waits, since when and why, its worth, when it ships, what falls due first.",
    count=count_lines,
)


COLUMNS = (
    text("bucket", lambda row: row.bucket.key),
    text("currency"),
    whole("lines"),
    whole("orders"),
    whole("customers"),
    whole("units"),
    money("value"),
    whole("oldest_days"),
)


def _aging_rows(session: Session, selection: Selection, today: date) -> list[BucketFigures]:
    return of_chosen_ages(bucket_figures(session, selection, today), selection)


AGING = Report(
    "aging",
    "Aging",
    "bucket of age and currency",
    COLUMNS,
    _aging_rows,
    about="How long customers have waited: lines, orders, customers, units and value by age, each currency for itself.",
    count=lambda session, selection, today: len(_aging_rows(session, selection, today)),
)
