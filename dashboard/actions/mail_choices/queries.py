"""What somebody chose before."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import MailChoice, MailHabit

FIRST_HOUR = 7


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person is mailed, as its form shows it."""

    person_id: int
    sent: dict[str, str]  # by kind; without those that they do not want
    hour: int
    version: int  # 0 where they never chose


def wishes_of(session: Session, person_id: int) -> Wishes:
    """What a person chose."""
    habit = session.get(MailHabit, person_id)
    rows = session.execute(select(MailChoice.kind, MailChoice.sent).where(MailChoice.person_id == person_id))
    sent = {row.kind: row.sent for row in rows}
    return Wishes(person_id, sent, habit.digest_hour if habit else FIRST_HOUR, habit.version if habit else 0)
