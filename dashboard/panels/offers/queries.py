"""Offers: which are meant, a page of them, and all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.domain.incentive_offers import WAITING_APPROVAL
from dashboard.models import Customer, IncentiveOffer, Order, OrderLine, Sku, User
from dashboard.panels.filters import Selection
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE

FILTERED_BY = ("offer", "search")
DEFAULT_SORT = "-made"
SORTS: dict[str, Sort] = {"made": Sort((number(IncentiveOffer.id),), largest_first=True)}


@dataclass(frozen=True, slots=True)
class ListedOffer:
    """One offer of the list."""

    id: int
    order: str
    line_no: int
    customer: str
    sku: str
    product: str
    kind: str
    percent: int | None  # hundredths
    amount: int | None
    gift: str | None
    instead: str | None  # the product that goes out for it
    currency: str | None
    cost: int | None  # if it is accepted; None where nobody can know
    state: str
    at: datetime
    who: str | None  # None: the desk itself
    expires_on: date | None
    approved_by: str | None
    ended_at: datetime | None
    kept: bool | None  # whether what it was offered for left; None while that is open
    reason: str | None


_MADE_BY, _APPROVED_BY, _INSTEAD = aliased(User), aliased(User), aliased(Sku)
_SHOWN = (
    select(
        IncentiveOffer,
        Order.number,
        OrderLine.line_no,
        func.coalesce(Customer.name, Customer.code).label("customer"),
        Sku.code.label("sku"),
        func.coalesce(Sku.name, Sku.code).label("product"),
        Order.currency,
        func.coalesce(_INSTEAD.name, _INSTEAD.code).label("instead"),
        func.coalesce(_MADE_BY.name, _MADE_BY.email).label("who"),
        func.coalesce(_APPROVED_BY.name, _APPROVED_BY.email).label("approved_by"),
    )
    .join(OrderLine, OrderLine.id == IncentiveOffer.line_id)
    .join(Order, Order.id == OrderLine.order_id)
    .join(Customer, Customer.id == Order.customer_id)
    .join(Sku, Sku.id == OrderLine.sku_id)
    .outerjoin(_INSTEAD, _INSTEAD.id == IncentiveOffer.substitute_sku_id)
    .outerjoin(_MADE_BY, _MADE_BY.id == IncentiveOffer.offered_by)
    .outerjoin(_APPROVED_BY, _APPROVED_BY.id == IncentiveOffer.approved_by)
)


def where(selection: Selection) -> list[ColumnElement[bool]]:
    """The selection as conditions on offers."""
    found: list[ColumnElement[bool]] = []
    if states := selection.of("offer"):
        found.append(IncentiveOffer.state.in_(states))
    if sought := selection.of("search"):
        found.append(or_(*(_matching(one) for one in sought)))
    return found


def _matching(sought: str) -> ColumnElement[bool]:
    """The order of that number, or whoever is called so."""
    called = func.lower(func.coalesce(Customer.name, "")).contains(sought.lower(), autoescape=True)
    lines = (
        select(OrderLine.id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(or_(Order.number == sought, Customer.code == sought, called))
    )
    return IncentiveOffer.line_id.in_(lines)


def count_offers(session: Session, selection: Selection, *, at_most: int) -> int:
    """How many are meant, up to one more than that many."""
    found = select(IncentiveOffer.id).where(*where(selection)).limit(at_most + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def count_waiting(session: Session) -> int:
    """How many wait until somebody with a higher limit allows them."""
    waiting = select(func.count()).select_from(IncentiveOffer).where(IncentiveOffer.state == WAITING_APPROVAL)
    return session.scalar(waiting) or 0


def waiting_offers(session: Session, *, asked_by: int | None, at_most: int) -> list[ListedOffer]:
    """Those that wait until somebody allows them, the oldest first: all (None), or those that one person asked for."""
    whose = [] if asked_by is None else [IncentiveOffer.offered_by == asked_by]
    rows = session.execute(
        _SHOWN.where(IncentiveOffer.state == WAITING_APPROVAL, *whose).order_by(IncentiveOffer.id).limit(at_most)
    )
    return [_listed(row) for row in rows]


def has_any(session: Session) -> bool:
    """Whether anything was ever offered."""
    return session.scalar(select(IncentiveOffer.id).limit(1)) is not None


def offers_page(session: Session, view: View) -> Page[ListedOffer]:
    """One page, the newest first."""
    narrow = select(IncentiveOffer.id.label("found")).where(*where(view.selection))

    def widen(found: Select) -> Select:
        rows = found.subquery()
        return _SHOWN.add_columns(rows.c.place_0).join(rows, rows.c.found == IncentiveOffer.id)

    return read_page(session, narrow, SORTS[view.sort], view, widen=widen, make=_listed)


def all_offers(session: Session, selection: Selection, today: date) -> Iterator[ListedOffer]:
    """Every offer that is meant, the newest first, in the shop's own time."""
    rows = session.execute(
        _SHOWN.where(*where(selection))
        .order_by(IncentiveOffer.id.desc())
        .execution_options(yield_per=ROWS_AT_ONCE, populate_existing=True)
    )
    zone = clock.shop_zone()
    for row in rows:
        one = _listed(row)
        ended_at = None if one.ended_at is None else one.ended_at.astimezone(zone)
        yield replace(one, at=one.at.astimezone(zone), ended_at=ended_at)


def _listed(row: Any) -> ListedOffer:
    offer = row.IncentiveOffer
    return ListedOffer(
        offer.id,
        row.number,
        row.line_no,
        row.customer,
        row.sku,
        row.product,
        offer.kind,
        offer.percent,
        offer.amount,
        offer.gift,
        row.instead,
        row.currency,
        offer.cost,
        offer.state,
        offer.offered_at,
        row.who,
        offer.expires_on,
        row.approved_by,
        offer.answered_at,
        offer.kept,
        offer.reason,
    )
