"""Telling customers of another date: of what, and whether their silence means that they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.domain.deadlines import Region, rule_of
from dashboard.domain.messages import DateMoved
from dashboard.domain.refusals import Refused

# Whoever is asked only after the promised day has a week to answer; when the money is due back stands at the desk.
LATE_ANSWER_DAYS = 7


class DelayNoticeRefused(Refused):
    """A notice that cannot be written."""


@dataclass(frozen=True, slots=True)
class SlippedPart:
    """Units of a line's part that come later than their customer was told, or on no day that is known."""

    line_no: int
    part: int
    product: str
    qty: int
    promise: date | None  # last told; None: nothing was ever
    promised_by: date  # the same; where nothing was told, the day by which the law expects the goods
    eta: date | None
    is_second: bool  # they were told of another date before


@dataclass(frozen=True, slots=True)
class Notice:
    """What is told of one slipped part, and what silence means then."""

    of: SlippedPart
    needs_consent: bool
    answer_by: date | None  # None: silence is consent

    @property
    def days_later(self) -> int | None:
        """By how many days it slips; None where there is no date."""
        return None if self.of.eta is None else (self.of.eta - self.of.promised_by).days


@dataclass(frozen=True, slots=True)
class OrderToTell:
    """An order, by what of it slipped."""

    number: str
    customer: str
    has_address: bool
    waits: bool
    slips: tuple[SlippedPart, ...]


def tell(order: OrderToTell, *, region: Region | str, today: date) -> tuple[Notice, ...]:
    """What the customer of an order is told. A first delay to a day not later than `silent_days` after the promise is
    agreed to by silence; a longer one, one without an end, and every further one needs their word (16 CFR 435.2(b)).
    """
    if not order.slips:
        raise DelayNoticeRefused(
            f"Nothing of order {order.number} comes later than its customer was told."
            if order.waits
            else f"Nothing of order {order.number} waits.",
            "There is nothing to tell.",
        )
    if not order.has_address:
        raise DelayNoticeRefused(
            "The customer has no e-mail address.", "Tell them otherwise, and record what they answered."
        )
    silent = timedelta(days=rule_of(region).silent_days)
    notices = []
    for slip in order.slips:
        needs = slip.is_second or slip.eta is None or slip.eta > slip.promised_by + silent
        by = slip.promised_by if slip.promised_by >= today else today + timedelta(days=LATE_ANSWER_DAYS)
        notices.append(Notice(slip, needs, by if needs else None))
    return tuple(notices)


def said(notices: Sequence[Notice], *, url: str | None = None) -> list[DateMoved]:
    """The same as a message says it; `url` is where its customer answers."""
    return [
        DateMoved(
            line_no=one.of.line_no,
            qty=one.of.qty,
            earlier=one.of.promise,
            ships_on=one.of.eta,
            answer_by=one.answer_by,
            url=url,
        )
        for one in notices
    ]


def new_promise(notices: Sequence[Notice], line_no: int) -> date | None:
    """The day that is promised for a line from now on: the last one told of its parts. None: there is no day for one of
    them, and what was promised stays.
    """
    days = [one.of.eta for one in notices if one.of.line_no == line_no]
    return None if any(day is None for day in days) else max(day for day in days if day is not None)


def told_in_words(order: OrderToTell, notices: Sequence[Notice], *, today: date, told: str) -> str:
    """What telling did."""
    words = f"The customer of order {order.number} is told that {slip_in_words(notices, today=today)}."
    return f"{words} {told}".strip()


def slip_in_words(notices: Sequence[Notice], *, today: date) -> str:
    """What slips of an order, and what silence means."""
    lines = len({one.of.line_no for one in notices})
    first = notices[0].of
    if len(notices) == 1:
        what = f"{first.qty} × {first.product} ship {_on(first.eta, today)}"
        if first.promise is not None:
            what += f" instead of {_day(first.promise, today)}"
    else:
        days = sorted({_on(one.of.eta, today) for one in notices})
        what = f"{lines} line{'' if lines == 1 else 's'} ship {days[0] if len(days) == 1 else 'on other days'}"
    return f"{what}; {silence_in_words(notices, today)}"


def silence_in_words(notices: Sequence[Notice], today: date) -> str:
    """What it means if the customer says nothing."""
    asked = [one.answer_by for one in notices if one.answer_by is not None]
    if not asked:
        return "silence is consent"
    return f"without their word by {_day(min(asked), today)} it has to be cancelled"


def moved_back_in_words(order: str) -> str:
    """Why a message does not leave."""
    return f"The date of order {order} moved back before its customer was told."


def _on(day: date | None, today: date) -> str:
    return "on no day that is known yet" if day is None else f"on {_day(day, today)}"


def _day(day: date, today: date) -> str:
    return f"{day.day} {day:%B}" if day.year == today.year else f"{day.day} {day:%B %Y}"
