"""What `make run` starts: which database, on which address, and how it ends."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa

from dashboard import config, serving
from dashboard.cli import serve
from dashboard.copies import COPIES_KEPT, copy_before_change, copy_sqlite
from dashboard.database import transaction
from tests.served import STARTED_WITHIN, Served

ENDED_WITHIN = 15  # one, on such a machine; thirty, where a connection that stands open is waited for


@pytest.fixture
def served() -> Iterator[list[Served]]:
    """Whatever a test serves ends with it."""
    running: list[Served] = []
    yield running
    for one in running:
        if one.process.poll() is None:
            os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait()
        one.process.stdout.close()


def test_a_desk_starts_says_where_it_is_and_ctrl_c_ends_all_of_it(served, sqlite_url):
    desk = Served(DATABASE_URL=sqlite_url)
    served.append(desk)
    desk.wait_until_ready()
    family = [psutil.Process(desk.process.pid), *psutil.Process(desk.process.pid).children(recursive=True)]
    assert len(family) == 2
    status, page = desk.get("/sign-in")
    assert (status, "Demo sign-ins" in page) == (200, False)
    assert desk.interrupt() < ENDED_WITHIN
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in family)
    said = desk.said()
    assert f"Backorder Desk: http://127.0.0.1:{desk.port}" in said
    assert "Nobody can sign in yet: .venv/bin/flask users add" in said
    assert "Traceback" not in said


def test_a_pulse_on_an_open_connection_is_answered_without_a_thread_and_all_else_as_ever(served, sqlite_url):
    desk = Served(DATABASE_URL=sqlite_url)
    served.append(desk)
    desk.wait_until_ready()
    connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=10)

    def ask(path: str) -> tuple[int, bytes, str | None]:
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
        except ConnectionError:  # an open connection is closed when nobody asks for two seconds
            connection.close()
            return ask(path)
        return answer.status, answer.read(), answer.getheader("Server")

    asked = [ask("/pulse?none") for _ in range(20)]
    assert {answer[:2] for answer in asked} == {(200, b"{}")}
    assert asked[0][2] == "gunicorn", "a new connection, whose headers a thread reads"
    assert None in {server for _, _, server in asked}
    assert ask("/healthz")[::2] == (200, "gunicorn")
    # More than one question at once: neither is left without an answer.
    connection.sock.sendall(
        b"GET /pulse?none HTTP/1.1\r\nHost: desk\r\n\r\n"
        b"GET /healthz HTTP/1.1\r\nHost: desk\r\nConnection: close\r\n\r\n"
    )
    said = b"".join(iter(lambda: connection.sock.recv(4096), b""))
    assert said.count(b"HTTP/1.1 200 ") == 2
    assert b"alive" in said
    connection.close()


def test_a_port_in_use_is_one_sentence(served, sqlite_url):
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        desk = Served(DATABASE_URL=sqlite_url, PORT=str(port))
        served.append(desk)
        assert desk.process.wait(timeout=STARTED_WITHIN) == 1
    assert (
        desk.said() == f"Port {port} of 127.0.0.1 cannot be used (Address already in use); set PORT to another one.\n"
    )


def test_a_wrong_setting_is_one_sentence_that_names_it(served, sqlite_url):
    desk = Served(DATABASE_URL=sqlite_url, SHOP_TIMEZONE="Mars")
    served.append(desk)
    assert desk.process.wait(timeout=STARTED_WITHIN) == 2
    assert desk.said() == "SHOP_TIMEZONE: 'Mars' is no time zone; write for example Europe/Vienna.\n"


def test_a_database_that_does_not_answer_is_one_sentence(served):
    desk = Served(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none")
    served.append(desk)
    assert desk.process.wait(timeout=STARTED_WITHIN) == 1
    said = desk.said()
    assert said.startswith("The database of DATABASE_URL cannot be used:")
    assert said.count("\n") == 1


def test_a_file_that_is_no_database_is_one_sentence(served, tmp_path):
    file = tmp_path / "desk.sqlite3"
    file.write_text("These are my notes, thank you for asking.\n" * 100)
    desk = Served(DATABASE_URL=f"sqlite:///{file}")
    served.append(desk)
    assert desk.process.wait(timeout=STARTED_WITHIN) == 1
    assert "file is not a database" in desk.said()


@pytest.fixture
def instance(tmp_path, monkeypatch) -> Path:
    """An empty folder in the place of instance/."""
    monkeypatch.setattr(config, "INSTANCE", tmp_path)
    monkeypatch.setattr(config, "OWN_DATABASE", tmp_path / "desk.sqlite3")
    monkeypatch.setattr(config, "DEMO_DATABASE", tmp_path / "demo.sqlite3")
    return tmp_path


def test_a_database_that_somebody_named_is_served(instance, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{instance}/named.sqlite3")
    assert serve.choose_database() == {"DATABASE_URL": f"sqlite:///{instance}/named.sqlite3"}


def test_else_the_own_database_if_somebody_made_it(instance, migrated_sqlite):
    shutil.copyfile(migrated_sqlite, instance / "desk.sqlite3")
    assert serve.choose_database() == {"DATABASE_URL": f"sqlite:///{instance}/desk.sqlite3"}


def test_else_the_demo(instance):
    assert serve.choose_database() == {}


def test_a_file_that_a_command_left_by_looking_is_no_database_of_ones_own(instance, make_app):
    looked = make_app(f"sqlite:///{instance}/desk.sqlite3").test_cli_runner().invoke(args=["users", "list"])
    assert looked.exit_code == 1
    assert (instance / "desk.sqlite3").exists()
    assert serve.choose_database() == {}


@pytest.mark.usefixtures("small_is_tiny")
def test_the_demo_is_built_once_and_a_half_built_one_is_begun_anew(instance, capsys):
    demo = instance / "demo.sqlite3"
    (instance / "demo.building.sqlite3").write_text("cut off by a kill")
    serve.build_demo(demo)
    with closing(sqlite3.connect(demo)) as built:
        assert built.execute("SELECT count(*) FROM waiting").fetchone()[0] > 0
        assert built.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert sorted(path.name for path in instance.iterdir() if "building" in path.name) == []
    before = demo.stat()
    serve.build_demo(demo)
    assert demo.stat() == before


def test_a_file_at_the_newest_migration_is_not_copied(instance, sqlite_url, make_app):
    said: list[str] = []
    serving.bring_up_to_date(make_app(sqlite_url), say=said.append)
    assert said == []


def test_a_file_of_a_later_version_is_refused_and_kept(sqlite_url, make_app):
    file = sqlite_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file, isolation_level=None)) as desk:
        desk.execute("UPDATE alembic_version SET version_num = 'from the future'")
    with pytest.raises(serving.CannotServe, match="belongs to a later version"):
        serving.bring_up_to_date(make_app(sqlite_url), say=lambda line: None)


@pytest.mark.parametrize("begin", ["serve", "worker"])
def test_a_postgresql_of_a_later_version_is_refused_in_words(postgresql_url, make_app, begin):
    app = make_app(postgresql_url)
    with app.app_context():
        with transaction() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = 'from the future'"))
        start = serving.refuse_another_migration
        if begin == "serve":
            start = partial(serving.bring_up_to_date, app, say=lambda line: None)
        with pytest.raises(serving.CannotServe, match="belongs to a later version"):
            start()


def test_a_worker_refuses_a_database_that_is_not_up_to_date(tmp_path, make_app):
    app = make_app(f"sqlite:///{tmp_path}/empty.sqlite3")
    told = app.test_cli_runner().invoke(args=["worker"])
    assert told.exit_code == 1
    assert "run flask db upgrade first" in told.output


def test_a_copy_is_whole_while_somebody_writes(tmp_path, sqlite_url):
    source, target = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "copies" / "copy.sqlite3"
    with closing(sqlite3.connect(source, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO locations (code) VALUES ('half written')")
        copy_sqlite(source, target)
        writer.execute("ROLLBACK")
    with closing(sqlite3.connect(target)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM locations").fetchone() == (0,)


def test_only_the_newest_copies_are_kept(tmp_path, sqlite_url):
    source, folder = Path(sqlite_url.removeprefix("sqlite:///")), tmp_path / "copies"
    began = datetime(2026, 3, 12, tzinfo=UTC)
    for second in range(COPIES_KEPT + 2):
        newest = copy_before_change(source, folder=folder, at=began.replace(second=second))
    assert len(list(folder.iterdir())) == COPIES_KEPT
    assert newest.exists()
