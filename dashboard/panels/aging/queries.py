"""What waits, counted by age and listed row by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal_column, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import day_number, day_of
from dashboard.domain.aging import BUCKETS, WAITING_LINES, Bucket, age_days, bucket_places
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.models import (
    AgingCustomers,
    AgingDay,
    Customer,
    DailySnapshot,
    LinePart,
    LinePlan,
    OrderLine,
    PurchaseOrder,
    Sku,
    Supplier,
    Waiting,
)
from dashboard.models.plans import ETA_BASES
from dashboard.panels.columns import columns_of, distinct_in, sum_in
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.lines import IDENTITY, found_among, line_of, lines_with
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE
from dashboard.panels.sums import (
    STATEMENTS_KEPT,
    Summary,
    currencies_in_all,
    divided_parts,
    of_summary,
    summary_of,
    whole_sum,
)

DEFAULT_SORT = "due"
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
    orders: int
    customers: int
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


def bucket_figures(session: Session, selection: Selection, today: date) -> list[BucketFigures]:
    """Every bucket in every currency of the selection, whatever its ages, zeros included; by bucket, then currency."""
    selection = selection.without("age")
    found = _kept_figures(session, selection, today)
    if found is None:
        found = _counted_figures(session, selection, today)
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
_Counted = tuple[int, int, int, int, int, date]
_Found = dict[tuple[str, int], _Counted]


def _kept_figures(session: Session, selection: Selection, today: date) -> _Found | None:
    """As planning keeps them ready; None where it does not, or did so for another day."""
    summary = summary_of(session, selection)
    if summary is None:
        return None
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
            customers[currency, at],
            units,
            value,
            day_of(oldest),
        )
        for currency, at, parts, orders, units, value, oldest in session.execute(_kept_sums(summary, today))
    }


@lru_cache(maxsize=STATEMENTS_KEPT)
def _kept_sums(summary: Summary, today: date) -> Select[Any]:
    place = _bucket_place(number(AgingDay.placed_on), today)
    sums = select(
        AgingDay.currency,
        place,
        whole_sum(AgingDay.lines),
        whole_sum(AgingDay.orders),
        whole_sum(AgingDay.units),
        whole_sum(AgingDay.value),
        func.min(number(AgingDay.placed_on)),
    )
    return of_summary(sums, AgingDay, summary).group_by(AgingDay.currency, place)


def _further_parts(session: Session, selection: Selection, today: date) -> dict[tuple[str, int], int]:
    """By how much the waiting parts of divided lines are more than their lines."""
    place = _bucket_place(number(Waiting.placed_on), today).label("place")
    where = conditions(session, selection, today, walked=True)
    parts = divided_parts(session, where, Waiting.currency, place)
    lines = Counter((row.currency, row.place) for row in set(parts))
    return {key: count - lines[key] for key, count in Counter((row.currency, row.place) for row in parts).items()}


@lru_cache(maxsize=STATEMENTS_KEPT)
def _kept_customers(summary: Summary) -> Select[Any]:
    kept = select(AgingCustomers.currency, AgingCustomers.bucket, AgingCustomers.customers, AgingCustomers.as_of)
    return of_summary(kept, AgingCustomers, summary)


def _counted_figures(session: Session, selection: Selection, today: date) -> _Found:
    """Counted here, since a database takes longer to tell how many different orders and customers a group has."""
    currencies = currencies_in_all(session)
    if not currencies:
        return {}
    order_id, customer_id, placed_on, currency, units, value = columns_of(
        session,
        select(
            Waiting.order_id,
            Waiting.customer_id,
            number(Waiting.placed_on),
            case({name: place for place, name in enumerate(currencies)}, value=Waiting.currency),
            Waiting.qty_backordered,
            Waiting.value,
        ).where(*conditions(session, selection, today)),
    )
    count = len(currencies) * len(BUCKETS)
    group = currency * len(BUCKETS) + bucket_places(placed_on, day_number(today))
    lines = np.bincount(group, minlength=count)
    oldest = np.full(count, day_number(today))
    np.minimum.at(oldest, group, placed_on)
    sums = zip(
        lines.tolist(),
        distinct_in(group, order_id, count=count).tolist(),
        distinct_in(group, customer_id, count=count).tolist(),
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


def _bucket_place(placed_on: ColumnElement[int], today: date) -> ColumnElement[int]:
    """The place in `BUCKETS` of an order by its day."""
    # Numbers are written out: PostgreSQL takes an expression with other parameters for another expression.
    places = [
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


def lines_on(session: Session, days: list[date]) -> dict[date, int]:
    """How many lines waited at the end of each of these days, where the daily snapshot knows it."""
    return dict(session.execute(_SNAPSHOTS, {"days": days}).all())


_SNAPSHOTS = select(DailySnapshot.day, DailySnapshot.amount).where(
    DailySnapshot.figure == WAITING_LINES,
    DailySnapshot.key == "",
    DailySnapshot.currency == "",
    DailySnapshot.day.in_(bindparam("days", expanding=True)),
)


class Backorder(NamedTuple):
    """One backordered line with everything that its report says; the parts of a divided line are added up."""

    order_id: str
    line_no: int
    sku: str
    product: str | None
    customer_id: str
    customer: str | None
    tier: str
    channel: str
    placed_at: datetime  # in the shop's zone
    age_days: int
    qty_ordered: int
    qty_shipped: int
    qty_cancelled: int
    qty_reserved: int
    qty_backordered: int
    currency: str
    unit_price: int | None  # micro-units, as is value
    value: int | None
    first_promise: date | None
    current_promise: date | None
    eta: date | None
    late_eta: date | None
    eta_basis: str
    supplier_id: str | None
    po_id: str | None
    cause: str
    deadline: date
    deadline_kind: str
    cancel_risk: int | None  # ten-thousandths
    payment_state: str
    priority_class: int

    def place(self) -> tuple[Any, ...]:
        """Where it stands in the worklist: by deadline, undated first within a day, then in queue order."""
        return (
            self.deadline,
            self.eta is not None,
            self.priority_class,
            self.placed_at,
            self.order_id,
            self.line_no,
        )


def backorders(session: Session, selection: Selection, today: date) -> Iterator[Backorder]:
    """Every backordered line of the selection in the order of the worklist, read as it is used."""
    where = conditions(session, selection, today)
    zone = clock.shop_zone()
    whole_lines = (
        _backorder_rows(where)
        .where(Waiting.line_id.not_in(select(LinePart.line_id)))
        .order_by(*SORTS[DEFAULT_SORT].columns)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    lines = (_backorder(row, today, zone) for row in session.execute(whole_lines))
    divided = _divided_lines(session, where, today, zone)
    return merge(lines, divided, key=Backorder.place) if divided else lines


def _divided_lines(session: Session, where: list[ColumnElement[bool]], today: date, zone: ZoneInfo) -> list[Backorder]:
    """Lines that were split, each as one: of a million lines a few."""
    query = _backorder_rows(where).where(Waiting.line_id.in_(select(LinePart.line_id)))
    parts = sorted(session.execute(query), key=lambda row: (row.line_id, row.part))
    reserved = dict(
        session.execute(
            select(LinePlan.line_id, whole_sum(LinePlan.qty_reserved))
            .where(LinePlan.line_id.in_(select(LinePart.line_id)))
            .group_by(LinePlan.line_id)
        ).all()
    )
    lines = [
        _added_up([_backorder(row, today, zone) for row in rows], reserved.get(line_id, 0))
        for line_id, rows in groupby(parts, key=attrgetter("line_id"))
    ]
    return sorted(lines, key=Backorder.place)


def _added_up(parts: list[Backorder], qty_reserved: int) -> Backorder:
    """The parts of one line as the line: units and value summed, dates of the last to come, the first to fall due."""
    undated = [part for part in parts if part.eta is None]
    last = undated[0] if undated else max(parts, key=lambda part: (part.eta, part.late_eta or part.eta))
    first_due = min(parts, key=Backorder.place)
    return last._replace(
        qty_reserved=qty_reserved,
        qty_backordered=sum(part.qty_backordered for part in parts),
        value=None if last.value is None else sum(part.value or 0 for part in parts),
        late_eta=None if undated else max(part.late_eta or part.eta for part in parts),
        eta_basis=min((part.eta_basis for part in parts), key=ETA_BASES.index),
        cause=first_due.cause,
        deadline=first_due.deadline,
        deadline_kind=first_due.deadline_kind,
        cancel_risk=max((part.cancel_risk for part in parts if part.cancel_risk is not None), default=None),
        payment_state=min((part.payment_state for part in parts), key=PAYMENT_STATES.index),
    )


def _backorder_rows(where: list[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(
            Waiting.line_id,
            Waiting.part,
            Waiting.order_number,
            Waiting.line_no,
            Waiting.sku,
            Sku.name.label("product"),
            Customer.code.label("customer_code"),
            Customer.name.label("customer_name"),
            Waiting.tier,
            Waiting.channel,
            Waiting.placed_at,
            Waiting.placed_on,
            OrderLine.qty,
            OrderLine.qty_shipped,
            OrderLine.qty_cancelled,
            Waiting.qty_reserved,
            Waiting.qty_backordered,
            Waiting.currency,
            OrderLine.unit_price,
            Waiting.priced,
            Waiting.value,
            Waiting.first_promise,
            Waiting.current_promise,
            Waiting.eta,
            Waiting.late_eta,
            Waiting.eta_basis,
            Supplier.code.label("supplier_code"),
            PurchaseOrder.number.label("po_number"),
            Waiting.cause,
            Waiting.deadline,
            Waiting.deadline_kind,
            Waiting.cancel_risk,
            Waiting.payment_state,
            Waiting.priority_class,
        )
        .join(OrderLine, OrderLine.id == Waiting.line_id)
        .outerjoin(Customer, Customer.id == Waiting.customer_id)
        .outerjoin(Sku, Sku.id == Waiting.sku_id)
        .outerjoin(Supplier, Supplier.id == Waiting.supplier_id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == Waiting.purchase_order_id)
        .where(*where)
    )


def _backorder(row: Any, today: date, zone: ZoneInfo) -> Backorder:
    return Backorder(
        order_id=row.order_number,
        line_no=row.line_no,
        sku=row.sku,
        product=row.product,
        customer_id=row.customer_code,
        customer=row.customer_name,
        tier=row.tier,
        channel=row.channel,
        placed_at=row.placed_at.astimezone(zone),
        age_days=age_days(row.placed_on, today),
        qty_ordered=row.qty,
        qty_shipped=row.qty_shipped,
        qty_cancelled=row.qty_cancelled,
        qty_reserved=row.qty_reserved,
        qty_backordered=row.qty_backordered,
        currency=row.currency,
        unit_price=row.unit_price,
        value=row.value if row.priced else None,
        first_promise=row.first_promise,
        current_promise=row.current_promise,
        eta=row.eta,
        late_eta=row.late_eta,
        eta_basis=row.eta_basis,
        supplier_id=row.supplier_code,
        po_id=row.po_number,
        cause=row.cause,
        deadline=row.deadline,
        deadline_kind=row.deadline_kind,
        cancel_risk=row.cancel_risk,
        payment_state=row.payment_state,
        priority_class=row.priority_class,
    )
