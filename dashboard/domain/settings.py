"""The rules of the house that a merchant may set: what each means, what may be typed, and what it is while nobody did.

A value is what JSON can hold: a table of words, a whole number, a choice of words, a text; None where nothing is set.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from dashboard.domain.deadlines import REGIONS
from dashboard.domain.refusals import Refused

LONGEST_WORD = 60
MOST_ROWS = 100
SPARE_ROWS = 3
AS_PAID = "what the order paid"
MICROS_PLACES, PERCENT_PLACES = 6, 2
ROLE_NAMES = ("viewer", "agent", "manager", "admin")
# The two waiting times that a region's rules give, as people read them.
NO_DATE, SELLERS_CREDIT = "no date was stated", "… and the seller lends the price"
_CURRENCY = re.compile("[A-Z]{3}")


class SettingRefused(Refused):
    """A value that a setting cannot have."""

    def __init__(self, sentence: str, allowed: str = "") -> None:
        super().__init__(sentence, allowed, field="value")


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number; nothing typed is None where `empty` says what that means."""

    name: ClassVar[str] = "whole"

    low: int
    high: int
    unit: str
    empty: str = ""

    def read(self, typed: Sequence[str]) -> int | None:
        text = "".join(typed[:1]).strip()
        if not text and self.empty:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", text) or not self.low <= int(text) <= self.high:
            raise SettingRefused(
                f"{text or 'Nothing'} cannot be set.", f"Write a whole number from {self.low} to {self.high}."
            )
        return int(text)

    def write(self, value: int | None) -> list[str]:
        return ["" if value is None else str(value)]

    def in_words(self, value: int | None) -> str:
        return self.empty if value is None else f"{value} {self.unit}"


@dataclass(frozen=True, slots=True)
class Some:
    """Any of a few words, none of them too."""

    name: ClassVar[str] = "some"

    words: tuple[str, ...]

    def read(self, typed: Sequence[str]) -> list[str]:
        strange = [word for word in typed if word not in self.words]
        if strange:
            raise SettingRefused(f"{strange[0]} cannot be chosen.", f"Choose among {', '.join(self.words)}.")
        return [word for word in self.words if word in typed]

    def write(self, value: list[str]) -> list[str]:
        return list(value)

    def in_words(self, value: list[str]) -> str:
        return ", ".join(value) or "none"


@dataclass(frozen=True, slots=True)
class Table:
    """Words, each with a number. What a form sends are pairs; a word that nobody gave a number goes."""

    name: ClassVar[str] = "table"

    word: str  # heads of the columns
    number: str
    read_number: Callable[[str], str | int]
    unit: str = ""
    fixed: tuple[str, ...] = ()  # the only words, all of them
    read_word: Callable[[str], str] = str
    empty: str = "nothing"  # what it means that no word stands there

    def read(self, typed: Sequence[str]) -> dict[str, str | int]:
        if len(typed) > 2 * MOST_ROWS:
            raise SettingRefused(f"That are more than {MOST_ROWS} rows.", "Take some out.")
        found: dict[str, str | int] = {}
        for word, number in zip(typed[::2], typed[1::2], strict=False):
            word, number = word.strip(), number.strip()
            if not number and (not word or not self.fixed):
                continue
            word = self._word(word)
            if word in found:
                raise SettingRefused(f"{word} stands there twice.", "Leave one of them.")
            found[word] = self._number(word, number)
        missing = [word for word in self.fixed if word not in found]
        if missing:
            raise SettingRefused(f"Nothing is said of {missing[0]}.", "Write a number beside it.")
        return {word: found[word] for word in self.fixed or sorted(found)}

    def _word(self, word: str) -> str:
        if self.fixed and word not in self.fixed:
            raise SettingRefused(f"{word or 'Nothing'} is not known here.", f"It is for {', '.join(self.fixed)}.")
        if not word or len(word) > LONGEST_WORD:
            raise SettingRefused(
                f"A number stands without its {self.word.lower()}."
                if not word
                else f"A {self.word.lower()} has at most {LONGEST_WORD} characters.",
                f"Write the {self.word.lower()} beside it.",
            )
        return self.read_word(word)

    def _number(self, word: str, number: str) -> str | int:
        try:
            return self.read_number(number)
        except SettingRefused as refused:
            raise SettingRefused(f"{word}: {refused.sentence}", refused.allowed) from None

    def write(self, value: Mapping[str, str | int]) -> list[str]:
        return [str(part) for pair in value.items() for part in pair]

    def in_words(self, value: Mapping[str, str | int]) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return ", ".join(f"{word}: {number}{unit}" for word, number in value.items()) or self.empty


# What a value looks like: `read` takes what a form sends under one name, `write` gives it back.
Shape = Whole | Some | Table


@dataclass(frozen=True, slots=True)
class HouseSetting:
    """One rule of the house."""

    key: str
    title: str
    meaning: str  # in a sentence or two, what it is and what it does
    group: str
    shape: Shape
    default: Any = None
    environment: str = ""  # the variable that gives the default instead
    moves_plan: bool = False  # every waiting line is looked at again
    moves_estimates: bool = False  # and what is learnt from history


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Reads a whole number within limits."""

    def read(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise SettingRefused(f"{text or 'nothing'} is not possible.", f"Write a whole number from {low} to {high}.")
        return int(text)

    return read


def decimal_number(low: str, high: str, *, places: int) -> Callable[[str], str]:
    """Reads a number with so many decimals at most; it is kept as it is written, without needless zeros."""

    def read(text: str) -> str:
        allowed = f"Write a number from {low} to {high}, with at most {places} decimals and a point."
        try:
            value = Decimal(text)
        except InvalidOperation:
            raise SettingRefused(f"{text or 'nothing'} is no number.", allowed) from None
        if not value.is_finite() or not Decimal(low) <= value <= Decimal(high):
            raise SettingRefused(f"{text} is not possible.", allowed)
        if -int(value.normalize().as_tuple().exponent) > places:
            raise SettingRefused(f"{text} has too many decimals.", allowed)
        return plain(value)

    return read


def plain(value: Decimal) -> str:
    """A number as people write it: no exponent, no zeros that say nothing."""
    return f"{value.normalize():f}"


def _currency(word: str) -> str:
    if not _CURRENCY.fullmatch(word.upper()):
        raise SettingRefused(f"{word} is no currency.", "Write its three letters, as EUR.")
    return word.upper()


def clock_days(region: str) -> dict[str, int]:
    """The waiting times that the law of a region gives."""
    rule = REGIONS[region]
    return {NO_DATE: rule.days_without_promise, SELLERS_CREDIT: rule.days_with_sellers_credit}


def refuse_beyond_law(value: Mapping[str, int], *, region: str) -> None:
    """A house may be stricter with itself than the law, never laxer."""
    for word, most in clock_days(region).items():
        if value[word] > most:
            raise SettingRefused(
                f"{value[word]} days are more than the rules of {region} leave where {word.strip('… ')}.",
                f"Write {most} or fewer.",
            )


AN_AMOUNT = decimal_number("0", "100000", places=MICROS_PLACES)
QUEUE, MONEY, STOCK, CLOCK, PEOPLE, KEEPING = (
    "Queue", "What may be given and charged", "Stock", "Clock", "People", "How long things are kept",
)  # fmt: skip

SETTINGS: tuple[HouseSetting, ...] = (
    HouseSetting(
        "tiers",
        "Classes of customers",
        "Which priority class a customer’s tier gives: a lower class is served first. Any other tier, and none, is "
        "class 3. A class typed for an order stands above its tier’s.",
        QUEUE,
        Table("Tier", "Class", whole_number(0, 99), empty="class 3 for all"),
        default={"contract": 2, "priority": 2, "vip": 1},
        moves_plan=True,
    ),
    HouseSetting(
        "incentive_ceilings",
        "Limits of offers",
        "Up to which share of what waits of a line somebody of a role may offer so that the customer stays. Above it, "
        "somebody with a higher limit must agree.",
        MONEY,
        Table("Role", "Limit", decimal_number("0", "100", places=PERCENT_PLACES), "%", fixed=ROLE_NAMES[1:]),
        default={"agent": "15", "manager": "50", "admin": "100"},
    ),
    HouseSetting(
        "parcel_costs",
        "Cost of a further parcel",
        "What it costs to send an order in one parcel more, by currency. In other currencies it is what the order paid "
        "for shipping. It is shown, and charged or absorbed, when a shipment is split.",
        MONEY,
        Table("Currency", "Cost", AN_AMOUNT, read_word=_currency, empty=AS_PAID),
        default={},
        environment="PARCEL_COSTS",
    ),
    HouseSetting(
        "service_levels",
        "How sure not to run out",
        "How surely a SKU of a class should last until what is ordered arrives. More surely means more safety stock "
        "and an earlier reorder point. Classes that do not stand here, and SKUs without one, have 95 %.",
        STOCK,
        Table("Class of SKU", "Sure", decimal_number("50", "99.99", places=PERCENT_PLACES), "%", empty="95 %"),
        default={},
        moves_estimates=True,
    ),
    HouseSetting(
        "clock_days",
        "Where no date was stated",
        "So many days after the order the goods must leave, or the customer must hear of a new date. The default is "
        "what the law of the shop’s region gives; the house may be stricter. Information, not legal advice.",
        CLOCK,
        Table("Where", "Days", whole_number(1, 365), "days", fixed=(NO_DATE, SELLERS_CREDIT)),
        environment="SHOP_REGION",
        moves_plan=True,
    ),
    HouseSetting(
        "session_idle_minutes",
        "Signed out when nobody is there",
        "A session ends when nobody was at it for so many minutes. Who asked to stay signed in comes in again by that.",
        PEOPLE,
        Whole(1, 10_080, "minutes"),
        environment="SESSION_IDLE_MINUTES",
    ),
    HouseSetting(
        "second_factor_roles",
        "Who needs a second factor",
        "People of these roles type a code of an app on their phone besides their password. Who has none yet sets it "
        "up before anything else.",
        PEOPLE,
        Some(ROLE_NAMES),
        default=[],
    ),
    HouseSetting(
        "retention_customer_days",
        "Personal data of customers",
        "So many days after a customer’s last order, where nothing is open, name, e-mail and phone are erased. "
        "Orders, quantities and the history stay, under the customer’s number.",
        KEEPING,
        Whole(1, 36_500, "days", empty="kept for good"),
        environment="RETENTION_CUSTOMER_DAYS",
    ),
    HouseSetting(
        "retention_message_days",
        "Texts of messages",
        "So many days after a message left, its text and address are erased. That it was sent, when, and of what kind "
        "stays: the file of an order needs it.",
        KEEPING,
        Whole(1, 36_500, "days", empty="kept for good"),
        environment="RETENTION_MESSAGE_DAYS",
    ),
)  # fmt: skip

BY_KEY = {setting.key: setting for setting in SETTINGS}


def refuse_unchanged(before: Any, after: Any) -> None:
    """Nothing is done where nothing would change."""
    if before == after:
        raise SettingRefused("It is set so already.", "Write something else.")


def changed_in_words(setting: HouseSetting, value: Any, *, is_default: bool, follows: str = "") -> str:
    """What changing a setting did."""
    now = "back to its default: " if is_default else ""
    words = f"“{setting.title}” is now {now}{setting.shape.in_words(value)}."
    return f"{words} {follows}".strip()
