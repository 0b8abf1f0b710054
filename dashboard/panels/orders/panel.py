"""An order, and a line of it, as their pages know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from sqlalchemy.orm import Session

from dashboard import settings
from dashboard.customer.links import count_open
from dashboard.database import day_number, day_of
from dashboard.domain.aging import age_days
from dashboard.domain.columns import NONE
from dashboard.domain.deadlines import REGIONS, Clocks, all_deadlines, as_told
from dashboard.domain.expiring_payments import PAYMENT_STATES, good_through
from dashboard.domain.explanations import (
    ExplainedLine,
    ExplainedOrder,
    IncomingUnits,
    Phrase,
    ShortOf,
    StandsBefore,
    explain,
    explain_whole,
)
from dashboard.domain.promises import ETA_BASES
from dashboard.domain.shipment_splits import why_not_the_order
from dashboard.messages.order_answers import OrderAnswer, answer_about
from dashboard.panels.cancellation_risk.queries import LineRisk, risks_of_order
from dashboard.panels.filters import LINE_FILTERS, Selection, SetFilter, set_filters
from dashboard.panels.freshness import planned_at
from dashboard.panels.orders.contacts import CustomerHistory, PromisedCall, history_of, promised_calls
from dashboard.panels.orders.done import DoneAct, done_to
from dashboard.panels.orders.explained import standing_before
from dashboard.panels.orders.kept import KeptNote, LineAssignment, assignments_of, notes_about
from dashboard.panels.orders.line_parts import PartOfLine, last_split, parts_of
from dashboard.panels.orders.listing import (
    COUNTED_AT_MOST,
    SORTS,
    SORTS_OF_MANY,
    SORTS_OF_MANY_WAITING,
    FoundOrder,
    count_orders,
    is_of_waiting,
    orders_page,
)
from dashboard.panels.orders.offers import StandingOffer, offers_about
from dashboard.panels.orders.payments import (
    DueRefund,
    LiveAuthorization,
    MeansOfPayment,
    authorizations_of,
    card_asked_for,
    means_of_payment,
    refunds,
)
from dashboard.panels.orders.queries import (
    Event,
    LineFacts,
    OrderFacts,
    ShortLine,
    WaitingPart,
    events,
    find_order,
    lines_of,
    short_lines,
    waiting_parts,
)
from dashboard.panels.orders.supply import LiveHold, ShelfUnits, Slice, live_holds, shelf_units, slices
from dashboard.panels.orders.timeline import Happening, in_time
from dashboard.panels.orders.told import ToldMessage, messages_about
from dashboard.panels.pages import Page, View
from dashboard.panels.track_record.queries import shows_likely_dates
from dashboard.planning import read_told_of

# Filters that mean the same of an order and of each of its lines.
SAME_OF_LINES = frozenset(LINE_FILTERS) - {"eta", "deadline"}


@dataclass(frozen=True, slots=True)
class OrdersPanel:
    """The orders of a selection, page by page."""

    view: View  # what the address says
    today: date
    as_of: datetime | None  # when what waits was last derived; None: never yet
    set_filters: tuple[SetFilter, ...]
    count: int  # orders of the selection; one more than are counted at most, where there are more
    is_many: bool  # more than are counted
    sortable: frozenset[str]  # the columns that it can be sorted by
    lines: Selection | None  # what the waiting lines of exactly these orders are asked for by; None: by nothing
    page: Page[FoundOrder]

    @property
    def is_capped(self) -> bool:
        return self.count == COUNTED_AT_MOST + 1

    @property
    def waits_only(self) -> bool:
        return is_of_waiting(self.view.selection)


@dataclass(frozen=True, slots=True)
class IncomingSlice:
    """Units on their way, with what their date rests on."""

    facts: Slice
    basis: str  # po, quoted, late or late-estimate, as in the contract
    days_overdue: int | None  # how long the supplier's date has passed; None where it has not

    @property
    def slipped_days(self) -> int | None:
        """How far the supplier's date has moved since it was first promised; None where it has not, or never was."""
        first, stated = self.facts.first_promise, self.facts.stated
        return (stated - first).days or None if first is not None and stated is not None else None


@dataclass(frozen=True, slots=True)
class LineStanding:
    """Where the units of one line are, and what is known of those that wait."""

    facts: LineFacts
    here: tuple[ShelfUnits, ...]  # reserved, by location
    incoming: tuple[IncomingSlice, ...]  # pegged, soonest first
    parts: tuple[WaitingPart, ...]  # its backordered parts as derived; none: nothing waits
    holds: tuple[LiveHold, ...]  # what planning may not move

    @property
    def qty_here(self) -> int:
        return sum(units.qty for units in self.here)

    @property
    def qty_waiting(self) -> int:
        return sum(part.qty_backordered for part in self.parts)

    @property
    def qty_not_ordered(self) -> int:
        """Waiting units that no supply covers; drop-shipped ones need none of the house."""
        if any(part.eta_basis == "dropship" for part in self.parts):
            return 0
        return self.qty_waiting - sum(one.facts.qty for one in self.incoming)

    @property
    def eta(self) -> date | None:
        """When the last unit can leave; None while one has no date."""
        dates = [part.eta for part in self.parts]
        return max(dates) if dates and all(dates) else None  # type: ignore[type-var]

    @property
    def late_eta(self) -> date | None:
        dates = [part.late_eta or part.eta for part in self.parts]
        return max(dates) if dates and all(dates) else None  # type: ignore[type-var]

    @property
    def likely_eta(self) -> date | None:
        """When half of such supply has come, by what receipts say."""
        dates = [part.likely_eta for part in self.parts]
        return max(dates) if dates and all(dates) else None  # type: ignore[type-var]

    @property
    def likely_late_eta(self) -> date | None:
        dates = [part.likely_late_eta for part in self.parts]
        return max(dates) if dates and all(dates) else None  # type: ignore[type-var]

    @property
    def eta_basis(self) -> str | None:
        """What its date rests on, the weakest of what its parts do; None where nothing waits."""
        return min((part.eta_basis for part in self.parts), key=ETA_BASES.index, default=None)

    @property
    def has_undated_supply(self) -> bool:
        """Whether units of it are on no purchase order, or on one of which nobody knows the day."""
        return self.qty_not_ordered > 0 or any(one.facts.eta is None for one in self.incoming)

    @property
    def days_late(self) -> int | None:
        """How far the date lies after the current promise; negative before it; None where either is not known."""
        if self.eta is None or self.facts.current_promise is None:
            return None
        return (self.eta - self.facts.current_promise).days


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing that goes wrong on a day."""

    kind: str
    day: date
    due_in: int  # days from today, negative when past
    lines: tuple[LineStanding, ...]  # the lines that it is about


@dataclass(frozen=True, slots=True)
class RiskOfLines:
    """The chance that waiting lines are cancelled, of those for which it and its reasons are the same."""

    risk: LineRisk
    lines: tuple[LineStanding, ...]


@dataclass(frozen=True, slots=True)
class Payment:
    """Whether the order can still be charged when its goods leave."""

    means: MeansOfPayment | None
    good_through: date | None  # the last day of a card's month
    authorizations: tuple[LiveAuthorization, ...]
    state: str | None  # the worst of its waiting lines; None where nothing waits
    last_good_day: date | None
    needed_on: date | None  # the latest day on which a waiting line must be chargeable
    on_hold_since: datetime | None  # the gateway refused to authorise it anew; None: it may leave
    refunds: tuple[DueRefund, ...]  # what goes back for cancelled units, by the day that it is due
    asked_at: datetime | None  # when the customer was last asked for another means of payment


@dataclass(frozen=True, slots=True)
class OrderPage:
    """An order with all that stands around it."""

    today: date
    as_of: datetime | None  # when what is derived was last derived; None: never yet
    order: OrderFacts
    age_days: int
    lines: tuple[LineStanding, ...]
    total: int | None  # micro-units; None where a price is not known
    deadlines: tuple[Deadline, ...]  # of all lines, soonest first
    region: str  # whose rules the deadlines follow
    law: str  # and where they are written
    payment: Payment
    events: tuple[Event, ...]  # newest first
    offers: tuple[StandingOffer, ...]  # what its customer is or was offered, newest first
    open_links: int  # by which its customer can open a page about it
    told: tuple[ToldMessage, ...]  # what the customer was last written about it, newest first
    notes: tuple[KeptNote, ...]  # what staff noted of it and of its lines, newest first
    done: tuple[DoneAct, ...]  # what else was done to it, to its lines and to what they wait for, newest first
    answer: OrderAnswer  # what is said to its customer who asks where it is
    calls: tuple[PromisedCall, ...]  # that its customer waits for, the next one first
    customer: CustomerHistory
    assignments: tuple[LineAssignment, ...]  # whose its lines are, and which are put away
    passed_over_for: tuple[ShortLine, ...]  # ship-complete and passed over: the lines that are short
    before: Mapping[int, StandsBefore]  # what is served before each waiting line, by its id
    risks: tuple[LineRisk, ...]  # of each waiting line, the likeliest to be cancelled first

    def assignment_of(self, line: LineStanding) -> LineAssignment | None:
        """Whose a line is; None where nobody said, or it is over."""
        found = next((one for one in self.assignments if one.line_id == line.facts.id), None)
        if found is None:
            return None
        until = found.until if found.until is not None and found.until > self.today else None
        return replace(found, until=until) if found.who or until else None

    def last_parcel_of(self, line: LineStanding) -> Event | None:
        """What was sent of a line last; None where nothing was, or only what other systems know of."""
        parcels = (one for one in self.events if one.line_id == line.facts.id and one.kind == "shipped")
        return next(parcels, None)

    def risk_of(self, *lines: LineStanding) -> tuple[RiskOfLines, ...]:
        """How likely lines are to be cancelled and why, the likeliest first; lines of which the same is true as one."""
        alike: dict[LineRisk, list[LineStanding]] = {}
        for risk in self.risks:
            same = alike.setdefault(risk._replace(line_id=0), [])
            same += (line for line in lines if line.facts.id == risk.line_id)
        return tuple(
            RiskOfLines(risk, tuple(sorted(same, key=lambda line: line.facts.line_no)))
            for risk, same in alike.items()
            if same
        )

    def why(self, line: LineStanding, *, alone: bool = True) -> tuple[Phrase, ...]:
        """Why a line stands where it stands, and until when; not `alone`, without what `why_whole` says of all."""
        explained = ExplainedLine(
            qty_open=line.facts.qty_open,
            qty_here=line.qty_here,
            qty_waiting=line.qty_waiting,
            qty_not_ordered=line.qty_not_ordered,
            incoming=tuple(
                IncomingUnits(
                    one.facts.purchase_order, one.facts.supplier, one.facts.qty, one.facts.eta, one.days_overdue
                )
                for one in line.incoming
            ),
            eta=line.eta,
            promise=line.facts.current_promise,
            is_dropship=any(part.eta_basis == "dropship" for part in line.parts),
            leaves_whole=alone and self.order.ship_complete,
            before=self.before.get(line.facts.id),
            is_passed_over=alone and any(part.passed_over for part in line.parts),
            short=self._short,
        )
        return explain(explained, today=self.today)

    @property
    def why_whole(self) -> tuple[Phrase, ...]:
        """Why all its lines wait for one another; nothing where they need not, or none waits."""
        waiting = [line for line in self.lines if line.qty_waiting]
        if not (self.order.ship_complete and waiting):
            return ()
        explained = ExplainedOrder(
            lines=len(waiting),
            eta=max((line.eta for line in waiting if line.eta), default=None),
            undated=tuple(line.facts.line_no for line in waiting if line.has_undated_supply),
            is_passed_over=any(part.passed_over for line in waiting for part in line.parts),
            short=self._short,
        )
        return explain_whole(explained, today=self.today)

    @property
    def _short(self) -> tuple[ShortOf, ...]:
        return tuple(ShortOf(one.line_no, one.sku, one.wanted - one.on_shelf) for one in self.passed_over_for)

    def timeline(self, only: str = "") -> tuple[Happening, ...]:
        """What happened around the order, the newest first: all of it, or one of `PARTS_OF_TIME`."""
        return in_time(
            events=self.events, told=self.told, offers=self.offers, notes=self.notes, done=self.done, only=only
        )

    @property
    def first_deadline(self) -> Deadline | None:
        return self.deadlines[0] if self.deadlines else None

    @property
    def must_be_told(self) -> bool:
        """Whether something of it comes later than its customer was told."""
        return any(deadline.kind == "delay-notice" for deadline in self.deadlines)

    @property
    def waits(self) -> bool:
        return any(line.qty_waiting for line in self.lines)

    @property
    def cannot_split(self) -> str | None:
        """Why no line of it may be split; None where that depends on the line."""
        order = self.order
        no = why_not_the_order(
            order.number, may_split=order.may_split, ship_complete=order.ship_complete, channel=order.channel
        )
        return None if no is None else str(no)


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line, with its order around it."""

    page: OrderPage
    line: LineStanding
    deadlines: tuple[Deadline, ...]  # of this line alone
    events: tuple[Event, ...]
    parts: tuple[PartOfLine, ...]  # of a divided line
    split_id: int | None  # the last that made parts of it
    shows_likely_dates: bool  # they hold better than those of the plain rule


def load_orders(session: Session, view: View, today: date) -> OrdersPanel:
    """The list of orders; of more than are counted, in an order in which they can be met one by one."""
    selection = view.selection
    count = count_orders(session, selection, today)
    is_many = count > COUNTED_AT_MOST
    sortable = frozenset(SORTS) - {"found"}
    if is_many:
        sortable = frozenset(SORTS_OF_MANY_WAITING if is_of_waiting(selection) else SORTS_OF_MANY)
    if is_many and view.sort not in sortable:
        view = replace(view, sort="placed", descending=True)
    others = selection.without("backorder")
    return OrdersPanel(
        view=view,
        today=today,
        as_of=planned_at(session),
        set_filters=set_filters(session, selection),
        count=count,
        is_many=is_many,
        sortable=sortable,
        lines=others if is_of_waiting(selection) and SAME_OF_LINES.issuperset(others.keys()) else None,
        page=orders_page(session, view, today, many=is_many),
    )


def load_order(session: Session, order_number: str, today: date, *, region: str) -> OrderPage | None:
    """Everything about an order; None where there is no such order."""
    order = find_order(session, order_number)
    if order is None:
        return None
    facts = lines_of(session, order.id)
    ids = [line.id for line in facts]
    parts = waiting_parts(session, order.number)
    here, incoming, holds = shelf_units(session, ids), slices(session, ids), live_holds(session, ids)
    lines = tuple(
        LineStanding(
            line,
            tuple(units for units in here if units.line_id == line.id),
            tuple(_dated(one, today) for one in incoming if one.line_id == line.id),
            tuple(part for part in parts if part.line_id == line.id),
            tuple(hold for hold in holds if hold.line_id == line.id),
        )
        for line in facts
    )
    payment = _payment(session, order, parts)
    return OrderPage(
        today=today,
        as_of=planned_at(session),
        order=order,
        age_days=age_days(order.placed_on, today),
        lines=lines,
        total=_total(facts),
        deadlines=_deadlines(session, order, lines, payment, today),
        region=region,
        law=REGIONS[region].source,
        payment=payment,
        events=tuple(events(session, facts)),
        offers=tuple(offers_about(session, order.id)),
        open_links=count_open(session, order.id),
        told=tuple(messages_about(session, order.id)),
        notes=tuple(notes_about(session, order.id)),
        done=done_to(session, order, facts, incoming),
        answer=answer_about(session, order.id, today),
        calls=tuple(promised_calls(session, order.id)),
        customer=history_of(session, order.customer_id),
        assignments=tuple(assignments_of(session, ids)),
        passed_over_for=tuple(short_lines(session, order.id)) if any(part.passed_over for part in parts) else (),
        before=standing_before(session, order.number) if parts else {},
        risks=tuple(risks_of_order(session, order.number, today)) if parts else (),
    )


def load_line(session: Session, order_number: str, line_no: int, today: date, *, region: str) -> LinePage | None:
    """Everything about a line; None where there is no such line."""
    page = load_order(session, order_number, today, region=region)
    if page is None:
        return None
    line = next((line for line in page.lines if line.facts.line_no == line_no), None)
    if line is None:
        return None
    return LinePage(
        page,
        line,
        tuple(deadline for deadline in page.deadlines if line in deadline.lines),
        tuple(event for event in page.events if event.line_id == line.facts.id),
        tuple(parts_of(session, line.facts.id)),
        last_split(session, line.facts.id),
        shows_likely_dates(session),
    )


def _dated(one: Slice, today: date) -> IncomingSlice:
    """What the date of a slice rests on: the supplier's word while it stands, then the supplier's history."""
    overdue = (today - one.stated).days if one.stated is not None and one.stated < today else None
    if overdue is not None:
        return IncomingSlice(one, "late" if one.eta is None else "late-estimate", overdue)
    if one.stated is not None:
        return IncomingSlice(one, "po", None)
    return IncomingSlice(one, "late" if one.eta is None else "quoted", None)


def _total(lines: list[LineFacts]) -> int | None:
    total = 0
    for line in lines:
        if line.unit_price is None:
            return None
        total += line.qty * line.unit_price
    return total


def _payment(session: Session, order: OrderFacts, parts: list[WaitingPart]) -> Payment:
    means, authorizations = means_of_payment(session, order), authorizations_of(session, order.id)
    card_until = None
    if means is not None and means.exp_year is not None and means.exp_month is not None:
        card_until = day_of(int(good_through(np.array([means.exp_year]), np.array([means.exp_month]))[0]))
    return Payment(
        means,
        card_until,
        authorizations.live,
        min((part.payment_state for part in parts), key=PAYMENT_STATES.index, default=None),
        min((part.last_good_day for part in parts if part.last_good_day), default=None),
        max((part.late_eta or part.eta for part in parts if part.eta), default=None),
        authorizations.on_hold_since,
        tuple(refunds(session, order.id)),
        card_asked_for(session, order.id),
    )


def _deadlines(
    session: Session, order: OrderFacts, lines: tuple[LineStanding, ...], payment: Payment, today: date
) -> tuple[Deadline, ...]:
    """Every deadline of every waiting line; the same one of several lines is said once."""
    parts = [(line, part) for line in lines for part in line.parts]
    if not parts:
        return ()
    rule = settings.clock_rule()
    told = read_told_of(
        session.connection(),
        np.array([part.line_id for _, part in parts], np.int64),
        np.array([part.part for _, part in parts], np.int64),
    )
    clocks = _clocks(order, [part for _, part in parts], payment)
    found = all_deadlines(as_told(clocks, told, region=rule, today=day_number(today)), rule)
    about: dict[tuple[int, str], list[LineStanding]] = {}
    for (line, _), of_part in zip(parts, found, strict=True):
        for due in of_part:
            lines_of_it = about.setdefault(due, [])
            if line not in lines_of_it:
                lines_of_it.append(line)
    return tuple(
        Deadline(kind, day_of(day), day - day_number(today), tuple(lines_of_it))
        for (day, kind), lines_of_it in sorted(about.items())
    )


def _clocks(order: OrderFacts, parts: Sequence[WaitingPart], payment: Payment) -> Clocks:
    """What the deadlines of parts follow from, as planning sees it."""
    authorised = [one.expires_on for one in payment.authorizations if one.expires_on is not None]

    def column(days: Iterable[date | None]) -> np.ndarray:
        return np.array([NONE if day is None else day_number(day) for day in days])

    def same(day: date | None) -> np.ndarray:
        return np.full(len(parts), NONE if day is None else day_number(day))

    return Clocks(
        placed_on=same(order.placed_on),
        current_promise=column(part.current_promise for part in parts),
        credit_applied=np.full(len(parts), order.credit_applied),
        eta=column(part.eta for part in parts),
        needed_on=column(part.late_eta or part.eta for part in parts),
        card_until=same(payment.good_through),
        authorised_until=same(max(authorised, default=None)),
        last_date=same(order.last_date),
    )
