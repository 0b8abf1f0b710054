"""What the gateway still lets one charge for an order, and what a parcel that leaves takes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.domain.order_lines import OPEN, by_whom, moment
from dashboard.domain.refusals import Refused

# States in which nothing more can be captured, whatever the date says.
CAPTURED, FAILED = "captured", "failed"

# What becomes of the money when a parcel leaves.
UNASKED = "unasked"  # nothing was ever authorised: it is paid in another way, or not by card
PAID = "paid"  # what was captured covers it already
UNKNOWN = "unknown"  # what leaves has no price
FAILS = "fails"  # nothing that could be captured is left
LAST = "last"  # an authorisation that allows one capture: what it holds beyond this is let go
SEVERAL = "several"  # an authorisation that can be captured again
SHORT = "short"  # it holds less than what leaves is worth

# Why nothing can be captured.
ENDED = "ended"  # its day has passed
USED = "used"  # it was captured, and allows no second capture
SPENT = "spent"  # the gateway holds nothing any more


class AuthorizationRefused(Refused):
    """What the gateway cannot have said, or what waits for it."""


@dataclass(frozen=True, slots=True)
class Authorised:
    """An authorisation of an order; money in micro-units of the order's currency."""

    id: int
    number: str
    amount: int
    captured: int
    expires_on: date | None
    multi_capture: bool | None  # None: the gateway did not say, so one is counted on
    is_spent: bool  # by its state
    failed: bool  # asked for at the desk, and refused

    @property
    def holds(self) -> int:
        """What can still be captured of it, if anything can."""
        return max(0, self.amount - self.captured)

    def can_be_captured(self, today: date) -> bool:
        """Whether the gateway pays for one more parcel. On the day of its end it is still good."""
        if self.is_spent or not self.holds or (self.expires_on is not None and self.expires_on < today):
            return False
        return bool(self.multi_capture) or not self.captured


@dataclass(frozen=True, slots=True)
class Capture:
    """What a parcel does to the money of its order."""

    kind: str
    takes: int | None = None  # what it comes to; None where a price is not known
    authorization: Authorised | None = None  # which is captured, or the last that could have been
    captures: int = 0  # of that authorisation
    because: str = ""  # why it fails: ENDED, USED or SPENT

    @property
    def lets_go(self) -> int:
        """What the authorisation held beyond it, and holds no more."""
        one = self.authorization
        return 0 if one is None or one.multi_capture or not self.captures else one.holds - self.captures

    @property
    def leaves(self) -> int:
        """What can still be captured afterwards."""
        one = self.authorization
        return one.holds - self.captures if one is not None and one.multi_capture else 0

    def in_history(self) -> dict[str, str | int] | None:
        """Which authorisation was captured, and how much of it; None where none was."""
        one = self.authorization
        return {"authorization": one.number, "amount": self.captures} if one is not None and self.captures else None

    @property
    def misses(self) -> int:
        """What of the parcel nothing pays for."""
        return (self.takes or 0) - self.captures if self.kind == SHORT else 0


@dataclass(frozen=True, slots=True)
class PaymentHold:
    """An order whose goods stay here, because the gateway refused to authorise them anew."""

    at: datetime  # in the shop's own time
    who: str | None


def capture(authorised: Sequence[Authorised], *, takes: int | None, prepaid: int, today: date) -> Capture:
    """What a parcel captures that comes to `takes`, where `prepaid` of the order was captured for goods still here.

    Of several authorisations that cover it the one that ends first is taken; of such as do not, the largest.
    """
    if not authorised:
        return Capture(UNASKED, takes)
    if takes is None:
        return Capture(UNKNOWN)
    if takes <= prepaid:
        return Capture(PAID, takes)
    wanted = takes - prepaid
    usable = sorted(
        (one for one in authorised if one.can_be_captured(today)),
        key=lambda one: (one.holds < wanted, one.expires_on or date.max, -one.holds, one.number),
    )
    if not usable:
        last = max(authorised, key=lambda one: (one.expires_on or date.min, one.id))
        return Capture(FAILS, wanted, last, because=_why_spent(last, today))
    best = usable[0] if usable[0].holds >= wanted else max(usable, key=lambda one: one.holds)
    if best.holds < wanted:
        return Capture(SHORT, wanted, best, best.holds)
    return Capture(SEVERAL if best.multi_capture else LAST, wanted, best, wanted)


def _why_spent(one: Authorised, today: date) -> str:
    if one.captured and not one.multi_capture:
        return USED
    return ENDED if one.expires_on is not None and one.expires_on < today and not one.failed else SPENT


def check_new(
    *, order: str, status: str, amount: int, expires_on: date | None, number: str | None, is_known: bool, today: date
) -> None:
    """Refuse an authorisation that no gateway gave."""
    if status != OPEN:
        raise AuthorizationRefused(f"Order {order} is {status}: nothing more is charged for it.")
    if amount < 1:
        raise AuthorizationRefused(
            "An authorisation of nothing pays for nothing.", "Write what the gateway allowed.", field="amount"
        )
    if expires_on is not None and expires_on < today:
        raise AuthorizationRefused(
            "It would have ended before today.", "Write the day that the gateway named.", field="expires_on"
        )
    if is_known:
        raise AuthorizationRefused(
            f"{number} is known already.", "Every authorisation has a number of its own.", field="number"
        )


def puts_on_hold(state: str | None, *, by_hand: bool) -> bool:
    """Whether the last that a gateway said of an order keeps its goods here: a no that staff noted. Files tell of
    attempts that came to nothing in many words, and the merchant's own system acts upon these.
    """
    return by_hand and state == FAILED


def refuse_on_hold(order: str, hold: PaymentHold | None, *, today: date) -> None:
    """Refuse that goods leave which nothing pays for."""
    if hold is None:
        return
    raise AuthorizationRefused(
        f"Order {order} is on hold: its payment was refused on {moment(hold.at, today=today)}{by_whom(hold.who)}.",
        "Record a new authorisation, and it can leave.",
    )


def recorded_in_words(order: str, number: str, *, failed: bool, was_on_hold: bool) -> str:
    """What was recorded."""
    if failed:
        return f"Order {order} is on hold: its payment was refused. It keeps its place in line and what is reserved."
    return f"{number} is recorded for order {order}.{' It is on hold no longer.' if was_on_hold else ''}"
