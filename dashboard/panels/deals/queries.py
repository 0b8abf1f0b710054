"""Which lines a run means, by the filters of panels; and the runs with what they found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import numpy as np
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    false,
    func,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.bulk import columns, number
from dashboard.database import day_of
from dashboard.domain.columns import NONE
from dashboard.domain.deal_schedules import Times, times_kept
from dashboard.domain.deals import STRATEGIES
from dashboard.models import (
    Customer,
    DealRun,
    DealSchedule,
    DealSegment,
    DealVariant,
    Order,
    OrderLine,
    Sku,
    User,
    Waiting,
)
from dashboard.panels.filters import LINE_FILTERS, Selection, conditions
from dashboard.planning.deal_results import COLUMNS, read_results
from dashboard.planning.deals import EXCEPTIONS, OF_A_STRATEGY, Meant, SegmentRules
from dashboard.planning.facts import Marks

RESULTS_READ_AT_ONCE = 1_000

Conditions = list[ColumnElement[bool]]

# The filters that facts alone answer, of all open lines alike; any other is asked of what waits.
OF_ORDERS: dict[str, Any] = {
    "age": type_coerce(Order.placed_on, Integer),
    "channel": func.coalesce(Order.channel, ""),
    "location": Order.location_id,
    "currency": func.coalesce(Order.currency, ""),
    "placed": type_coerce(Order.placed_at, BigInteger),
    "customer": Order.customer_id,
}
OF_CUSTOMERS: dict[str, Any] = {"tier": func.coalesce(Customer.tier, "")}
OF_LINES: dict[str, Any] = {"tag": OrderLine.id, "assigned": OrderLine.id}
OF_SKUS: dict[str, Any] = {
    "sku": Sku.id,
    "planned": func.coalesce(Sku.backorder_policy == "planned", false()),
}
OF_FACTS = {*OF_ORDERS, *OF_CUSTOMERS, *OF_LINES, *OF_SKUS}


def read_line_filters(text: str) -> str:
    """Filters as an address has them, from those or from a whole address; raises FilterRefused."""
    text = text.strip()
    query = urlsplit(text).query if "?" in text else text
    given = [(key, value) for key, value in parse_qsl(query) if key in LINE_FILTERS or "?" not in text]
    if query and not given:
        given = [(query, "")]  # no filter at all: refused by its name
    return urlencode(Selection.read(given, allowed=LINE_FILTERS).parameters(), doseq=True)


def selection_of(filters: str) -> Selection:
    """What kept filters say."""
    return Selection.read(parse_qsl(filters), allowed=LINE_FILTERS)


def meant_by(session: Session, connection: Connection, run_id: int, today: date) -> Meant:
    """The SKUs and lines that a run means, as of the snapshot that the connection reads."""
    run = session.get_one(DealRun, run_id)
    segments = json.loads(run.segments)
    asked = dict(enumerate((selection_of(run.scope), *(selection_of(one["filters"]) for one in segments))))
    by_facts = {place: one for place, one in asked.items() if set(one.keys()) <= OF_FACTS}
    by_waiting = {place: one for place, one in asked.items() if place not in by_facts}

    def of_orders(one: Selection) -> Conditions:
        found = conditions(session, one.only(OF_ORDERS), today, OF_ORDERS)
        if of_customers := conditions(session, one.only(OF_CUSTOMERS), today, OF_CUSTOMERS):
            found.append(Order.customer_id.in_(select(Customer.id).where(*of_customers)))
        return found

    def of(known: dict[str, Any]) -> Callable[[Selection], Conditions]:
        return lambda one: conditions(session, one.only(known), today, known)

    marks = Marks(_bits(by_facts, of_orders), _bits(by_facts, of(OF_LINES)), _bits(by_facts, of(OF_SKUS)))
    waiting = [np.zeros(0, np.int64)] * 3
    bits = _bits(by_waiting, lambda one: conditions(session, one, today))
    if bits is not None:
        waiting = columns(connection, select(number(Waiting.line_id), number(Waiting.part), bits).where(bits > 0))
    rules = [SegmentRules(STRATEGIES.index(one["strategy"]), one["sort"]) for one in segments]
    return Meant(rules, sum(1 << place for place in by_facts), marks, (waiting[0], waiting[1], waiting[2]))


def _bits(selections: Mapping[int, Selection], asks: Callable[[Selection], Conditions]) -> ColumnElement[int] | None:
    """Which of the selections a row fits, as a number of bits; those that ask nothing of it are among them. None where
    no selection asks anything.
    """
    asked = {place: asks(one) for place, one in selections.items()}
    if not any(asked.values()):
        return None
    bits: ColumnElement[int] = literal(sum(1 << place for place, ask in asked.items() if not ask))
    for place, ask in asked.items():
        if ask:
            bits = bits + case((and_(*ask), 1 << place), else_=0)
    return bits


@dataclass(frozen=True, slots=True)
class ShownSegment:
    """A group of lines as somebody reads it."""

    strategy: str
    sort: str
    filters: str


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """When a way of dealing is run by itself, as whose act, and what came of it last."""

    times: Times
    reason: str
    set_by: str
    following: datetime | None  # its next time; None while it is paused
    paused_at: datetime | None
    paused_by: str | None
    run_id: int | None
    run_state: str | None
    ended_at: datetime | None
    failure: str | None
    ran_on: date | None

    @property
    def is_under_way(self) -> bool:
        """Whether its run of the day is neither committed nor given up."""
        return self.run_id is not None and self.ended_at is None


@dataclass(frozen=True, slots=True)
class VariantRow:
    """A way of dealing as somebody reads it."""

    id: int
    name: str
    scope: str
    segments: tuple[ShownSegment, ...]
    schedule: ScheduleRow | None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run: when and by whom it was asked for, committed, undone."""

    id: int
    name: str
    scope: str
    segments: tuple[ShownSegment, ...]
    state: str
    asked_at: datetime
    asked_by: str | None
    simulated_at: datetime | None
    shop_day: date | None
    seconds: float | None
    figures: tuple[dict[str, Any], ...]
    failure: str | None
    committed_at: datetime | None
    committed_by: str | None
    reason: str | None
    undone_at: datetime | None
    undone_by: str | None
    undo_reason: str | None

    @property
    def is_under_way(self) -> bool:
        """Whether it is being simulated, or waits for that."""
        return self.state in ("waiting", "running")

    def total(self, name: str) -> int:
        """A count over all strategies and currencies; never of money."""
        return sum(row[name] for row in self.figures)


def variants(session: Session, now: datetime) -> tuple[VariantRow, ...]:
    """The ways of dealing that are kept, by name; `now` is the real time, by which schedules run."""
    groups: dict[int, list[ShownSegment]] = {}
    segment = DealSegment
    for row in session.scalars(select(segment).order_by(segment.variant_id, segment.place)):
        groups.setdefault(row.variant_id, []).append(ShownSegment(row.strategy, row.sort, row.filters))
    schedules = _schedules(session, now)
    rows = session.scalars(select(DealVariant).order_by(DealVariant.id))
    return tuple(
        VariantRow(row.id, row.name, row.scope, tuple(groups.get(row.id, ())), schedules.get(row.id))
        for row in sorted(rows, key=lambda row: (row.name.casefold(), row.id))
    )


def _schedules(session: Session, now: datetime) -> dict[int, ScheduleRow]:
    row, zone = DealSchedule, clock.shop_zone()
    setter, pauser = aliased(User), aliased(User)
    query = (
        select(
            row,
            func.coalesce(setter.name, setter.email),
            func.coalesce(pauser.name, pauser.email),
            DealRun.state,
        )
        .join(setter, setter.id == row.set_by)
        .outerjoin(pauser, pauser.id == row.paused_by)
        .outerjoin(DealRun, DealRun.id == row.run_id)
    )
    found = {}
    for kept, set_by, paused_by, run_state in session.execute(query):
        times = times_kept(kept.weekdays, kept.at_minute)
        found[kept.variant_id] = ScheduleRow(
            times,
            kept.reason,
            set_by,
            None if kept.paused_at else times.due_after(now, zone),
            kept.paused_at,
            paused_by,
            kept.run_id,
            run_state,
            kept.ended_at,
            kept.failure,
            kept.ran_on,
        )
    return found


def runs(
    session: Session, *, before: int | None = None, limit: int = 25, run_id: int | None = None
) -> tuple[RunRow, ...]:
    """Runs, the newest first; or the one of that number."""
    people = [aliased(User) for _ in range(3)]
    query = (
        select(DealRun, *(func.coalesce(person.name, person.email) for person in people))
        .outerjoin(people[0], people[0].id == DealRun.asked_by)
        .outerjoin(people[1], people[1].id == DealRun.committed_by)
        .outerjoin(people[2], people[2].id == DealRun.undone_by)
        .order_by(DealRun.id.desc())
        .limit(limit)
    )
    if run_id is not None:
        query = query.where(DealRun.id == run_id)
    if before is not None:
        query = query.where(DealRun.id < before)
    return tuple(_run_row(*row) for row in session.execute(query))


def _run_row(run: DealRun, asked_by: str | None, committed_by: str | None, undone_by: str | None) -> RunRow:
    return RunRow(
        run.id,
        run.name,
        run.scope,
        tuple(ShownSegment(one["strategy"], one["sort"], one["filters"]) for one in json.loads(run.segments)),
        run.state,
        run.asked_at,
        asked_by,
        run.simulated_at,
        run.shop_day,
        None if run.seconds is None else run.seconds / 1000,
        tuple(json.loads(run.figures or "[]")),
        run.failure,
        run.committed_at,
        committed_by,
        run.reason,
        run.undone_at,
        undone_by,
        run.undo_reason,
    )


@dataclass(frozen=True, slots=True)
class ResultRow:
    """What a run does to a part of a line."""

    place: int
    order_number: str
    line_no: int
    part: int
    customer: str
    sku: str
    product: str
    segment: int
    strategy: str
    qty_open: int
    reserved_before: int
    reserved_after: int
    eta_before: date | None
    eta_after: date | None
    promise: date | None
    misses_promise: bool
    misses_law: bool
    misses_card: bool
    exception: str

    @property
    def ready_before(self) -> bool:
        """Whether all of it could ship."""
        return self.reserved_before == self.qty_open

    @property
    def ready_after(self) -> bool:
        """Whether all of it can ship."""
        return self.reserved_after == self.qty_open

    @property
    def is_worse(self) -> bool:
        """Whether it loses goods, or its date, or gets a later one."""
        if self.reserved_after != self.reserved_before:
            return self.reserved_after < self.reserved_before
        if self.ready_after or self.eta_before == self.eta_after:
            return False
        return self.eta_after is None or (self.eta_before is not None and self.eta_after > self.eta_before)

    @property
    def days(self) -> int | None:
        """By how many days its date moves; None where one of them is not known."""
        if self.eta_before is None or self.eta_after is None:
            return None
        return (self.eta_after - self.eta_before).days


def results(session: Session, run_id: int, *, after: int = 0, limit: int = 50) -> Sequence[ResultRow]:
    """The lines that gain, lose, or should win and do not; from the one after that place."""
    return list(islice(_results(session, run_id, after, limit), limit))


def all_results(session: Session, run_id: int) -> Iterator[ResultRow]:
    """Every one of them."""
    return _results(session, run_id, 0, RESULTS_READ_AT_ONCE)


def _results(session: Session, run_id: int, after: int, at_once: int) -> Iterator[ResultRow]:
    for page in read_results(session.connection(), run_id, after=after):
        for start in range(0, len(page["place"]), at_once):
            yield from _named(session, {name: column[start : start + at_once] for name, column in page.items()})


def _named(session: Session, cells: dict[str, np.ndarray]) -> Iterator[ResultRow]:
    """Rows of results with the names of their lines, of those that are still there."""
    line = OrderLine
    query = (
        select(
            line.id,
            Order.number,
            line.line_no,
            func.coalesce(Customer.name, Customer.code),
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            line.current_promise,
        )
        .join(Order, Order.id == line.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Sku, Sku.id == line.sku_id)
        .where(line.id.in_(cells["line_id"].tolist()))
    )
    of = {line_id: named for line_id, *named in session.execute(query)}
    for row in zip(*(cells[name].tolist() for name in ("place", *COLUMNS)), strict=True):
        one = dict(zip(("place", *COLUMNS), row, strict=True))
        if one["line_id"] not in of:
            continue
        number, line_no, customer, sku, product, promise = of[one["line_id"]]
        yield ResultRow(
            one["place"],
            number,
            line_no,
            one["part"],
            customer,
            sku,
            product,
            one["segment"],
            OF_A_STRATEGY[one["strategy"]],
            one["qty_open"],
            one["reserved_before"],
            one["reserved_after"],
            _day(one["eta_before"]),
            _day(one["eta_after"]),
            promise,
            one["misses_promise"] == 1,
            one["misses_law"] == 1,
            one["misses_card"] == 1,
            EXCEPTIONS[one["exception"]],
        )


def _day(number: int) -> date | None:
    return None if number == NONE else day_of(number)
