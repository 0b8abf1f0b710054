"""Choose which news one is mailed, in the morning or at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.mail_choices.queries import wishes_of
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.mail_to_me import NEVER, last_morning, refuse_wishes, wishes_in_words
from dashboard.messages.news import notice
from dashboard.models import MailChoice, MailHabit, User

SUBJECT = "mail-to person {}"


@planning.repeated
def choose_mail(
    *,
    sent: Mapping[str, str],
    hour: int | None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Have oneself told what becomes so from now on: what is so already counts as told."""
    with transaction() as session:
        session.execute(select(User.id).where(User.id == actor).with_for_update(key_share=True))
        if repeated := sent_before(submission):
            return repeated
        before = wishes_of(session, actor)
        refuse_if_changed(version, before.version, SUBJECT.format(actor))
        refuse_wishes(sent, hour)
        assert hour is not None
        _write(session, actor, {kind: when for kind, when in sent.items() if when != NEVER}, before.sent, hour)
        notice_said = wishes_in_words(sent, hour)
        act = audit.record(
            "mail-chosen",
            SUBJECT.format(actor),
            before={"news": before.sent, "hour": before.hour},
            after={"news": {kind: when for kind, when in sent.items() if when != NEVER}, "hour": hour},
            actor=actor,
        )
        audit.record_submission(submission, act, notice_said)
        return Outcome(notice_said, moves_lines=False)


def _write(session: Session, person_id: int, sent: Mapping[str, str], before: Mapping[str, str], hour: int) -> None:
    """The new choices; a kind that is new to the person begins with what is so now."""
    habit = session.get(MailHabit, person_id, with_for_update=True, populate_existing=True)
    now = clock.real_now().astimezone(clock.shop_zone())
    if habit is None:
        session.add(MailHabit(person_id=person_id, digest_hour=hour, digest_on=last_morning(now, hour=hour)))
    else:
        is_later = hour > habit.digest_hour and habit.digest_on == now.date()
        habit.digest_hour = hour
        if not is_later:
            habit.digest_on = max(filter(None, (habit.digest_on, last_morning(now, hour=hour))))
        habit.version += 1
    new = [kind for kind in sent if kind not in before]
    if new:
        notice(session, new, clock.today())
    dropped = [kind for kind in before if kind not in sent]
    session.execute(delete(MailChoice).where(MailChoice.person_id == person_id, MailChoice.kind.in_(dropped)))
    at = clock.real_now()
    for kind, when in sent.items():
        row = session.get(MailChoice, (person_id, kind))
        if row is None:
            session.add(MailChoice(person_id=person_id, kind=kind, sent=when, told_up_to=at))
        else:
            row.sent = when
    session.flush()
