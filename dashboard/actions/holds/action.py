"""Units that planning may not move: fixed to a line, or picked for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import LoadedLine, end_holds, load_still, touch
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain.holds import (
    FIXED,
    PICKED,
    UNITS_PICKED,
    FreeUnits,
    HoldEnd,
    Holder,
    NewHold,
    all_that_is_here,
    fix,
    held_in_words,
    pick,
)


@planning.repeated
def hold_units(
    order_id: int,
    line_no: int,
    *,
    kind: str,
    qty: int,
    reason: str | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Fix units of the shelf to a line, those reserved for it first, or mark units of it as picked."""
    with transaction() as session:
        order = load_still(session, order_id, line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, line.row.version, line.subject, order.subject)
        ends: Sequence[HoldEnd] = ()
        if kind == PICKED:
            new, ends = pick(line.units, qty)
        else:
            new = fix(
                line.units,
                qty,
                free=free_units(session, line.row.sku_id),
                holders=_holders(session, line.row.sku_id, besides=line.row.id),
                usual_location_id=order.row.location_id,
                today=clock.today(),
            )
        end_holds(session, ends, actor=actor, reason=UNITS_PICKED)
        written = _write_holds(session, line, new, kind=kind, reason=reason, actor=actor)
        touch(order.row, line.row)

        did = consequences(session, planning.replan([line.row.sku_id]).moves)
        others = sum(lost for _, lost in did.losses)
        notice = held_in_words(line.units, kind, new, others=min(qty, others))
        act = audit.record(
            "units-held",
            line.subject,
            before={"qty_held": line.units.held},
            after={
                "kind": kind,
                "qty": qty,
                "locations": {one.location: one.qty for one in new},
                "qty_held": line.units.held + qty - sum(end.qty for end in ends),
            },
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        # A release takes back one hold; what stood fixed before it was picked is another story.
        made = str(written[0].id) if len(written) == 1 and not ends else ""
        return Outcome(notice, (line.row.sku_id,), did, made=made)


@planning.repeated
def fix_what_is_here(
    order_id: int, line_no: int, *, reason: str | None, submission: str | None = None, actor: Any
) -> Outcome:
    """Fix to a line all that is reserved for it."""
    with transaction() as session:
        line = load_still(session, order_id, line_no).line(line_no)
        if repeated := sent_before(submission):
            return repeated
        qty = all_that_is_here(line.units)
        return hold_units(order_id, line_no, kind=FIXED, qty=qty, reason=reason, submission=submission, actor=actor)


def free_units(session: Session, sku_id: int) -> list[FreeUnits]:
    """Units of a SKU that nobody holds, by location."""
    hold, line, stock, place = models.Hold, models.OrderLine, models.Stock, models.Location
    held = (
        select(func.coalesce(func.sum(hold.qty), 0))
        .join(line, line.id == hold.line_id)
        .where(
            hold.location_id == stock.location_id,
            line.sku_id == stock.sku_id,
            line.qty_open > 0,
            hold.ended_at.is_(None),
        )
        .correlate(stock)
        .scalar_subquery()
    )
    rows = session.execute(
        select(stock.location_id, place.code, stock.on_hand - held)
        .join(place, place.id == stock.location_id)
        .where(stock.sku_id == sku_id)
        .order_by(place.code)
    )
    return [FreeUnits(location_id, code, int(qty)) for location_id, code, qty in rows if qty > 0]


def _holders(session: Session, sku_id: int, *, besides: int) -> list[Holder]:
    """Who has units of the SKU that nobody else can have, the newest first."""
    hold, line, order, person = models.Hold, models.OrderLine, models.Order, models.User
    zone = clock.shop_zone()
    rows = session.execute(
        select(order.number, hold.qty, hold.kind, hold.made_at, func.coalesce(person.name, person.email))
        .select_from(hold)
        .join(line, line.id == hold.line_id)
        .join(order, order.id == line.order_id)
        .outerjoin(person, person.id == hold.made_by)
        .where(
            line.sku_id == sku_id,
            line.id != besides,
            line.qty_open > 0,
            hold.location_id.is_not(None),
            hold.ended_at.is_(None),
        )
        .order_by(hold.id.desc())
    )
    return [Holder(number, qty, kind, at.astimezone(zone), who) for number, qty, kind, at, who in rows]


def _write_holds(
    session: Session, line: LoadedLine, new: Sequence[NewHold], *, kind: str, reason: str | None, actor: Any
) -> list[models.Hold]:
    holds = [
        models.Hold(
            line_id=line.row.id,
            part=one.part,
            location_id=one.location_id,
            qty=one.qty,
            kind=kind,
            reason=reason,
            made_at=clock.now(),
            made_by=actor,
        )
        for one in new
    ]
    session.add_all(holds)
    return holds
