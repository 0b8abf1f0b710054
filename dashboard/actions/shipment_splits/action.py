"""Divides a part of a line, with all that belongs to its units, or puts the parts of a split together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import LoadedLine, LoadedOrder, end_holds, load, load_still, move_holds, touch
from dashboard.actions.order_money import Means, OrderMoney, is_authorised, load_money, take
from dashboard.actions.outcomes import Outcome, consequences, of_others, sent_before
from dashboard.actions.shipment_splits.told import follow_division, follow_merger
from dashboard.actions.shipments.action import rules_of
from dashboard.actions.shipments.leaving import let_leave
from dashboard.actions.shipments.letters import parcel_left
from dashboard.database import transaction
from dashboard.domain import shipment_splits as splits
from dashboard.domain.authorizations import Capture, refuse_on_hold
from dashboard.domain.cancellations import free_instant
from dashboard.domain.holds import FIXED, HoldEnd
from dashboard.domain.line_amounts import NOT_KNOWN, Amounts, shares
from dashboard.domain.messages import Money
from dashboard.domain.order_lines import LineUnits, ReservedUnits
from dashboard.domain.shipments import Leaving, ship
from dashboard.messages import outbox

SPLIT_UNDONE = "its split was undone"


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part of the line as it is from now on."""

    part: int
    qty: int
    shipped: int
    cancelled: int
    here: int  # of its units
    eta: date | None  # of those that wait
    amounts: Amounts
    is_new: bool  # whether the split made it, or left it its open units

    @property
    def waits(self) -> int:
        return self.qty - self.shipped - self.cancelled - self.here


@dataclass(frozen=True, slots=True)
class SplitOutcome(Outcome):
    """What a split makes of a line: its parts in units, money and dates, and what happens to the authorisation."""

    mode: str = splits.HERE
    left: bool = False  # whether the first parcel has left
    parts: tuple[SplitPart, ...] = ()
    qty: int = 0  # of the line
    whole: Amounts = NOT_KNOWN
    currency: str | None = None
    cost: int = 0  # of each further parcel, micro-units
    charged: bool = False
    margin: int | None = None  # of the line, before the further parcels; None where the cost of a unit is not known
    capture: Capture | None = None  # what the first parcel takes, now or when it leaves
    means: Means | None = None

    @property
    def open_parts(self) -> tuple[SplitPart, ...]:
        return tuple(part for part in self.parts if part.is_new)

    @property
    def further(self) -> int:
        """Parcels that are sent besides the first."""
        return len(self.open_parts) - 1

    @property
    def keeps(self) -> int:
        """Units that stay when the first parcel leaves."""
        return sum(part.qty for part in self.open_parts[1:])


@planning.repeated
def split_shipment(
    order_id: int,
    line_no: int,
    *,
    mode: str,
    qty: int | None = None,
    parts: Sequence[int] | None = None,
    of_part: int | None = None,
    cost: int = 0,
    charged: bool = False,
    left: bool = False,
    carrier: str | None = None,
    tracking: str | None = None,
    tell: bool = False,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Make a parcel of what is here of a line's part (`qty` of it), or divide it by quantity (`parts`).

    The parcel is held until it is packed; if it has `left` already, it is posted as a shipment. `cost` is what each
    further parcel costs in micro-units, `charged` to the customer or absorbed. `tell` writes to the customer what left
    and what follows.
    """
    with transaction() as session:
        leaves = left and mode == splits.HERE
        order = load_still(session, order_id, None if leaves and is_authorised(session, order_id) else line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, line.row.version, order.subject, line.subject)
        rules = rules_of(order)
        if no := splits.why_not(line.units, rules, channel=order.row.channel):
            raise no
        money = load_money(session, order)
        chosen = splits.usual_part(line.units) if of_part is None else of_part
        if mode == splits.HERE:
            refuse_on_hold(order.row.number, money.hold, today=clock.today())
            division = splits.send_now(line.units, qty=qty, part=chosen, usual_location_id=rules.usual_location_id)
        else:
            division = splits.divide(line.units, parts or (), part=chosen)
        splits.check_cost(cost)
        split_id = _divide(session, line, division, money, mode=mode, cost=cost, charged=charged, actor=actor)
        touch(order.row, line.row)
        moves = of_others(planning.replan([line.row.sku_id]), [line.row.id])
        captured, numbers, told = _parcel(session, order_id, line_no, division), [], None
        skus = {line.row.sku_id}
        if leaves:
            sent = _send(session, order_id, line_no, division, carrier=carrier, tracking=tracking, actor=actor)
            captured, numbers = sent.captured, sent.numbers
            skus |= order.open_skus if sent.ended else set()
            moves = of_others(planning.replan(sorted(skus)), [line.row.id])
            if tell:
                price = Money(cost, order.row.currency) if charged and cost else None
                letters = parcel_left(session, order, sent.leaving, carrier=carrier, tracking=tracking, charged=price)
                told = outbox.write(order_id, *letters, actor=actor)

        did = consequences(session, moves)
        notice = splits.split_in_words(line.units, division, mode=mode, shipments=numbers)
        if told:
            notice = f"{notice} {told.in_words}"
        act = audit.record(
            "shipment-split",
            line.subject,
            before={"parts": {str(one.part): one.qty for one in line.units.parts}},
            after={
                "split": split_id,
                "mode": mode,
                "parts": {str(one.part): one.qty for one in division.parts},
                "cost": cost,
                "charged": charged,
                "shipments": numbers,
                "captured": captured.in_history() if leaves else None,
            },
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        made = "" if leaves else str(split_id)
        outcome = SplitOutcome(
            notice, tuple(sorted(skus)), did, made=made, told=told, mode=mode, left=leaves, cost=cost, charged=charged
        )
        return _shown(session, outcome, order_id, line_no, division, captured)


@planning.repeated
def undo_split(
    split_id: int,
    *,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """The parts of a split are one again, as long as nothing of them is picked or has left. Twice is once."""
    with transaction() as session:
        order_id, line_no = _where(session, split_id)
        order = load_still(session, order_id, line_no)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        row = session.get_one(models.ShipmentSplit, split_id, populate_existing=True)
        split = _as_made(session, row)
        if split.undone_at is not None:
            notice = splits.undone_before_in_words(line.units, split, today=clock.today())
            return Outcome(notice, (line.row.sku_id,))
        refuse_if_changed(version, line.row.version, order.subject, line.subject)
        splits.refuse_undo(line.units, split, is_last=_is_last(session, row))
        merged = splits.merged(line.units, split)
        _merge(session, line, row, split, actor=actor)
        row.undone_at, row.undone_by = clock.now(), getattr(actor, "id", actor)
        touch(order.row, line.row)

        did = consequences(session, of_others(planning.replan([line.row.sku_id]), [line.row.id]))
        notice = splits.undone_in_words(line.units, split)
        act = audit.record(
            "split-undone",
            line.subject,
            before={"parts": {str(one.part): one.qty for one in line.units.parts}},
            after={"split": split_id, "parts": {str(one.part): one.qty for one in merged}},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, (line.row.sku_id,), did)


# Dividing.


def _divide(
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


def _parcel(session: Session, order_id: int, line_no: int, division: splits.Division) -> Capture:
    """What the first parcel will take of the order's money when it leaves."""
    order = load(session, order_id)
    line = order.line(line_no).units
    first = line.of_part(division.open_parts[0])
    units = ReservedUnits(first.part, 0, "", "", first.left)
    return load_money(session, order).captured_by(order.units, [Leaving(line, units, first.left)])


@dataclass(frozen=True, slots=True)
class _Sent:
    """A parcel that left at once."""

    leaving: Sequence[Leaving]
    captured: Capture
    numbers: list[str]
    ended: bool  # whether its authorisation ended with it


def _send(
    session: Session,
    order_id: int,
    line_no: int,
    division: splits.Division,
    *,
    carrier: str | None,
    tracking: str | None,
    actor: Any,
) -> _Sent:
    """The parcel leaves, and is captured."""
    order = load(session, order_id)
    line = order.line(line_no).units
    parcel = division.open_parts[0]
    alone = replace(line, reserved=tuple(one for one in line.reserved if one.part == parcel))
    leaving = ship([alone], what=line.name, qty=None, order=order.units, rules=rules_of(order))
    captured = load_money(session, order).captured_by(order.units, leaving)
    numbers = let_leave(session, order, leaving, carrier=carrier, tracking=tracking, actor=actor)
    return _Sent(leaving, captured, numbers, take(session, captured))


def _shown(
    session: Session,
    outcome: SplitOutcome,
    order_id: int,
    line_no: int,
    division: splits.Division,
    captured: Capture,
) -> SplitOutcome:
    """The outcome with the line as it now stands."""
    order = load(session, order_id)
    line = order.line(line_no)
    money = load_money(session, order)
    amounts = money.of_parts(line.units)
    waiting = models.Waiting
    rows = session.execute(select(waiting.part, waiting.eta).where(waiting.line_id == line.row.id))
    dates = {row.part: row.eta for row in rows}
    parts = tuple(
        SplitPart(
            one.part,
            one.qty,
            one.shipped,
            one.cancelled,
            sum(units.qty for units in line.units.reserved if units.part == one.part),
            dates.get(one.part),
            amounts[one.part],
            one.part in division.open_parts,
        )
        for one in line.units.parts
    )
    whole = money.of_line(line.units)
    return replace(
        outcome,
        parts=parts,
        qty=line.units.qty,
        whole=whole,
        currency=order.row.currency,
        margin=_margin(session, order, line, whole),
        capture=captured,
        means=money.means,
    )


def _margin(session: Session, order: LoadedOrder, line: LoadedLine, whole: Amounts) -> int | None:
    """What the merchant earns with a line, where the cost of a unit is known in the order's currency."""
    cost, currency = session.execute(
        select(models.Sku.cost, models.Sku.currency).where(models.Sku.id == line.row.sku_id)
    ).one()
    if cost is None or whole.goods is None or currency != order.row.currency:
        return None
    return int(whole.goods - line.units.qty * cost)


# Undoing.


def _where(session: Session, split_id: int) -> tuple[int, int]:
    line = models.OrderLine
    order_id, line_no = session.execute(
        select(line.order_id, line.line_no)
        .join(models.ShipmentSplit, models.ShipmentSplit.line_id == line.id)
        .where(models.ShipmentSplit.id == split_id)
    ).one()
    return order_id, line_no


def _as_made(session: Session, row: models.ShipmentSplit) -> splits.Split:
    person = models.User
    who = session.scalar(select(func.coalesce(person.name, person.email)).where(person.id == row.undone_by))
    at = None if row.undone_at is None else row.undone_at.astimezone(clock.shop_zone())
    return splits.Split(row.part, tuple(range(row.first_made, row.last_made + 1)), row.qty_shipped, at, who)


def _is_last(session: Session, row: models.ShipmentSplit) -> bool:
    """Whether the line was not divided once more since."""
    split = models.ShipmentSplit
    later = select(split.id).where(split.line_id == row.line_id, split.id > row.id, split.undone_at.is_(None))
    return session.scalar(later.limit(1)) is None


def _merge(session: Session, line: LoadedLine, row: models.ShipmentSplit, split: splits.Split, *, actor: Any) -> None:
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
    for one in theirs:
        if one is not whole:
            session.delete(one)
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
