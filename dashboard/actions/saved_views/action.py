"""Keep what a list shows under a name, change that, and remove it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.actions.saved_views.queries import as_rules_see, views_beside
from dashboard.database import transaction
from dashboard.domain.saved_views import (
    KeptView,
    change,
    changed_in_words,
    keep,
    kept_in_words,
    refuse_if_removed,
    removed_in_words,
)

SUBJECT = "saved-view {}"
CHANGED = ("saved-views-changed",)  # menus of views read themselves again


@dataclass(frozen=True, slots=True)
class ViewOutcome(Outcome):
    """What was done to a view: no line moves by it."""

    is_of_views: bool = True


@planning.repeated
def save_view(
    word: str,
    *,
    name: str | None,
    kept: str | None,
    shared: bool,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Keep an address of a list, under a name that nobody uses whom the person would hear it from."""
    with transaction() as session:
        _one_by_one(session, actor)
        if repeated := sent_before(submission):
            return repeated
        view = keep(KeptView(name or "", kept or "", shared), beside=views_beside(session, word, actor))
        row = models.SavedView(list=word, owner_id=actor, name=view.name, kept=view.kept, shared=view.shared)
        session.add(row)
        session.flush()
        notice = kept_in_words(view)
        after = {"list": word, "shared": view.shared}
        act = audit.record("view-saved", SUBJECT.format(row.id), after=after, actor=actor)
        audit.record_submission(submission, act, notice)
        return ViewOutcome(notice, events=CHANGED)


@planning.repeated
def change_view(
    view_id: int,
    *,
    name: str | None,
    kept: str | None,
    shared: bool,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Give a view another name, show it to others or no longer, have it keep something else (None: what it keeps)."""
    with transaction() as session:
        row = _still(session, view_id, actor)
        if repeated := sent_before(submission):
            return repeated
        before = as_rules_see(row, actor)
        refuse_if_removed(before, is_removed=row.removed_at is not None)
        refuse_if_changed(version, row.version, SUBJECT.format(view_id))
        beside = views_beside(session, row.list, actor, but=view_id)
        after = change(before, name=name or "", shared=shared, kept=kept, beside=beside)
        row.name, row.kept, row.shared = after.name, after.kept, after.shared
        notice = changed_in_words(before, after)
        act = audit.record(
            "view-changed",
            SUBJECT.format(view_id),
            before={"shared": before.shared},
            after={
                "list": row.list,
                "renamed": before.name != after.name,
                "replaced": before.kept != after.kept,
                "shared": after.shared,
            },
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return ViewOutcome(notice, events=CHANGED)


@planning.repeated
def remove_view(view_id: int, *, version: str | None = None, submission: str | None = None, actor: Any) -> Outcome:
    """Take a view out of every menu."""
    with transaction() as session:
        row = _still(session, view_id, actor)
        if repeated := sent_before(submission):
            return repeated
        view = as_rules_see(row, actor)
        refuse_if_removed(view, is_removed=row.removed_at is not None)
        refuse_if_changed(version, row.version, SUBJECT.format(view_id))
        row.removed_at = clock.now()
        notice = removed_in_words(view)
        after = {"list": row.list, "shared": view.shared}
        act = audit.record("view-removed", SUBJECT.format(view_id), after=after, actor=actor)
        audit.record_submission(submission, act, notice)
        return ViewOutcome(notice, events=CHANGED)


def _one_by_one(session: Session, person_id: int) -> None:
    """What one person does to views waits for what the same person does: no name is taken twice."""
    session.execute(select(models.User.id).where(models.User.id == person_id).with_for_update(key_share=True))


def _still(session: Session, view_id: int, person_id: int) -> models.SavedView:
    """A view, that nobody else changes meanwhile."""
    _one_by_one(session, person_id)
    return session.get_one(models.SavedView, view_id, with_for_update=True, populate_existing=True)
