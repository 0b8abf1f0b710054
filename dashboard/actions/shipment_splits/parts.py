"""The rows of a divided line: its parts, what they are worth, whose the holds are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import clock, models
from dashboard.actions.order_lines import LoadedLine, end_holds, move_holds
from dashboard.actions.order_money import OrderMoney
from dashboard.actions.shipment_splits.told import follow_division, follow_merger
from dashboard.domain import shipment_splits as splits
from dashboard.domain.cancellations import free_instant
from dashboard.domain.holds import FIXED, HoldEnd
from dashboard.domain.line_amounts import shares
from dashboard.domain.order_lines import LineUnits

SPLIT_UNDONE = "its split was undone"


def write_division(
    session: Session,
    line: LoadedLine,
    division: splits.Division,
    money: OrderMoney,
    *,
    mode: str,
    cost: int,
    charged: bool,
    actor: Any,
) -> int:
    """Write the parts, what they are worth, whose the holds are, and that it was done; the id of the split."""
    now, who = clock.now(), getattr(actor, "id", actor)
    divided = line.units.of_part(division.kept)
    row = models.ShipmentSplit(
        line_id=line.row.id,
        part=division.kept,
        first_made=division.made[0],
        last_made=division.made[-1],
        qty_shipped=divided.shipped,
        mode=mode,
        made_at=now,
        made_by=who,
    )
    session.add(row)
    part = models.LinePart
    rows = {one.part: one for one in session.scalars(select(part).where(part.line_id == line.row.id))}
    worth = _worth(line.units, division, money)
    for one in division.parts:
        known = rows.get(one.part)
        if known is None:
            known = part(line_id=line.row.id, part=one.part, split_at=now, split_by=who)
            session.add(known)
        known.qty, known.qty_shipped, known.qty_cancelled = one.qty, one.shipped, one.cancelled
        known.tax_amount, known.shipping_amount = worth[one.part]
        if one.part in division.further:
            known.extra_shipping, known.extra_shipping_charged = cost, charged
    session.flush()
    move_holds(session, division.moved)
    session.add_all(
        models.Hold(
            line_id=line.row.id,
            part=one.part,
            location_id=one.location_id,
            qty=one.qty,
            kind=FIXED,
            reason=splits.SENT_BY_ITSELF,
            made_at=now,
            made_by=who,
        )
        for one in division.parcel
    )
    waits = division.further[-1] if mode == splits.HERE else division.open_parts[0]
    follow_division(session, line.row.id, part=division.kept, made=division.made, waits=waits)
    session.flush()
    return row.id


def _worth(line: LineUnits, division: splits.Division, money: OrderMoney) -> dict[int, tuple[int | None, int | None]]:
    """Tax and shipping of every part from now on: those of the divided one are shared out, the others keep theirs."""
    before = money.of_parts(line)
    found = {part: (one.tax, one.shipping) for part, one in before.items()}
    theirs = [one for one in division.parts if one.part == division.kept or one.part in division.made]
    quantities = [one.qty for one in theirs]

    def shared(total: int | None) -> Sequence[int | None]:
        return [None] * len(theirs) if total is None else shares(total, quantities, coin=money.coin)

    divided = before[division.kept]
    for one, tax, shipping in zip(theirs, shared(divided.tax), shared(divided.shipping), strict=True):
        found[one.part] = tax, shipping
    return found


def write_merger(
    session: Session, line: LoadedLine, row: models.ShipmentSplit, split: splits.Split, *, actor: Any
) -> None:
    """The new parts, and all that is theirs, are the part that was divided."""
    part, hold, cancelled = models.LinePart, models.Hold, models.Cancellation
    of_line = part.line_id == line.row.id
    rows = {one.part: one for one in session.scalars(select(part).where(of_line))}
    theirs = [rows[number] for number in (split.kept, *split.made) if number in rows]
    whole = next((one for one in theirs if one.part == split.kept), None)
    follow_merger(session, line.row.id, part=split.kept, made=split.made)
    sent = [
        HoldEnd(one, one.qty)
        for one in line.units.holds
        if one.part in (split.kept, *split.made) and _is_of_parcel(session, one.id, row)
    ]
    end_holds(session, sent, actor=actor, reason=SPLIT_UNDONE)
    for one in session.scalars(select(hold).where(hold.line_id == line.row.id, hold.part.in_(split.made))):
        one.part = split.kept
    taken = set(
        session.scalars(
            select(cancelled.cancelled_at).where(cancelled.line_id == line.row.id, cancelled.part == split.kept)
        )
    )
    for gone in session.scalars(
        select(cancelled).where(cancelled.line_id == line.row.id, cancelled.part.in_(split.made)).order_by(cancelled.id)
    ):
        gone.cancelled_at = free_instant(gone.cancelled_at, taken)
        gone.part = split.kept
        taken.add(gone.cancelled_at)
    totals = {name: sum(getattr(one, name) for one in theirs) for name in ("qty", "qty_shipped", "qty_cancelled")}
    money = {name: _sum_or_none([getattr(one, name) for one in theirs]) for name in ("tax_amount", "shipping_amount")}
    if whole is None:
        # A file has taken every unit from the part that was divided; what is left goes on under its number.
        whole = part(line_id=line.row.id, part=split.kept, split_at=row.made_at, split_by=row.made_by)
        session.add(whole)
    for name, value in (totals | money).items():
        setattr(whole, name, value)
    for divided in theirs:
        if divided is not whole:
            session.delete(divided)
    session.flush()
    left = session.scalars(select(part.part).where(of_line)).all()
    if list(left) == [1]:
        session.delete(whole)  # a line of one part is not divided
        session.flush()


def _is_of_parcel(session: Session, hold_id: int, row: models.ShipmentSplit) -> bool:
    hold = session.get_one(models.Hold, hold_id)
    return hold.kind == FIXED and hold.reason == splits.SENT_BY_ITSELF and hold.made_at == row.made_at


def _sum_or_none(values: Sequence[int | None]) -> int | None:
    known = [value for value in values if value is not None]
    return sum(known) if known and len(known) == len(values) else None
