"""Somebody sets a rule of the house, or sets it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, planning, settings, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, learns, sent_before
from dashboard.database import transaction
from dashboard.domain.settings import (
    BY_KEY,
    HouseSetting,
    SettingRefused,
    changed_in_words,
    refuse_beyond_law,
    refuse_unchanged,
)
from dashboard.models import Act, Sku, Waiting

CHANGED = "setting-changed"
# Up to so many waiting lines are planned within the act, in about a second; more are left to the next run.
PLANNED_AT_ONCE = 20_000


@planning.repeated
def change_setting(
    key: str,
    *,
    value: Sequence[str],
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Set a rule of the house to what was typed; it holds from the commit on, and all that hangs on it follows."""
    return _set(BY_KEY[key], value, why=why, version=version, submission=submission, actor=actor)


@planning.repeated
def undo_change(
    act_id: int, *, why: str | None = None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Set a rule back to what it was before a change; refused where it was changed again since."""
    with transaction() as session:
        act = session.get_one(Act, act_id)
        setting = BY_KEY[act.subject.partition(" ")[2]]
        now, was = (json.loads(said or "{}")["value"] for said in (act.after, act.before))
        if settings.standing(session, setting.key).value != now:
            raise SettingRefused("It was changed again since.", "Look at its history.")
        return _set(setting, setting.shape.write(was), why=why, version=version, submission=submission, actor=actor)


def _set(
    setting: HouseSetting,
    typed: Sequence[str],
    *,
    why: str | None,
    version: str | None,
    submission: str | None,
    actor: Any,
) -> Outcome:
    with transaction() as session:
        settings.keep_others_out(session)
        if repeated := sent_before(submission):
            return repeated
        before = settings.standing(session, setting.key)
        refuse_if_changed(version, before.version, before.subject)
        value = setting.shape.read(typed)
        if setting.key == "clock_days":
            refuse_beyond_law(value, region=current_app.config["SHOP_REGION"])
        refuse_unchanged(before.value, value)
        settings.keep(session, setting, value)
        follows = _follow(session, setting, before.value, value)
        notice = changed_in_words(setting, value, is_default=value == before.default, follows=follows)
        act = audit.record(
            CHANGED, before.subject, before={"value": before.value}, after={"value": value}, why=why, actor=actor
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.SETTINGS, topics.WORK)
        return Outcome(notice, made=str(act.id), moves_lines=False)


def _follow(session: Session, setting: HouseSetting, before: Any, after: Any) -> str:
    """Have what hangs on the setting derived anew; what that comes to, in a sentence."""
    if setting.moves_estimates:
        classes = [word for word in {*before, *after} if before.get(word) != after.get(word)]
        count = session.scalar(select(func.count()).select_from(Sku).where(Sku.sku_class.in_(classes))) or 0
        if learns(session, something=True):
            _plan(session, history=True)
        return f"{count} {'SKU is' if count == 1 else 'SKUs are'} reckoned anew."
    if setting.moves_plan:
        changed = _plan(session, history=False)
        if changed is None:
            return "All waiting lines are planned anew within minutes."
        return f"{changed} waiting {'line changes' if changed == 1 else 'lines change'} by it."
    return ""


def _plan(session: Session, *, history: bool) -> int | None:
    """How many lines change; None where so many wait that a later run plans them."""
    waiting = select(Waiting.line_id).limit(PLANNED_AT_ONCE + 1).subquery()
    if (session.scalar(select(func.count()).select_from(waiting)) or 0) > PLANNED_AT_ONCE:
        planning.facts_changed(session, history=history)
        return None
    topics.bump(session.connection(), topics.FACTS, *([topics.HISTORY] if history else []))
    return planning.plan().changed_lines
