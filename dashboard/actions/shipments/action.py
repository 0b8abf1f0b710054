"""What is reserved of a line, or of an order, leaves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.order_lines import LoadedOrder, load_still, touch
from dashboard.actions.order_money import Means, is_authorised, load_money, take
from dashboard.actions.outcomes import Outcome, consequences, of_others, sent_before
from dashboard.actions.shipments.leaving import let_leave
from dashboard.actions.shipments.letters import parcel_left
from dashboard.database import transaction
from dashboard.domain.authorizations import Capture, refuse_on_hold
from dashboard.domain.shipments import Leaving, OrderRules, ship, shipped_in_words
from dashboard.messages import outbox


@dataclass(frozen=True, slots=True)
class Parcel:
    """Units of a line that leave a location."""

    location: str
    line_no: int
    qty: int


@dataclass(frozen=True, slots=True)
class ShipmentOutcome(Outcome):
    """What a shipment does to others, what leaves from where, and what the gateway is asked to capture for it."""

    parcels: tuple[Parcel, ...] = ()
    capture: Capture | None = None
    currency: str | None = None
    means: Means | None = None
    leaves_open: bool = False  # whether a further parcel of the order is to follow


@planning.repeated
def ship_reserved(
    order_id: int,
    line_no: int | None = None,
    *,
    qty: int | None = None,
    carrier: str | None = None,
    tracking: str | None = None,
    tell: bool = False,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Send what is reserved of a line (or `qty` of it), or of all lines of an order: one shipment a location. `tell`
    writes to the customer what left and what follows.
    """
    with transaction() as session:
        # What ends with a capture is a date of every line of the order.
        order = load_still(session, order_id, None if is_authorised(session, order_id) else line_no)
        lines = order.lines if line_no is None else (order.line(line_no),)
        if repeated := sent_before(submission):
            return repeated
        changed = order.row if line_no is None else lines[0].row
        refuse_if_changed(version, changed.version, order.subject, *(line.subject for line in lines))
        money = load_money(session, order)
        refuse_on_hold(order.row.number, money.hold, today=clock.today())
        what = f"order {order.row.number}" if line_no is None else lines[0].units.name
        leaving = ship(
            [line.units for line in lines],
            what=what,
            qty=qty,
            order=order.units,
            rules=rules_of(order),
        )
        touched = {order.line(one.line.line_no).row.sku_id for one in leaving}
        captured = money.captured_by(order.units, leaving)
        numbers = let_leave(session, order, leaving, carrier=carrier, tracking=tracking, actor=actor)
        if take(session, captured):
            touched |= order.open_skus
        skus = sorted(touched)
        touch(order.row)

        did = consequences(session, of_others(planning.replan(skus), [one.line.line_id for one in leaving]))
        open_after = sum(line.row.qty_open for line in lines)
        notice = shipped_in_words(leaving, numbers, what=what, open_after=open_after)
        told = None
        if tell:
            letters = parcel_left(session, order, leaving, carrier=carrier, tracking=tracking)
            told = outbox.write(order_id, *letters, actor=actor)
            notice = f"{notice} {told.in_words}"
        of_lines = Counter[str]()
        for one in leaving:
            of_lines[str(one.line.line_no)] += one.qty
        act = audit.record(
            "goods-shipped",
            order.subject if line_no is None else lines[0].subject,
            before={"qty_open": open_after + sum(of_lines.values())},
            after={
                "qty_open": open_after,
                "shipments": numbers,
                "lines": dict(of_lines),
                "captured": captured.in_history(),
            },
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        parcels = tuple(
            Parcel(one.units.location, one.line.line_no, sum(two.qty for two in leaving if _together(one, two)))
            for place, one in enumerate(leaving)
            if not any(_together(one, two) for two in leaving[:place])
        )
        return ShipmentOutcome(
            notice,
            tuple(skus),
            did,
            made=" ".join(numbers),
            told=told,
            parcels=parcels,
            capture=captured,
            currency=order.row.currency,
            means=money.means,
            leaves_open=any(line.row.qty_open for line in order.lines),
        )


def rules_of(order: LoadedOrder) -> OrderRules:
    """How an order may leave."""
    return OrderRules(order.row.ship_complete, order.row.may_split, order.row.location_id)


def _together(one: Leaving, other: Leaving) -> bool:
    """Whether these are units of one line from one place, held for different reasons."""
    return (one.line.line_id, one.units.location_id) == (other.line.line_id, other.units.location_id)
