"""What a person chose to be mailed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.domain.mail_to_me import ALERT, DIGEST, REPORT
from dashboard.models import AlertCase, MailChoice, MailHabit, Message, ReportSchedule

DEFAULT_HOUR = 7
LETTERS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A report that somebody gets by mail."""

    id: int
    name: str
    report: str
    filters: str  # as in its address
    weekday: int | None
    hour: int


@dataclass(frozen=True, slots=True)
class ShownLetter:
    """Something that somebody was sent."""

    subject: str
    state: str
    created_at: datetime
    sent_at: datetime | None


def chosen(session: Session, person_id: int) -> dict[str, str]:
    """When somebody wants which kind of news."""
    rows = session.execute(select(MailChoice.kind, MailChoice.sent).where(MailChoice.person_id == person_id))
    return {row.kind: row.sent for row in rows}


def digest_hour(session: Session, person_id: int) -> int:
    """At which hour somebody reads the digest."""
    hour = session.scalar(select(MailHabit.digest_hour).where(MailHabit.person_id == person_id))
    return DEFAULT_HOUR if hour is None else hour


def cases(session: Session) -> dict[str, int]:
    """How much there is of each kind that anybody chose, as last looked."""
    rows = session.execute(select(AlertCase.kind, func.count().label("cases")).group_by(AlertCase.kind))
    return {row.kind: row.cases for row in rows}


def schedules_of(session: Session, person_id: int) -> tuple[ShownSchedule, ...]:
    """The reports that somebody gets, by name."""
    schedule = ReportSchedule
    rows = session.execute(
        select(schedule.id, schedule.name, schedule.report, schedule.filters, schedule.weekday, schedule.hour)
        .where(schedule.owner_id == person_id, schedule.removed_at.is_(None))
        .order_by(schedule.name, schedule.id)
    )
    return tuple(ShownSchedule(*row) for row in rows)


def last_letters(session: Session, address: str) -> tuple[ShownLetter, ...]:
    """What somebody was sent last."""
    rows = session.execute(
        select(Message.subject, Message.state, Message.created_at, Message.sent_at)
        .where(Message.kind.in_((DIGEST, ALERT, REPORT)), Message.to_address == address)
        .order_by(Message.id.desc())
        .limit(LETTERS_SHOWN)
    )
    return tuple(ShownLetter(*row) for row in rows)
