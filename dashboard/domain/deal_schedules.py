"""Ways of dealing supply out again that are run by themselves: on which weekdays, at which time of the shop's day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dashboard.domain.deals import DealRefused
from dashboard.domain.times_of_day import read_time

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Where facts move between what was seen and its commit, it is seen again; in a shop that is never still it is given up.
TRIES = 5
# Whoever begins a day's run so much later, because nothing ran, would surprise those who have worked since.
LATE_AT_MOST = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Times:
    """When a schedule runs."""

    weekdays: tuple[int, ...]  # 0 is Monday; never empty
    at: time

    def due_before(self, now: datetime, zone: ZoneInfo) -> tuple[date, datetime]:
        """The last day and moment, in UTC, at which it was due; now among them."""
        return max(one for one in self._around(now, zone) if one[1] <= now)

    def due_after(self, now: datetime, zone: ZoneInfo) -> datetime:
        """The next moment, in UTC, at which it is due."""
        return min(moment for _, moment in self._around(now, zone) if moment > now)

    def _around(self, now: datetime, zone: ZoneInfo) -> list[tuple[date, datetime]]:
        today = now.astimezone(zone).date()
        days = (today + timedelta(days=ahead) for ahead in range(-len(WEEKDAYS), len(WEEKDAYS) + 1))
        return [
            (day, datetime.combine(day, self.at, tzinfo=zone).astimezone(UTC))
            for day in days
            if day.weekday() in self.weekdays
        ]

    @property
    def in_words(self) -> str:
        """ "every day at 06:00", "Monday to Friday at 06:00", "every Monday at 06:00"."""
        if len(self.weekdays) == len(WEEKDAYS):
            days = "every day"
        elif self.weekdays == tuple(range(5)):
            days = "Monday to Friday"
        else:
            names = [WEEKDAYS[day] for day in self.weekdays]
            days = "every " + (f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0])
        return f"{days} at {self.at:%H:%M}"


def times_of(weekdays: Collection[int], at: str | None) -> Times:
    """When it shall run, as somebody said it."""
    days = tuple(sorted({day for day in weekdays if 0 <= day < len(WEEKDAYS)}))
    if not days:
        raise DealRefused("It would never run.", "Choose at least one day of the week.", field="weekdays")
    moment = read_time(at)
    if moment is None:
        raise DealRefused("At what time does it run?", "Write a time of day, as 06:30.", field="at")
    return Times(days, moment)


def times_kept(weekdays: str, at_minute: int) -> Times:
    """When it runs, as it is kept: the digits of its days, and the minute of the day."""
    return Times(tuple(map(int, weekdays)), time(*divmod(at_minute, 60)))


def refuse_to_pause(*, is_paused: bool, who: str | None) -> None:
    """What does not run cannot be paused."""
    if is_paused:
        raise DealRefused(f"{who or 'The desk'} paused it already.", "It runs again once somebody resumes it.")


def refuse_to_resume(*, is_paused: bool) -> None:
    """What runs cannot be resumed."""
    if not is_paused:
        raise DealRefused("It is not paused.", "It runs at its next time by itself.")


def scheduled_in_words(name: str, times: Times, *, following: str) -> str:
    """What happens from now on; `following` is the next time, in words."""
    return (
        f"“{name}” is dealt out {times.in_words}, the next time on {following}: simulated, then committed as your act."
    )


def paused_in_words(name: str) -> str:
    """What does not happen any more."""
    return f"The schedule of “{name}” is paused. Runs that it committed stay in force."


def resumed_in_words(name: str, *, following: str) -> str:
    """What happens again, and as whose act."""
    return f"“{name}” is dealt out again by its schedule, the next time on {following}, as your act."


def may_no_longer_in_words(who: str) -> str:
    """Why a schedule is paused whose person has not the right any more."""
    return f"{who} may not deal stock out again any more. Whoever may, can resume it in their own name."


def too_late_in_words(moment: datetime, zone: ZoneInfo) -> str:
    """Why a day was left out."""
    return f"Nothing ran at {moment.astimezone(zone):%H:%M} nor in the {LATE_AT_MOST.seconds // 3600} hours after it."


def given_up_in_words(tries: int, refused: DealRefused) -> str:
    """Why nothing was dealt that day, although it was simulated."""
    return f"Tried {tries} times. {refused.sentence}"
