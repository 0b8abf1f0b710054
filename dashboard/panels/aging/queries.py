"""What waits, counted by age and listed row by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal_column, null, or_, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import day_number, day_of
from dashboard.domain.aging import (
    BUCKETS,
    PLANNED_OR_NOT,
    WAITING_LINES,
    Bucket,
    age_days,
    bucket_places,
    part_kept,
)
from dashboard.models import (
    AgingCustomers,
    AgingDay,
    DailySnapshot,
    OrderLine,
    PurchaseOrder,
    Sku,
    Waiting,
    WaitingDay,
)
from dashboard.models.plans import AFTER_ALL_DAYS
from dashboard.panels.columns import columns_of, distinct_in, sum_in
from dashboard.panels.days import between, days_of
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.lines import IDENTITY, found_among, line_of, lines_with
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.sums import (
    STATEMENTS_KEPT,
    Summary,
    currencies_in_all,
    divided_parts,
    of_summary,
    summary_of,
    summary_with_days,
    whole_sum,
)

DEFAULT_SORT = "due"
# So many days there are, from the first one on: an order and its day have room in one number.
FIRST_DAY, DAYS = day_number(date.min), 1 << 22
SORTS: dict[str, Sort] = {
    "order": Sort(IDENTITY),
    "product": Sort((Waiting.sku, *IDENTITY)),
    "waiting": Sort((Waiting.qty_backordered, *IDENTITY), largest_first=True),
    "age": Sort((number(Waiting.placed_at), *IDENTITY), falls=True, largest_first=True),
    "value": Sort((Waiting.currency, Waiting.value, *IDENTITY), largest_first=True),
    "ships": Sort((Waiting.eta_order, *IDENTITY)),
    "deadline": Sort((Waiting.deadline_kind, number(Waiting.deadline), *IDENTITY)),
    "due": Sort(
        (number(Waiting.deadline), Waiting.dated, Waiting.priority_class, number(Waiting.placed_at), *IDENTITY)
    ),
}


@dataclass(frozen=True, slots=True)
class BucketFigures:
    """What waits in one bucket of age and one currency."""

    bucket: Bucket
    currency: str  # empty where not known
    lines: int
    orders: int | None  # None where nobody asked how many they are, and no sum knows it
    customers: int | None  # the same
    units: int
    value: int  # micro-units
    oldest_on: date | None  # the day of its oldest order; None where nothing waits
    oldest_days: int | None  # and how long ago that is


@dataclass(frozen=True, slots=True)
class OldestLine:
    """The line that has waited longest."""

    order_number: str
    line_no: int
    placed_on: date


class WaitingLine(NamedTuple):
    """One backordered line as the table shows it; of a divided line, one of its parts.

    It begins with what every panel of lines says of a line (`LineOfRow`). A named tuple, because a frozen dataclass of
    so many fields takes ten times as long to make.
    """

    line_id: int
    part: int
    is_divided: bool
    order_number: str
    line_no: int
    has_siblings: bool  # its order has other lines
    tier: str  # empty where it is not known, or gives no better place than anybody has
    customer: str
    offer: str | None
    sku: str
    product: str
    qty_ordered: int
    qty_backordered: int
    qty_reserved: int
    placed_on: date
    age_days: int
    currency: str
    value: int | None  # micro-units; None where the price is not known
    eta: date | None
    eta_basis: str
    purchase_order: str
    cause: str
    deadline: date
    deadline_kind: str
    due_in: int  # days from today to the deadline, negative when past
    payment_state: str


def bucket_figures(
    session: Session, selection: Selection, today: date, *, with_customers: bool = True
) -> list[BucketFigures]:
    """Every bucket in every currency of the selection, whatever its ages, zeros included; by bucket, then currency.

    Customers are not the sum of those of single days: without them, the sums by day answer any days of the orders.
    Neither are orders that of single ETAs or deadlines: without customers, they are not said of a filter by these.
    """
    selection = selection.without("age")
    found = _kept_figures(session, selection, today, with_customers=with_customers)
    if found is None:
        found = _counted_figures(session, selection, today, with_customers=with_customers)
    currencies = sorted({currency for currency, _ in found})
    return [
        _figures(bucket, currency, found.get((currency, place)), today)
        for place, bucket in enumerate(BUCKETS)
        for currency in currencies
    ]


def nothing_in(bucket: Bucket, currency: str) -> BucketFigures:
    """An empty bucket."""
    return BucketFigures(bucket, currency, 0, 0, 0, 0, 0, None, None)


def _figures(bucket: Bucket, currency: str, found: _Counted | None, today: date) -> BucketFigures:
    if found is None:
        return nothing_in(bucket, currency)
    *counts, oldest_on = found
    return BucketFigures(bucket, currency, *counts, oldest_on, age_days(oldest_on, today))


# Lines, orders, customers, units, value and day of the oldest; by currency and place of the bucket.
_Counted = tuple[int, int | None, int | None, int, int, date]
_Found = dict[tuple[str, int], _Counted]


def _kept_figures(session: Session, selection: Selection, today: date, *, with_customers: bool) -> _Found | None:
    """As planning keeps them ready; None where it does not, or did so for another day."""
    placed = selection.on(today).of("placed")
    summary = summary_with_days(session, selection.without("placed"), today)
    if summary is None or ((placed or summary.days) and with_customers):
        return None
    customers: dict[tuple[str, int], int] = {}
    if with_customers:
        places = {bucket.key: place for place, bucket in enumerate(BUCKETS)}
        kept = [row for row in session.execute(_kept_customers(summary)) if row.bucket in places]
        if any(row.as_of != today for row in kept):
            return None
        customers = {(row.currency, places[row.bucket]): row.customers for row in kept}
    further_parts = _further_parts(session, selection, today)
    return {
        (currency, at): (
            parts - further_parts.get((currency, at), 0),
            orders,
            customers[currency, at] if with_customers else None,
            units,
            value,
            day_of(oldest),
        )
        for currency, at, parts, orders, units, value, oldest in session.execute(_kept_sums(summary, placed, today))
    }


@lru_cache(maxsize=STATEMENTS_KEPT)
def _kept_sums(summary: Summary, placed: tuple[str, ...], today: date) -> Select:
    """`placed`: the days of their orders, where not all of them are meant."""
    model: Any = WaitingDay if summary.days else AgingDay
    day = number(model.placed_on)
    place = _bucket_place(day, today)
    sums = select(
        model.currency,
        place,
        whole_sum(model.lines),
        null() if summary.days else whole_sum(model.orders),
        whole_sum(model.units),
        whole_sum(model.value),
        func.min(day),
    )
    if placed:
        sums = sums.where(or_(*(between(day, days_of(value), AFTER_ALL_DAYS) for value in placed)))
    return of_summary(sums, model, summary).group_by(model.currency, place)


def _further_parts(session: Session, selection: Selection, today: date) -> dict[tuple[str, int], int]:
    """By how much the waiting parts of divided lines are more than their lines."""
    place = _bucket_place(number(Waiting.placed_on), today).label("place")
    where = conditions(session, selection, today, walked=True)
    parts = divided_parts(session, where, Waiting.currency, place)
    lines = Counter((row.currency, row.place) for row in set(parts))
    return {key: count - lines[key] for key, count in Counter((row.currency, row.place) for row in parts).items()}


@lru_cache(maxsize=STATEMENTS_KEPT)
def _kept_customers(summary: Summary) -> Select:
    kept = select(AgingCustomers.currency, AgingCustomers.bucket, AgingCustomers.customers, AgingCustomers.as_of)
    return of_summary(kept, AgingCustomers, summary)


def _counted_figures(session: Session, selection: Selection, today: date, *, with_customers: bool) -> _Found:
    """Counted here, since a database takes longer to tell how many different orders and customers a group has."""
    currencies = currencies_in_all(session)
    if not currencies:
        return {}
    order, units, value, *customer_id = columns_of(
        session,
        select(
            _order_written(currencies),
            Waiting.qty_backordered,
            Waiting.value,
            *([Waiting.customer_id] if with_customers else []),
        ).where(*conditions(session, selection, today)),
    )
    order, currency = np.divmod(order, len(currencies))
    order_id, placed_on = np.divmod(order, DAYS)
    placed_on += FIRST_DAY
    count = len(currencies) * len(BUCKETS)
    group = currency * len(BUCKETS) + bucket_places(placed_on, day_number(today))
    oldest = np.full(count, day_number(today))
    np.minimum.at(oldest, group, placed_on)
    sums = zip(
        np.bincount(group, minlength=count).tolist(),
        distinct_in(group, order_id, count=count).tolist(),
        distinct_in(group, customer_id[0], count=count).tolist() if with_customers else [None] * count,
        sum_in(group, units, count=count).tolist(),
        sum_in(group, value, count=count).tolist(),
        map(day_of, oldest.tolist()),
        strict=True,
    )
    keys = ((name, place) for name in currencies for place in range(len(BUCKETS)))
    found = {key: counted for key, counted in zip(keys, sums, strict=True) if counted[0]}
    for key, more in _further_parts(session, selection, today).items():
        found[key] = (found[key][0] - more, *found[key][1:])
    return found


def _order_written(currencies: list[str]) -> ColumnElement[int]:
    """An order, its day and its currency as one number: what a database hands over takes its time by the column."""
    currency = case({name: place for place, name in enumerate(currencies)}, value=Waiting.currency)
    day = number(Waiting.placed_on) - FIRST_DAY
    return (number(Waiting.order_id) * DAYS + day) * len(currencies) + currency


def _bucket_place(placed_on: ColumnElement[int], today: date) -> ColumnElement[int]:
    """The place in `BUCKETS` of an order by its day."""
    # Numbers are written out: PostgreSQL takes an expression with other parameters for another expression.
    places: list[tuple[Any, Any]] = [
        (placed_on >= literal_column(str(day_number(today - timedelta(days=bucket.last)))), literal_column(str(place)))
        for place, bucket in enumerate(BUCKETS)
        if bucket.last is not None
    ]
    return case(*places, else_=literal_column(str(len(BUCKETS) - 1)))


_OLDEST_FIRST = (
    select(Waiting.order_number, Waiting.line_no, Waiting.placed_on).order_by(Waiting.placed_at, *IDENTITY).limit(1)
)


def oldest_line(
    session: Session, selection: Selection, oldest_on: date | None, today: date, *, walked: bool
) -> OldestLine | None:
    """The longest-waiting line of the selection, known to be of that day, so that few rows are looked at."""
    if oldest_on is None:
        return None
    day_begins, next_begins = clock.start_of(oldest_on), clock.start_of(oldest_on + timedelta(days=1))
    row = session.execute(
        _OLDEST_FIRST.where(
            Waiting.placed_on == oldest_on,
            Waiting.placed_at >= day_begins,
            Waiting.placed_at < next_begins,
            *conditions(session, selection, today, walked=walked),
        )
    ).first()
    return None if row is None else OldestLine(row.order_number, row.line_no, row.placed_on)


def waiting_page(session: Session, view: View, today: date, *, walked: bool) -> Page[WaitingLine]:
    """One page of the table."""
    return read_page(
        session,
        select(Waiting.line_id, Waiting.part).where(
            *conditions(session, view.selection, today, walked=walked, sort=view.sort)
        ),
        SORTS[view.sort],
        view,
        widen=lambda found: found_among(_SHOWN, found),
        make=lambda row: _waiting_line(row, today),
        walked=walked,
    )


# Made once, because a statement over so many columns takes longer to make than its page takes to read.
_SHOWN = (
    lines_with(
        Waiting.sku,
        Waiting.qty_backordered,
        Waiting.qty_reserved,
        Waiting.placed_on,
        Waiting.currency,
        Waiting.priced,
        Waiting.value,
        Waiting.eta,
        Waiting.eta_basis,
        Waiting.cause,
        Waiting.deadline,
        Waiting.deadline_kind,
        Waiting.payment_state,
        OrderLine.qty.label("qty_ordered"),
        Sku.name.label("product"),
        PurchaseOrder.number.label("purchase_order"),
    )
    .outerjoin(OrderLine, OrderLine.id == Waiting.line_id)
    .outerjoin(Sku, Sku.id == Waiting.sku_id)
    .outerjoin(PurchaseOrder, PurchaseOrder.id == Waiting.purchase_order_id)
)


def _waiting_line(row: Any, today: date) -> WaitingLine:
    return WaitingLine(
        *line_of(row),
        sku=row.sku,
        product=row.product or row.sku,
        qty_ordered=row.qty_ordered,
        qty_backordered=row.qty_backordered,
        qty_reserved=row.qty_reserved,
        placed_on=row.placed_on,
        age_days=age_days(row.placed_on, today),
        currency=row.currency,
        value=row.value if row.priced else None,
        eta=row.eta,
        eta_basis=row.eta_basis,
        purchase_order=row.purchase_order or "",
        cause=row.cause,
        deadline=row.deadline,
        deadline_kind=row.deadline_kind,
        due_in=(row.deadline - today).days,
        payment_state=row.payment_state,
    )


def lines_on(session: Session, days: list[date], part: str = "") -> dict[date, int]:
    """How many lines waited at the end of each of these days, where the daily snapshot knows it; or how many of them
    had the value of a filter that it keeps as this part.
    """
    rows = session.execute(_SNAPSHOTS, {"days": days, "keys": ["", part, *PLANNED_OR_NOT] if part else [""]})
    found = {(day, key): lines for day, key, lines in rows}
    if not part:
        return {day: lines for (day, _), lines in found.items()}
    known = {day for (day, key), lines in found.items() if key or not lines}
    return {day: found.get((day, part), 0) for day in known}


def part_of(session: Session, selection: Selection) -> str | None:
    """As which part a snapshot keeps the lines of a selection; None where it does not."""
    summary = summary_of(session, selection) if selection else None
    if summary is None or summary.dimension == "tag":
        return None
    if summary.dimension:
        return None if summary.currencies else part_kept(summary.dimension, summary.value_of)
    return part_kept("currency", summary.currencies[0]) if len(summary.currencies) == 1 else None


_SNAPSHOTS = select(DailySnapshot.day, DailySnapshot.key, DailySnapshot.amount).where(
    DailySnapshot.figure == WAITING_LINES,
    DailySnapshot.key.in_(bindparam("keys", expanding=True)),
    DailySnapshot.currency == "",
    DailySnapshot.day.in_(bindparam("days", expanding=True)),
)
