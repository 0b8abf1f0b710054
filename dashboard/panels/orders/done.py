"""What was done to an order, to its lines and to the purchase orders that they wait for, as the history keeps it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from dashboard.database import rows_of
from dashboard.domain.particulars import Fact, Told, changed_by
from dashboard.domain.ties import purchase_order
from dashboard.models import Act, User
from dashboard.panels.orders.queries import LineFacts, OrderFacts
from dashboard.panels.orders.supply import Slice
from dashboard.people import with_names

# Who looks further back finds them in the history.
DONE_AT_MOST = 100
# What the page tells from the goods, letters, offers and notes themselves, and who looks at what for themselves.
TOLD_ELSEWHERE = (
    "answer-sent",
    "cancel-asked",
    "card-asked-for",
    "customer-told",
    "goods-shipped",
    "incentive-offered",
    "note-removed",
    "note-written",
    "order-followed",
    "order-let-go",
    "order-seen",
    "quantity-cut",
    "rest-cancelled",
)


@dataclass(frozen=True, slots=True)
class DoneAct:
    """One act, with each fact that it changed or says."""

    at: datetime
    who: str | None  # None: the desk itself
    act: str
    subject: str
    why: str | None
    facts: tuple[Fact, ...]

    @property
    def words(self) -> str:
        """What was done, as people say it: `Supply date moved`."""
        return self.act.replace("-", " ").capitalize()

    @property
    def of(self) -> str:
        """To what, beside an order that everybody sees: `line 2`, `PO 4711, line 1`; empty: the order itself."""
        noun, _, name = self.subject.partition(" ")
        number, _, line_no = name.rpartition("/")
        return {
            "order-line": f"line {line_no}",
            "purchase-order": purchase_order(name),
            "purchase-order-line": f"{purchase_order(number)}, line {line_no}",
        }.get(noun, "")

    @property
    def is_of_supply(self) -> bool:
        """Whether it was done to what is to come."""
        return self.subject.startswith("purchase-order")


# To write this statement takes longer than to answer it, so it is written once. It says no order of rows and no number
# of them, since either tempts PostgreSQL to walk the whole history for the few that are of these subjects.
_DONE = (
    select(Act.id, Act.at, func.coalesce(User.name, User.email), Act.act, Act.subject, Act.why, Act.before, Act.after)
    .outerjoin(User, User.id == Act.actor_id)
    .where(
        or_(
            Act.subject.in_(bindparam("own", expanding=True)),
            and_(Act.subject.in_(bindparam("supply", expanding=True)), Act.at >= bindparam("placed_at")),
        ),
        Act.act.not_in(TOLD_ELSEWHERE),
    )
)


def done_to(
    session: Session, order: OrderFacts, lines: Sequence[LineFacts], incoming: Iterable[Slice]
) -> tuple[DoneAct, ...]:
    """The last acts on an order, on its lines, and since it was placed on what they wait for, the newest first."""
    purchase_orders = {subject for one in incoming for subject in _subjects_of(one)}
    given = {
        "own": [f"order {order.number}", *(f"order-line {order.number}/{line.line_no}" for line in lines)],
        "supply": sorted(purchase_orders),
        "placed_at": order.placed_at,
    }
    rows = sorted(rows_of(session, _DONE, given), key=lambda row: row.id, reverse=True)[:DONE_AT_MOST]
    facts = with_names([_worth_telling(changed_by([Told.read(row.subject, row.before, row.after)])) for row in rows])
    return tuple(
        DoneAct(at, who, act, subject, why, told)
        for (_, at, who, act, subject, why, *_), told in zip(rows, facts, strict=True)
    )


def _subjects_of(one: Slice) -> tuple[str, str]:
    return f"purchase-order {one.purchase_order}", f"purchase-order-line {one.purchase_order}/{one.po_line_no}"


def _worth_telling(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """But what an act says of itself to have been nothing."""
    return tuple(fact for fact in facts if fact.then or fact.now)
