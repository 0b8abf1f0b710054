"""Where most of what waits changes, PostgreSQL has it written beside itself: the same rows, and nobody is kept out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import URL, Connection, select, text, update

from dashboard import copies, models, planning
from dashboard.actions.customer_erasures.action import erase_customer
from dashboard.actions.delay_notices.action import tell_customers
from dashboard.database import db, transaction
from dashboard.planning import written_aside
from tests.architecture.test_migrations import said_by
from tests.factories import World
from tests.planning.random_shops import fill

RIGHTS = "SELECT grantee, privilege_type FROM pg_class, aclexplode(relacl) WHERE oid = 'waiting'::regclass"
SETTINGS = "SELECT reloptions, relpersistence FROM pg_class WHERE oid = 'waiting'::regclass"


# What a merchant's own reports may have made on the table.
MADE_ON_IT = {
    "a view": "CREATE VIEW backlog AS SELECT sku, qty_backordered FROM waiting",
    "a function": "CREATE FUNCTION backlog() RETURNS SETOF waiting LANGUAGE sql AS 'SELECT * FROM waiting'",
    "a foreign key": "CREATE TABLE seen (line bigint, part smallint, FOREIGN KEY (line, part) REFERENCES waiting)",
    "an index": "CREATE INDEX backlog ON waiting (channel)",
    "a trigger": "CREATE TRIGGER backlog BEFORE UPDATE ON waiting EXECUTE FUNCTION refuse_to_change_history()",
    "a publication": "CREATE PUBLICATION backlog FOR TABLE waiting",
    "statistics": "CREATE STATISTICS backlog ON sku, channel FROM waiting",
    "rights on a column": "GRANT SELECT (sku) ON waiting TO PUBLIC",
}


class NoMore(Exception):
    """Ends a run after its first attempt."""


def no_more(*_: object) -> None:
    raise NoMore


@pytest.fixture
def shop(make_app, postgresql_url, today, monkeypatch) -> Iterator[Flask]:
    """A planned shop whose every waiting row the next plan finds changed."""
    app = make_app(postgresql_url)
    with app.app_context():
        fill(World(), 2, today)
        planning.plan()
        with transaction() as session:
            session.execute(update(models.Waiting).values(digest=0, cause="unknown"))
            session.execute(text("GRANT SELECT ON waiting TO PUBLIC"))
            session.execute(text("ALTER TABLE waiting SET (autovacuum_vacuum_scale_factor = 0.05)"))
        monkeypatch.setattr(planning.writing, "MANY_ROWS", 1)
        monkeypatch.setattr(planning.whole, "MOST_OF_ALL", 0.0)
        yield app


@pytest.fixture
def stranger(shop) -> Iterator[Connection]:
    """Somebody else's connection to the same database."""
    with db.engine.connect() as connection:
        yield connection


def waiting() -> list[tuple]:
    db.session.rollback()
    return [tuple(row) for row in db.session.execute(select(models.Waiting.__table__).order_by("line_id", "part"))]


def address_of_table() -> int:
    return db.session.scalar(text("SELECT 'waiting'::regclass::oid::bigint"))


def test_rows_indexes_constraints_and_rights_are_those_of_a_table_written_row_by_row(shop, monkeypatch):
    declared, rights = said_by(db.engine), set(db.session.execute(text(RIGHTS)))
    settings = db.session.execute(text(SETTINGS)).one()
    with monkeypatch.context() as few:
        few.setattr(planning.writing, "MANY_ROWS", 10**9)
        planning.plan()
    row_by_row, before = waiting(), address_of_table()
    with transaction() as session:
        some = select(models.Waiting.line_id).order_by(models.Waiting.line_id).offset(3)
        changed = update(models.Waiting).where(models.Waiting.line_id.in_(some))
        session.execute(changed.values(digest=0, cause="planned"))

    planning.plan()

    assert address_of_table() != before, "it was written row by row again"
    assert waiting() == row_by_row
    assert said_by(db.engine) == declared
    assert set(db.session.execute(text(RIGHTS))) == rights
    assert db.session.execute(text(SETTINGS)).one() == settings
    assert list(planning.check()) == []


def test_who_reads_meanwhile_has_the_rows_as_they_were_and_then_as_they_are(shop, stranger, monkeypatch):
    seen, put_in_place = [], planning.whole.put_in_place

    def looked_at(connection, table):
        seen.append(stranger.scalar(text("SELECT count(*) FROM waiting WHERE digest = 0")))
        stranger.rollback()
        put_in_place(connection, table)

    monkeypatch.setattr(planning.whole, "put_in_place", looked_at)
    planning.plan()

    assert seen == [len(waiting())]
    assert stranger.scalar(text("SELECT count(*) FROM waiting WHERE digest = 0")) == 0


def test_it_takes_the_place_as_soon_as_a_reader_is_done(shop, stranger, monkeypatch):
    before = address_of_table()
    db.session.rollback()
    stranger.scalar(text("SELECT count(*) FROM waiting"))
    done = threading.Timer(2 * written_aside.PAUSE_SECONDS, stranger.rollback)
    done.start()

    planning.plan()

    done.join()
    assert address_of_table() != before
    assert list(planning.check()) == []


def test_who_reads_without_end_has_it_written_row_by_row_and_nobody_waits_behind(shop, stranger, monkeypatch):
    monkeypatch.setattr(written_aside, "TRIES", 2)
    before = address_of_table()
    db.session.rollback()
    stranger.scalar(text("SELECT count(*) FROM waiting"))
    begun = time.monotonic()

    planning.plan()

    assert time.monotonic() - begun < 30
    assert address_of_table() == before
    assert list(planning.check()) == []


@pytest.mark.parametrize("act", ["a notice", "an erasure"])
def test_an_act_that_waits_for_the_end_of_it_is_not_in_its_way(shop, stranger, monkeypatch, act):
    monkeypatch.setattr(written_aside, "TRIES", 2)
    before, put_in_place = address_of_table(), planning.whole.put_in_place
    order_id, customer_id = db.session.execute(select(models.Waiting.order_id, models.Waiting.customer_id)).first()
    db.session.rollback()

    def acted() -> None:
        with shop.app_context():
            if act == "a notice":
                tell_customers([order_id], keys=[None], actor=None)
            else:
                erase_customer(customer_id, reason="asked for it", although_open=True, actor=None)

    others = threading.Thread(target=acted)

    def overtaken(connection, table):
        others.start()
        for _ in range(100):
            if stranger.scalar(text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")):
                break
            time.sleep(0.1)
        put_in_place(connection, table)

    monkeypatch.setattr(planning.whole, "put_in_place", overtaken)
    planning.plan()
    others.join()

    assert address_of_table() != before
    assert list(planning.check()) == []


def test_a_read_as_of_one_moment_sees_what_waited_then_to_its_end(shop, monkeypatch):
    monkeypatch.setattr(written_aside, "TRIES", 2)
    before, rows = address_of_table(), len(waiting())
    reading = planning.run.snapshot()
    reading.scalar(text("SELECT count(*) FROM orders"))

    def plan() -> None:
        with shop.app_context():
            planning.plan()

    planner = threading.Thread(target=plan)
    planner.start()
    planner.join()

    assert reading.scalar(text("SELECT count(*) FROM waiting")) == rows > 0
    db.session.rollback()
    assert address_of_table() == before


def test_while_a_copy_is_made_every_table_stays(shop, tmp_path, monkeypatch):
    monkeypatch.setattr(written_aside, "TRIES", 2)
    before = address_of_table()
    db.session.rollback()

    def dumped(program: str, url: URL, *words: str) -> None:
        planning.plan()
        Path(words[-1].partition("=")[2]).touch()

    monkeypatch.setattr(copies, "_run", dumped)
    copies.dump_postgresql(db.engine.url, tmp_path / "desk.dump")

    assert address_of_table() == before
    assert list(planning.check()) == []


def test_a_copy_may_take_longer_than_others_may_be_idle(shop, tmp_path, monkeypatch):
    def dumped(program: str, url: URL, *words: str) -> None:
        time.sleep(0.5)
        Path(words[-1].partition("=")[2]).touch()

    monkeypatch.setattr(copies, "_run", dumped)
    impatient = db.engine.url.update_query_dict({"options": "-c idle_in_transaction_session_timeout=100"})

    copies.dump_postgresql(impatient, tmp_path / "desk.dump")

    assert (tmp_path / "desk.dump").exists()


def test_who_does_not_own_the_table_writes_it_row_by_row(shop):
    before = address_of_table()
    role = f"somebody_{before}"
    with transaction() as session:
        session.execute(text(f"CREATE ROLE {role}"))
        session.execute(text(f"ALTER TABLE waiting OWNER TO {role}"))
    try:
        planning.plan()
        assert address_of_table() == before
        assert list(planning.check()) == []
    finally:
        with transaction() as session:
            session.execute(text("ALTER TABLE waiting OWNER TO CURRENT_USER"))
            session.execute(text(f"DROP ROLE {role}"))


@pytest.mark.parametrize("made", MADE_ON_IT)
def test_what_somebody_else_made_on_the_table_stays_and_it_is_written_row_by_row(shop, made):
    before = address_of_table()
    with transaction() as session:
        session.execute(text(MADE_ON_IT[made]))
        if made == "a trigger":  # which refuses every change, were it to fire
            session.execute(text("ALTER TABLE waiting DISABLE TRIGGER backlog"))

    planning.plan()

    assert address_of_table() == before
    assert list(planning.check()) == []


@pytest.mark.parametrize("moment", ["made_beside", "build_indexes", "put_in_place"])
def test_a_run_that_is_killed_leaves_the_table_as_it_was_and_nothing_beside_it(shop, stranger, monkeypatch, moment):
    place = planning.whole if moment == "put_in_place" else planning.writing
    its_own = getattr(place, moment)
    before, rows = address_of_table(), waiting()
    db.session.rollback()

    def killed(connection, table):
        its_own(connection, table)
        process = connection.scalar(text("SELECT pg_backend_pid()"))
        stranger.scalar(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
        stranger.rollback()
        connection.scalar(text("SELECT 1"))

    monkeypatch.setattr(place, moment, killed)
    monkeypatch.setattr(planning.run, "FREE_ATTEMPTS", 1)
    monkeypatch.setattr(planning.run, "plan_alone", no_more)  # what the desk does next is another test's
    with pytest.raises(NoMore):
        planning.plan()

    assert stranger.scalar(text("SELECT to_regclass('waiting_anew') IS NULL"))
    assert (address_of_table(), waiting()) == (before, rows)


def test_an_act_that_plans_everything_keeps_no_reader_out(shop, stranger):
    with transaction():
        planning.plan()
        stranger.execute(text("SET lock_timeout = 1000"))
        assert stranger.scalar(text("SELECT count(*) FROM waiting")) > 0
