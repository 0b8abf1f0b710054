"""What a customer answers who was told that goods come later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.refusals import Refused

AS_TOLD, UNTIL, OPEN_ENDED, CANCELS = "as-told", "until", "open-ended", "cancels"
ANSWERS = (AS_TOLD, UNTIL, OPEN_ENDED, CANCELS)


class ConsentRefused(Refused):
    """An answer that cannot be recorded."""


@dataclass(frozen=True, slots=True)
class AnsweringPart:
    """A waiting part of a line, with what its customer was told of it."""

    line_id: int
    line_no: int
    part: int
    qty: int
    promised_by: date
    eta: date | None
    notice_id: int | None  # None: they were told of nothing, or by nothing that stands
    told_date: date | None  # by that notice; None: that there is no date


@dataclass(frozen=True, slots=True)
class Agreed:
    """That a customer waits for a part."""

    of: AnsweringPart
    until: date | None  # None: however long it takes
    notice_id: int | None


def agree(
    parts: Sequence[AnsweringPart], *, what: str, answer: str, until: date | None, today: date
) -> tuple[Agreed, ...]:
    """To what the customer agrees, part by part: to what they were told, to a day, or to wait however long it takes."""
    if not parts:
        raise ConsentRefused(f"Nothing of {what} waits.", "There is nothing to agree to.")
    if answer == AS_TOLD:
        told = [part for part in parts if part.notice_id is not None]
        if not told:
            raise ConsentRefused(
                f"The customer was not told of another date of {what}.",
                "Say until when they wait, as they were told by phone.",
                field="answer",
            )
        return tuple(Agreed(part, part.told_date, part.notice_id) for part in told)
    if answer == OPEN_ENDED:
        return tuple(Agreed(part, None, part.notice_id) for part in parts)
    if until is None:
        raise ConsentRefused("Until when do they wait?", "Write the day.", field="until")
    if until < today:
        raise ConsentRefused("That day has passed.", "Write today or a later day.", field="until")
    return tuple(Agreed(part, until, part.notice_id) for part in parts)


def agreed_in_words(what: str, agreed: Sequence[Agreed], *, today: date) -> str:
    """What recording an answer did."""
    days = [one.until for one in agreed]
    if None in days:
        how = "waits however long it takes, and may cancel at any time"
    else:
        latest = max(day for day in days if day is not None)
        how = f"waits until {latest.day} {latest:%B}" + ("" if latest.year == today.year else f" {latest.year}")
    return f"The customer of {what} {how}."
