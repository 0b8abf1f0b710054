"""A hold or a tie ends, and planning may deal its units again."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, repeat
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import load_still, touch
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain.releases import HoldStanding, held_by_hand, release, released_in_words


@planning.repeated
def release_hold(
    hold_id: int, *, reason: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """End a hold; its units are dealt out again with all others, in queue order."""
    with transaction() as session:
        order_id, line_no = session.execute(
            select(models.OrderLine.order_id, models.OrderLine.line_no)
            .join(models.Hold, models.Hold.line_id == models.OrderLine.id)
            .where(models.Hold.id == hold_id)
        ).one()
        order = load_still(session, order_id, line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        hold = session.get_one(models.Hold, hold_id, populate_existing=True)
        standing = hold_standing(session, hold, line.units.name)
        why = release(standing, reason=reason or "", today=clock.today())
        refuse_if_changed(version, line.row.version, line.subject, order.subject)
        hold.ended_at, hold.ended_by, hold.end_reason = clock.now(), actor, why
        touch(order.row, line.row)

        did = consequences(session, planning.replan([line.row.sku_id]).moves)
        kept = session.scalar(
            select(func.coalesce(func.sum(models.Reservation.qty), 0)).where(
                models.Reservation.line_id == line.row.id,
                models.Reservation.part == hold.part,
                models.Reservation.held == "",
            )
        )
        notice = released_in_words(standing, kept=int(kept or 0))
        act = audit.record(
            "hold-released",
            line.subject,
            before={"qty_held": line.units.held},
            after={
                "kind": "tied" if standing.is_tie else hold.kind,
                "qty": hold.qty,
                "place": standing.place,
                "qty_held": line.units.held - hold.qty,
            },
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (line.row.sku_id,), did)


@planning.repeated
def release_line(
    order_id: int, line_no: int, *, reason: str | None, submission: str | None = None, actor: Any
) -> Outcome:
    """End all that staff, or a run, hold for a line or have tied it to."""
    with transaction() as session:
        line = load_still(session, order_id, line_no).line(line_no)
        if repeated := sent_before(submission):
            return repeated
        done = [
            release_hold(hold_id, reason=reason, submission=submission if first else None, actor=actor)
            for first, hold_id in zip(chain((True,), repeat(False)), held_by_hand(line.units), strict=False)
        ]
        return replace(done[-1], notice=" ".join(one.notice for one in done))


def hold_standing(session: Session, hold: models.Hold, line: str) -> HoldStanding:
    """A hold as rules see it; `line` is how a sentence speaks of its line."""
    place = session.scalar(select(models.Location.code).where(models.Location.id == hold.location_id))
    if place is None:
        place = session.scalars(
            select(models.PurchaseOrder.number)
            .join(models.PurchaseOrderLine, models.PurchaseOrderLine.purchase_order_id == models.PurchaseOrder.id)
            .where(models.PurchaseOrderLine.id == hold.purchase_order_line_id)
        ).one()
    ended_by = session.scalar(
        select(func.coalesce(models.User.name, models.User.email)).where(models.User.id == hold.ended_by)
    )
    return HoldStanding(
        line,
        hold.qty,
        hold.kind,
        place,
        hold.purchase_order_line_id is not None,
        None if hold.ended_at is None else hold.ended_at.astimezone(clock.shop_zone()),
        ended_by,
        hold.end_reason,
    )
