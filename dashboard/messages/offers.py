"""What is offered to a customer, in the words that they and the staff read."""

from __future__ import annotations

from decimal import Decimal

from dashboard.domain import incentive_offers as offers
from dashboard.web import formats

HUNDREDTHS = Decimal(100)


def offer_in_words(
    kind: str,
    *,
    percent: int | None,
    amount: int | None,
    gift: str | None,
    instead: str | None,
    saves: int | None,
    currency: str | None,
    locale: str,
) -> str:
    """`10 % off, which is $23.20`; `saves` is what a percentage or the shipping comes to."""
    money = formats.money(amount, currency, locale=locale)
    saved = formats.money(saves, currency, locale=locale)
    if kind == offers.PERCENT:
        return f"{percent_in_words(percent or 0)} off, which is {saved}"
    if kind == offers.AMOUNT:
        return f"{money} off"
    if kind == offers.FREE_SHIPPING:
        return f"free shipping, which saves {saved}"
    if kind == offers.CREDIT:
        return f"a store credit of {money}"
    if kind == offers.GIFT:
        return f"a gift: {gift}"
    return f"{instead} instead, at the same price, which can leave now"


def percent_in_words(hundredths: int) -> str:
    """`12.5 %` of 1250."""
    return f"{(Decimal(hundredths) / HUNDREDTHS).normalize():f} %"
