"""Somebody follows an order, has seen what was done to it, and lets it go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from dashboard import audit, planning, topics
from dashboard.actions.notes.queries import subject_still
from dashboard.actions.order_follows.queries import follow_still
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain import order_follows
from dashboard.models import Act, OrderFollow

FOLLOWED, SEEN, LET_GO = "order-followed", "order-seen", "order-let-go"


@planning.repeated
def follow_order(
    order_id: int,
    *,
    version: str | None = None,  # nobody else follows it for somebody
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Put an order on one's list, where what is done to it from now on is said."""

    def follow(session: Session, row: OrderFollow | None, act: Act) -> None:
        session.add(OrderFollow(person_id=actor, order_id=order_id, followed_at=act.at, seen_act=act.id))

    return _do(FOLLOWED, order_follows.follow, follow, order_id, submission=submission, actor=actor)


@planning.repeated
def look_at_order(order_id: int, *, version: str | None = None, submission: str | None = None, actor: Any) -> Outcome:
    """Say that one has seen all that was done to an order up to now."""

    def see(session: Session, row: OrderFollow, act: Act) -> None:
        row.seen_act = act.id

    return _do(SEEN, order_follows.look_at, see, order_id, submission=submission, actor=actor)


@planning.repeated
def let_order_go(order_id: int, *, version: str | None = None, submission: str | None = None, actor: Any) -> Outcome:
    """Take an order off one's list."""

    def let_go(session: Session, row: OrderFollow, act: Act) -> None:
        session.delete(row)

    return _do(LET_GO, order_follows.let_go, let_go, order_id, submission=submission, actor=actor)


def _do(
    name: str,
    rule: Callable[..., str],
    change: Callable[[Session, Any, Act], None],
    order_id: int,
    *,
    submission: str | None,
    actor: int,
) -> Outcome:
    with transaction() as session:
        subject = subject_still(session, order_id, None)
        if repeated := sent_before(submission):
            return repeated
        row = follow_still(session, order_id, actor)
        notice = rule(subject.number, is_followed=row is not None)
        act = audit.record(name, subject.in_history, after={"person_id": actor}, actor=actor)
        session.flush()
        change(session, row, act)
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, moves_lines=False)
