"""Keep a way of dealing supply out again, and change it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.deal_schedules.action import pause_if_it_runs
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.deal_variants import WAY_CHANGED, Segment, Variant, changed_in_words, keep, kept_in_words

SUBJECT = "deal-variant {}"

# Any number that no other advisory lock of the desk uses.
NAMING_LOCK = 7_305_125


@planning.repeated
def save_variant(
    *,
    name: str | None,
    scope: str | None,
    segments: Sequence[Segment],
    version: str | None = None,  # nothing that others do is in its way
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Keep a way of dealing under a name that no other has."""
    with transaction() as session:
        _one_by_one(session)
        if repeated := sent_before(submission):
            return repeated
        variant = keep(name, scope, segments, beside=_names(session))
        row = models.DealVariant(name=variant.name, scope=variant.scope, made_at=clock.now(), made_by=actor)
        session.add(row)
        session.flush()
        _write_segments(session, row.id, variant)
        notice = kept_in_words(variant)
        act = audit.record("deal-variant-saved", SUBJECT.format(row.id), after=_particulars(row, variant), actor=actor)
        audit.record_submission(submission, act, notice)
        return Outcome(notice, made=str(row.id), moves_lines=False)


@planning.repeated
def change_variant(
    variant_id: int,
    *,
    name: str | None,
    scope: str | None,
    segments: Sequence[Segment],
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Change a way of dealing; runs that were simulated keep the one that they were asked with, and its schedule rests:
    whoever set it meant the way as it was.
    """
    with transaction() as session:
        _one_by_one(session)
        row = session.get_one(models.DealVariant, variant_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        variant = keep(name, scope, segments, beside=_names(session, but=variant_id))
        refuse_if_changed(version, row.version, SUBJECT.format(variant_id))
        row.name, row.scope = variant.name, variant.scope
        row.made_at, row.made_by = clock.now(), actor
        session.execute(delete(models.DealSegment).where(models.DealSegment.variant_id == variant_id))
        session.flush()
        _write_segments(session, variant_id, variant)
        pauses = pause_if_it_runs(session, variant_id, why=WAY_CHANGED, actor=actor)
        notice = changed_in_words(variant, pauses=pauses)
        act = audit.record(
            "deal-variant-changed", SUBJECT.format(variant_id), after=_particulars(row, variant), actor=actor
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, moves_lines=False)


def _one_by_one(session: Session) -> None:
    """Two that are named at the same moment must not get one name."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(NAMING_LOCK)))


def _names(session: Session, *, but: int | None = None) -> list[str]:
    row = models.DealVariant
    return [name for variant_id, name in session.execute(select(row.id, row.name)) if variant_id != but]


def _write_segments(session: Session, variant_id: int, variant: Variant) -> None:
    session.add_all(
        models.DealSegment(
            variant_id=variant_id, place=place, filters=one.filters, sort=one.sort, strategy=one.strategy
        )
        for place, one in enumerate(variant.segments, start=1)
    )
    session.flush()


def _particulars(row: models.DealVariant, variant: Variant) -> dict[str, Any]:
    return {"variant": row.id, "segments": len(variant.segments)}
