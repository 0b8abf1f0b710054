"""What the form of an authorisation shows: the order, what was authorised before, and what is to be paid."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.actions.order_lines import load
from dashboard.actions.order_money import Means, load_money
from dashboard.actions.order_queries import ShownOrder, find_order
from dashboard.domain.authorizations import Authorised, PaymentHold


@dataclass(frozen=True, slots=True)
class PayableOrder:
    """An order whose money somebody asks the gateway for."""

    order: ShownOrder
    currency: str | None
    means: Means | None
    authorised: tuple[Authorised, ...]
    on_hold: PaymentHold | None
    to_pay: int | None  # what is open, less what is captured or held for it; None where a price is not known


def find_payable(session: Session, number: str) -> PayableOrder | None:
    """The order of that number."""
    order = find_order(session, number)
    if order is None:
        return None
    loaded = load(session, order.id)
    money = load_money(session, loaded)
    worth = [
        money.left_of(line.units, part.part).total for line in loaded.lines for part in line.units.parts if part.left
    ]
    known = [one for one in worth if one is not None]
    held = sum(one.holds for one in money.authorised if one.can_be_captured(clock.today()))
    to_pay = max(0, sum(known) - money.prepaid(loaded.units) - held) if len(known) == len(worth) else None
    return PayableOrder(order, money.currency, money.means, money.authorised, money.hold, to_pay)
