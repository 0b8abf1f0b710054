"""Worlds for tests: one factory a noun, and `World`, which says a whole shop in a few sentences.

    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02", ship_complete=True)
    world.plan()
    assert world.reserved() == {"1": 6, "2": 0}

Facts get their copies (open quantity, the shop's day of an instant, first promise) as intake would write them; what
follows from facts is written by planning alone. Money is said as decimal text ("19.99"), days as ISO text or dates,
instants as ISO text: a bare date is that day's midnight in the shop's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from dashboard import clock, models, planning
from dashboard.database import db, transaction

MICROS = 1_000_000
SHELF = "MAIN"  # where stock stands unless a test says otherwise


def as_day(said: str | date | None) -> date | None:
    """A day as a test says it."""
    return date.fromisoformat(said) if isinstance(said, str) else said


def as_instant(said: str | date | datetime) -> datetime:
    """An instant as a test says it: a bare day is its midnight in the shop's zone, a time without offset shop time."""
    if isinstance(said, str):
        said = date.fromisoformat(said) if len(said) == 10 else datetime.fromisoformat(said)
    if not isinstance(said, datetime):
        return clock.start_of(said)
    return (said if said.tzinfo else said.replace(tzinfo=clock.shop_zone())).astimezone(UTC)


def as_micros(said: str | int | Decimal | None) -> int | None:
    """Money as a test says it, in whole or decimal units, to micro-units."""
    return None if said is None else int(Decimal(said) * MICROS)


class Fact(SQLAlchemyModelFactory):
    """Adds to the session and leaves the saving to `transaction()`."""

    class Meta:
        abstract = True
        sqlalchemy_session = db.session
        sqlalchemy_session_persistence = "flush"


class CustomerFactory(Fact):
    class Meta:
        model = models.Customer

    code = factory.Sequence(lambda n: f"C-{n}")
    name = factory.LazyAttribute(lambda customer: f"Customer {customer.code}")
    email = factory.LazyAttribute(lambda customer: f"{customer.code.lower()}@customers.example")


class PaymentMethodFactory(Fact):
    class Meta:
        model = models.PaymentMethod

    code = factory.Sequence(lambda n: f"PM-{n}")
    kind = "card"
    brand = "visa"
    last4 = "4242"
    exp_month = 12
    exp_year = 2030


class SkuFactory(Fact):
    class Meta:
        model = models.Sku

    code = factory.Sequence(lambda n: f"SKU-{n}")
    name = factory.LazyAttribute(lambda sku: f"Product {sku.code}")
    price = as_micros("10")
    currency = "EUR"


class LocationFactory(Fact):
    class Meta:
        model = models.Location

    code = SHELF


class StockFactory(Fact):
    class Meta:
        model = models.Stock

    counted = factory.LazyAttribute(lambda stock: stock.on_hand)
    counted_at = factory.LazyFunction(lambda: clock.start_of(clock.today()))
    on_hand = 0


class SupplierFactory(Fact):
    class Meta:
        model = models.Supplier

    code = factory.Sequence(lambda n: f"S-{n}")
    name = factory.LazyAttribute(lambda supplier: f"Supplier {supplier.code}")
    active = True


class SupplierSkuFactory(Fact):
    class Meta:
        model = models.SupplierSku


class OrderFactory(Fact):
    class Meta:
        model = models.Order

    number = factory.Sequence(lambda n: f"O-{n}")
    placed_on = factory.LazyAttribute(lambda order: clock.shop_day(order.placed_at))
    currency = "EUR"


class OrderLineFactory(Fact):
    class Meta:
        model = models.OrderLine

    line_no = 1
    unit_price = as_micros("10")


class ShipmentFactory(Fact):
    class Meta:
        model = models.Shipment

    number = factory.Sequence(lambda n: f"SH-{n}")


class ShipmentLineFactory(Fact):
    class Meta:
        model = models.ShipmentLine


class CancellationFactory(Fact):
    class Meta:
        model = models.Cancellation


class PurchaseOrderFactory(Fact):
    class Meta:
        model = models.PurchaseOrder

    number = factory.Sequence(lambda n: f"PO-{n}")
    ordered_on = factory.LazyAttribute(lambda po: clock.shop_day(po.ordered_at))
    status = "sent"


class PurchaseOrderLineFactory(Fact):
    class Meta:
        model = models.PurchaseOrderLine

    line_no = 1
    qty_promised = factory.LazyAttribute(lambda line: line.qty)


class ReceiptFactory(Fact):
    class Meta:
        model = models.Receipt

    number = factory.Sequence(lambda n: f"R-{n}")


class ReceiptLineFactory(Fact):
    class Meta:
        model = models.ReceiptLine

    received_on = factory.LazyAttribute(lambda receipt: clock.shop_day(receipt.received_at))


class AuthorizationFactory(Fact):
    class Meta:
        model = models.Authorization

    number = factory.Sequence(lambda n: f"A-{n}")


class HoldFactory(Fact):
    class Meta:
        model = models.Hold

    kind = "fixed"
    made_at = factory.LazyFunction(clock.now)


class World:
    """A shop told in sentences. Every sentence is saved at once, as somebody's act would be."""

    # What a test says about the shop.

    def customer(self, code: str = "C", **particulars: Any) -> models.Customer:
        """The customer of that code, made if not yet there."""
        with self._facts():
            return self._one(models.Customer, "code", code, CustomerFactory, **particulars)

    def sku(self, code: str, *, price: str | None = None, policy: str | None = None, **particulars: Any) -> models.Sku:
        """The SKU of that code, made if not yet there."""
        if price is not None:
            particulars["price"] = as_micros(price)
        if policy is not None:
            particulars["backorder_policy"] = policy
        with self._facts():
            return self._one(models.Sku, "code", code, SkuFactory, **particulars)

    def stock(self, sku: str, on_hand: int, *, at: str = SHELF, counted: str | date | None = None) -> models.Stock:
        """So much of a SKU counted at a location; said again, it is a new count."""
        with self._facts() as session:
            product, place = self._sku(sku), self._location(at)
            row = session.scalar(select(models.Stock).filter_by(sku_id=product.id, location_id=place.id))
            counted_at = as_instant(counted if counted is not None else clock.today())
            if row is None:
                return StockFactory(sku_id=product.id, location_id=place.id, on_hand=on_hand, counted_at=counted_at)
            row.counted, row.on_hand, row.counted_at = on_hand, on_hand, counted_at
            return row

    def supplier(self, code: str = "S", *, sells: Iterable[str] = (), **particulars: Any) -> models.Supplier:
        """The supplier of that code, made if not yet there, carrying these SKUs without further terms."""
        with self._facts():
            supplier = self._one(models.Supplier, "code", code, SupplierFactory, **particulars)
            for sku in sells:
                self.terms(code, sku)
            return supplier

    def terms(self, supplier: str, sku: str, *, cost: str | None = None, **particulars: Any) -> models.SupplierSku:
        """On which terms a supplier sells a SKU."""
        with self._facts():
            return SupplierSkuFactory(
                supplier_id=self._one(models.Supplier, "code", supplier, SupplierFactory).id,
                sku_id=self._sku(sku).id,
                unit_cost=as_micros(cost),
                **particulars,
            )

    def tag(self, order: str, *words: str, line: int = 1) -> None:
        """These words in place of a line's tags, as a file that comes again brings them."""
        with self._facts() as session:
            line_id = self.line(order, line).id
            with planning.retagging(session.connection(), [line_id]):
                session.execute(delete(models.LineTag).where(models.LineTag.line_id == line_id))
                session.add_all(models.LineTag(line_id=line_id, tag=word) for word in words)
                session.flush()

    def order(
        self,
        number: str,
        sku: str | None = None,
        qty: int = 1,
        *,
        placed: str | date | datetime,
        lines: Iterable[tuple[str, int]] = (),
        customer: str = "C",
        tier: str | None = None,
        unit_price: str | None = "10",
        currency: str | None = "EUR",
        promised: str | date | None = None,
        last_date: str | date | None = None,
        not_before: str | date | None = None,
        location: str | None = None,
        supplier: str | None = None,
        status: str = "open",
        **particulars: Any,
    ) -> models.Order:
        """An order of one SKU, or of several `lines` [(sku, qty), …] numbered from 1.

        `tier` makes a customer of its own for the order. `particulars` are further columns of the order.
        """
        with self._facts():
            if tier is not None:
                customer = f"{customer}-{tier}"
            buyer = self._one(models.Customer, "code", customer, CustomerFactory, tier=tier)
            promise = as_day(promised)
            order = OrderFactory(
                number=number,
                customer_id=buyer.id,
                placed_at=as_instant(placed),
                currency=currency,
                promised_date=promise,
                last_date=as_day(last_date),
                not_before=as_day(not_before),
                location_id=None if location is None else self._location(location).id,
                status=status,
                **particulars,
            )
            named = None if supplier is None else self._one(models.Supplier, "code", supplier, SupplierFactory).id
            for line_no, (code, wanted) in enumerate([(sku, qty)] if sku is not None else lines, start=1):
                OrderLineFactory(
                    order_id=order.id,
                    line_no=line_no,
                    sku_id=self._sku(code).id,
                    qty=wanted,
                    qty_open=wanted if status == "open" else 0,
                    unit_price=as_micros(unit_price),
                    first_promise=promise,
                    current_promise=promise,
                    supplier_id=named,
                )
            return order

    def ship(self, order: str, qty: int, *, line: int = 1, on: str | date | datetime, **particulars: Any) -> None:
        """Units of a line leave."""
        with self._facts():
            shipped = self.line(order, line)
            shipment = ShipmentFactory()
            ShipmentLineFactory(
                shipment_id=shipment.id, line_id=shipped.id, qty=qty, shipped_at=as_instant(on), **particulars
            )
            self._settle(shipped, shipped=qty)

    def cancel(
        self,
        order: str,
        qty: int | None = None,
        *,
        line: int = 1,
        on: str | date | datetime | None = None,
        reason: str | None = "customer",
    ) -> None:
        """Units of a line are cancelled; without a quantity, all that is open."""
        with self._facts():
            cancelled = self.line(order, line)
            qty = cancelled.qty_open if qty is None else qty
            CancellationFactory(
                line_id=cancelled.id, qty=qty, cancelled_at=as_instant(on or clock.today()), reason=reason
            )
            self._settle(cancelled, cancelled=qty)

    def purchase_order(
        self,
        number: str,
        sku: str | None = None,
        qty: int = 1,
        *,
        lines: Iterable[tuple[str, int]] = (),
        supplier: str = "S",
        ordered: str | date | datetime = "2026-01-05",
        expected: str | date | None = None,
        promised: str | date | None = None,
        status: str = "sent",
    ) -> models.PurchaseOrder:
        """An order to a supplier, of one SKU or of several `lines` [(sku, qty), …] numbered from 1."""
        with self._facts():
            po = PurchaseOrderFactory(
                number=number,
                supplier_id=self._one(models.Supplier, "code", supplier, SupplierFactory).id,
                ordered_at=as_instant(ordered),
                expected_date=as_day(expected),
                promised_date=as_day(promised),
                status=status,
            )
            for line_no, (code, wanted) in enumerate([(sku, qty)] if sku is not None else lines, start=1):
                PurchaseOrderLineFactory(
                    purchase_order_id=po.id,
                    line_no=line_no,
                    sku_id=self._sku(code).id,
                    qty=wanted,
                    qty_open=wanted if status in models.purchase_orders.SUPPLYING_STATUSES else 0,
                    first_promise=as_day(promised) or as_day(expected),
                )
            return po

    def move(self, po: str, *, expected: str | date | None) -> None:
        """A supplier states another date for a whole purchase order."""
        with self._facts():
            self._named(models.PurchaseOrder, "number", po).expected_date = as_day(expected)

    def receive(
        self,
        po: str,
        qty: int,
        *,
        line: int = 1,
        on: str | date | datetime | None = None,
        at: str | None = SHELF,
        number: str | None = None,
    ) -> None:
        """Units of a purchase-order line come in, and stand at `at` from then on (None: the count has them already)."""
        with self._facts() as session:
            ordered = self.po_line(po, line)
            receipt = ReceiptFactory(**({} if number is None else {"number": number}))
            ReceiptLineFactory(
                receipt_id=receipt.id,
                purchase_order_line_id=ordered.id,
                qty=qty,
                received_at=as_instant(on or clock.today()),
            )
            ordered.qty_received += qty
            ordered.qty_open = max(0, ordered.qty_open - qty)
            if at is not None:
                place = self._location(at)
                row = session.scalar(select(models.Stock).filter_by(sku_id=ordered.sku_id, location_id=place.id))
                if row is None:
                    StockFactory(sku_id=ordered.sku_id, location_id=place.id, on_hand=qty)
                else:
                    row.on_hand += qty

    def past_receipts(self, supplier: str, sku: str, days_late: Iterable[int], *, before: str | date) -> None:
        """A supplier's history: one purchase order of one unit for each lateness, all received before a day."""
        first = as_day(before)
        assert first is not None
        for n, late in enumerate(days_late):
            received = date.fromordinal(first.toordinal() - 10 - n)
            promised = date.fromordinal(received.toordinal() - late)
            number = f"PAST-{supplier}-{n}"
            ordered = date.fromordinal(min(promised, received).toordinal() - 20)
            self.purchase_order(number, sku, 1, supplier=supplier, ordered=ordered, expected=promised)
            self.receive(number, 1, on=received, at=None)

    def shelf_history(self, sku: str, on_hand: Iterable[int], *, before: str | date) -> None:
        """What stood on the shelf at the end of the days before a day, the last one last."""
        ends, last = list(on_hand), as_day(before)
        assert last is not None
        with self._facts() as session:
            sku_id = self._sku(sku).id
            session.add_all(
                models.StockDay(sku_id=sku_id, day=last - timedelta(back), on_hand=units)
                for back, units in zip(range(len(ends), 0, -1), ends, strict=True)
            )

    def event(self, sku: str, extra_units: int, *, starts: str | date, ends: str | date | None = None) -> None:
        """A sale or press day that will bring extra demand."""
        with self._facts() as session:
            first = as_day(starts)
            session.add(
                models.DemandEvent(
                    sku_id=self._sku(sku).id, starts_on=first, ends_on=as_day(ends) or first, extra_units=extra_units
                )
            )

    def hold(
        self,
        order: str,
        qty: int,
        *,
        line: int = 1,
        kind: str = "fixed",
        at: str | None = SHELF,
        po: str | None = None,
        po_line: int = 1,
    ) -> models.Hold:
        """Units of a line that planning may not move: at a location, or of a purchase-order line (a tie)."""
        with self._facts():
            return HoldFactory(
                line_id=self.line(order, line).id,
                qty=qty,
                kind=kind,
                location_id=None if po is not None or at is None else self._location(at).id,
                purchase_order_line_id=None if po is None else self.po_line(po, po_line).id,
            )

    def card(self, code: str, *, customer: str = "C", month: int, year: int, default: bool = True) -> None:
        """A customer's card, good through the last day of its month."""
        with self._facts():
            PaymentMethodFactory(
                code=code,
                customer_id=self._one(models.Customer, "code", customer, CustomerFactory).id,
                exp_month=month,
                exp_year=year,
                is_default=default,
            )

    def authorization(
        self,
        order: str,
        *,
        amount: str = "100",
        on: str | date,
        expires: str | date | None,
        number: str | None = None,
        **particulars: Any,
    ) -> None:
        """What the gateway allowed to be charged for an order, and until when."""
        with self._facts():
            AuthorizationFactory(
                **({} if number is None else {"number": number}),
                order_id=self._named(models.Order, "number", order).id,
                amount=as_micros(amount),
                authorized_at=as_instant(on),
                expires_at=None if expires is None else as_instant(expires),
                expires_on=as_day(expires),
                **particulars,
            )

    # What follows from it.

    def plan(self) -> Any:
        """Derive everything that follows from the facts; returns planning's own summary."""
        from dashboard import planning

        return planning.plan()

    def learn(self) -> Any:
        """Learn anew from history, as every midnight does, and plan by it."""
        from dashboard import estimates, planning

        with transaction() as session:
            estimates.learn(session.connection())
            return planning.plan()

    def reserved(self, order: str | None = None, *, line: int | None = None) -> Any:
        """Units held for each order, by its number, zeros included; or of one order, or of one line."""
        held = (
            select(models.Order.number, func.coalesce(func.sum(models.Reservation.qty), 0))
            .select_from(models.Order)
            .join(models.OrderLine, models.OrderLine.order_id == models.Order.id)
            .outerjoin(models.Reservation, models.Reservation.line_id == models.OrderLine.id)
            .group_by(models.Order.number)
        )
        if line is not None:
            held = held.where(models.OrderLine.line_no == line)
        found = {number: int(qty) for number, qty in self._rows(held)}
        return found if order is None else found[order]

    def reserved_at(self, order: str, *, line: int = 1) -> dict[str, int]:
        """Units held for a line by the location where they stand."""
        return dict(
            self._rows(
                select(models.Location.code, func.sum(models.Reservation.qty))
                .join(models.Reservation, models.Reservation.location_id == models.Location.id)
                .where(models.Reservation.line_id == self.line(order, line).id)
                .group_by(models.Location.code)
            )
        )

    def pegs(self, order: str, *, line: int = 1) -> list[tuple[str, int, date | None]]:
        """The incoming supply that a line waits for: purchase order, units and day, by day."""
        rows = self._rows(
            select(models.PurchaseOrder.number, models.Peg.qty, models.Peg.eta)
            .join(models.PurchaseOrderLine, models.PurchaseOrderLine.purchase_order_id == models.PurchaseOrder.id)
            .join(models.Peg, models.Peg.purchase_order_line_id == models.PurchaseOrderLine.id)
            .where(models.Peg.line_id == self.line(order, line).id)
        )
        return sorted(((po, qty, eta) for po, qty, eta in rows), key=lambda peg: (peg[2] or date.max, peg[0]))

    def waiting(self, order: str, *, line: int = 1, part: int = 1) -> models.Waiting | None:
        """The row of a backordered line that lists are read from; None where nothing waits."""
        self._look_afresh()
        return db.session.scalar(select(models.Waiting).filter_by(order_number=order, line_no=line, part=part))

    def worklist(self) -> list[str]:
        """Order numbers of all waiting lines, most urgent first, as the index of the worklist orders them."""
        row = models.Waiting
        keys = (row.deadline, row.dated, row.priority_class, row.placed_at, row.order_number, row.line_no, row.part)
        return [number for (number,) in self._rows(select(row.order_number).order_by(*keys))]

    def line(self, order: str, line: int = 1) -> models.OrderLine:
        """A line of an order, as it now stands."""
        found = db.session.scalar(
            select(models.OrderLine)
            .join(models.Order, models.Order.id == models.OrderLine.order_id)
            .where(models.Order.number == order, models.OrderLine.line_no == line)
        )
        assert found is not None, f"The world has no order line {order}/{line}."
        return found

    def po_line(self, po: str, line: int = 1) -> models.PurchaseOrderLine:
        """A line of a purchase order, as it now stands."""
        found = db.session.scalar(
            select(models.PurchaseOrderLine)
            .join(models.PurchaseOrder, models.PurchaseOrder.id == models.PurchaseOrderLine.purchase_order_id)
            .where(models.PurchaseOrder.number == po, models.PurchaseOrderLine.line_no == line)
        )
        assert found is not None, f"The world has no purchase-order line {po}/{line}."
        return found

    # How it is said.

    @contextmanager
    def _facts(self) -> Iterator[Session]:
        from dashboard import planning

        with transaction() as session:
            yield session
            session.flush()
            planning.facts_changed(session)

    @staticmethod
    def _one(model: Any, key: str, value: str, maker: type[Fact], **particulars: Any) -> Any:
        found = db.session.scalar(select(model).filter_by(**{key: value}))
        if found is None:
            return maker(**{key: value}, **particulars)
        for name, given in particulars.items():
            if given is not None:
                setattr(found, name, given)
        return found

    @staticmethod
    def _named(model: Any, key: str, value: str) -> Any:
        return db.session.scalars(select(model).filter_by(**{key: value})).one()

    def _sku(self, code: str) -> models.Sku:
        return self._one(models.Sku, "code", code, SkuFactory)

    def _location(self, code: str) -> models.Location:
        return self._one(models.Location, "code", code, LocationFactory)

    @staticmethod
    def _settle(line: models.OrderLine, *, shipped: int = 0, cancelled: int = 0) -> None:
        """Take units off a line; the copies change together, because the database compares them."""
        status = db.session.scalar(select(models.Order.status).where(models.Order.id == line.order_id))
        line.qty_shipped += shipped
        line.qty_cancelled += cancelled
        line.qty_open = line.qty - line.qty_shipped - line.qty_cancelled if status == "open" else 0

    @staticmethod
    def _look_afresh() -> None:
        """End the running read, so that what another connection committed is seen."""
        db.session.rollback()

    def _rows(self, question: Select[Any]) -> list[Any]:
        self._look_afresh()
        return list(db.session.execute(question).all())
