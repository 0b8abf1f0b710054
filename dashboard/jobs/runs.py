"""How background jobs fared: what each last did, and how often it has failed since it last succeeded."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog
from sqlalchemy import select, update

from dashboard import clock
from dashboard.bulk import upsert
from dashboard.database import db, transaction
from dashboard.models import JobRun

log = structlog.get_logger()


def run(job: str, do: Callable[[], str | None]) -> None:
    """Do a job and remember how it fared; a failure is logged, and the next sweep tries again."""
    began = time.perf_counter()
    try:
        outcome = do()
    except Exception as fault:
        log.exception("a job failed", job=job)
        db.session.rollback()
        _note_failure(job, fault)
    else:
        if outcome:
            log.info("a job was done", job=job, outcome=outcome)
        _note_success(job, outcome, took_ms=round((time.perf_counter() - began) * 1000))


def _note_failure(job: str, fault: Exception) -> None:
    """Where even this cannot be written, the log has it."""
    failed = {"failed_at": clock.real_now(), "failure": type(fault).__name__}
    try:
        with transaction() as work:
            work.execute(
                upsert(work.connection(), JobRun)
                .values(job=job, failures=1, **failed)
                .on_conflict_do_update(index_elements=["job"], set_={**failed, "failures": JobRun.failures + 1})
            )
    except Exception:
        log.warning("a failed job could not be noted", job=job, exc_info=True)


def _note_success(job: str, outcome: str | None, *, took_ms: int) -> None:
    if outcome:
        did = {"did_at": clock.real_now(), "outcome": outcome, "took_ms": took_ms, "failures": 0}
        with transaction() as work:
            work.execute(
                upsert(work.connection(), JobRun)
                .values(job=job, **did)
                .on_conflict_do_update(index_elements=["job"], set_=did)
            )
        return
    failing = select(JobRun.job).where(JobRun.job == job, JobRun.failures > 0)
    is_failing = db.session.scalar(failing) is not None
    db.session.rollback()
    if is_failing:
        with transaction() as work:
            work.execute(update(JobRun).where(JobRun.job == job).values(failures=0))
