"""The money of an order as acts decide upon it: what each part of its lines is worth, and what was captured."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock, models
from dashboard.actions.order_lines import LoadedOrder
from dashboard.currencies import coin_of
from dashboard.domain import line_amounts
from dashboard.domain.authorizations import FAILED, Authorised, Capture, PaymentHold, capture, puts_on_hold
from dashboard.domain.line_amounts import Amounts, LineMoney, PartMoney
from dashboard.domain.order_lines import LineUnits
from dashboard.domain.quantity_cuts import PartUnitsGone
from dashboard.domain.refunds import CancelledUnits, RefundDue, refund
from dashboard.domain.shipments import Leaving
from dashboard.intake.kit import DESK_PREFIX
from dashboard.models.authorizations import SPENT_STATES

ON_INVOICE = "invoice"  # paid after delivery: what is cancelled was never paid


@dataclass(frozen=True, slots=True)
class Means:
    """By what an order is paid, as far as a person is shown it."""

    kind: str | None
    brand: str | None
    last4: str | None


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """What an order says of its money, in micro-units of its currency."""

    currency: str | None
    coin: int
    lines: Mapping[int, LineMoney]  # by line id
    written: Mapping[int, Mapping[int, PartMoney]]  # by line id and part, of divided lines
    charged: Mapping[tuple[int, int], int]  # what a part's own parcel costs the customer, by line id and part
    authorised: tuple[Authorised, ...]
    hold: PaymentHold | None
    means: Means | None

    def of_parts(self, line: LineUnits) -> dict[int, Amounts]:
        """What each part of a line is worth, by number."""
        written = self.written.get(line.line_id, {})
        amounts = line_amounts.of_parts(
            self.lines[line.line_id], line.parts, [written.get(part.part, PartMoney()) for part in line.parts]
        )
        return {part.part: one for part, one in zip(line.parts, amounts, strict=True)}

    def of_line(self, line: LineUnits) -> Amounts:
        """What a whole line is worth."""
        return line_amounts.of_line(self.lines[line.line_id], line.qty)

    def left_of(self, line: LineUnits, part: int) -> Amounts:
        """What the open units of a part are worth."""
        one = line.of_part(part)
        return self._units(line, part, gone=one.shipped, qty=one.left)

    def captured_by(self, order: Sequence[LineUnits], leaving: Sequence[Leaving]) -> Capture:
        """What of the order's money a parcel takes."""
        gone: dict[tuple[int, int], int] = defaultdict(int)
        for one in leaving:
            gone[one.line.line_id, one.units.part] += one.qty
        by_id = {line.line_id: line for line in order}
        totals = [self._leaving(by_id[line_id], part, qty) for (line_id, part), qty in gone.items()]
        known = [one for one in totals if one is not None]
        takes = sum(known) if len(known) == len(totals) else None
        return capture(self.authorised, takes=takes, prepaid=self.prepaid(order), today=clock.today())

    def refund_of(
        self, order: Sequence[LineUnits], cancelled: Sequence[tuple[LineUnits, Sequence[PartUnitsGone]]]
    ) -> RefundDue:
        """What a cancel gives back."""
        units = []
        for line, parts in cancelled:
            amounts = [self._cancelled(line, gone) for gone in parts]
            worth = line_amounts.summed(amounts)
            charged = sum(
                self.charged.get((line.line_id, gone.part), 0)
                for gone in parts
                if gone.qty == line.of_part(gone.part).qty
            )
            total = None if worth.total is None else worth.total + charged
            units.append(
                CancelledUnits(line.line_id, sum(gone.qty for gone in parts), total, (worth.shipping or 0) + charged)
            )
        return refund(units, paid=self._paid(order), today=clock.today())

    def prepaid(self, order: Sequence[LineUnits]) -> int:
        """What was captured for goods that have not left."""
        captured = sum(one.captured for one in self.authorised)
        return max(0, captured - sum(self._shipped(line) for line in order))

    def _paid(self, order: Sequence[LineUnits]) -> int | None:
        if self.authorised:
            return self.prepaid(order)
        return 0 if self.means is not None and self.means.kind == ON_INVOICE else None

    def _shipped(self, line: LineUnits) -> int:
        return sum(
            (self._units(line, part.part, gone=0, qty=part.shipped).total or 0)
            + self.charged.get((line.line_id, part.part), 0)
            for part in line.parts
            if part.shipped
        )

    def _leaving(self, line: LineUnits, part: int, qty: int) -> int | None:
        one = line.of_part(part)
        total = self._units(line, part, gone=one.shipped, qty=qty).total
        # A parcel of its own is charged for once, with the first that leaves of it.
        extra = 0 if one.shipped else self.charged.get((line.line_id, part), 0)
        return None if total is None else total + extra

    def _cancelled(self, line: LineUnits, gone: PartUnitsGone) -> Amounts:
        """Units leave a part from its beginning and are cancelled from its end, so that all of them sum to the part."""
        one = line.of_part(gone.part)
        return self._units(line, gone.part, gone=one.qty - one.cancelled - gone.qty, qty=gone.qty)

    def _units(self, line: LineUnits, part: int, *, gone: int, qty: int) -> Amounts:
        whole = line.of_part(part).qty
        return line_amounts.of_units(self.of_parts(line)[part], whole, gone=gone, units=qty, coin=self.coin)


def load_money(session: Session, order: LoadedOrder) -> OrderMoney:
    """The money of an order, as its rows say."""
    coin = coin_of(order.row.currency)
    rows = [line.row for line in order.lines]
    freight = line_amounts.shipping_shares(
        order.row.shipping_amount, [(row.qty, row.unit_price) for row in rows], coin=coin
    )
    lines = {
        row.id: LineMoney(row.unit_price, row.discount_amount, row.tax_amount, share, coin)
        for row, share in zip(rows, freight, strict=True)
    }
    written: dict[int, dict[int, PartMoney]] = defaultdict(dict)
    charged = {}
    part = models.LinePart
    for line_id, number, tax, shipping, extra, is_charged in session.execute(
        select(
            part.line_id, part.part, part.tax_amount, part.shipping_amount, part.extra_shipping,
            part.extra_shipping_charged,
        ).where(part.line_id.in_(list(lines)))
    ):  # fmt: skip
        written[line_id][number] = PartMoney(tax, shipping)
        if is_charged and extra:
            charged[line_id, number] = extra
    authorised = _authorised(session, order.row.id)
    return OrderMoney(
        order.row.currency,
        coin,
        lines,
        written,
        charged,
        authorised,
        payment_hold(session, order.row.id),
        _means(session, order.row),
    )


def is_authorised(session: Session, order_id: int) -> bool:
    """Whether a gateway was ever asked for an order."""
    asked = select(models.Authorization.id).where(models.Authorization.order_id == order_id).limit(1)
    return session.scalar(asked) is not None


def payment_hold(session: Session, order_id: int) -> PaymentHold | None:
    """Whether an order is on hold for its payment: the last that was asked of the gateway at the desk was refused, and
    nothing that can be captured came since.
    """
    row = models.Authorization
    last = session.execute(
        select(row.number, row.state, row.authorized_at)
        .where(row.order_id == order_id)
        .order_by(row.authorized_at.desc(), row.id.desc())
        .limit(1)
    ).first()
    if last is None or not puts_on_hold(last.state, by_hand=last.number.startswith(DESK_PREFIX)):
        return None
    act, person = models.Act, models.User
    who = session.scalar(
        select(func.coalesce(person.name, person.email))
        .join(act, act.actor_id == person.id)
        .join(models.Order, act.subject == "order " + models.Order.number)
        .where(models.Order.id == order_id, act.act == "payment-refused")
        .order_by(act.id.desc())
        .limit(1)
    )
    return PaymentHold(last.authorized_at.astimezone(clock.shop_zone()), who)


def take(session: Session, done: Capture) -> bool:
    """Note a capture on its authorisation; whether it can be captured no more."""
    if done.authorization is None or not done.captures:
        return False
    row = session.get_one(models.Authorization, done.authorization.id)
    row.captured_amount = (row.captured_amount or 0) + done.captures
    if not row.multi_capture or row.captured_amount >= row.amount:
        row.state = "captured"
        return True
    return False


def _authorised(session: Session, order_id: int) -> tuple[Authorised, ...]:
    row = models.Authorization
    found = session.scalars(select(row).where(row.order_id == order_id).order_by(row.number))
    return tuple(
        Authorised(
            one.id,
            one.number,
            one.amount,
            one.captured_amount or 0,
            one.expires_on,
            one.multi_capture,
            (one.state or "").lower() in SPENT_STATES,
            one.state == FAILED,
        )
        for one in found
    )


def _means(session: Session, order: models.Order) -> Means | None:
    method = models.PaymentMethod
    query = select(method.kind, method.brand, method.last4)
    if order.payment_method_id is not None:
        query = query.where(method.id == order.payment_method_id)
    else:
        query = query.where(method.customer_id == order.customer_id, method.is_default.is_(True)).order_by(method.code)
    row = session.execute(query.limit(1)).first()
    return None if row is None else Means(*row)
