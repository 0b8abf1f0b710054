"""Divides a part of a line, with all that belongs to its units, or puts the parts of a split together again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import load, load_still, touch
from dashboard.actions.order_money import is_authorised, load_money, take
from dashboard.actions.outcomes import Outcome, consequences, of_others, sent_before
from dashboard.actions.shipment_splits.outcome import SplitOutcome, as_shown
from dashboard.actions.shipment_splits.parts import write_division, write_merger
from dashboard.actions.shipment_splits.queries import parcel_cost
from dashboard.actions.shipments.action import rules_of
from dashboard.actions.shipments.leaving import let_leave
from dashboard.actions.shipments.letters import parcel_left
from dashboard.database import transaction
from dashboard.domain import shipment_splits as splits
from dashboard.domain.authorizations import Capture, refuse_on_hold
from dashboard.domain.messages import Money
from dashboard.domain.order_lines import ReservedUnits
from dashboard.domain.shipments import Leaving, ship
from dashboard.messages import outbox


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
        # What leaves from under the number that it is reserved under needs no plan in between.
        at_once = leaves and division.open_parts[0] == division.kept
        if at_once:
            division = replace(division, parcel=())
        split_id = write_division(session, line, division, money, mode=mode, cost=cost, charged=charged, actor=actor)
        touch(order.row, line.row)
        skus, numbers, told = {line.row.sku_id}, list[str](), None
        replanned = None if at_once else planning.replan([line.row.sku_id])
        if leaves:
            sent = _send(
                session, order_id, line_no, division, at_once=at_once, carrier=carrier, tracking=tracking, actor=actor
            )
            captured, numbers = sent.captured, sent.numbers
            skus |= order.open_skus if sent.ended else set()
            replanned = planning.replan(sorted(skus))
            if tell:
                price = Money(cost, order.row.currency) if charged and cost else None
                letters = parcel_left(session, order, sent.leaving, carrier=carrier, tracking=tracking, charged=price)
                told = outbox.write(order_id, *letters, actor=actor)
        else:
            captured = _parcel(session, order_id, line_no, division)
        assert replanned is not None

        did = consequences(session, of_others(replanned, [line.row.id]))
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
        return as_shown(session, outcome, order_id, line_no, division, captured)


@planning.repeated
def split_what_is_here(
    order_id: int, line_no: int, *, charged: bool = False, submission: str | None = None, actor: Any
) -> Outcome:
    """Make a parcel, to be packed, of all that is here of a line, at what a further parcel usually costs."""
    with transaction() as session:
        cost = parcel_cost(session.get_one(models.Order, order_id))
        if cost is None:
            raise splits.SplitRefused(
                "What a further parcel of this order costs is not known.",
                "Split it by itself, and write what it costs.",
            )
        return split_shipment(
            order_id, line_no, mode=splits.HERE, cost=cost, charged=charged, submission=submission, actor=actor
        )


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
        write_merger(session, line, row, split, actor=actor)
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
    at_once: bool,
    carrier: str | None,
    tracking: str | None,
    actor: Any,
) -> _Sent:
    """The parcel leaves, and is captured."""
    order = load(session, order_id)
    line = order.line(line_no).units
    if at_once:
        leaving = tuple(Leaving(line, units, qty) for units, qty in division.leaving)
    else:
        parcel = division.open_parts[0]
        alone = replace(line, reserved=tuple(one for one in line.reserved if one.part == parcel))
        leaving = ship([alone], what=line.name, qty=None, order=order.units, rules=rules_of(order))
    captured = load_money(session, order).captured_by(order.units, leaving)
    numbers = let_leave(session, order, leaving, carrier=carrier, tracking=tracking, actor=actor)
    return _Sent(leaving, captured, numbers, take(session, captured))


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
