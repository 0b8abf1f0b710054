"""Has a way of dealing simulated, puts what was found in force, and takes that back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, or_, select, update
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.database import transaction
from dashboard.domain import deal_runs
from dashboard.domain.deal_runs import COMMITTED, FAILED, HOLD_REASON, RUNNING, SIMULATED, UNDONE, WAITING
from dashboard.planning import deals

SUBJECT = "deal {}"

# A simulation of a million lines takes some ten seconds; whoever is silent for so long was killed.
GIVEN_UP_AFTER = timedelta(minutes=10)


@planning.repeated
def ask_for_run(variant_id: int, *, version: str | None = None, submission: str | None = None, actor: Any) -> Outcome:
    """Have a way of dealing simulated, as it stands now; a job does it."""
    with transaction() as session:
        variant = session.get_one(models.DealVariant, variant_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, variant.version, f"deal-variant {variant_id}")
        segment = models.DealSegment
        rows = session.execute(
            select(segment.filters, segment.sort, segment.strategy)
            .where(segment.variant_id == variant_id)
            .order_by(segment.place)
        )
        run = models.DealRun(
            variant_id=variant_id,
            name=variant.name,
            scope=variant.scope,
            segments=json.dumps([dict(row._mapping) for row in rows]),
            state=WAITING,
            asked_at=clock.now(),
            asked_by=actor,
        )
        session.add(run)
        session.flush()
        notice = deal_runs.asked_in_words(run.id, run.name)
        act = audit.record(
            "deal-asked-for", SUBJECT.format(run.id), after={"run": run.id, "variant": variant_id}, actor=actor
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, made=str(run.id), moves_lines=False)


@planning.repeated
def claim_next() -> int | None:
    """The run that is to be simulated now: the oldest that waits, or whose worker was killed."""
    with transaction() as session:
        run, now = models.DealRun, clock.real_now()
        due = or_(run.state == WAITING, (run.state == RUNNING) & (run.beat_at < now - GIVEN_UP_AFTER))
        run_id = session.scalar(select(run.id).where(due).order_by(run.id).limit(1).with_for_update(skip_locked=True))
        if run_id is not None:
            session.execute(update(run).where(run.id == run_id).values(state=RUNNING, beat_at=now))
        return run_id


def simulate(run_id: int, ask: Callable[[Connection], deals.Meant]) -> None:
    """Find what a run would do, and keep it; nobody waits meanwhile."""
    found = deals.simulate(ask)
    _keep(run_id, found)


@planning.repeated
def _keep(run_id: int, simulated: deals.Simulated) -> None:
    with transaction() as session:
        run = session.get_one(models.DealRun, run_id, with_for_update=True, populate_existing=True)
        if run.state != RUNNING:
            return
        deals.keep(session.connection(), run_id, simulated.found)
        run.state, run.simulated_at, run.shop_day = SIMULATED, clock.now(), simulated.today
        run.seconds = round(simulated.seconds * 1000)
        run.facts_seen = simulated.facts_seen
        run.figures = json.dumps(simulated.found.figures)
        session.flush()
        topics.bump(session.connection(), topics.WORK)


@planning.repeated
def give_up(run_id: int, why: str) -> None:
    """Say that a run could not be simulated."""
    with transaction() as session:
        run = session.get_one(models.DealRun, run_id, with_for_update=True, populate_existing=True)
        if run.state == RUNNING:
            run.state, run.failure = FAILED, why


@planning.repeated
def commit_run(
    run_id: int, *, reason: str, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Put in force what was simulated: its units are held, its ranks decide who is served next. Refused where a line of
    its SKUs stands otherwise than it did then.
    """
    with transaction() as session:
        skus = _skus(session, run_id)
        planning.keep_still(skus)
        run = session.get_one(models.DealRun, run_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        deal_runs.refuse_unless_simulated(run_id, run.state, _who(session, run.undone_by or run.committed_by))
        connection = session.connection()
        assert run.shop_day is not None
        deal_runs.refuse_if_moved(
            run_id,
            is_behind=planning.is_behind(connection),
            moved=deals.fingerprint_of(connection, deals.as_array(skus)) != run.facts_seen,
            simulated_for=run.shop_day,
            today=clock.today(),
        )
        held = deals.put_in_force(connection, run_id, reason=HOLD_REASON.format(run_id), actor=actor)
        run.state, run.committed_at, run.committed_by, run.reason = COMMITTED, clock.now(), actor, reason

        moved = planning.replan(skus).moves
        notice = deal_runs.committed_in_words(run_id, run.name, lines=len(moved), held=held)
        act = audit.record(
            "deal-committed",
            SUBJECT.format(run_id),
            after={"run": run_id, "lines": len(moved), "units": held},
            why=reason,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), consequences(session, moved), made=str(run_id))


@planning.repeated
def undo_run(
    run_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Release all that a run holds and take back its ranks; the plan deals it out as if it had not been."""
    with transaction() as session:
        skus = _skus(session, run_id)
        planning.keep_still(skus)
        run = session.get_one(models.DealRun, run_id, with_for_update=True, populate_existing=True)
        if repeated := sent_before(submission):
            return repeated
        deal_runs.refuse_unless_committed(run_id, run.state, _who(session, run.undone_by))
        connection = session.connection()
        ended = deals.take_out_of_force(
            connection, run_id, reason=HOLD_REASON.format(run_id), why=f"run {run_id} was undone", actor=actor
        )
        run.state, run.undone_at, run.undone_by, run.undo_reason = UNDONE, clock.now(), actor, why
        moved = planning.replan(skus).moves
        notice = deal_runs.undone_in_words(run_id, run.name, lines=len(moved))
        act = audit.record(
            "deal-undone", SUBJECT.format(run_id), after={"run": run_id, "holds": ended}, why=why, actor=actor
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), consequences(session, moved))


def _skus(session: Session, run_id: int) -> list[int]:
    row = models.DealSku
    return list(session.scalars(select(row.sku_id).where(row.run_id == run_id).order_by(row.sku_id)))


def _who(session: Session, person_id: int | None) -> str | None:
    person = models.User
    return session.scalar(select(func.coalesce(person.name, person.email)).where(person.id == person_id))
