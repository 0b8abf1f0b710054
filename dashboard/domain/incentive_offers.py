"""What is offered so that a customer stays: what it costs, who may offer it, until when, and what ends it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.domain.order_lines import OPEN, by_whom, moment
from dashboard.domain.refusals import Refused

PERCENT, AMOUNT, FREE_SHIPPING, CREDIT, GIFT, SUBSTITUTE = (
    "percent",
    "amount",
    "free-shipping",
    "credit",
    "gift",
    "substitute",
)
WAITING_APPROVAL, OFFERED, ACCEPTED, DECLINED, EXPIRED, VOID = (
    "waiting-approval",
    "offered",
    "accepted",
    "declined",
    "expired",
    "void",
)
LIVE = (WAITING_APPROVAL, OFFERED)
WHOLE = 10_000  # all of something, in hundredths of a percent
USUAL_DAYS = 7
LONGEST_DAYS = 90
LONGEST_GIFT = 80


class OfferRefused(Refused):
    """An offer that cannot be made, approved, withdrawn or answered."""


@dataclass(frozen=True, slots=True)
class LiveOffer:
    """An offer that the customer may still answer, or somebody must still allow."""

    state: str
    who: str | None
    at: datetime  # in the shop's own time


@dataclass(frozen=True, slots=True)
class OfferableLine:
    """What waits of a line's part, as an offer sees it. Money in micro-units of the order's currency."""

    name: str  # how a sentence speaks of it
    order: str
    status: str
    qty: int  # open units of the part
    value: int | None  # what they sell for; None where no price is known
    margin: int | None  # of which the merchant keeps so much; None where the cost of a unit is not known
    shipping: int | None  # the part's share of what shipping the order costs its customer
    coin: int
    live: LiveOffer | None


@dataclass(frozen=True, slots=True)
class Substitute:
    """Another SKU that would go out instead."""

    code: str
    is_active: bool
    available: int
    dearer: int | None  # what a unit costs the merchant more than one of the line; None where not known


@dataclass(frozen=True, slots=True)
class Terms:
    """What is offered."""

    kind: str
    percent: int | None = None  # hundredths of a percent
    amount: int | None = None
    gift: str | None = None
    substitute: Substitute | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What an offer costs if it is accepted, and whether somebody must allow it first."""

    cost: int | None
    state: str


def offer(line: OfferableLine, terms: Terms, *, until: date, today: date, ceiling: int) -> Decision:
    """Whether this can be offered until that day, by somebody whose ceiling is that share of the line's value."""
    if line.status != OPEN or not line.qty:
        raise OfferRefused(f"Nothing of {line.name} is open.", "There is nobody left to keep.")
    if line.live is not None:
        how = "waits for approval" if line.live.state == WAITING_APPROVAL else "is open"
        at = moment(line.live.at, today=today)
        raise OfferRefused(
            f"An offer for {line.name} {how}, made on {at}{by_whom(line.live.who)}.",
            "A line has one at a time: withdraw it first, or wait for the answer.",
        )
    if until < today:
        raise OfferRefused("An offer cannot end before it is made.", f"Write {today} or later.", field="until")
    if until > today + timedelta(days=LONGEST_DAYS):
        last = today + timedelta(days=LONGEST_DAYS)
        raise OfferRefused(
            "That is long.", f"An offer stands at most {LONGEST_DAYS} days: until {last}.", field="until"
        )
    cost = cost_of(line, terms)
    return Decision(cost, OFFERED if is_within(cost, line.value, ceiling) else WAITING_APPROVAL)


def cost_of(line: OfferableLine, terms: Terms) -> int | None:
    """What an offer costs the merchant if it is accepted; None where that cannot be known."""
    if terms.kind == PERCENT:
        return _percent(line, terms)
    if terms.kind in (AMOUNT, CREDIT):
        return _amount(line, terms)
    if terms.kind == FREE_SHIPPING:
        return _shipping(line)
    if terms.kind == GIFT:
        return _gift(terms)
    return _substitute(line, terms)


def _percent(line: OfferableLine, terms: Terms) -> int:
    if not terms.percent or not 0 < terms.percent <= WHOLE:
        raise OfferRefused("That is no part of a price.", "Write a percentage from 0.01 to 100.", field="percent")
    if line.value is None:
        raise OfferRefused(f"No price of {line.name} is known.", "Offer an amount instead.", field="kind")
    return rounded(line.value * terms.percent, WHOLE, line.coin)


def _amount(line: OfferableLine, terms: Terms) -> int:
    if not terms.amount or terms.amount < 0:
        raise OfferRefused("Nothing is offered.", "Write an amount above zero.", field="amount")
    if terms.kind == AMOUNT and line.value is not None and terms.amount > line.value:
        raise OfferRefused("That is more than what waits is worth.", "Offer at most its whole value.", field="amount")
    return terms.amount


def _shipping(line: OfferableLine) -> int:
    if line.shipping is None:
        raise OfferRefused(
            f"What shipping order {line.order} costs is not known.", "Offer an amount instead.", field="kind"
        )
    if not line.shipping:
        raise OfferRefused(f"Shipping order {line.order} is free already.", "Offer something else.", field="kind")
    return line.shipping


def _gift(terms: Terms) -> int:
    if not terms.gift:
        raise OfferRefused("What is given has no name.", "Write what the customer gets.", field="gift")
    if terms.amount is None or terms.amount < 0:
        raise OfferRefused("What the gift costs you is not said.", "Write its cost.", field="amount")
    return terms.amount


def _substitute(line: OfferableLine, terms: Terms) -> int | None:
    other = terms.substitute
    if other is None:
        raise OfferRefused("There is no such SKU, or it is this one.", "Write another SKU.", field="substitute")
    if not other.is_active:
        raise OfferRefused(f"{other.code} is not sold any more.", "Write another SKU.", field="substitute")
    if other.available < line.qty:
        raise OfferRefused(
            f"Of {other.code} {other.available} can be had today, and {line.qty} are wanted.",
            "Offer something that is here.",
            field="substitute",
        )
    return None if other.dearer is None else max(0, other.dearer * line.qty)


def is_within(cost: int | None, value: int | None, ceiling: int) -> bool:
    """Whether somebody may give that much without being asked: who may give all may give what nobody can count."""
    if ceiling >= WHOLE:
        return True
    if cost is None or value is None:
        return False
    return cost * WHOLE <= value * ceiling


def rounded(numerator: int, denominator: int, coin: int) -> int:
    """A fraction of money in whole coins, half up."""
    step = denominator * coin
    return (2 * numerator + step) // (2 * step) * coin


@dataclass(frozen=True, slots=True)
class CountedOffer:
    """One of several offers, as it counts among them. Money in micro-units."""

    currency: str | None
    value: int | None
    margin: int | None
    cost: int | None
    waits_for_approval: bool


@dataclass(frozen=True, slots=True)
class CurrencyCost:
    """What offers of one currency come to if all of them are accepted; those of two are never added."""

    currency: str | None
    offers: int
    cost: int  # of those whose cost is known
    not_known: int  # offers of which nobody can say what they cost
    value: int | None  # what waits and is offered for; None where a price among it is not known
    margin: int | None  # of that; None where a cost among it is not known

    @property
    def margin_after(self) -> int | None:
        return None if self.margin is None or self.not_known else self.margin - self.cost


@dataclass(frozen=True, slots=True)
class OffersTogether:
    """What several offers come to."""

    costs: tuple[CurrencyCost, ...]  # by currency
    waiting: int  # offers that somebody must allow first

    @property
    def offers(self) -> int:
        return sum(one.offers for one in self.costs)


def together(offers: Iterable[CountedOffer]) -> OffersTogether:
    """What several offers come to, by currency."""
    by_currency: dict[str, list[CountedOffer]] = {}
    for one in offers:
        by_currency.setdefault(one.currency or "", []).append(one)
    costs = tuple(
        CurrencyCost(
            currency or None,
            len(of),
            sum(one.cost or 0 for one in of),
            sum(one.cost is None for one in of),
            _sum_if_known([one.value for one in of]),
            _sum_if_known([one.margin for one in of]),
        )
        for currency, of in sorted(by_currency.items())
    )
    return OffersTogether(costs, sum(one.waits_for_approval for of in by_currency.values() for one in of))


def _sum_if_known(amounts: Sequence[int | None]) -> int | None:
    known = [one for one in amounts if one is not None]
    return sum(known) if len(known) == len(amounts) else None


def refuse_mixed_money(kind: str, currencies: Collection[str | None]) -> None:
    """One amount for orders of several currencies would be another gift to each of them."""
    if kind in (AMOUNT, CREDIT, GIFT) and len(currencies) > 1:
        names = " and ".join(sorted(currency or "no known currency" for currency in currencies))
        raise OfferRefused(
            f"These orders are in {names}: one amount is not the same in each.",
            "Offer a percentage, or select orders of one currency.",
            field="kind",
        )


@dataclass(frozen=True, slots=True)
class MadeOffer:
    """An offer that was made."""

    line: OfferableLine
    state: str
    cost: int | None
    expires_on: date | None
    answered_at: datetime | None = None  # in the shop's own time
    told: str | None = None  # the state of the message by which the customer was told; None: they were not


def approve(made: MadeOffer, *, ceiling: int, today: date) -> None:
    """Whether somebody with that ceiling may let the offer go out."""
    _refuse_unless_waiting(made, today=today)
    if made.expires_on is not None and made.expires_on < today:
        raise OfferRefused("The day until which it was to stand is over.", "Refuse it, and offer anew.")
    if not is_within(made.cost, made.line.value, ceiling):
        raise OfferRefused("It is above your own limit as well.", "An administrator can approve it.")


def refuse(made: MadeOffer, *, today: date) -> None:
    """Whether an offer still waits to be refused."""
    _refuse_unless_waiting(made, today=today)


def _refuse_unless_waiting(made: MadeOffer, *, today: date) -> None:
    if made.state != WAITING_APPROVAL:
        raise OfferRefused(f"{ended_in_words(made, today=today)}", "Nothing changed.")


def withdraw(made: MadeOffer, *, today: date) -> None:
    """Whether an offer can still be taken back: until it is mailed."""
    if made.state not in LIVE:
        raise OfferRefused(ended_in_words(made, today=today), "Nothing changed.")
    if made.told == "sent":
        raise OfferRefused(
            f"The customer has read of the offer for {made.line.name}.",
            f"It stands until {_day(made.expires_on)}; what was promised is kept.",
        )
    if made.told == "sending":
        raise OfferRefused("The mail leaves at this moment.", "Look again in a minute.")


def answer(made: MadeOffer, *, accepts: bool, today: date) -> str:
    """What the customer's answer makes of the offer: its state. What ended already stays as it ended."""
    if made.state != OFFERED:
        return made.state
    now = standing(made, today=today)
    if now != OFFERED:
        return now
    return ACCEPTED if accepts else DECLINED


def standing(made: MadeOffer, *, today: date) -> str:
    """The state of an offer as it stands today, whether or not anybody has noted it yet."""
    if made.state in LIVE and (made.line.status != OPEN or not made.line.qty):
        return VOID
    if made.state in LIVE and made.expires_on is not None and made.expires_on < today:
        return EXPIRED
    return made.state


def ended_in_words(made: MadeOffer, *, today: date) -> str:
    """Why an offer waits for nobody any more."""
    how = {
        WAITING_APPROVAL: "waits for approval",
        OFFERED: "was approved already",
        ACCEPTED: "was accepted",
        DECLINED: "was declined",
        EXPIRED: "has expired",
        VOID: "was taken back, or what it was for has left or was cancelled",
    }[made.state]
    at = f" on {moment(made.answered_at, today=today)}" if made.answered_at is not None else ""
    return f"The offer for {made.line.name} {how}{at}."


def offered_in_words(line: OfferableLine, what: str, decision: Decision, *, until: date) -> str:
    """What offering did."""
    if decision.state == WAITING_APPROVAL:
        return f"{_aside(what)} for {line.name} is above your limit: it waits for approval, and nobody was told yet."
    return f"{_aside(what)} is offered for {line.name} until {_day(until)}."


def approved_in_words(line: OfferableLine, what: str, *, until: date | None) -> str:
    """What approving did."""
    return f"{_aside(what)} is offered for {line.name} until {_day(until)}."


def refused_in_words(line: OfferableLine, what: str) -> str:
    """What refusing did."""
    return f"{_aside(what)} is not offered for {line.name}: nobody was told of it."


def withdrawn_in_words(line: OfferableLine, what: str) -> str:
    """What withdrawing did."""
    return f"The offer of {_aside(what)} for {line.name} is withdrawn before anybody read it."


def _aside(what: str) -> str:
    """What is offered, within a sentence: “10 % off, which is 12.40 EUR,”."""
    return f"{what}," if "," in what else what


def _day(day: date | None) -> str:
    return "further notice" if day is None else f"{day.day} {day:%B}"
