"""The lines of which most is at risk, one by one: found along the index of value at risk, however many wait."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import Customer, Sku, Waiting
from dashboard.panels.cancellation_risk.queries import DEFAULT_SORT, SORTS
from dashboard.panels.filters import NOT_KNOWN, Selection, conditions
from dashboard.panels.lines import found_among
from dashboard.panels.pages import View, read_page

_MOST_AT_RISK = "at-risk"


class RiskPoint(NamedTuple):
    """One waiting line, or part of one, as the picture shows it."""

    order_number: str
    line_no: int
    customer: str
    product: str
    currency: str
    value: int  # micro-units, as what of it is at risk
    value_at_risk: int
    cancel_risk: int  # ten-thousandths


def most_at_risk(
    session: Session, selection: Selection, currency: str, today: date, *, walked: bool, told: bool
) -> tuple[RiskPoint, ...]:
    """The lines of a selection in one currency of which most is at risk: as many as a page has, the most first."""
    rest = selection.without("currency")
    if walked:
        # Said outright, the walk along the index begins where the currency does, however many lines have another one.
        where = [Waiting.currency == currency, *conditions(session, rest, today, walked=True)]
    else:  # Of few lines the currency is looked at; it would lead SQLite to all lines that have it.
        where = conditions(session, rest.having("currency", currency or NOT_KNOWN), today, told=told)
    page = read_page(
        session,
        select(Waiting.line_id, Waiting.part).where(*where),
        SORTS[_MOST_AT_RISK],
        View(rest, _MOST_AT_RISK, descending=True, default_sort=DEFAULT_SORT),
        widen=lambda found: found_among(_SHOWN, found),
        make=_point,
        walked=walked,
    )
    return tuple(point for point in page.rows if point.value_at_risk)


_SHOWN = (
    select(
        Waiting.order_number,
        Waiting.line_no,
        Customer.name.label("customer_name"),
        Customer.code.label("customer_code"),
        Waiting.sku,
        Sku.name.label("product"),
        Waiting.currency,
        Waiting.value,
        Waiting.value_at_risk,
        Waiting.cancel_risk,
    )
    .outerjoin(Customer, Customer.id == Waiting.customer_id)
    .outerjoin(Sku, Sku.id == Waiting.sku_id)
)


def _point(row: Any) -> RiskPoint:
    return RiskPoint(
        order_number=row.order_number,
        line_no=row.line_no,
        customer=row.customer_name or row.customer_code,
        product=row.product or row.sku,
        currency=row.currency,
        value=row.value,
        value_at_risk=row.value_at_risk,
        cancel_risk=row.cancel_risk,
    )
