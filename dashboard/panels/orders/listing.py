"""Many orders: which are meant, in which order they stand, and one page of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from dashboard.database import day_number
from dashboard.models import AgingDay, Assignment, Customer, Order, OrderLine, TierPriority, User, Waiting
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.models.plans import AFTER_ALL_DAYS
from dashboard.panels.days import days_of
from dashboard.panels.filters import ASSIGNED_TO, NO, NOT_KNOWN, WAITING, YES, Selection, conditions
from dashboard.panels.orders.search import matching
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.sums import of_summary, summary_of, whole_sum

FILTERED_BY = (
    "backorder", "order", "channel", "tier", "currency", "location", "customer", "complete", "placed", "eta",
    "deadline", "assigned", "search",
)  # fmt: skip
# So many are counted and sorted by anything; of more, one is told "more than", and the orders in which an index stands.
COUNTED_AT_MOST = 10_000
# Filters that are about the order as a whole, and not about columns of it.
OF_THE_WHOLE = ("backorder", "eta", "deadline", "assigned", "search")

# What the other filters look at: of all orders, and of those of which something waits, in the rows that wait.
_buyer = aliased(Customer)
_tier = select(_buyer.tier).where(_buyer.id == Order.customer_id).correlate(Order).scalar_subquery()
OF_ORDERS: Mapping[str, SQLColumnExpression[Any]] = {
    "order": Order.status,
    "channel": func.coalesce(Order.channel, ""),
    "tier": func.coalesce(_tier, ""),
    "currency": func.coalesce(Order.currency, ""),
    "location": Order.location_id,
    "customer": Order.customer_id,
    "complete": Order.ship_complete,
    "placed": type_coerce(Order.placed_at, BigInteger),
    "assigned": Order.id,
}
_whole = aliased(Order)
OF_WAITING_ORDERS: Mapping[str, SQLColumnExpression[Any]] = {
    key: WAITING[key] for key in ("channel", "tier", "currency", "location", "customer", "placed")
} | {
    "assigned": Waiting.order_id,
    "order": select(_whole.status).where(_whole.id == Waiting.order_id).correlate(Waiting).scalar_subquery(),
    "complete": select(_whole.ship_complete).where(_whole.id == Waiting.order_id).correlate(Waiting).scalar_subquery(),
}


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """One order of a list."""

    number: str
    customer: str
    tier: str  # empty where it gives no better place than anybody has
    placed_on: date
    status: str
    ship_complete: bool
    currency: str
    lines: int
    waiting_lines: int
    waiting_units: int
    waiting_value: int  # micro-units
    unpriced_lines: int  # waiting ones whose price is not known
    undated_lines: int  # waiting ones that have no date yet
    eta: date | None  # of the last of its lines that has one
    deadline: date | None  # the earliest of its lines; None where nothing waits
    deadline_kind: str | None
    assigned: str | None  # whose its lines are: the first by name; None: nobody's
    assigned_to: int  # so many people


# What waits of an order, as one figure.
def _of_what_waits(figure: SQLColumnExpression[Any]) -> Any:
    return select(figure).where(Waiting.order_number == Order.number).scalar_subquery()


def _of_first_due(column: Any) -> Any:
    first_due = (Waiting.deadline, Waiting.dated, Waiting.line_no, Waiting.part)
    return select(column).where(Waiting.order_number == Order.number).order_by(*first_due).limit(1).scalar_subquery()


def _of_whose(figure: Any) -> Any:
    """Of the people whose a line of the order is, as one figure."""
    of_order = select(figure).join(Assignment, Assignment.person_id == User.id)
    of_order = of_order.join(OrderLine, OrderLine.id == Assignment.line_id).where(OrderLine.order_id == Order.id)
    return of_order.correlate(Order).scalar_subquery()


_lines = select(func.count()).where(OrderLine.order_id == Order.id).scalar_subquery()
# An order leaves for good with its last line: where one has no date, neither has the order.
_last_eta = case((func.min(Waiting.eta_order) == 0, 0), else_=func.max(Waiting.eta_order))
_DUE_LAST = (2 * AFTER_ALL_DAYS, DEFAULT_PRIORITY_CLASS)

DEFAULT_SORT, DEFAULT_SORT_OF_WAITING, DEFAULT_SORT_OF_FOUND = "-placed", "due", "found"
# By what a column's head sorts. What has no such figure stands last, or first where the largest do.
SORTS: dict[str, Sort] = {
    "order": Sort((Order.number,)),
    "placed": Sort((number(Order.placed_at), Order.number), largest_first=True),
    "lines": Sort((_lines, Order.number), largest_first=True),
    "waiting": Sort(
        (func.coalesce(_of_what_waits(whole_sum(Waiting.qty_backordered)), 0), Order.number), largest_first=True
    ),
    "value": Sort(
        (
            func.coalesce(Order.currency, ""),
            func.coalesce(_of_what_waits(whole_sum(Waiting.value)), 0),
            Order.number,
        ),
        largest_first=True,
    ),
    "ships": Sort((func.coalesce(_of_what_waits(_last_eta), AFTER_ALL_DAYS), Order.number)),
    "deadline": Sort((func.coalesce(_of_first_due(Waiting.deadline_kind), ""), Order.number)),
    "due": Sort(
        (
            func.coalesce(
                _of_what_waits(func.min(type_coerce(Waiting.deadline, BigInteger) * 2 + Waiting.dated)), _DUE_LAST[0]
            ),
            func.coalesce(_of_what_waits(func.min(Waiting.priority_class)), _DUE_LAST[1]),
            number(Order.placed_at),
            Order.number,
        )
    ),
    # Of what was sought: what waits before what does not, then the newest.
    "found": Sort(
        (
            case((exists().where(Waiting.order_number == Order.number), 0), else_=1),
            -number(Order.placed_at),
            Order.number,
        )
    ),
}
# Of more orders than are counted: the indexes in whose order they can be met one by one.
SORTS_OF_MANY = ("order", "placed")
SORTS_OF_MANY_WAITING: dict[str, Sort] = {
    "order": Sort((Waiting.order_number, Waiting.line_no, Waiting.part)),
    "placed": Sort((number(Waiting.placed_at), Waiting.order_number, Waiting.line_no, Waiting.part)),
    "ships": Sort((Waiting.eta_order, Waiting.order_number, Waiting.line_no, Waiting.part)),
    "due": Sort(
        (
            number(Waiting.deadline),
            Waiting.dated,
            Waiting.priority_class,
            number(Waiting.placed_at),
            Waiting.order_number,
            Waiting.line_no,
            Waiting.part,
        )
    ),
}


def is_of_waiting(selection: Selection) -> bool:
    """Whether only orders are meant of which something waits."""
    return selection.of("backorder") == (YES,)


def count_orders(session: Session, selection: Selection, today: date) -> int:
    """How many orders are meant, up to one more than are counted."""
    kept = _kept_count(session, selection)
    if kept is not None:
        return kept
    found = _found(session, selection, today).limit(COUNTED_AT_MOST + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def _kept_count(session: Session, selection: Selection) -> int | None:
    """From the sums that planning keeps of what waits; None where they do not say it."""
    summary = summary_of(session, selection.without("backorder")) if is_of_waiting(selection) else None
    if summary is None:
        return None
    return session.scalar(of_summary(select(func.coalesce(whole_sum(AgingDay.orders), 0)), AgingDay, summary))


def orders_page(session: Session, view: View, today: date, *, many: bool) -> Page[FoundOrder]:
    """One page of the orders that are meant; `many`: more than are counted."""
    selection = view.selection
    narrow, sort = select(Order.number.label("found")), SORTS[view.sort]
    if not is_of_waiting(selection):
        narrow = narrow.where(*_where(session, selection, today, walked=many))
    elif many:
        narrow = _first_of_each(view.sort).where(*_where(session, selection, today, walked=True, sort=view.sort))
        sort = SORTS_OF_MANY_WAITING[view.sort]
    else:
        narrow = narrow.where(Order.number.in_(_found(session, selection, today)))
    return read_page(session, narrow, sort, view, widen=_with_order, make=_found_order)


def _found(session: Session, selection: Selection, today: date) -> Select:
    """The numbers of the orders that are meant, each once."""
    column = Waiting.order_number if is_of_waiting(selection) else Order.number
    found = select(column.label("found")).where(*_where(session, selection, today))
    return found.distinct() if is_of_waiting(selection) else found


def _first_of_each(sort: str) -> Select:
    """Of all rows that wait those by which their orders have their place: the first, where they ship the last."""
    other = aliased(Waiting)
    if sort == "due":
        place: list[tuple[Any, ...]] = [(row.deadline, row.dated, row.line_no, row.part) for row in (other, Waiting)]
    elif sort == "ships":
        # What has no date comes after every date here, though it stands first.
        place = [
            (-case((row.eta_order == 0, AFTER_ALL_DAYS), else_=row.eta_order), row.line_no, row.part)
            for row in (other, Waiting)
        ]
    else:
        place = [(row.line_no, row.part) for row in (other, Waiting)]
    goes_before = exists().where(other.order_number == Waiting.order_number, tuple_(*place[0]) < tuple_(*place[1]))
    return select(Waiting.order_number.label("found")).where(~goes_before)


def _where(
    session: Session, selection: Selection, today: date, *, walked: bool = False, sort: str = ""
) -> list[ColumnElement[bool]]:
    """The selection as conditions on orders, or on the rows that wait where only such orders are meant."""
    of_waiting = is_of_waiting(selection)
    columns = OF_WAITING_ORDERS if of_waiting else OF_ORDERS
    along = "age" if sort == "placed" else sort
    own = selection.without(*OF_THE_WHOLE)
    return [
        *conditions(session, own, today, columns, walked=walked, sort=along),
        *of_the_whole(session, selection, today),
    ]


def of_the_whole(session: Session, selection: Selection, today: date) -> list[ColumnElement[bool]]:
    """What is asked of orders as a whole: whether something waits, when its last leaves, when its first falls due."""
    of_waiting = is_of_waiting(selection)
    here: Any = Waiting.order_number if of_waiting else Order.number
    where: list[ColumnElement[bool]] = []
    if selection.of("backorder") == (NO,):
        where.append(~exists().where(Waiting.order_number == Order.number))
    named = selection.on(today)
    if etas := named.of("eta"):
        where.append(or_(*(_leaves(here, value) for value in etas)))
    if deadlines := named.of("deadline"):
        where.append(or_(*(_falls_due(here, value) for value in deadlines)))
    if people := selection.of("assigned"):
        where.append(_is_of(Waiting.order_id if of_waiting else Order.id, people))
    if sought := selection.of("search"):
        found = or_(*(matching(session, one) for one in sought))
        where.append(Waiting.order_id.in_(select(Order.id).where(found)) if of_waiting else found)
    return where


def _is_of(order_id: SQLColumnExpression[int], people: tuple[str, ...]) -> ColumnElement[bool]:
    """Orders of which a line is somebody's of these, by the names that the screen calls them; or none is anybody's."""
    somebodys = select(OrderLine.order_id).join(Assignment, Assignment.line_id == OrderLine.id)
    theirs = somebodys.join(User, User.id == Assignment.person_id).where(ASSIGNED_TO.in_(people))
    alternatives: list[ColumnElement[bool]] = [order_id.in_(theirs)]
    if NOT_KNOWN in people:
        alternatives.append(order_id.not_in(somebodys.where(Assignment.person_id.is_not(None))))
    return or_(*alternatives)


def _leaves(here: Any, value: str) -> ColumnElement[bool]:
    """Orders whose last line ships within days; where a line has no date, the order has none."""
    row, other = aliased(Waiting), aliased(Waiting)
    if value == NOT_KNOWN:
        return here.in_(select(row.order_number).where(row.eta_order == 0))
    first, last = days_of(value)
    within = [row.eta_order >= (day_number(first) if first else 1)]
    is_later = other.eta_order == 0
    if last:
        within.append(row.eta_order <= day_number(last))
        is_later = or_(is_later, other.eta_order > day_number(last))
    later = select(other.order_number).where(other.order_number == here, is_later).correlate(Waiting, Order).exists()
    return and_(here.in_(select(row.order_number).where(*within)), ~later)


def _falls_due(here: Any, value: str) -> ColumnElement[bool]:
    """Orders whose first deadline is within days."""
    row, other = aliased(Waiting), aliased(Waiting)
    first, last = days_of(value)
    day, other_day = type_coerce(row.deadline, Integer), type_coerce(other.deadline, Integer)
    within = [day <= (day_number(last) if last else AFTER_ALL_DAYS)]
    due: ColumnElement[bool] = here.in_(
        select(row.order_number).where(*within, *([day >= day_number(first)] if first else []))
    )
    if first is None:
        return due
    sooner = select(other.order_number).where(other.order_number == here, other_day < literal(day_number(first)))
    return and_(due, ~sooner.correlate(Waiting, Order).exists())


def _with_order(narrow: Select) -> Select:
    found = narrow.subquery()
    return (
        select(
            *(column for column in found.c if column.name != "found"),
            Order.number,
            func.coalesce(Customer.name, Customer.code).label("customer"),
            case((TierPriority.priority_class < DEFAULT_PRIORITY_CLASS, Customer.tier), else_="").label("tier"),
            Order.placed_on,
            Order.status,
            Order.ship_complete,
            func.coalesce(Order.currency, "").label("currency"),
            _lines.label("lines"),
            *(
                func.coalesce(_of_what_waits(figure), 0).label(name)
                for name, figure in (
                    ("waiting_lines", func.count(Waiting.line_id.distinct())),
                    ("waiting_units", whole_sum(Waiting.qty_backordered)),
                    ("waiting_value", whole_sum(Waiting.value)),
                    ("unpriced_lines", whole_sum(case((Waiting.priced, 0), else_=1))),
                    ("undated_lines", whole_sum(1 - Waiting.dated)),
                )
            ),
            _of_what_waits(func.max(Waiting.eta)).label("eta"),
            _of_first_due(Waiting.deadline).label("deadline"),
            _of_first_due(Waiting.deadline_kind).label("deadline_kind"),
            _of_whose(func.min(ASSIGNED_TO)).label("assigned"),
            _of_whose(func.count(User.id.distinct())).label("assigned_to"),
        )
        .select_from(found)
        .join(Order, Order.number == found.c.found)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(TierPriority, TierPriority.tier == Customer.tier)
    )


def _found_order(row: Any) -> FoundOrder:
    return FoundOrder(*(getattr(row, field.name) for field in fields(FoundOrder)))
