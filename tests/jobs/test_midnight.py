"""Another day for the shop: what depends on today is worked out anew, and nothing else is touched."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from dashboard import clock, models, planning
from dashboard.database import db, transaction
from dashboard.domain.aging import WAITING_LINES
from dashboard.intake import loads
from dashboard.jobs import catch_up as job
from dashboard.jobs.catch_up import catch_up
from dashboard.jobs.queue import start_worker
from dashboard.jobs.table import claim
from dashboard.panels.aging.queries import bucket_figures
from dashboard.panels.filters import Selection
from dashboard.planning.state import PLANNING_LOCK
from tests.factories import World
from tests.planning.random_shops import MANY_SKUS, fill
from tests.planning.test_increments import Clerk, post
from tests.shops import filled_once

ONE_DAY, A_SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def pin(app: Flask) -> Callable[[date], None]:
    """Pins the shop's day to another one, as a restart with another BUSINESS_DATE would."""

    def pin(day: date) -> None:
        app.config["BUSINESS_DATE"] = day

    return pin


@filled_once
def shop(world: World) -> None:
    """A shop in which every kind of thing crosses a day within the next three."""
    world.card("PM", customer="of 5", month=3, year=2026)
    world.past_receipts("S", "CHAIR", [1, 2, 3, 4, 5, 6, 7], before="2026-02-01")
    world.purchase_order("SOON", "CHAIR", 4, supplier="S", expected="2026-03-13")  # overdue from the 14th
    world.purchase_order("LATE", "LAMP", 4, supplier="NOBODY KNOWS", expected="2026-03-14")
    world.purchase_order("FAR", "LAMP", 9, supplier="S", expected="2026-04-20")
    for age in (0, 5, 7, 12, 14, 28, 30, 58, 60, 90):
        placed = date(2026, 3, 12) - timedelta(days=age)
        world.order(f"{age}", "CHAIR" if age % 2 else "LAMP", 2, placed=placed, customer=f"of {age}")
    world.order("of two", lines=[("CHAIR", 1), ("LAMP", 1)], placed="2026-03-05", customer="D", ship_complete=True)
    world.plan()


def planned_for() -> date | None:
    db.session.rollback()
    return db.session.scalar(sa.select(models.PlanState.shop_day))


def evenings() -> dict[str, int]:
    """How many lines waited at the end of each day, as the desk keeps it."""
    db.session.rollback()
    figure = models.DailySnapshot
    found = db.session.execute(sa.select(figure.day, figure.amount).where(figure.figure == WAITING_LINES))
    return {day.isoformat(): amount for day, amount in found}


def findings() -> list[str]:
    db.session.rollback()
    return list(planning.check())


def earliest_eta() -> date | None:
    return db.session.scalar(sa.select(sa.func.min(models.Waiting.eta)))


def customers_by_age(today: date) -> dict[str, int]:
    """As the panel says it."""
    db.session.rollback()
    return {figure.bucket.key: figure.customers for figure in bucket_figures(db.session(), Selection(), today)}


@contextmanager
def written_rows(table: str) -> Iterator[list[int]]:
    """The ids of the lines of which a row of a table is written meanwhile, even if it is the same again."""
    db.session.rollback()
    is_sqlite = db.engine.dialect.name == "sqlite"
    find = f"SELECT line_id, part FROM {table}_written" if is_sqlite else f"SELECT line_id, part, xmin FROM {table}"
    with db.engine.begin() as connection:
        if is_sqlite:
            connection.exec_driver_sql(f"CREATE TABLE {table}_written (line_id, part)")
            for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {table}_{event} AFTER {event} ON {table} BEGIN "
                    f"INSERT INTO {table}_written VALUES ({row}.line_id, {row}.part); END"
                )
        before = {tuple(row) for row in connection.exec_driver_sql(find)}
    lines: list[int] = []
    yield lines
    with db.engine.begin() as connection:
        lines += sorted({line_id for line_id, *_ in before ^ {tuple(row) for row in connection.exec_driver_sql(find)}})


# The shop's day, pinned.


def test_on_the_same_day_there_is_nothing_to_catch_up_with(shop):
    assert catch_up() is None


def test_a_machine_that_was_off_for_three_days_catches_up(shop, pin, today):
    assert evenings() == {"2026-03-12": 12}
    assert customers_by_age(today) == {"0-7": 4, "8-14": 2, "15-30": 2, "31-60": 2, "61+": 1}
    later = today + 3 * ONE_DAY
    pin(later)

    assert catch_up().startswith("planned for 2026-03-15, ")

    assert planned_for() == later
    assert findings() == []
    assert evenings() == {"2026-03-12": 12, "2026-03-13": 12, "2026-03-14": 12, "2026-03-15": 12}
    assert earliest_eta() >= later
    # SOON is two days late; those of its supplier's that were later came five days late in the middle.
    assert (shop.waiting("7").eta, shop.waiting("7").eta_basis) == (date(2026, 3, 18), "late-estimate")
    assert (shop.waiting("28").eta_basis, shop.waiting("28").cause) == ("late", "supplier-late")
    # 5 and twice 7 days became 8 and 10; 12 and 14 became 15 and 17; 28 and 30, 31 and 33; 58 and 60, 61 and 63.
    assert customers_by_age(later) == {"0-7": 1, "8-14": 3, "15-30": 2, "31-60": 2, "61+": 3}
    assert catch_up() is None


def test_nothing_is_planned_by_the_clock_before_there_is_a_plan(world, pin, today):
    pin(today + ONE_DAY)
    assert catch_up() is None
    assert planned_for() is None


def test_each_evening_has_its_own_figure(shop, pin, today):
    for days, cancelled in enumerate(("0", "5"), start=1):
        post([shop.line(cancelled).sku_id], lambda number=cancelled: shop.cancel(number))
        pin(today + days * ONE_DAY)
        catch_up()
    assert evenings() == {"2026-03-12": 11, "2026-03-13": 10, "2026-03-14": 10}
    assert findings() == []


def test_a_desk_that_is_pinned_to_an_older_day_goes_back(shop, pin, today):
    pin(today + 9 * ONE_DAY)
    catch_up()
    pin(today)
    assert catch_up() is not None
    assert planned_for() == today
    assert findings() == []
    assert customers_by_age(today) == {"0-7": 4, "8-14": 2, "15-30": 2, "31-60": 2, "61+": 1}


# What a new day touches.


def test_where_nothing_crosses_a_day_no_row_is_written(world, pin, today):
    world.purchase_order("PO", "CHAIR", 9, expected="2026-06-01")
    for number in "123":
        world.order(number, "CHAIR", 3, placed="2026-03-10", promised="2026-06-10")
    world.stock("LAMP", 1)
    world.order("4", "LAMP", 2, placed="2026-03-10", promised="2026-06-10")
    world.plan()
    pin(today + ONE_DAY)
    with written_rows("waiting") as waiting, written_rows("line_plans") as line_plans, written_rows("pegs") as pegs:
        assert catch_up() == "planned for 2026-03-13, 0 lines changed"
    assert (waiting, line_plans, pegs) == ([], [], [])
    assert findings() == []


def test_only_the_line_that_crosses_a_day_is_written(world, pin, today):
    world.purchase_order("DUE", "CHAIR", 3, expected=today)
    world.purchase_order("LATER", "LAMP", 3, expected="2026-06-01")
    world.order("crosses", "CHAIR", 3, placed="2026-03-10", promised="2026-06-10")
    world.order("stays", "LAMP", 3, placed="2026-03-10", promised="2026-06-10")
    world.order("waits for nothing", "RUG", 3, placed="2026-03-10", promised="2026-06-10")
    world.plan()
    assert world.waiting("crosses").eta == today
    pin(today + ONE_DAY)
    with written_rows("waiting") as waiting:
        assert catch_up() == "planned for 2026-03-13, 1 lines changed"
    assert waiting == [world.line("crosses").id]
    assert (world.waiting("crosses").eta, world.waiting("crosses").eta_basis) == (None, "late")


# Acts between midnight and the catching up.


def test_an_act_after_midnight_leaves_all_as_right_as_if_it_had_waited(shop, pin, today):
    pin(today + 3 * ONE_DAY)
    post([shop.line("60").sku_id], lambda: shop.cancel("60"))
    assert planned_for() == today, "only some lines were planned for the new day"

    assert catch_up() is not None

    assert findings() == []
    assert evenings() == {"2026-03-12": 12, "2026-03-13": 12, "2026-03-14": 12, "2026-03-15": 11}
    assert customers_by_age(clock.today()) == {"0-7": 1, "8-14": 3, "15-30": 2, "31-60": 2, "61+": 2}


def test_an_act_after_midnight_that_history_learns_from_plans_the_new_day_whole(shop, pin, today):
    pin(today + 3 * ONE_DAY)
    with transaction():
        planning.keep_still([shop.line("0").sku_id])
        shop.order("new", "LAMP", 1, placed=today + 2 * ONE_DAY)
        planning.replan([shop.line("0").sku_id], history=True)
    assert planned_for() == today + 3 * ONE_DAY
    assert catch_up() is None
    assert findings() == []
    assert evenings() == {"2026-03-12": 12, "2026-03-13": 12, "2026-03-14": 12, "2026-03-15": 13}


SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(1, 40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_days_and_acts_in_any_mixture_end_in_what_the_facts_say(world, pin, today, seed):
    chance = random.Random(seed)
    fill(world, seed, today, orders=45, skus=MANY_SKUS)
    world.plan()
    for _ in range(6):
        today += chance.randint(0, 9) * ONE_DAY
        pin(today)
        clerk = Clerk(chance, today)
        for _ in range(chance.randint(0, 3)):
            clerk.post_any()
        catch_up()
        assert findings() == []
        assert earliest_eta() is None or earliest_eta() >= today
    first, last = min(evenings()), max(evenings())
    assert len(evenings()) == (date.fromisoformat(last) - date.fromisoformat(first)).days + 1, "no evening is missing"


# The shop's day by the real clock.

BEGINNINGS = (
    # zone, a day, and when it begins; offset and length of the day before differ
    ("America/New_York", date(2026, 3, 12), datetime(2026, 3, 12, 4, tzinfo=UTC)),
    ("America/New_York", date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC)),  # the day of 23 hours begins
    ("America/New_York", date(2026, 3, 9), datetime(2026, 3, 9, 4, tzinfo=UTC)),  # and is over
    ("America/New_York", date(2026, 11, 2), datetime(2026, 11, 2, 5, tzinfo=UTC)),  # after one of 25 hours
    ("Pacific/Auckland", date(2026, 3, 12), datetime(2026, 3, 11, 11, tzinfo=UTC)),
    ("Pacific/Auckland", date(2026, 4, 6), datetime(2026, 4, 5, 12, tzinfo=UTC)),  # after one of 25 hours
    ("Pacific/Auckland", date(2026, 9, 28), datetime(2026, 9, 27, 11, tzinfo=UTC)),  # after one of 23 hours
    ("Africa/Cairo", date(2026, 4, 24), datetime(2026, 4, 23, 22, tzinfo=UTC)),  # it begins at one in the morning
)


@pytest.mark.parametrize(("zone", "day", "begins"), BEGINNINGS, ids=lambda part: str(part))
def test_the_day_turns_at_the_shops_own_midnight(make_app, database_url, monkeypatch, zone, day, begins):
    app = make_app(database_url, SHOP_TIMEZONE=zone, BUSINESS_DATE=None)
    yesterday = day - ONE_DAY
    monkeypatch.setattr(clock, "real_now", lambda: begins - timedelta(hours=6))
    with app.app_context():
        world = World()
        world.purchase_order("PO", "CHAIR", 1, expected=yesterday, ordered=yesterday - 30 * ONE_DAY)
        world.order("1", "CHAIR", 1, placed=yesterday - 7 * ONE_DAY)
        world.order("in the last hour", "CHAIR", 1, placed=datetime.combine(yesterday, datetime.min.time()))
        world.plan()
        assert (planned_for(), world.waiting("1").eta) == (yesterday, yesterday)

        monkeypatch.setattr(clock, "real_now", lambda: begins - A_SECOND)
        assert catch_up() is None
        assert findings() == []

        monkeypatch.setattr(clock, "real_now", lambda: begins)
        assert catch_up() is not None
        assert planned_for() == day
        assert findings() == []
        assert world.waiting("1").eta is None
        assert customers_by_age(day) == {"0-7": 1, "8-14": 1, "15-30": 0, "31-60": 0, "61+": 0}
        assert evenings() == {yesterday.isoformat(): 2, day.isoformat(): 2}
        assert catch_up() is None


def test_three_days_off_by_the_real_clock(make_app, database_url, monkeypatch):
    app = make_app(database_url, SHOP_TIMEZONE="America/New_York", BUSINESS_DATE=None)
    off = datetime(2026, 3, 7, 2, tzinfo=UTC)  # Friday evening in New York; the clocks change on Sunday
    monkeypatch.setattr(clock, "real_now", lambda: off)
    with app.app_context():
        world = World()
        world.order("1", "CHAIR", 1, placed="2026-03-01")
        world.plan()
        monkeypatch.setattr(clock, "real_now", lambda: off + 3 * ONE_DAY)
        assert catch_up() is not None
        assert evenings() == {f"2026-03-{day:02}": 1 for day in (6, 7, 8, 9)}
        assert findings() == []


@pytest.mark.parametrize("looks", range(1, 9))
def test_midnight_in_the_midst_of_a_run_leaves_nothing_half(make_app, database_url, monkeypatch, looks):
    """The clock is looked at several times in a run; midnight may pass between any two of them."""
    app = make_app(database_url, BUSINESS_DATE=None)
    midnight = datetime(2026, 3, 13, tzinfo=UTC)
    monkeypatch.setattr(clock, "real_now", lambda: midnight - ONE_DAY)
    with app.app_context():
        world = World()
        world.purchase_order("PO", "CHAIR", 1, expected="2026-03-12")
        world.order("1", "CHAIR", 1, placed="2026-03-05")
        world.order("2", "LAMP", 1, placed="2026-03-05")
        world.plan()
        world.cancel("2")
        seen = iter(range(10_000))
        monkeypatch.setattr(clock, "real_now", lambda: midnight + (next(seen) - looks) * A_SECOND)
        world.plan()
        monkeypatch.setattr(clock, "real_now", lambda: midnight + ONE_DAY / 2)
        catch_up()
        assert planned_for() == date(2026, 3, 13)
        assert findings() == []
        assert evenings()["2026-03-13"] == 1


# What somebody left unplanned.


def test_what_a_killed_load_left_is_planned_once_it_is_sure_that_nobody_will(shop, monkeypatch):
    shop.order("left", "RUG", 1, placed="2026-03-11")  # committed, and then nobody planned it
    assert catch_up() is None, "a load that is under way plans at its end"
    assert shop.waiting("left") is None

    monkeypatch.setattr(job, "QUIET_SECONDS", 0)
    assert catch_up() == "planned for 2026-03-12, 1 lines changed"

    assert shop.waiting("left") is not None
    assert findings() == []
    assert catch_up() is None


def test_a_load_that_is_under_way_is_left_alone(shop, monkeypatch):
    monkeypatch.setattr(job, "QUIET_SECONDS", 0.05)
    for number in range(4):
        shop.order(f"piece {number}", "RUG", 1, placed="2026-03-11")
        time.sleep(0.06)
        assert catch_up() is None, "more came in since the last look"
    time.sleep(0.06)
    assert catch_up() == "planned for 2026-03-12, 4 lines changed"


def test_a_load_that_is_heard_of_plans_by_itself_but_does_not_hold_up_the_day(shop, monkeypatch, pin):
    monkeypatch.setattr(job, "QUIET_SECONDS", 0)
    load = loads.announce("kit", format="kit", dry_run=False)
    assert loads.claim(load)
    shop.order("left", "RUG", 1, placed="2026-03-11")
    assert catch_up() is None
    assert catch_up() is None
    pin(date(2026, 3, 13))
    assert catch_up().startswith("planned for 2026-03-13")
    shop.order("left since", "RUG", 1, placed="2026-03-11")
    assert catch_up() is None
    loads.close(load, "failed")
    assert catch_up() == "planned for 2026-03-13, 1 lines changed"


# Several at once.


def test_the_day_turns_once_however_many_runs_begin_with_it(make_app, postgresql_url, today):
    app = make_app(postgresql_url)
    with app.app_context():
        world = World()
        world.purchase_order("PO", "CHAIR", 3, expected="2026-06-01")
        world.order("1", "CHAIR", 3, placed=today - 7 * ONE_DAY, promised="2026-06-10")
        world.plan()
        app.config["BUSINESS_DATE"] = today + ONE_DAY

        def run(_: int) -> None:
            with app.app_context():
                planning.plan()

        with ThreadPoolExecutor(4) as planners:
            with db.engine.begin() as holding:  # until all of them stand before the same door
                holding.execute(sa.select(sa.func.pg_advisory_xact_lock(PLANNING_LOCK)))
                runs = planners.map(run, range(4))
                waiting = sa.text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                until = time.monotonic() + 20
                while holding.scalar(waiting) < 4 and time.monotonic() < until:
                    time.sleep(0.02)
                assert holding.scalar(waiting) == 4
            assert len(list(runs)) == 4
        assert planned_for() == today + ONE_DAY
        assert findings() == []
        assert customers_by_age(today + ONE_DAY)["8-14"] == 1


def test_of_several_workers_one_catches_up(make_app, postgresql_url, today):
    app = make_app(postgresql_url)
    with app.app_context():
        world = World()
        world.order("1", "CHAIR", 3, placed=today)
        world.plan()
        app.config["BUSINESS_DATE"] = today + ONE_DAY
        with db.engine.connect() as another:
            another.execute(sa.select(sa.func.pg_advisory_lock(job.CATCHING_UP_LOCK)))
            assert catch_up() is None
            another.execute(sa.select(sa.func.pg_advisory_unlock(job.CATCHING_UP_LOCK)))
        assert catch_up() is not None
        assert findings() == []


def test_what_a_worker_missed_while_it_was_off_it_does_at_once(app, shop, pin, today):
    pin(today + ONE_DAY)
    assert claim("catch_up", int(time.time()) // 60 + 1)  # so that no sweep does it meanwhile
    worker = start_worker(app)
    try:
        wait_for(lambda: planned_for() == today + ONE_DAY)
    finally:
        worker.stop(graceful=True)
    assert findings() == []


def test_many_who_ask_wake_a_job_once(app):
    queue = app.extensions["queue"]
    assert [queue.ask_for("catch_up") for _ in range(5)] == [True, False, False, False, False]
    assert queue.open().pending_count() == 1


def wait_for(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not done():
        assert time.monotonic() < until, "it has not happened in 20 seconds"
        time.sleep(0.05)
