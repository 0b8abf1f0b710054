"""Background jobs: woken, swept, done once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock
from dashboard.database import db, transaction
from dashboard.jobs import table
from dashboard.jobs.catch_up import catch_up
from dashboard.jobs.queue import start_worker
from dashboard.jobs.table import JOBS, Job, claim
from dashboard.models import PlanState


def test_of_several_workers_one_does_the_job_of_a_minute(app):
    def ask(_):
        with app.app_context():
            return claim("deliver_mail", 1_000)

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(ask, range(24))) == 1
    assert claim("deliver_mail", 1_001)
    assert not claim("deliver_mail", 1_000)


def test_jobs_are_claimed_each_for_itself(app):
    assert claim("deliver_mail", 1)
    assert claim("catch_up", 1)


def test_a_job_that_fails_hinders_no_other(app, monkeypatch):
    done = []

    def fail():
        raise RuntimeError("out of order")

    monkeypatch.setitem(JOBS, "deliver_mail", Job("deliver_mail", "", fail))
    monkeypatch.setitem(JOBS, "catch_up", Job("catch_up", "", lambda: done.append(1)))
    app.extensions["queue"].sweep()
    assert done == [1]


def test_a_worker_does_what_it_is_woken_for(app, monkeypatch):
    done = []
    monkeypatch.setitem(JOBS, "deliver_mail", Job("deliver_mail", "", lambda: done.append(1)))
    assert claim("deliver_mail", int(time.time()) // 60 + 1)  # so that no sweep does it meanwhile
    worker = start_worker(app)
    try:
        app.extensions["wake"]("deliver_mail")
        until = time.monotonic() + 15
        while not done and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        worker.stop(graceful=True)
    assert done == [1]


def test_a_job_that_cannot_be_woken_stops_nobody(capsys, make_app):
    app = make_app("postgresql+psycopg://nobody@127.0.0.1:1/none")
    app.extensions["wake"]("deliver_mail")
    assert "the next sweep does it" in capsys.readouterr().err


@pytest.fixture
def planned(app, today):
    """A plan of the shop's day."""
    with transaction() as work:
        work.add(PlanState(id=1, shop_day=today, planned_at=clock.real_now()))
    return app


def test_on_the_same_day_nothing_is_planned_anew(planned):
    assert catch_up() is None


def test_on_another_day_everything_is_planned_anew_once(planned, today):
    planned.config["BUSINESS_DATE"] = today + timedelta(days=1)
    assert catch_up() == "planned for 2026-03-13, 0 lines changed"
    assert db.session.scalar(sa.select(PlanState.shop_day)) == today + timedelta(days=1)
    assert catch_up() is None


def test_a_shop_without_a_plan_gets_none_from_the_clock(app):
    assert catch_up() is None


def test_every_job_says_what_it_does():
    assert all(job.help.endswith(".") and job.name == name for name, job in table.JOBS.items())
