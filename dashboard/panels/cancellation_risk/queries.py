"""What waits, by the chance that its customer cancels it, with the reasons for that chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import cache
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import rows_of
from dashboard.domain.aging import age_days
from dashboard.domain.cancellation_risk import MODEL, NOT_SCORED, Case, Reason, reasons
from dashboard.estimates import cancellation
from dashboard.models import Customer, LinePart, Order, Sku, Waiting
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.freshness import planned_at
from dashboard.panels.lines import IDENTITY, LineOfRow, found_among, line_of, lines_with
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE

DEFAULT_SORT = "-risk"
SORTS: dict[str, Sort] = {
    "order": Sort(IDENTITY),
    "product": Sort((Waiting.sku, *IDENTITY)),
    "age": Sort((number(Waiting.placed_at), *IDENTITY), falls=True, largest_first=True),
    "ships": Sort((Waiting.eta_order, *IDENTITY)),
    "value": Sort((Waiting.currency, Waiting.value, *IDENTITY), largest_first=True),
    "at-risk": Sort((Waiting.currency, Waiting.value_at_risk, *IDENTITY), largest_first=True),
    "risk": Sort(
        (Waiting.risk_order, *IDENTITY), largest_first=True, told_by=func.coalesce(Waiting.cancel_risk, NOT_SCORED)
    ),
}


class RiskLine(NamedTuple):
    """One backordered line as the table shows it; of a divided line, one of its parts."""

    line: LineOfRow
    sku: str
    product: str
    placed_on: date
    age_days: int
    eta: date | None
    currency: str
    value: int | None  # micro-units; None where the price is not known
    cancel_risk: int | None  # ten-thousandths; None where nothing scores it
    value_at_risk: int | None  # micro-units; None where value or chance is not known
    reasons: tuple[Reason, ...]  # the strongest first, what is not known last


class ScoredLine(NamedTuple):
    """One backordered line as its report says it; the parts of a divided line are one."""

    order_id: str
    line_no: int
    sku: str
    customer_id: str
    qty_backordered: int
    currency: str
    value: int | None
    cancel_risk: int | None  # of a divided line, the largest of its parts
    value_at_risk: int | None
    reasons: str
    model: str | None  # None where nothing scores the line
    scored_at: datetime | None  # in the shop's zone

    def place(self) -> tuple[Any, ...]:
        """Where it stands: riskiest first, what is not scored last."""
        return (-1 if self.cancel_risk is None else -self.cancel_risk - 2, self.order_id, self.line_no)


class LineRisk(NamedTuple):
    """How likely one waiting line of an order is to be cancelled, and why."""

    line_id: int
    cancel_risk: int | None  # ten-thousandths; None where nothing scores it
    reasons: tuple[Reason, ...]
    model: str | None  # `prior`, or the version of a learnt model; None where nothing scores it


def risk_page(session: Session, view: View, today: date, *, walked: bool = True, told: bool = False) -> Page[RiskLine]:
    """One page of the table."""
    where = conditions(session, view.selection, today, walked=walked, told=told, sort=view.sort)
    narrow = select(Waiting.line_id, Waiting.part).where(*where)
    page = read_page(
        session,
        narrow,
        SORTS[view.sort],
        view,
        widen=lambda found: found_among(_SHOWN, found),
        make=lambda row: row,
        walked=walked,
    )
    rows = (
        _risk_line(row, why, today) for row, (why, _) in zip(page.rows, _why(session, page.rows, today), strict=True)
    )
    return Page(tuple(rows), page.newer, page.older)


# What the chance of a line hangs on.
_ASKED = (
    Waiting.placed_on,
    Waiting.current_promise,
    Waiting.eta,
    Order.last_date,
    Waiting.currency,
    Waiting.priced,
    Waiting.value,
    Waiting.planned,
)
_SHOWN = (
    lines_with(*_ASKED, Waiting.sku, Sku.name.label("product"), Waiting.cancel_risk, Waiting.value_at_risk)
    .join(Order, Order.id == Waiting.order_id)
    .outerjoin(Sku, Sku.id == Waiting.sku_id)
)


def _why(session: Session, rows: Sequence[Any], today: date) -> list[tuple[tuple[Reason, ...], str]]:
    """Why each line has its chance, and by which model."""
    current = cancellation.scoring(session.connection())
    if current is None:
        return [(why, MODEL) for why in reasons([_case(row) for row in rows], today)]
    learnt = cancellation.explain(session.connection(), current, [row.line_id for row in rows], today)
    others = [row for row in rows if row.line_id not in learnt]
    prior = dict(zip((row.line_id for row in others), reasons([_case(row) for row in others], today), strict=True))
    return [
        (learnt[row.line_id], current.version) if row.line_id in learnt else (prior[row.line_id], MODEL) for row in rows
    ]


def _case(row: Any) -> Case:
    return Case(
        placed_on=row.placed_on,
        current_promise=row.current_promise,
        eta=row.eta,
        last_date=row.last_date,
        tier=row.tier,
        currency=row.currency,
        value=row.value if row.priced else None,
        planned=row.planned,
    )


def _risk_line(row: Any, why: tuple[Reason, ...], today: date) -> RiskLine:
    is_scored = row.cancel_risk is not None
    return RiskLine(
        line=line_of(row),
        sku=row.sku,
        product=row.product or row.sku,
        placed_on=row.placed_on,
        age_days=age_days(row.placed_on, today),
        eta=row.eta,
        currency=row.currency,
        value=row.value if row.priced else None,
        cancel_risk=row.cancel_risk,
        value_at_risk=row.value_at_risk if row.priced and is_scored else None,
        reasons=why if is_scored else (),
    )


def risks_of_order(session: Session, order_number: str, today: date) -> list[LineRisk]:
    """The waiting lines of an order, the likeliest to go first; a divided line by the likeliest of its parts."""
    rows = rows_of(session, _of_order(), {"order": order_number}).all()
    found = [
        LineRisk(row.line_id, row.cancel_risk, why, model)
        if row.cancel_risk is not None
        else LineRisk(row.line_id, None, (), None)
        for row, (why, model) in zip(rows, _why(session, rows, today), strict=True)
    ]
    ranked = sorted(found, key=lambda risk: -1 if risk.cancel_risk is None else risk.cancel_risk, reverse=True)
    likeliest: dict[int, LineRisk] = {}
    for risk in ranked:
        likeliest.setdefault(risk.line_id, risk)
    return list(likeliest.values())


@cache
def _of_order() -> Select:
    """To write it takes longer than to answer it, so it is written once a process."""
    return _rows([Waiting.order_number == bindparam("order")]).order_by(*IDENTITY)


def scored_lines(session: Session, selection: Selection, today: date) -> Iterator[ScoredLine]:
    """Every backordered line of the selection with its chance and why, riskiest first, read as it is used."""
    where = conditions(session, selection, today)
    moment = planned_at(session)
    scored_at = None if moment is None else moment.astimezone(clock.shop_zone())
    whole = (
        _rows(where)
        .where(Waiting.line_id.not_in(select(LinePart.line_id)))
        .order_by(Waiting.risk_order.desc(), *IDENTITY)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    lines = (
        line
        for rows in session.execute(whole).partitions(ROWS_AT_ONCE)
        for line in _scored(session, rows, today, scored_at)
    )
    divided = _divided_lines(session, where, today, scored_at)
    return merge(lines, divided, key=ScoredLine.place) if divided else lines


def _divided_lines(
    session: Session, where: list[ColumnElement[bool]], today: date, scored_at: datetime | None
) -> list[ScoredLine]:
    """Lines that were split, each as one: of a million lines a few."""
    query = _rows(where).where(Waiting.line_id.in_(select(LinePart.line_id)))
    rows = sorted(session.execute(query), key=attrgetter("line_id"))
    parts = zip((row.line_id for row in rows), _scored(session, rows, today, scored_at), strict=True)
    lines = [_added_up([part for _, part in found]) for _, found in groupby(parts, key=lambda pair: pair[0])]
    return sorted(lines, key=ScoredLine.place)


def _added_up(parts: list[ScoredLine]) -> ScoredLine:
    """The parts of one line as the line: what it is worth summed up, the chance of the likeliest to go."""
    riskiest = min(parts, key=ScoredLine.place)
    has_value, is_scored = riskiest.value is not None, riskiest.value_at_risk is not None
    return riskiest._replace(
        qty_backordered=sum(part.qty_backordered for part in parts),
        value=sum(part.value or 0 for part in parts) if has_value else None,
        value_at_risk=sum(part.value_at_risk or 0 for part in parts) if is_scored else None,
    )


def _rows(where: list[ColumnElement[bool]]) -> Select:
    return (
        select(
            Waiting.line_id,
            Waiting.order_number,
            Waiting.line_no,
            Waiting.sku,
            Customer.code.label("customer_code"),
            Waiting.qty_backordered,
            Waiting.tier,
            Waiting.cancel_risk,
            Waiting.value_at_risk,
            *_ASKED,
        )
        .join(Order, Order.id == Waiting.order_id)
        .join(Customer, Customer.id == Waiting.customer_id)
        .where(*where)
    )


def _scored(session: Session, rows: Sequence[Any], today: date, scored_at: datetime | None) -> Iterator[ScoredLine]:
    for row, (why, model) in zip(rows, _why(session, rows, today), strict=True):
        is_scored = row.cancel_risk is not None
        yield ScoredLine(
            order_id=row.order_number,
            line_no=row.line_no,
            sku=row.sku,
            customer_id=row.customer_code,
            qty_backordered=row.qty_backordered,
            currency=row.currency,
            value=row.value if row.priced else None,
            cancel_risk=row.cancel_risk,
            value_at_risk=row.value_at_risk if row.priced and is_scored else None,
            reasons="; ".join(map(str, why)) if is_scored else "",
            model=model if is_scored else None,
            scored_at=scored_at if is_scored else None,
        )
