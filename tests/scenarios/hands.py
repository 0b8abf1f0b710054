"""Staff as tests need them: hands that post any act at random, a shop small enough that they meet, and what must be
true of it whoever did what.

`Hand` chooses with any `random.Random`: a seeded one in threads and processes, hypothesis's own where a failing story
is to be made shorter. A refusal is an answer; whatever else is raised is a bug.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dashboard import clock, models
from dashboard.actions.authorizations.action import record_authorization
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.consents.action import record_consent
from dashboard.actions.delay_notices.action import tell_customer
from dashboard.actions.deliveries.action import reverse_delivery, take_in_delivery
from dashboard.actions.holds.action import hold_units
from dashboard.actions.incentive_offers.action import offer_incentive, withdraw_offer
from dashboard.actions.offer_approvals.action import APPROVE, REFUSE, decide_offer
from dashboard.actions.outcomes import Outcome
from dashboard.actions.picks.action import pick_units
from dashboard.actions.picks.queries import find_list
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.actions.purchase_order_sendings.action import send_draft
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.actions.receipts.action import receive, reverse
from dashboard.actions.releases.action import release_hold
from dashboard.actions.shipment_splits.action import split_shipment, undo_split
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.stock_counts.action import count
from dashboard.actions.supplier_reassignments.action import reassign_supply, undo_reassignment
from dashboard.actions.supplier_reassignments.queries import Asked
from dashboard.actions.ties.action import tie_units
from dashboard.customer.action import answer_offer
from dashboard.database import db, transaction
from dashboard.domain.consents import AS_TOLD, OPEN_ENDED, UNTIL
from dashboard.domain.incentive_offers import AMOUNT, CREDIT, FREE_SHIPPING, LIVE, OFFERED, PERCENT, WAITING_APPROVAL
from dashboard.domain.refusals import Refused
from tests.factories import World

SKUS = ("CHAIR", "LAMP", "RUG", "SHELF")
PLACES = ("EAST", "MAIN")
NEW_PLACE = "YARD"  # where nothing ever stood before the first receipt
SUPPLIERS = ("ACME", "BOLT")
STAFF = {"ann": "agent", "bea": "manager", "cem": "admin"}  # by role: each may give another share away
DROPSHIPPER = "DROP"  # who sends to customers
SHIP_COMPLETE = 0.3
CENT = 10_000  # in micro-units
LEFT = 0.3  # of the parcels of a split
REFUSED = 0.2  # of what a gateway is asked for
UNDOS = (reverse, reverse_delivery, undo_reassignment, undo_split)
NOTHING_NEW = ("before", "Nothing changed")  # what whoever takes back what is taken back already is answered with
ABOUT_AN_ORDER = (
    cut_quantity, cancel_rest, ship_reserved, change_priority, hold_units, tie_units, split_shipment,
    record_authorization, offer_incentive, tell_customer, record_consent,
)  # fmt: skip


# The shop.


def open_shop(world: World, chance: random.Random, *, orders: int = 12, skus: tuple[str, ...] = SKUS) -> None:
    """A few SKUs that many orders want, a third of them only as a whole; stock, supplies, holds; planned."""
    with transaction() as session:
        for name, role_name in STAFF.items():
            person = session.scalar(sa.select(models.User).filter_by(email=f"{name}@desk.example"))
            if person is None:
                person = models.User(
                    email=f"{name}@desk.example",
                    name=name.capitalize(),
                    password="no form is filled in",
                    active=True,
                    fs_uniquifier=name,
                )
                session.add(person)
            role = session.scalar(sa.select(models.Role).filter_by(name=role_name))
            person.roles = [role or models.Role(name=role_name)]
            session.flush()
        _stock_shop(world, chance, skus)
        for number in range(orders):
            _take_order(world, chance, f"{number:03}", skus)
    world.plan()


def _stock_shop(world: World, chance: random.Random, skus: tuple[str, ...]) -> None:
    today = clock.today()
    world.supplier(DROPSHIPPER, dropship=True, lead_time_days=4)
    for sku in skus:
        for supplier in (*SUPPLIERS, DROPSHIPPER):
            quoted, pack = _perhaps(chance, 0.8, chance.randint(1, 40)), chance.choice((None, 5))
            world.terms(supplier, sku, cost="3.5", lead_time_days=quoted, pack_size=pack)
        world.sku(sku, policy=chance.choice(("allow", "planned")))
        for place in PLACES:
            world.stock(sku, chance.randint(0, 12), at=place)
    for number in range(2 * len(skus)):
        world.purchase_order(
            f"PO-{number}",
            lines=[(chance.choice(skus), chance.randint(1, 15)) for _ in range(chance.randint(1, 3))],
            supplier=chance.choice(SUPPLIERS),
            ordered=today - timedelta(chance.randint(1, 30)),
            expected=_perhaps(chance, 0.7, today + timedelta(chance.randint(-10, 40))),
            status=chance.choice(("sent", "confirmed", "draft", "sent")),
        )


def _take_order(world: World, chance: random.Random, number: str, skus: tuple[str, ...]) -> None:
    placed = clock.today() - timedelta(chance.randint(0, 60))
    world.order(
        number,
        lines=[(chance.choice(skus), chance.randint(1, 8)) for _ in range(chance.randint(1, 3))],
        placed=placed,
        tier=chance.choice((None, "vip", "contract")),
        customer=chance.choice("AB"),
        promised=_perhaps(chance, 0.5, placed + timedelta(chance.randint(5, 60))),
        location=_perhaps(chance, 0.5, chance.choice(PLACES)),
        ship_complete=chance.random() < SHIP_COMPLETE,
        may_split=chance.random() < 0.8,
        shipping_amount=_perhaps(chance, 0.7, chance.randint(0, 3_000) * CENT),
    )
    tax = _perhaps(chance, 0.7, chance.randint(0, 2_000) * CENT)
    with transaction() as session:
        order_id = session.scalars(sa.select(models.Order.id).where(models.Order.number == number)).one()
        session.execute(sa.update(models.OrderLine).filter_by(order_id=order_id).values(tax_amount=tax))


def _perhaps(chance: random.Random, share: float, value: Any) -> Any:
    return value if chance.random() < share else None


# Hands.


@dataclass(frozen=True, slots=True)
class Posted:
    """An act that was done and answered."""

    verb: str
    submission: str  # the key of the form, by which the history knows it
    order_id: int | None  # whose lines it was about; None: a shelf or a purchase order
    outcome: Outcome
    again: Callable[[], Outcome]  # the same form, sent once more


class Hand:
    """Somebody who posts any act, as whoever of the staff comes by."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.staff = list(db.session.scalars(sa.select(models.User.id).order_by(models.User.id)))
        db.session.rollback()

    @property
    def verbs(self) -> tuple[Callable[[], Posted | None], ...]:
        return (
            self.receive,
            self.reverse,
            self.deliver,
            self.reverse_delivery,
            self.pick_list,
            self.count,
            self.cut,
            self.cancel,
            self.ship,
            self.move_date,
            self.prioritise,
            self.fix,
            self.pick,
            self.release,
            self.tie,
            self.untie,
            self.reassign,
            self.undo_reassignment,
            self.send_draft,
            self.split,
            self.divide,
            self.undo_split,
            self.authorise,
            self.offer,
            self.withdraw,
            self.decide,
            self.answer,
            self.tell,
            self.take_word,
        )

    def post_any(self) -> Posted | None:
        """Any act; None where a rule said no, or there is nothing to do it to."""
        return self.chance.choice(self.verbs)()

    def receive(self) -> Posted | None:
        line = self._any(sa.select(models.PurchaseOrderLine).where(models.PurchaseOrderLine.qty_open > 0))
        at = self.chance.choice((*PLACES, NEW_PLACE))
        return line and self._post(receive, line.id, qty=self._units(), at=at)

    def reverse(self) -> Posted | None:
        line = self._any(sa.select(models.ReceiptLine).where(models.ReceiptLine.location_id.is_not(None)))
        return line and self._post(reverse, line.id, why="miscounted")

    def deliver(self) -> Posted | None:
        """A van with some of each line, some of it damaged or over, and now and then something that nobody ordered."""
        awaited = self._any(sa.select(models.PurchaseOrderLine).where(models.PurchaseOrderLine.qty_open > 0))
        if awaited is None:
            return None
        line = models.PurchaseOrderLine
        of_order = line.purchase_order_id == awaited.purchase_order_id
        lines = db.session.scalars(sa.select(line.line_no).where(of_order).order_by(line.line_no))
        came = {line_no: self.chance.randint(0, 9) for line_no in lines}
        strange = self.chance.choice((None, self.chance.choice(SKUS)))
        return self._post(
            take_in_delivery,
            awaited.purchase_order_id,
            came=came,
            damaged={line_no: self.chance.randint(0, qty) // 3 for line_no, qty in came.items()},
            at=self.chance.choice((*PLACES, NEW_PLACE)),
            takes_over=self.chance.choice((False, True)),
            strange_sku=strange,
            strange_qty=strange and self.chance.randint(1, 4),
            strange_stocked=strange is not None and self.chance.choice((False, True)),
        )

    def reverse_delivery(self) -> Posted | None:
        delivery = self._any(sa.select(models.Delivery))
        return delivery and self._post(reverse_delivery, delivery.id, why="another van")

    def pick_list(self) -> Posted | None:
        walked = find_list(db.session(), None)
        some = " ".join(word for word in walked.written.split() if self.chance.random() < 0.3)
        return self._post(pick_units, some)

    def count(self) -> Posted | None:
        shelf = self._any(sa.select(models.Stock))
        if shelf is None:
            return None
        place = db.session.get_one(models.Location, shelf.location_id)
        return self._post(count, shelf.sku_id, at=place.code, qty=max(0, shelf.on_hand + self.chance.randint(-8, 8)))

    def cut(self) -> Posted | None:
        line = self._any_open_line()
        return line and self._post(
            cut_quantity, line.order_id, line.line_no, wanted=self.chance.randint(0, line.qty), reason="customer"
        )

    def cancel(self) -> Posted | None:
        line = self._any_open_line()
        which = self.chance.choice((None, 1))
        return line and self._post(cancel_rest, line.order_id, which and line.line_no, reason="customer")

    def ship(self) -> Posted | None:
        dealt = self._any(sa.select(models.LinePlan))
        if dealt is None:
            return None
        line = db.session.get_one(models.OrderLine, dealt.line_id)
        which = self.chance.choice((None, 1))
        qty = self.chance.choice((None, self.chance.randint(1, dealt.qty_reserved))) if which else None
        return self._post(ship_reserved, line.order_id, which and line.line_no, qty=qty)

    def move_date(self) -> Posted | None:
        line = self._any(sa.select(models.PurchaseOrderLine))
        to = clock.today() + timedelta(self.chance.randint(-3, 40))
        whole = self.chance.choice((False, True))
        return line and self._post(move_date, line.id, to=to, whole=whole, why="the supplier wrote")

    def prioritise(self) -> Posted | None:
        line = self._any_open_line()
        priority = self.chance.choice((None, 0, 1, 5))
        return line and self._post(change_priority, line.order_id, priority=priority, reason="asked for by phone")

    def fix(self) -> Posted | None:
        return self._hold("fixed")

    def pick(self) -> Posted | None:
        return self._hold("picked")

    def release(self) -> Posted | None:
        return self._release(models.Hold.location_id.is_not(None))

    def untie(self) -> Posted | None:
        return self._release(models.Hold.purchase_order_line_id.is_not(None))

    def tie(self) -> Posted | None:
        line = self._any_open_line()
        incoming = models.PurchaseOrderLine
        supply = line and self._any(sa.select(incoming).where(incoming.qty_open > 0, incoming.sku_id == line.sku_id))
        if line is None or supply is None:
            return None
        qty = self.chance.randint(1, min(line.qty_open, supply.qty_open))
        return self._post(tie_units, line.order_id, line.line_no, supply=supply.id, qty=qty, reason="cross-dock")

    def split(self) -> Posted | None:
        dealt = self._any(sa.select(models.LinePlan))
        if dealt is None:
            return None
        line = db.session.get_one(models.OrderLine, dealt.line_id)
        qty = self.chance.choice((None, self.chance.randint(1, dealt.qty_reserved)))
        left = self.chance.random() < LEFT
        return self._post(
            split_shipment, line.order_id, line.line_no, mode="here", of_part=dealt.part, qty=qty, left=left
        )

    def divide(self) -> Posted | None:
        line = self._any_open_line()
        quantities = [self.chance.randint(1, 3) for _ in range(self.chance.randint(1, 3))]
        cost, charged = self.chance.choice((0, 4_900_000)), self.chance.choice((False, True))
        return line and self._post(
            split_shipment, line.order_id, line.line_no, mode="divide", parts=quantities, cost=cost, charged=charged
        )

    def undo_split(self) -> Posted | None:
        made = self._any(sa.select(models.ShipmentSplit).where(models.ShipmentSplit.undone_at.is_(None)))
        if made is None:
            return None
        of_order = db.session.get_one(models.OrderLine, made.line_id).order_id
        return self._post(undo_split, made.id, of_order=of_order, why="they come together")

    def authorise(self) -> Posted | None:
        line = self._any_open_line()
        return line and self._post(
            record_authorization,
            line.order_id,
            amount=self.chance.randint(1, 100) * 1_000_000,
            refused=self.chance.random() < REFUSED,
            expires_on=_perhaps(self.chance, 0.7, clock.today() + timedelta(self.chance.randint(0, 20))),
            multi_capture=self.chance.choice((None, False, True)),
        )

    def offer(self) -> Posted | None:
        line = self._any_open_line()
        return line and self._post(
            offer_incentive,
            line.order_id,
            line.line_no,
            kind=self.chance.choice((PERCENT, AMOUNT, CREDIT, FREE_SHIPPING)),
            percent=self.chance.choice((500, 3_000, 9_000)),
            amount=self.chance.randint(1, 3_000) * CENT,
            until=clock.today() + timedelta(self.chance.randint(0, 5)),
        )

    def withdraw(self) -> Posted | None:
        made = self._any_offer(*LIVE)
        return made and self._post(withdraw_offer, made.id, of_order=self._order_of(made), why="a slip of the hand")

    def decide(self) -> Posted | None:
        made = self._any_offer(WAITING_APPROVAL)
        decision = self.chance.choice((APPROVE, REFUSE))
        return made and self._post(
            decide_offer, made.id, of_order=self._order_of(made), decision=decision, reason="looked at it"
        )

    def answer(self) -> None:
        """The customer does, who has no form that could be sent again."""
        made = self._any_offer(OFFERED)
        if made is not None:
            order_id, offer_id = self._order_of(made), made.id
            db.session.rollback()
            answer_offer(order_id, offer_id, accepts=self.chance.choice((False, True)))

    def tell(self) -> Posted | None:
        line = self._any_open_line()
        return line and self._post(tell_customer, line.order_id)

    def take_word(self) -> Posted | None:
        """Of a customer who was told, or rings up of themselves; who does not wait cancels by another act."""
        line = self._any_open_line()
        return line and self._post(
            record_consent,
            line.order_id,
            self.chance.choice((None, line.line_no)),
            answer=self.chance.choice((AS_TOLD, UNTIL, OPEN_ENDED)),
            until=clock.today() + timedelta(self.chance.randint(0, 60)),
        )

    def reassign(self) -> Posted | None:
        """Of a line of a purchase order, of a SKU, or of a line of an order, which may go straight to its customer."""
        which = self.chance.choice(("supply", "sku", "line"))
        line = self._any_open_line()
        supply = self._any(sa.select(models.PurchaseOrderLine).where(models.PurchaseOrderLine.qty_open > 0))
        if line is None or supply is None:
            return None
        asked = Asked(supply.sku_id, supply_id=supply.id)
        if which != "supply":
            asked = Asked(line.sku_id, order_id=line.order_id, line_no=line.line_no)
        if which == "sku":
            asked = Asked(line.sku_id)
        to, at_once = self.chance.choice((*SUPPLIERS, DROPSHIPPER)), self.chance.choice((False, True))
        straight = which == "line" and to == DROPSHIPPER
        of_order = line.order_id if straight else None
        return self._post(
            reassign_supply,
            asked,
            of_order=of_order,
            to=to,
            qty=self._units(),
            dropship=straight,
            send_now=at_once,
            why="late again",
        )

    def undo_reassignment(self) -> Posted | None:
        made = self._any(sa.select(models.SupplierReassignment).where(models.SupplierReassignment.undone_at.is_(None)))
        return made and self._post(undo_reassignment, made.id, why="it came after all")

    def send_draft(self) -> Posted | None:
        draft = self._any(sa.select(models.PurchaseOrder).where(models.PurchaseOrder.status == "draft"))
        if draft is None:
            return None
        row, line = models.SupplierReassignment, models.PurchaseOrderLine
        of_order = db.session.scalar(
            sa.select(models.OrderLine.order_id)
            .join(row, row.order_line_id == models.OrderLine.id)
            .join(line, line.id == row.to_line_id)
            .where(line.purchase_order_id == draft.id)
        )
        promised = _perhaps(self.chance, 0.5, clock.today() + timedelta(self.chance.randint(-2, 30)))
        return self._post(send_draft, draft.id, of_order=of_order, promised=promised)

    def _hold(self, kind: str) -> Posted | None:
        line = self._any_open_line()
        return line and self._post(
            hold_units,
            line.order_id,
            line.line_no,
            kind=kind,
            qty=self.chance.randint(1, line.qty_open),
            reason="for the lorry",
        )

    def _release(self, which: sa.ColumnElement[bool]) -> Posted | None:
        hold = self._any(sa.select(models.Hold).where(which, models.Hold.ended_at.is_(None)))
        if hold is None:
            return None
        order_id = db.session.get_one(models.OrderLine, hold.line_id).order_id
        return self._post(release_hold, hold.id, of_order=order_id, reason="no longer needed")

    def _post(
        self, act: Callable[..., Outcome], subject: Any, *further: Any, of_order: int | None = None, **said: Any
    ) -> Posted | None:
        """Sends the form: what was looked at is let go first, as between two requests."""
        db.session.rollback()
        key = uuid.uuid4().hex  # as a form is handed out: never twice the same, not even in a story told again
        actor = self.chance.choice(self.staff)
        if act in ABOUT_AN_ORDER:
            of_order = subject

        def send() -> Outcome:
            return act(subject, *further, **said, submission=key, actor=actor)

        try:
            outcome = send()
        except Refused:
            return None
        if act in UNDOS and any(words in outcome.notice for words in NOTHING_NEW):
            return None  # somebody had taken it back already, and the history says so once
        return Posted(act.__name__, key, of_order, outcome, send)

    def _units(self) -> int:
        return self.chance.randint(1, 12)

    def _any_offer(self, *states: str) -> Any:
        return self._any(sa.select(models.IncentiveOffer).where(models.IncentiveOffer.state.in_(states)))

    def _order_of(self, made: models.IncentiveOffer) -> int:
        return db.session.get_one(models.OrderLine, made.line_id).order_id

    def _any_open_line(self) -> Any:
        return self._any(sa.select(models.OrderLine).where(models.OrderLine.qty_open > 0))

    def _any(self, question: Any) -> Any:
        """One of the rows, the same for the same chance on every database; None where there are none."""
        entity = question.column_descriptions[0]["entity"]
        rows = list(db.session.scalars(question.order_by(*entity.__table__.primary_key)))
        return self.chance.choice(rows) if rows else None


# What must be true, whoever did what.


def faults(*, files_count: bool = False) -> Iterator[str]:
    """What is not as it must be: said of facts and reservations alone, and asked otherwise than the desk does it. Only
    where `files_count` may a shelf hold fewer units than are picked from it: staff are refused such a count.
    """
    db.session.rollback()
    yield from _shelves_that_promise_too_much()
    yield from _shelves_that_lost_units()
    yield from _lines_that_lost_units()
    yield from _parts_that_lost_money(files_count)
    yield from _offers_that_promise_what_is_not_theirs(files_count)
    yield from _notices_that_nobody_reads()
    yield from _holds_that_are_not_kept(files_count)


def _shelves_that_promise_too_much() -> Iterator[str]:
    shelf, row = models.Stock, models.Reservation
    reserved = dict(_sums(row.sku_id, row.location_id, row.qty))
    shelves = {(one.sku_id, one.location_id): one for one in db.session.scalars(sa.select(shelf))}
    for key, qty in reserved.items():
        if key not in shelves or qty > shelves[key].on_hand:
            yield f"{qty} units reserved at {key}, where {key in shelves and shelves[key].on_hand} stand"


def _shelves_that_lost_units() -> Iterator[str]:
    """On hand is what was counted, with all that came and went since."""
    shelf, came, went = models.Stock, models.ReceiptLine, models.ShipmentLine
    incoming, line = models.PurchaseOrderLine, models.OrderLine
    receipts = (
        sa.select(sa.func.coalesce(sa.func.sum(came.qty), 0))
        .join(incoming, incoming.id == came.purchase_order_line_id)
        .where(
            incoming.sku_id == shelf.sku_id,
            came.location_id == shelf.location_id,
            came.received_at > shelf.counted_at,
            came.reversed_at.is_(None),
        )
        .scalar_subquery()
    )
    shipments = (
        sa.select(sa.func.coalesce(sa.func.sum(went.qty), 0))
        .join(line, line.id == went.line_id)
        .where(line.sku_id == shelf.sku_id, went.location_id == shelf.location_id, went.shipped_at > shelf.counted_at)
        .scalar_subquery()
    )
    should = shelf.counted + receipts - shipments
    for shelf_id, on_hand, units in db.session.execute(
        sa.select(shelf.id, shelf.on_hand, should).where(shelf.on_hand != should)
    ):
        yield f"{on_hand} units on hand on shelf {shelf_id}; counted, received and shipped make {units}"


def _lines_that_lost_units() -> Iterator[str]:
    waiting, dealt = models.Waiting, models.LinePlan
    backordered = dict(_sums(waiting.line_id, waiting.qty_backordered))
    reserved = dict(_sums(dealt.line_id, dealt.qty_reserved))
    lying = dict(_sums(models.Reservation.line_id, models.Reservation.qty))
    for line in db.session.scalars(sa.select(models.OrderLine)):
        if line.qty != line.qty_shipped + line.qty_cancelled + line.qty_open:
            yield f"line {line.id}: {line.qty} ordered are not what shipped, was cancelled and is open"
        if line.qty_open != reserved.get((line.id,), 0) + backordered.get((line.id,), 0):
            yield f"line {line.id}: {line.qty_open} open are not what is reserved and what waits"
        if lying.get((line.id,), 0) != reserved.get((line.id,), 0):
            yield f"line {line.id}: its reservations are not what its plan says"
    part = models.LinePart
    parts = _sums(part.line_id, part.qty)
    for (line_id,), qty in parts:
        if qty != db.session.get_one(models.OrderLine, line_id).qty:
            yield f"line {line_id}: its parts are {qty} units"


def _parts_that_lost_money(files_count: bool) -> Iterator[str]:
    """The parts of a line have its tax, and its share of what shipping the order cost; that of before, where a file
    has changed other lines since.
    """
    part, line, order = models.LinePart, models.OrderLine, models.Order
    for line_id, tax, freight, order_id, wanted, shipping in db.session.execute(
        sa.select(
            part.line_id,
            sa.func.sum(part.tax_amount),
            sa.func.sum(part.shipping_amount),
            line.order_id,
            line.tax_amount,
            order.shipping_amount,
        )
        .join(line, line.id == part.line_id)
        .join(order, order.id == line.order_id)
        .group_by(part.line_id, line.order_id, line.tax_amount, order.shipping_amount)
    ).all():
        if tax != wanted:
            yield f"line {line_id}: its parts have {tax} of its tax of {wanted}"
        if (freight is None) != (shipping is None):
            yield f"line {line_id}: its parts have {freight} of a shipping of {shipping}"
        elif shipping is not None and not files_count:
            lines = db.session.scalars(sa.select(line).where(line.order_id == order_id)).all()
            worth = {one.id: one.qty * one.unit_price for one in lines}
            if abs(int(freight) - shipping * worth[line_id] / sum(worth.values())) >= CENT:
                yield f"line {line_id}: its parts have {freight} of a shipping of {shipping}"
    captured = models.Authorization
    for one in db.session.scalars(sa.select(captured).where(captured.captured_amount > captured.amount)):
        yield f"{one.captured_amount} were captured of {one.number}, which allows {one.amount}"
    refund = models.Refund
    for line_id, qty in _sums(refund.line_id, refund.qty):
        if qty > db.session.get_one(line, line_id).qty_cancelled:
            yield f"line {line_id}: {qty} units are refunded, fewer were cancelled"


def _offers_that_promise_what_is_not_theirs(files_count: bool) -> Iterator[str]:
    """What is offered is for units that are open, unless a file ended them; its customer was told of it, and of nothing
    that nobody has allowed; and what it costs is known.
    """
    offer, line, part = models.IncentiveOffer, models.OrderLine, models.LinePart
    left = {
        (one.line_id, one.part): one.qty - one.qty_shipped - one.qty_cancelled
        for one in db.session.scalars(sa.select(part))
    }
    divided = {line_id for line_id, _ in left}
    for one in db.session.scalars(sa.select(offer)):
        of_line = db.session.get_one(line, one.line_id)
        is_live = one.state in LIVE
        open_units = left.get((one.line_id, one.part), 0) if one.line_id in divided else of_line.qty_open
        if is_live and not open_units and not files_count:
            yield f"offer {one.id} is {one.state}, and nothing of its part is open"
        if is_live != (one.answered_at is None):
            yield f"offer {one.id} is {one.state} and ended at {one.answered_at}"
        if one.state == OFFERED and one.message_id is None:
            yield f"offer {one.id} is open, and nobody was told"
        if one.state == WAITING_APPROVAL and one.message_id is not None:
            yield f"offer {one.id} waits for approval, and its customer was told"
        if one.cost is None or one.cost < 0:
            yield f"offer {one.id} costs {one.cost}"


def _notices_that_nobody_reads() -> Iterator[str]:
    """What counts as told is said by a message that did not fail, once of each part."""
    notice, message = models.DelayNotice, models.Message
    said = set()
    for one, state in db.session.execute(
        sa.select(notice, message.state).join(message, message.id == notice.message_id).where(notice.in_force)
    ):
        if state not in ("queued", "sending", "sent"):
            yield f"notice {one.id} counts, and its message is {state}"
        if (one.message_id, one.line_id, one.part) in said:
            yield f"notice {one.id} says again what its message says of a part"
        said.add((one.message_id, one.line_id, one.part))
        if one.new_date is not None and one.new_date <= one.earlier_promise:
            yield f"notice {one.id} tells of {one.new_date}, which is no delay of {one.earlier_promise}"


def _holds_that_are_not_kept(files_count: bool) -> Iterator[str]:
    """Held units lie reserved where they are held, unless a count found fewer than are held; those picked always do
    unless it was a file's.
    """
    hold, line, row, shelf = models.Hold, models.OrderLine, models.Reservation, models.Stock
    reserved = dict(_sums(row.line_id, row.location_id, row.held, row.qty))
    on_hand = {(one.sku_id, one.location_id): one.on_hand for one in db.session.scalars(sa.select(shelf))}
    held: dict[tuple[int, int, str], int] = {}
    at: dict[tuple[int, int], int] = {}
    sku_of: dict[int, int] = {}
    for one, sku_id in db.session.execute(
        sa.select(hold, line.sku_id)
        .join(line, line.id == hold.line_id)
        .where(hold.ended_at.is_(None), hold.location_id.is_not(None), line.qty_open > 0)
    ):
        key = one.line_id, one.location_id, one.kind
        held[key] = held.get(key, 0) + one.qty
        at[sku_id, one.location_id] = at.get((sku_id, one.location_id), 0) + one.qty
        sku_of[one.line_id] = sku_id
    for (line_id, place, kind), qty in held.items():
        there = sku_of[line_id], place
        all_stand_there = at[there] <= on_hand.get(there, 0)
        kept = reserved.get((line_id, place, kind), 0)
        if (all_stand_there or (kind == "picked" and not files_count)) and kept != qty:
            yield f"line {line_id}: {qty} units are {kind} at {place}, {kept} are reserved there"


def holds_by_order() -> dict[int, list[tuple[Any, ...]]]:
    """Every hold that binds planning, by the order whose it is."""
    hold, line = models.Hold, models.OrderLine
    found: dict[int, list[tuple[Any, ...]]] = {}
    for order_id, *particulars in db.session.execute(
        sa.select(
            line.order_id,
            hold.id,
            hold.line_id,
            hold.part,
            hold.location_id,
            hold.purchase_order_line_id,
            hold.kind,
            hold.qty,
        )
        .join(line, line.id == hold.line_id)
        .where(hold.ended_at.is_(None))
        .order_by(hold.id)
    ):
        found.setdefault(order_id, []).append(tuple(particulars))
    return found


def units_ordered() -> int:
    """Units on purchase orders that the desk did not make, with those of them that were moved to one that it did."""
    line, order, moved = models.PurchaseOrderLine, models.PurchaseOrder, models.SupplierReassignment
    files_own = (
        sa.select(line.id).join(order, order.id == line.purchase_order_id).where(~order.number.startswith("DESK-"))
    )
    kept = db.session.scalar(sa.select(sa.func.coalesce(sa.func.sum(line.qty), 0)).where(line.id.in_(files_own)))
    gone = db.session.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(moved.qty), 0)).where(
            moved.from_line_id.in_(files_own), moved.undone_at.is_(None)
        )
    )
    db.session.rollback()
    return int(kept or 0) + int(gone or 0)


def unknown_to_history(submissions: set[str]) -> set[str]:
    """Of these forms, those that no act in the history answers for."""
    db.session.rollback()
    sent = models.Submission
    known = sa.select(sent.key).join(models.Act, models.Act.id == sent.act_id)
    return submissions - set(db.session.scalars(known))


def _sums(*columns: Any) -> list[tuple[tuple[int, ...], int]]:
    """The sum of the last column by the others."""
    *keys, summed = columns
    return [
        (tuple(row[:-1]), int(row[-1]))
        for row in db.session.execute(sa.select(*keys, sa.func.sum(summed)).group_by(*keys))
    ]
