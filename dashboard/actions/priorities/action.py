"""The priority class of an order: who is served before whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import load_still
from dashboard.actions.outcomes import Consequence, Consequences, Outcome, behind, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain.priorities import OrderClass, change, changed_in_words, keeps_promise
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS
from dashboard.planning import Move, Standing


@dataclass(frozen=True, slots=True)
class PriorityOutcome(Outcome):
    """What a change of class does, with each line whose promise is missed by it and was not before."""

    newly_missed: tuple[Consequence, ...] = ()
    more_missed: int = 0  # lines beyond these


@planning.repeated
def change_priority(
    order_id: int,
    *,
    priority: int | None,
    reason: str | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Set an order's class, or give it back to its customer's tier (None). What is held stays where it is."""
    with transaction() as session:
        order = load_still(session, order_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, order.row.version, order.subject)
        before = order_class(session, order.row, sum(line.units.open for line in order.lines))
        after = change(before, to=priority, reason=reason or "")
        order.row.priority, order.row.priority_reason = after.typed, reason

        skus = sorted(order.open_skus)
        moves = planning.replan(skus).moves
        did, missed = consequences(session, moves), _newly_missed(session, moves)
        notice = changed_in_words(before, after, moved=len(moves))
        act = audit.record(
            "priority-changed",
            order.subject,
            before={"priority": before.typed, "class": before.in_force},
            after={"priority": after.typed, "class": after.in_force},
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return PriorityOutcome(notice, tuple(skus), did, newly_missed=missed.listed, more_missed=missed.more)


def order_class(session: Session, order: models.Order, open_units: int) -> OrderClass:
    """An order's class as rules see it."""
    of_tier = session.scalar(
        select(models.TierPriority.priority_class)
        .join(models.Customer, models.Customer.tier == models.TierPriority.tier)
        .where(models.Customer.id == order.customer_id)
    )
    return OrderClass(order.number, order.priority, DEFAULT_PRIORITY_CLASS if of_tier is None else of_tier, open_units)


def _newly_missed(session: Session, moves: Sequence[Move]) -> Consequences:
    """The lines whose promise is missed now and was not before: whoever moves an order forward sees who pays for it."""
    worse = [move for move in moves if move.after.backordered and move.before.eta != move.after.eta]
    of = behind(session, worse) if worse else {}

    def kept(move: Move, standing: Standing) -> bool:
        return keeps_promise(of[move.line_id].promised_by, waits=bool(standing.backordered), eta=standing.eta)

    return consequences(session, [move for move in worse if kept(move, move.before) and not kept(move, move.after)])
