"""What people of the staff are told by mail: which news there is, when a morning or a schedule is due, how it reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.domain.refusals import Refused

DIGEST, ALERT, REPORT = "digest", "alert", "report"  # kinds of messages
NEVER, MORNING, AT_ONCE = "never", "morning", "at-once"
SENT_WORDS = {NEVER: "Not at all", MORNING: "In the morning", AT_ONCE: "At once"}
HOURS = range(24)
LONGEST_NAME = 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Whoever was not reached for so long, because nothing ran, is not sent what was due then.
LATE_AT_MOST = timedelta(hours=24)
# So many are named in a letter; how many there are in all, it says too.
NAMED_AT_MOST = 20
DAYS_AHEAD = 3  # a means of payment is worth a word while something can still be done
DAYS_BACK = 7  # what passed longer ago is no news
LARGEST_FILE = 5_000_000  # bytes; many mail servers refuse ten, and a file grows by a third on its way


@dataclass(frozen=True, slots=True)
class News:
    """One kind of news: how it is called, when it is so, and how many of it are spoken of."""

    kind: str
    name: str
    means: str
    one: str
    many: str


NEWS: Mapping[str, News] = {
    news.kind: news
    for news in (
        News(
            "supply-late",
            "Purchase orders that are late",
            "The day for which the supplier said it is over, and units are still to come.",
            "purchase order is late",
            "purchase orders are late",
        ),
        News(
            "sku-below",
            "SKUs under their reorder point",
            "What is there, comes and is owed lies under the point at which one orders.",
            "SKU is under its point",
            "SKUs are under their point",
        ),
        News(
            "refund-due",
            "Refunds that are due today",
            "The last day on which money of a cancelled line may go back.",
            "order has a refund due",
            "orders have a refund due",
        ),
        News(
            "payment-dies",
            "Cards and authorisations that end",
            f"Within {DAYS_AHEAD} days, and before the goods can be charged.",
            "order can soon not be charged",
            "orders can soon not be charged",
        ),
        News(
            "promise-missed",
            "Promises that were missed",
            "The day that the customer was told is over, and goods still wait.",
            "order missed its promise",
            "orders missed their promise",
        ),
    )
}


class MailRefused(Refused):
    """A wish about mail that cannot be kept; the message says why."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a letter says of one kind of news."""

    kind: str
    new: int
    now: int  # how many there are in all
    lines: tuple[str, ...]  # of the new ones, the first few
    address: str  # of the list


def refuse_wishes(sent: Mapping[str, str], hour: int | None) -> None:
    """Only what can be chosen is."""
    for kind, when in sent.items():
        if kind not in NEWS or when not in SENT_WORDS:
            raise MailRefused("This cannot be chosen.", f"Choose one of {', '.join(SENT_WORDS.values())}.")
    refuse_hour(hour, field="hour")


def refuse_hour(hour: int | None, *, field: str) -> None:
    """An hour of the day."""
    if hour is None or hour not in HOURS:
        raise MailRefused("This is no hour of the day.", "Write a whole hour from 0 to 23.", field=field)


def wishes_in_words(sent: Mapping[str, str], hour: int) -> str:
    """What somebody will be mailed."""
    mornings = sum(when == MORNING for when in sent.values())
    at_once = sum(when == AT_ONCE for when in sent.values())
    said = []
    if mornings:
        said.append(f"{_kinds(mornings)} each morning from {hour}:00, where there is something new")
    if at_once:
        said.append(f"{_kinds(at_once)} at once")
    return f"You are mailed {' and '.join(said)}." if said else "You are mailed no news."


def _kinds(count: int) -> str:
    return f"{count} kind{'' if count == 1 else 's'} of news"


def is_morning(now: datetime, *, hour: int, last: date | None) -> bool:
    """Whether the digest of a day is due; `now` in the shop's zone."""
    return now.hour >= hour and (last is None or last < now.date())


def last_morning(now: datetime, *, hour: int) -> date:
    """For which day a digest that is newly asked for counts as made: the first comes at the next such hour."""
    return now.date() if now.hour >= hour else now.date() - timedelta(days=1)


def due_on(now: datetime, *, weekday: int | None, hour: int, last: date | None, asked_at: datetime) -> date | None:
    """The day for which a schedule is due now, if it is; `now` and `asked_at` in the shop's zone.

    What was due while nothing ran is made up for within a day, and afterwards left out.
    """
    day = now.date() if now.hour >= hour else now.date() - timedelta(days=1)
    if weekday is not None:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    due = datetime.combine(day, datetime.min.time(), now.tzinfo) + timedelta(hours=hour)
    if (last is not None and last >= day) or due <= asked_at or now - due >= LATE_AT_MOST:
        return None
    return day


def checked_name(name: str | None, *, otherwise: str) -> str:
    """What a scheduled report is called."""
    called = " ".join((name or otherwise).split())
    if len(called) > LONGEST_NAME:
        raise MailRefused("This name is too long.", f"Write at most {LONGEST_NAME} characters.", field="name")
    return called


def schedule_in_words(weekday: int | None, hour: int) -> str:
    """When a report is sent."""
    return f"{'every day' if weekday is None else f'every {WEEKDAYS[weekday]}'} from {hour}:00"


def letter(sections: Sequence[Section], *, shop: str, page: str, is_digest: bool) -> tuple[str, str]:
    """Subject and body of what somebody is told, from what there is of each kind."""
    counts = ", ".join(_counted(section) for section in sections)
    subject = f"{'This morning' if is_digest else 'New'}: {counts}"
    parts = [f"{shop or 'Backorder Desk'}, what is new{' since yesterday' if is_digest else ''}:"]
    for section in sections:
        more = section.new - len(section.lines)
        parts.append(
            "\n".join(
                [
                    f"{NEWS[section.kind].name}: {section.new} new, {section.now} in all",
                    *(f"  - {line}" for line in section.lines),
                    *([f"  and {more} more"] if more else []),
                    f"  {section.address}",
                ]
            )
        )
    parts.append(f"You chose this mail. Change or stop it: {page}")
    return subject, "\n\n".join(parts) + "\n"


def _counted(section: Section) -> str:
    news = NEWS[section.kind]
    return f"{section.new} {news.one if section.new == 1 else news.many}"


def report_letter(
    name: str, title: str, *, when: str, filters: str, address: str, page: str, fits: bool
) -> tuple[str, str]:
    """Subject and body of a report's mail; `fits`: the file is with it."""
    file = (
        "The rows are in the file that is with this mail."
        if fits
        else f"It is larger than {LARGEST_FILE // 1_000_000} MB, too large for mail: take it at the desk."
    )
    filtered = f"\nOnly: {filters}" if filters else ""
    return (
        f"Report: {name}",
        f"{title}, {when}.{filtered}\n\n{file}\n{address}\n\nYou asked for this mail. Stop it: {page}\n",
    )
