"""Ways of dealing that run by themselves: at their times, once, as somebody's act, by the same rules as by hand."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dashboard import clock, planning
from dashboard.actions.deal_runs.action import commit_run, undo_run
from dashboard.actions.deal_schedules import running
from dashboard.actions.deal_schedules.action import pause_schedule, resume_schedule, set_schedule
from dashboard.actions.deal_variants.action import change_variant, save_variant
from dashboard.actions.receipts.action import receive
from dashboard.database import db, transaction
from dashboard.domain.deal_schedules import TRIES, times_of
from dashboard.domain.deal_variants import Segment
from dashboard.domain.deals import DealRefused
from dashboard.jobs import deal_on_schedule as job
from dashboard.jobs.deal_on_schedule import deal_on_schedule
from dashboard.models import Act, DealRun, DealSchedule, User
from tests.conftest import Desk
from tests.factories import World

MONDAY = datetime(2026, 3, 9, 5, tzinfo=UTC)
OLDEST = (Segment("", "oldest", "redistribute"),)


@pytest.fixture
def set_for_six(world: World, manager: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], str | None]:
    """Six chairs that a younger VIP has, and a way that gives them to the oldest on weekdays at six o'clock; what it
    answers is a sweep of the job at a moment.
    """
    world.stock("CHAIR", 6)
    world.order("1", "CHAIR", 6, placed="2026-02-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02", tier="vip")
    world.purchase_order("PO-1", "CHAIR", 3, expected="2026-03-20")
    world.plan()
    monkeypatch.setattr(clock, "real_now", lambda: MONDAY)
    monkeypatch.setattr(clock, "shop_zone", lambda: UTC)
    save_variant(name="Oldest first", scope="sku=CHAIR", segments=OLDEST, actor=None)
    set_schedule(1, weekdays=range(5), at="6:00", reason="as the chief wants", actor=manager.person.id)

    def sweep(now: datetime) -> str | None:
        monkeypatch.setattr(clock, "real_now", lambda: now)
        said = deal_on_schedule()
        db.session.rollback()
        return said

    return sweep


def at(hour: float, *, day: int = 0) -> datetime:
    """An hour of that Monday, or of a later day."""
    return MONDAY.replace(hour=0) + timedelta(days=day, hours=hour)


def kept() -> DealSchedule:
    db.session.rollback()
    return db.session.get_one(DealSchedule, 1)


def runs() -> list[tuple[str, str | None, int | None]]:
    db.session.rollback()
    found = db.session.scalars(select(DealRun).order_by(DealRun.id))
    return [(run.state, run.reason, run.committed_by) for run in found]


def test_times_are_said_in_the_shops_zone_and_read_as_one_says_them() -> None:
    assert times_of([4, 3, 2, 1, 0, 0], "6.05").in_words == "Monday to Friday at 06:05"
    assert times_of(range(7), "23:59").in_words == "every day at 23:59"
    assert times_of([2, 0], "6:00").in_words == "every Monday and Wednesday at 06:00"
    with pytest.raises(DealRefused, match="at least one day"):
        times_of([], "6:00")
    with pytest.raises(DealRefused, match="time of day"):
        times_of([1], "six")


def test_at_its_time_it_is_simulated_and_committed_once_as_the_act_of_who_set_it(
    set_for_six: Callable[[datetime], str | None], world: World, manager: Desk
) -> None:
    assert (world.reserved("1", line=1), world.reserved("2", line=1)) == (0, 6)
    assert set_for_six(at(5.9)) is None
    assert runs() == []
    assert set_for_six(at(6)) == "1 committed"
    assert runs() == [("committed", "as the chief wants", manager.person.id)]
    assert (world.reserved("1", line=1), world.reserved("2", line=1)) == (6, 0)
    assert set_for_six(at(7)) is None, "once a day"
    assert [
        set_for_six(at(6, day=5)),
        set_for_six(at(6, day=6)),
        set_for_six(at(6, day=7)),
    ] == [None, None, "1 committed"], "not on Saturday nor Sunday"
    act = db.session.scalars(select(Act).where(Act.act == "deal-committed").order_by(Act.id)).first()
    assert act is not None
    assert (act.actor_id, act.why) == (manager.person.id, "as the chief wants")
    undo_run(1, why=None, actor=manager.person.id)
    assert list(planning.check()) == []


def test_facts_that_move_before_the_commit_have_it_tried_again_and_then_reported(
    set_for_six: Callable[[datetime], str | None], world: World, manager: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = [2]
    simulate = job.simulate_deals

    def and_somebody_receives() -> None:
        simulate()
        if left[0]:
            left[0] -= 1
            receive(world.po_line("PO-1").id, qty=1, at="MAIN", actor=manager.person.id)

    monkeypatch.setattr(job, "simulate_deals", and_somebody_receives)
    assert set_for_six(at(6)) == "1 committed"
    assert [state for state, _, _ in runs()] == ["simulated", "simulated", "committed"]

    def and_somebody_counts() -> None:
        simulate()
        world.order(f"new {len(runs())}", "CHAIR", 1, placed="2026-03-08")
        world.plan()

    monkeypatch.setattr(job, "simulate_deals", and_somebody_counts)
    assert set_for_six(at(6, day=1)) == "1 not committed"
    assert (kept().tries, len(runs())) == (TRIES, 3 + TRIES)
    assert "moved since it was simulated" in (kept().failure or "")
    assert "Not dealt" in manager.panel("/deals").text
    failed = db.session.scalars(select(Act).where(Act.act == "deal-schedule-failed")).one()
    assert (failed.actor_id, failed.why) == (None, kept().failure)


def test_a_worker_killed_between_two_steps_is_followed_by_the_next_sweep_and_nothing_is_done_twice(
    set_for_six: Callable[[datetime], str | None], world: World, manager: Desk
) -> None:
    running.begin_due(at(6))
    assert set_for_six(at(6.1)) == "1 committed"
    running.begin_due(at(6, day=1))
    job.simulate_deals()
    commit_run(2, reason="as the chief wants", actor=manager.person.id)
    assert set_for_six(at(6.1, day=1)) == "1 committed"
    assert [state for state, _, _ in runs()] == ["committed", "committed"]


def test_paused_it_rests_and_resumed_it_is_the_act_of_who_resumed_it(
    set_for_six: Callable[[datetime], str | None], world: World, manager: Desk, admin: Desk
) -> None:
    pause_schedule(1, why=None, actor=manager.person.id)
    with pytest.raises(DealRefused, match="paused it already"):
        pause_schedule(1, why=None, actor=manager.person.id)
    assert set_for_six(at(7)) is None
    assert "Paused" in manager.panel("/deals").text
    resume_schedule(1, reason="it is over", actor=admin.person.id)
    with pytest.raises(DealRefused, match="not paused"):
        resume_schedule(1, reason="it is over", actor=admin.person.id)
    assert set_for_six(at(8)) is None, "what was due while it rested is not made up for"
    assert set_for_six(at(6, day=1)) == "1 committed"
    assert runs() == [("committed", "it is over", admin.person.id)]


def test_what_was_due_while_nothing_ran_is_left_out_and_said(
    set_for_six: Callable[[datetime], str | None], manager: Desk
) -> None:
    assert set_for_six(at(12)) is None
    assert runs() == []
    assert kept().failure == "Nothing ran at 06:00 nor in the 6 hours after it."
    assert "Nothing ran at 06:00" in manager.panel("/deals").text


def test_a_changed_way_and_a_lost_right_pause_it_and_say_why(
    set_for_six: Callable[[datetime], str | None], manager: Desk, admin: Desk
) -> None:
    outcome = change_variant(
        1, name="Oldest first", scope="", segments=(Segment("", "value", "redistribute"),), actor=admin.person.id
    )
    assert "paused until somebody resumes it" in outcome.notice
    assert kept().paused_by == admin.person.id
    resume_schedule(1, reason="so it shall be", actor=manager.person.id)
    with transaction() as session:
        session.get_one(User, manager.person.id).active = False
    assert set_for_six(at(6)) is None
    assert runs() == []
    assert "may not deal stock out again any more" in (kept().failure or "")
    assert kept().paused_at is not None


def test_a_run_that_cannot_be_simulated_is_reported(
    set_for_six: Callable[[datetime], str | None], manager: Desk
) -> None:
    running.begin_due(at(6))
    with transaction() as session:
        session.get_one(DealRun, 1).scope = "colour=red"
    assert set_for_six(at(6.1)) == "1 not committed"
    assert kept().failure == runs_failure()


def runs_failure() -> str | None:
    return db.session.get_one(DealRun, 1).failure


def test_the_page_says_when_it_runs_next_and_what_came_of_it_last(
    set_for_six: Callable[[datetime], str | None], manager: Desk, viewer: Desk
) -> None:
    text = manager.panel("/deals").text
    assert "Monday to Friday at 06:00" in text
    assert "/deals/variants/1/pauses/new" in text
    assert "/deals/variants/1/pauses/new" not in viewer.panel("/deals").text
    assert "last <a" not in text
    set_for_six(at(6))
    assert re.search(r'last <a href="/deals/1">run 1</a>, committed', manager.panel("/deals").text)
