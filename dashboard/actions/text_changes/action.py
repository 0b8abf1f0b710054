"""Somebody writes a text anew, or sets it back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from dashboard import audit, settings, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.messages import TextRefused
from dashboard.domain.text_changes import refuse_as_it_is, refuse_unfit, refuse_untranslated, text_changed_in_words
from dashboard.messages.samples import Sample, sample_of
from dashboard.messages.texts import StandingText, keep_text, lacking, standing_text
from dashboard.models import Act

CHANGED = "text-changed"


@dataclass(frozen=True, slots=True)
class TextOutcome(Outcome):
    """What was written anew, and how it reads."""

    reads: Sample | None = None


def change_text(
    name: str,
    language: str,
    *,
    text: str,
    tried_on: int | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> TextOutcome | Outcome:
    """Write a text anew; every letter from the commit on reads so. `tried_on` is an order that it is shown on."""
    with transaction() as session:
        if repeated := sent_before(submission):
            return repeated
        settings.keep_others_out(session)
        before = standing_text(session, name, language)
        refuse_if_changed(version, before.version, before.subject)
        return _write(session, before, text, tried_on=tried_on, why=why, submission=submission, actor=actor)


def undo_change(
    act_id: int, *, why: str | None = None, version: str | None = None, submission: str | None = None, actor: Any
) -> TextOutcome | Outcome:
    """Set a text back to what it was before a change; refused where it was changed again since."""
    with transaction() as session:
        act = session.get_one(Act, act_id)
        settings.keep_others_out(session)
        _, name, language = act.subject.split(" ")
        standing = standing_text(session, name, language)
        now, was = (json.loads(said or "{}")["text"] for said in (act.after, act.before))
        if standing.written != now:
            raise TextRefused("It was changed again since.", "Look at its history.")
        return _write(session, standing, was, tried_on=None, why=why, submission=submission, actor=actor)


def _write(
    session: Session,
    before: StandingText,
    text: str,
    *,
    tried_on: int | None,
    why: str | None,
    submission: str | None,
    actor: Any,
) -> TextOutcome:
    is_default = text == before.shipped
    if not is_default:
        refuse_unfit(before.name, before.language, text)
        if not before.shipped:
            refuse_untranslated(before.language, text, before.otherwise)
    refuse_as_it_is(before.written, text)
    keep_text(session, before, text)
    notice = text_changed_in_words(
        before.name,
        before.language,
        is_default=is_default,
        comes=bool(before.shipped),
        lacking=lacking(session, before.name, before.language),
    )
    act = audit.record(
        CHANGED, before.subject, before={"text": before.written}, after={"text": text}, why=why, actor=actor
    )
    audit.record_submission(submission, act, notice)
    session.flush()
    reads = None if tried_on is None else sample_of(session, tried_on, before.name, before.language)
    topics.bump(session.connection(), topics.SETTINGS, topics.WORK)
    return TextOutcome(notice, made=str(act.id), moves_lines=False, reads=reads)
