"""How the desk itself fares: for whoever looks after it, and for machines."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from dashboard import audit, clock, upkeep
from dashboard.database import db, transaction
from dashboard.domain.upkeep import BACKUP_IS_OLD_AFTER, troubles
from dashboard.intake.loads import announce, close
from dashboard.jobs.table import JOBS, Job, claim
from dashboard.models import JobRun, Message
from dashboard.upkeep import BACKED_UP
from tests.conftest import same_on_both


def put(state: str, *, written_before: timedelta = timedelta()) -> None:
    with transaction() as work:
        row = Message(kind="sign-in", message_id=f"{state}-{written_before}", subject="s", body="b", state=state)
        row.created_at = clock.real_now() - written_before
        work.add(row)


def a_worker_is_there() -> None:
    for job in JOBS:
        claim(job, int(clock.real_now().timestamp()) // 60)


def backed_up(before: timedelta = timedelta()) -> None:
    with transaction():
        audit.record(BACKED_UP, "database", after={"at": (clock.real_now() - before).isoformat()})


def said() -> list[str]:
    db.session.rollback()
    return [trouble.strong for trouble in troubles(upkeep.look(db.session()).figures)]


def test_a_desk_that_is_looked_after_has_nothing_to_say(world, app):
    app.config["MAIL_URL"] = "smtp://mail.example"
    world.order("1", "CHAIR", 1, placed="2026-03-01")
    world.plan()
    a_worker_is_there()
    backed_up()
    assert said() == []


def test_what_is_not_well_is_said_the_worst_first(world, app, monkeypatch):
    app.config["MAIL_URL"] = "smtp://mail.example"
    world.order("1", "CHAIR", 1, placed="2026-03-01")
    world.plan()
    put("queued", written_before=timedelta(hours=2))
    put("failed")
    backed_up(BACKUP_IS_OLD_AFTER + timedelta(days=1, hours=1))

    def fail():
        raise LookupError("order of ada@customers.example")

    monkeypatch.setitem(JOBS, "deliver_mail", Job("deliver_mail", "", fail))
    app.extensions["queue"].perform("deliver_mail")
    app.extensions["queue"].perform("deliver_mail")
    assert said() == [
        "No worker is at work.",
        "The job deliver_mail failed 2 times in a row (LookupError).",
        "Mail waits for more than an hour.",
        "1 message did not arrive.",
        "The last backup is 8 days old.",
    ]
    monkeypatch.setitem(JOBS, "deliver_mail", Job("deliver_mail", "", lambda: None))
    app.extensions["queue"].perform("deliver_mail")
    assert "The job deliver_mail" not in " ".join(said()), "it succeeds again"


def test_a_job_remembers_what_it_did_and_not_what_it_only_looked_at(app, monkeypatch):
    outcomes = iter(["3 sent, 0 failed", None])
    monkeypatch.setitem(JOBS, "deliver_mail", Job("deliver_mail", "", lambda: next(outcomes)))
    for _ in range(2):
        app.extensions["queue"].perform("deliver_mail")
    run = db.session.scalars(sa.select(JobRun)).one()
    assert (run.job, run.outcome, run.failures) == ("deliver_mail", "3 sent, 0 failed", 0)
    assert run.did_at is not None


def test_the_page_shows_jobs_mail_loads_and_version(world, app, admin):
    close(announce("monday.zip", format="kit", dry_run=False), "done")
    put("failed")
    a_worker_is_there()
    page = admin.get("/health").text
    for words in ("deliver_mail", "monday.zip", "did not arrive", upkeep.version(), "the newest", "No worker"):
        assert (words in page) == (words != "No worker")


@same_on_both
def test_the_page_is_for_those_who_look_after_the_desk(viewer, agent, manager, admin):
    assert [one.get("/health").status_code for one in (viewer, agent, manager, admin)] == [403, 403, 403, 200]


def test_machines_are_told_the_same(world, app, outsider):
    put("queued")
    a_worker_is_there()
    with transaction() as work:
        work.add(JobRun(job="load_files", failures=3))
    text = outsider.get("/metrics").text
    assert "desk_mail_waiting 1.0" in text
    assert 'desk_job_failures{job="load_files"} 3.0' in text
    assert f'desk_info{{migration="{",".join(upkeep.newest_migrations())}",version="{upkeep.version()}"}} 1.0' in text
    assert "desk_worker_seen_seconds" in text
