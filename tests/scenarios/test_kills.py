"""A process is killed at any moment of its work: what it had said is there, and what is there is right."""

from __future__ import annotations

import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import make_url

from dashboard import models, planning
from dashboard.database import db
from tests.conftest import SECRET_KEY
from tests.factories import World
from tests.scenarios.hands import faults, open_shop, unknown_to_history
from tests.scenarios.killed import LINES_OF_A_LOADED_ORDER, Done, work

KILLS = 2  # of each shop, one process after the other
AT_ONCE = 3  # processes that work side by side
LONGEST_LIFE_SECONDS = 0.5  # after the first thing that each of them said
PATIENCE_SECONDS = 60
DOOMED = "doomed"  # by this name PostgreSQL knows the connections of a process that is to be killed

SEEDS = [0, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(1, 22))]

# A server that has all modules and forks from there: a process that begins with the import of everything takes seconds.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.scenarios.killed"])

Kill = Callable[..., list[Done]]


@pytest.fixture(scope="module")
def killed(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """How many processes were killed on each database, told when all are."""
    count: Counter[str] = Counter()
    yield count
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        sys.stderr.write("".join(f"\n{kills} processes killed on {name}" for name, kills in count.items()) + "\n")


@pytest.fixture
def kill_at_work(database_url: str, today: date, tmp_path: Path, killed: Counter[str]) -> Kill:
    """Lets processes work and kills them at any moment; what they had said until then."""

    def kill(what: str, *seeds: int, meanwhile: Callable[[], object] = lambda: None) -> list[Done]:
        settings = {
            "DATABASE_URL": _known_as_doomed(database_url),
            "SECRET_KEY": SECRET_KEY,
            "BUSINESS_DATE": today,
            "RATE_LIMITS": False,
        }
        with ExitStack() as at_work:
            all_said = []
            for seed in seeds:
                folder = tmp_path / f"{what}-{seed}"
                folder.mkdir()
                all_said.append(at_work.enter_context(_working(settings, what, seed, folder)))
            for said in all_said:
                assert said.poll(PATIENCE_SECONDS), "it never did anything"
            end = time.monotonic() + random.Random(seeds[0]).uniform(0, LONGEST_LIFE_SECONDS)
            meanwhile()
            time.sleep(max(0, end - time.monotonic()))
        killed[db.engine.dialect.name] += len(seeds)
        _wait_until_the_database_knows()
        return [done for said in all_said for done in _heard(said)]

    return kill


@contextmanager
def _working(settings: dict[str, object], what: str, seed: int, folder: Path) -> Iterator[Connection]:
    said, says = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=work, args=(settings, what, seed, folder, says), daemon=True)
    process.start()
    says.close()
    try:
        yield said
        assert process.is_alive(), "it ended by itself"
    finally:
        process.kill()
        process.join(PATIENCE_SECONDS)


def _heard(said: Connection) -> Iterator[Done]:
    """Everything that was said; what was cut off in the middle of a word was not."""
    while True:
        try:
            yield said.recv()
        except (EOFError, OSError):
            return


def _known_as_doomed(database_url: str) -> str:
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        url = url.update_query_dict({"application_name": DOOMED})
    return url.render_as_string(hide_password=False)


def _wait_until_the_database_knows() -> None:
    """PostgreSQL ends the statement that a killed client had begun, a commit included, before it looks for more."""
    if db.engine.dialect.name != "postgresql":
        return
    there = sa.text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
    for _ in range(PATIENCE_SECONDS * 100):
        db.session.rollback()
        if not db.session.scalar(there, {"name": DOOMED}):
            return
        time.sleep(0.01)
    raise AssertionError("the database still works for a process that is gone")


def _orders_that_are_not_whole(numbers: set[str]) -> set[str]:
    """Of these orders, those that are not there with all their lines, and any other that is there in part."""
    db.session.rollback()
    line, order = models.OrderLine, models.Order
    counted = db.session.execute(
        sa.select(order.number, sa.func.count(line.id))
        .outerjoin(line, line.order_id == order.id)
        .where(order.number.like("%-%"))
        .group_by(order.number)
    )
    lines = dict(iter(counted))
    partly = {number for number, count in lines.items() if count != LINES_OF_A_LOADED_ORDER}
    return (numbers - lines.keys()) | partly


@pytest.mark.parametrize("seed", SEEDS)
def test_acts_that_were_acknowledged_outlive_a_kill_and_leave_nothing_to_plan(
    world: World, kill_at_work: Kill, seed: int
) -> None:
    open_shop(world, random.Random(seed), orders=40)
    done: set[str] = set()
    for kill in range(KILLS):
        done |= {key for _, key in kill_at_work("acts", seed * KILLS + kill)}
        assert list(faults()) == []
        assert list(planning.check()) == []
        assert unknown_to_history(done) == set()
        # Of each process one act more than it said may be saved: the kill came before the word.
        assert _acts_in_history() - len(done) in range(kill + 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_processes_that_are_killed_together_leave_what_each_had_said_and_a_right_plan(
    world: World, kill_at_work: Kill, seed: int
) -> None:
    open_shop(world, random.Random(seed), orders=40)
    said = kill_at_work("acts", *range(seed * AT_ONCE, (seed + 1) * AT_ONCE), meanwhile=planning.plan)
    assert list(faults()) == []
    assert list(planning.check()) == []
    assert unknown_to_history({key for _, key in said}) == set()
    assert _acts_in_history() - len(said) in range(AT_ONCE + 1)


@pytest.mark.parametrize(
    "what", ["everything", *(pytest.param(what, marks=pytest.mark.deep) for what in ("loads", "plans"))]
)
@pytest.mark.parametrize("seed", SEEDS)
def test_loads_and_plans_that_are_killed_leave_whole_orders_and_the_next_plan_is_right(
    world: World, kill_at_work: Kill, what: str, seed: int
) -> None:
    open_shop(world, random.Random(seed))
    done: set[Done] = set()
    for kill in range(KILLS):
        done |= set(kill_at_work(what, seed * KILLS + kill))
        assert _orders_that_are_not_whole({key for kind, key in done if kind == "order"}) == set()
        assert unknown_to_history({key for kind, key in done if kind == "act"}) == set()
        planning.plan()
        assert list(faults(files_count=True)) == []
        assert list(planning.check()) == []


def _acts_in_history() -> int:
    sent = db.session.scalar(sa.select(sa.func.count(models.Submission.key)))
    db.session.rollback()
    return int(sent or 0)
