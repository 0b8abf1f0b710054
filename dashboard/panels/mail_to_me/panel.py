"""The page on which somebody reads what they are mailed."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session

from dashboard.domain.mail_to_me import AT_ONCE, MORNING, NEVER, NEWS, News, schedule_in_words
from dashboard.panels.filters import FilterRefused, Selection, SetFilter, set_filters
from dashboard.panels.mail_to_me.queries import (
    ShownLetter,
    ShownSchedule,
    cases,
    chosen,
    digest_hour,
    last_letters,
    schedules_of,
)
from dashboard.panels.reports import REPORTS


@dataclass(frozen=True, slots=True)
class ChosenNews:
    """A kind of news, and when the person wants it."""

    news: News
    sent: str  # never, morning or at-once
    now: int | None  # how much there is of it; None: not looked at, because nobody chose it


@dataclass(frozen=True, slots=True)
class ChosenReport:
    """A scheduled report with its filters in words."""

    schedule: ShownSchedule
    title: str
    when: str
    filters: tuple[SetFilter, ...]
    selection: Selection


@dataclass(frozen=True, slots=True)
class MailPage:
    """All that a person chose."""

    news: tuple[ChosenNews, ...]
    hour: int
    reports: tuple[ChosenReport, ...]
    letters: tuple[ShownLetter, ...]

    @property
    def has_morning(self) -> bool:
        return any(one.sent == MORNING for one in self.news)

    @property
    def has_at_once(self) -> bool:
        return any(one.sent == AT_ONCE for one in self.news)


def load_mail(session: Session, person_id: int, address: str) -> MailPage:
    """What a person is mailed."""
    sent, counts = chosen(session, person_id), cases(session)
    return MailPage(
        news=tuple(
            ChosenNews(news, sent.get(kind, NEVER), counts.get(kind, 0) if kind in sent else None)
            for kind, news in NEWS.items()
        ),
        hour=digest_hour(session, person_id),
        reports=tuple(_report(session, schedule) for schedule in schedules_of(session, person_id)),
        letters=last_letters(session, address),
    )


def _report(session: Session, schedule: ShownSchedule) -> ChosenReport:
    report = REPORTS.get(schedule.report)
    try:
        selection = Selection.read(parse_qsl(schedule.filters), allowed=report.filters if report else ())
    except FilterRefused:
        selection = Selection()
    return ChosenReport(
        schedule,
        report.title if report else schedule.report,
        schedule_in_words(schedule.weekday, schedule.hour),
        set_filters(session, selection),
        selection,
    )
