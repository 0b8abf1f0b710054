"""Asking a customer for another means of payment: when there is reason to, and not again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.domain.messages import CardAskedFor
from dashboard.domain.order_lines import OPEN, by_whom, moment
from dashboard.domain.refusals import Refused

# Who is asked answers within a week or has to be asked otherwise; sooner, a second letter only annoys.
ASKED_AGAIN_AFTER = timedelta(days=7)
GOOD = "good"


class CardRequestRefused(Refused):
    """A customer who need not, or cannot, be asked."""


@dataclass(frozen=True, slots=True)
class EarlierRequest:
    """When the customer was last asked for this order."""

    at: datetime  # in the shop's own time
    who: str | None  # None: the desk itself


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """An order with the means by which it is paid, as far as anything of it waits."""

    number: str
    status: str
    waits: bool
    has_address: bool
    state: str | None  # good, dies, dead or unknown; None: nothing waits
    card: str | None  # brand and last four digits; None: no means is known
    card_until: date | None  # the last day of its month
    last_good_day: date | None  # the earlier of that and of what the gateway still allows
    needed_on: date | None
    was_refused: bool  # the last that the gateway said of it was no
    earlier: EarlierRequest | None

    @property
    def lasts(self) -> bool:
        """Whether the card itself is good until its goods come; without a date, whether it outlives the rest."""
        if self.card_until is None:
            return False
        if self.needed_on is None:
            return self.last_good_day is not None and self.last_good_day < self.card_until
        return self.card_until >= self.needed_on


def ask(order: PaidOrder, *, again: bool, today: date) -> CardAskedFor:
    """What the customer is asked; `again`: although they were asked a short while ago."""
    if order.status != OPEN:
        raise CardRequestRefused(f"Order {order.number} is {order.status}: nothing of it is charged any more.")
    if not order.waits:
        raise CardRequestRefused(
            f"Nothing of order {order.number} waits.", "What is here can be charged and shipped today."
        )
    if order.state == GOOD:
        assert order.last_good_day is not None
        raise CardRequestRefused(
            f"{order.card or 'The means of payment'} is good until {_day(order.last_good_day, today)}, "
            "which is long enough.",
            "Ask when the goods come later than that.",
        )
    if order.lasts and not order.was_refused:
        assert order.card_until is not None
        raise CardRequestRefused(
            f"{order.card or 'The means of payment'} is good until {_day(order.card_until, today)}; "
            "what ends before the goods come is what the gateway allows.",
            "Have it authorised anew, and ask when that is refused.",
        )
    if not order.has_address:
        raise CardRequestRefused("The customer has no e-mail address.", "Ask by phone, and note what they said.")
    if order.earlier is not None and not again and today - order.earlier.at.date() < ASKED_AGAIN_AFTER:
        by_then = order.earlier.at.date() + ASKED_AGAIN_AFTER
        raise CardRequestRefused(
            f"The customer was asked on {moment(order.earlier.at, today=today)}{by_whom(order.earlier.who)}.",
            f"Tick that they are asked again, or wait until {_day(by_then, today)}.",
            field="again",
        )
    if order.was_refused:
        return CardAskedFor(card=order.card, was_refused=True)
    return CardAskedFor(
        card=order.card,
        good_until=order.card_until,
        is_over=order.card_until is not None and order.card_until < today,
        needed_on=order.needed_on,
    )


def card_in_words(kind: str | None, brand: str | None, last4: str | None) -> str | None:
    """A means of payment as a letter names it: never more of a card than its last four digits."""
    name = brand or {"paypal": "PayPal", "bank": "your bank transfer", "card": "your card"}.get(kind or "", kind)
    if not name:
        return None
    return f"{name[:1].upper()}{name[1:]} ending in {last4}" if last4 else f"{name[:1].upper()}{name[1:]}"


def asked_in_words(order: PaidOrder, *, told: str) -> str:
    """What asking did."""
    what = f"for another means of payment than {order.card}" if order.card else "for a means of payment"
    return f"The customer of order {order.number} is asked {what}. {told}"


def _day(day: date, today: date) -> str:
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"
