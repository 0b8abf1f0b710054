"""Calls that customers were promised: by when, by whom, and what came of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from dashboard.domain.refusals import Refused
from dashboard.domain.times_of_day import read_time

LONGEST_TEXT = 500


class CallBackRefused(Refused):
    """A call that cannot be promised, or noted as done."""


def due_moment(day: date | None, at: str | None, *, now: datetime, zone: ZoneInfo) -> datetime:
    """The moment by which somebody calls, in UTC: a day, and a time of day as one says it in the shop."""
    if day is None:
        raise CallBackRefused("On which day do you call?", "Write the day.", field="day")
    said = read_time(at)
    if said is None:
        raise CallBackRefused("At what time do you call?", "Write a time of day, as 14:30.", field="at")
    due = datetime.combine(day, said, tzinfo=zone).astimezone(UTC)
    if due < now:
        raise CallBackRefused("That moment has passed.", "Write a later one.", field="at")
    return due


def refuse_long(text: str | None, *, field: str) -> str | None:
    """What a call is about, or came to, if it is short enough."""
    if text is not None and len(text) > LONGEST_TEXT:
        raise CallBackRefused("That is more than a word.", f"Write at most {LONGEST_TEXT} characters.", field=field)
    return text


def outcome_of(outcome: str | None, *, is_done: bool) -> str:
    """What came of a call that was not noted as done before."""
    refuse_done(is_done=is_done)
    if not outcome:
        raise CallBackRefused("What came of the call?", "Write it in a few words.", field="outcome")
    return refuse_long(outcome, field="outcome") or ""


def call_version(due: datetime, person: int | None) -> str:
    """What tells a form that a call was put off, or given to another one, since it was opened."""
    return f"{due:%Y%m%d%H%M}-{person or 'nobody'}"


def refuse_caller(person: int | None, *, before: int | None, callers: Collection[int]) -> None:
    """A call is given to somebody else who may make it, or to nobody: then it is everybody's."""
    if person is not None and person not in callers:
        raise CallBackRefused("Nobody who could call has that number.", "Choose a colleague.", field="person")
    if person == before:
        raise CallBackRefused("It is so already.", "Choose somebody else.", field="person")


def refuse_done(*, is_done: bool) -> None:
    """A call that was made is not put off."""
    if is_done:
        raise CallBackRefused("Somebody noted already that they called.", "There is nothing left to do.")


def refuse_open(*, is_done: bool) -> None:
    """A call that was never noted as made is still to be made."""
    if not is_done:
        raise CallBackRefused("That call is still to be made.", "Nothing changed.")


def reopened_in_words(number: str) -> str:
    """That somebody is still to call."""
    return f"The customer of order {number} is still to be called."


def given_in_words(number: str, *, whose: str | None) -> str:
    """Who calls now."""
    return f"{whose or 'Whoever is free'} calls the customer of order {number}."


def moved_in_words(number: str, *, due: datetime, zone: ZoneInfo) -> str:
    """When somebody rings again."""
    local = due.astimezone(zone)
    return f"The customer of order {number} is called again by {local.day} {local:%B}, {local:%H:%M}."


def promised_in_words(number: str, *, whose: str, due: datetime, zone: ZoneInfo) -> str:
    """Who calls whom by when."""
    local = due.astimezone(zone)
    return f"{whose} calls the customer of order {number} by {local.day} {local:%B}, {local:%H:%M}."


def done_in_words(number: str) -> str:
    """That somebody called."""
    return f"The customer of order {number} was called back."
