"""What each candidate would do to everybody who waits for the SKU, found without doing it: a hot SKU has thousands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock, planning
from dashboard.actions.outcomes import Outcome
from dashboard.actions.supplier_calendars.dating import days_by_calendar
from dashboard.actions.supplier_reassignments.action import LETTER
from dashboard.actions.supplier_reassignments.queries import Asked, Scope, chosen, read_scope
from dashboard.database import day_number, day_of, transaction
from dashboard.domain.columns import NONE
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.domain.refusals import Refused
from dashboard.domain.supplier_reassignments import Candidate, Reassignment, reassign
from dashboard.intake.kit import DESK_PREFIX
from dashboard.models import Customer, Order, OrderLine

LISTED_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Spread:
    """Customers whose date moves one way, and by how many days: from the least to the most."""

    customers: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class CandidateOutlook:
    """What choosing a supplier would do; where a rule says no, only why."""

    candidate: Candidate
    did: Reassignment | None
    no_because: Refused | None = None
    eta: date | None = None  # of what it would be sent today
    late_eta: date | None = None
    sooner: Spread | None = None
    later: Spread | None = None
    dated: int = 0  # customers who get a date and had none
    undated: int = 0  # customers who lose theirs

    @property
    def changes_nothing(self) -> bool:
        return not (self.sooner or self.later or self.dated or self.undated)


@dataclass(frozen=True, slots=True)
class CustomerOutlook:
    """A waiting part of a line whose date would move."""

    order: str
    line_no: int
    part: int
    customer: str
    qty: int
    promise: date | None  # last told
    eta: date | None
    late_eta: date | None
    new_eta: date | None
    new_late_eta: date | None
    payment_state: str
    last_good_day: date | None

    @property
    def days_sooner(self) -> int | None:
        """Below zero where it is later; None where either day is not known."""
        return None if self.eta is None or self.new_eta is None else (self.eta - self.new_eta).days

    def days_late(self, eta: date | None) -> int | None:
        """Days after what the customer was told; None where nothing was, or no day is known."""
        return None if self.promise is None or eta is None else max(0, (eta - self.promise).days)


@dataclass(frozen=True, slots=True)
class Outlook(Outcome):
    """The same, beside the notice: every candidate, and everybody's dates with the one that is chosen."""

    qty: int = 0
    waiting: int = 0  # units that wait for what may move
    candidates: tuple[CandidateOutlook, ...] = ()
    chosen: CandidateOutlook | None = None
    lines: tuple[CustomerOutlook, ...] = ()  # in queue order
    more: int = 0  # lines beyond these

    @property
    def by_code(self) -> dict[str, CandidateOutlook]:
        return {one.candidate.code: one for one in self.candidates}


def foresee_reassignment(
    asked: Asked,
    *,
    to: str | None,
    qty: int,
    dropship: bool = False,
    send_now: bool = False,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outlook:
    """What every candidate would do to everybody once its order is sent today; refused as the act would be."""
    with transaction() as session:
        planning.keep_still([asked.sku_id])
        scope = read_scope(session, asked, clock.today())
        said = {"about": scope.about, "sku": scope.sku, "qty": qty, "line": scope.line, "dropship": dropship}
        reassign(scope.sources, to=chosen(session, scope, to), **said)  # says no as the act does
        tried = [_try(scope, one, said) for one in scope.candidates]
        possible = [did for did in tried if isinstance(did, Reassignment)]
        now, *then = planning.suppose(asked.sku_id, [_supposed(session, scope, did) for did in possible])
        by_code = {did.to.code: one for did, one in zip(possible, then, strict=True)}
        candidates = tuple(
            _of_candidate(one, did, now, by_code.get(one.code))
            for one, did in zip(scope.candidates, tried, strict=True)
        )
        mine = next(one for one in candidates if one.candidate.code == to)
        assert mine.did is not None  # it was not refused
        lines, more = _lines(session, now, by_code[mine.candidate.code])
        return Outlook(
            "",
            (asked.sku_id,),
            qty=mine.did.qty,
            waiting=scope.waiting,
            candidates=candidates,
            chosen=mine,
            lines=lines,
            more=more,
        )


def _try(scope: Scope, candidate: Candidate, said: dict[str, Any]) -> Reassignment | Refused:
    try:
        return reassign(scope.sources, to=candidate, **said)
    except Refused as refused:
        return refused


def _supposed(session: Session, scope: Scope, did: Reassignment) -> planning.Supposition:
    quoted = did.to.quoted_days
    leads = [] if quoted is None else [quoted]
    by_calendar = days_by_calendar(session, did.to.supplier_id, leads, ordered_on=clock.today())
    return planning.Supposition(
        {one.source.line_id: one.qty for one in did.moved if one.source.line_id is not None},
        did.to.supplier_id,
        did.ordered,
        f"{DESK_PREFIX}{LETTER}",
        scope.line.line_id if did.dropship and scope.line else None,
        day_number(by_calendar[leads[0]]) if by_calendar else NONE,
    )


def _of_candidate(
    candidate: Candidate,
    did: Reassignment | Refused,
    now: planning.Supposed,
    then: planning.Supposed | None,
) -> CandidateOutlook:
    if isinstance(did, Refused) or then is None:
        return CandidateOutlook(candidate, None, did if isinstance(did, Refused) else None)
    before, after = _paired(now, then)
    customer, was, will = now.customer_id[before], now.eta[before], _eta(then, after)
    known_was, known_will = was != NONE, will != NONE
    both = known_was & known_will
    return CandidateOutlook(
        candidate,
        did,
        eta=_day(then.supply_eta),
        late_eta=_day(then.supply_late_eta),
        sooner=_spread(customer, was - will, both & (will < was)),
        later=_spread(customer, will - was, both & (will > was)),
        dated=_count(customer[~known_was & known_will]),
        undated=_count(customer[known_was & ~known_will]),
    )


def _paired(now: planning.Supposed, then: planning.Supposed) -> tuple[np.ndarray, np.ndarray]:
    """The rows of every part that waits, and its row in the other plan; -1 where it waits no longer there."""
    span = 1 + max(int(now.part.max(initial=1)), int(then.part.max(initial=1)))
    keys, wanted = then.line_id * span + then.part, now.line_id * span + now.part
    if not len(keys):
        return np.arange(len(wanted)), np.full(len(wanted), -1)
    by = np.argsort(keys)
    at = by[np.minimum(np.searchsorted(keys, wanted, sorter=by), len(keys) - 1)]
    return np.arange(len(wanted)), np.where(keys[at] == wanted, at, -1)


def _eta(then: planning.Supposed, rows: np.ndarray, *, late: bool = False) -> np.ndarray:
    """The new days; of a part that waits no longer, today: it is on the shelf."""
    return np.append(then.late_eta if late else then.eta, day_number(clock.today()))[rows]


def _spread(customer: np.ndarray, days: np.ndarray, which: np.ndarray) -> Spread | None:
    if not which.any():
        return None
    return Spread(_count(customer[which]), int(days[which].min()), int(days[which].max()))


def _count(customers: np.ndarray) -> int:
    return len(np.unique(customers))


def _lines(
    session: Session, now: planning.Supposed, then: planning.Supposed
) -> tuple[tuple[CustomerOutlook, ...], int]:
    """Those whose date moves, the first of the queue first, and how many more there are."""
    before, after = _paired(now, then)
    moved = np.flatnonzero(now.eta[before] != _eta(then, after))
    listed = moved[:LISTED_AT_MOST]
    names = _named(session, now.line_id[listed].tolist())
    new, new_late = _eta(then, after), _eta(then, after, late=True)
    state, last_good = np.append(then.payment_state, PAYMENT_STATES.index("good")), np.append(then.last_good_day, NONE)
    found = tuple(
        CustomerOutlook(
            *names[int(now.line_id[row])][:2],
            int(now.part[row]),
            names[int(now.line_id[row])][2],
            int(now.qty[row]),
            _day(int(now.promise[row])),
            _day(int(now.eta[row])),
            _day(int(now.late_eta[row])),
            _day(int(new[row])),
            _day(int(new_late[row])),
            PAYMENT_STATES[int(state[after[row]])],
            _day(int(last_good[after[row]])),
        )
        for row in listed.tolist()
    )
    return found, len(moved) - len(found)


def _named(session: Session, line_ids: Sequence[int]) -> dict[int, tuple[str, int, str]]:
    rows = session.execute(
        select(OrderLine.id, Order.number, OrderLine.line_no, func.coalesce(Customer.name, Customer.code))
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(OrderLine.id.in_(line_ids))
    )
    return {line_id: (number, line_no, customer) for line_id, number, line_no, customer in rows}


def _day(day: int) -> date | None:
    return None if day == NONE else day_of(day)
