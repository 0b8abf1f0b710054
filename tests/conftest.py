"""The ground that every test stands on: databases, an app whose day is pinned, people who are signed in."""

from __future__ import annotations

import gc
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import Context
from datetime import date
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from flask import Flask, session
from flask.testing import FlaskClient
from flask_migrate import upgrade
from flask_wtf.csrf import generate_csrf
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Connection, create_engine, make_url
from werkzeug.test import TestResponse

from dashboard import config, create_app, models
from dashboard.config import SETTINGS
from dashboard.database import db, transaction
from tests.factories import World
from tests.lent import LentApp
from tests.postgresql import memory_folder, running
from tests.shops import Fill, fill_of

TODAY = date(2026, 3, 12)  # a Thursday; no clock changes near it
DATABASES = ("sqlite", "postgresql")
TEMPLATE = "migrated"
# Hashing is slow on purpose, a fifth of a second a password; tests need not wait for it.
QUICK_HASHING = {"argon2__rounds": 1, "argon2__memory_cost": 8, "argon2__parallelism": 1}
SECRET_KEY = "nothing that a test signs is worth stealing"

# Examples are found anew in each deep run and are the same ones in each quick run, so that a change is judged alike
# everywhere. A slow machine is no failure of a property.
hypothesis.settings.register_profile("quick", derandomize=True, deadline=None, max_examples=75)
hypothesis.settings.register_profile("deep", deadline=None, max_examples=500)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="also the long tests, and more examples of every property")


def pytest_configure(config: pytest.Config) -> None:
    """Tests see the defaults, whatever the shell that starts them has set; and never write into instance/."""
    for setting in SETTINGS:
        os.environ.pop(setting.name, None)
    os.environ["SECRET_KEY"] = SECRET_KEY
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # each process that tests start would compile the desk anew
    if folder := memory_folder():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", folder)
    hypothesis.settings.load_profile("deep" if config.getoption("--deep") else "quick")


# A test of what stands on a page or of who may ask for it: the database has no part in the answer that others, which
# run on both, do not look at. Its turn on PostgreSQL is one of the long tests.
same_on_both = pytest.mark.same_on_both


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long tests run when `--deep` asks for them; those under tests/browser are marked as what they are."""
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker("browser")
        if item.get_closest_marker("same_on_both") and _database_of(item) == "postgresql":
            item.add_marker("deep")
    if not config.getoption("--deep"):
        long = [item for item in items if item.get_closest_marker("deep")]
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("deep")]


def pytest_collection_finish() -> None:
    """What has been imported and collected stays until the end: to look through it for garbage again and again costs a
    twentieth of the whole suite.
    """
    gc.collect()
    gc.freeze()


# Databases. Each test that asks has one of its own, copied from one that the real migrations built once: a copy costs
# 5 ms on SQLite and 35 ms on PostgreSQL, less than any cleverness that shares one (docs/decisions/0006).


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file at the newest migration, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.sqlite3"
    _migrate(f"sqlite:///{file}")
    _flush(file)
    return file


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a PostgreSQL server that ends with the tests; its first database holds nothing."""
    with running() as url:
        yield url


@pytest.fixture(scope="session")
def postgresql_desk(postgresql_server: str) -> Iterator[Connection]:
    """A connection that makes databases and removes them: opening one each time would cost as much as the copy."""
    engine = create_engine(postgresql_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql_server: str, postgresql_desk: Connection) -> str:
    """The address of a PostgreSQL database at the newest migration, to be used as a template."""
    postgresql_desk.exec_driver_sql(f"CREATE DATABASE {TEMPLATE}")
    url = _named(postgresql_server, TEMPLATE)
    _migrate(url)
    return url


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite database, with what the shop that the test asks for is filled with."""
    if fill := fill_of(request):
        return request.getfixturevalue("filled_copy")("sqlite", fill)
    file = tmp_path / "desk.sqlite3"
    shutil.copyfile(migrated_sqlite, file)
    return f"sqlite:///{file}"


@pytest.fixture
def postgresql_url(
    request: pytest.FixtureRequest, postgresql_desk: Connection, migrated_postgresql: str
) -> Iterator[str]:
    """A fresh, migrated PostgreSQL database, filled likewise."""
    if fill := fill_of(request):
        yield request.getfixturevalue("filled_copy")("postgresql", fill)
        return
    with _postgresql_database(postgresql_desk, TEMPLATE) as name:
        yield _named(migrated_postgresql, name)


@pytest.fixture
def empty_postgresql_url(postgresql_server: str, postgresql_desk: Connection) -> Iterator[str]:
    """A PostgreSQL database without a table."""
    with _postgresql_database(postgresql_desk, "template0") as name:
        yield _named(postgresql_server, name)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_url")


# A shop that many tests look at from many sides is filled once, and copied for each of them: see tests/shops.py.


@pytest.fixture(scope="session")
def filled_shops() -> dict[Any, str]:
    """What `filled_copy` has filled, by kind of database and by what filled it."""
    return {}


@pytest.fixture
def filled_copy(
    request: pytest.FixtureRequest,
    filled_shops: dict[Any, str],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    today: date,
) -> Iterator[Callable[[str, Fill], str]]:
    """A fresh copy of a database of a kind, as `fill` left one that it filled for the first test that asked."""
    with ExitStack() as copies:

        def copy(kind: str, fill: Fill) -> str:
            if (kind, fill) not in filled_shops:
                filled_shops[kind, fill] = first(kind, fill)
            kept = filled_shops[kind, fill]
            if kind == "sqlite":
                shutil.copyfile(make_url(kept).database or "", tmp_path / "desk.sqlite3")
                return f"sqlite:///{tmp_path / 'desk.sqlite3'}"
            server = request.getfixturevalue("postgresql_desk")
            return _named(kept, copies.enter_context(_postgresql_database(server, make_url(kept).database or "")))

        def first(kind: str, fill: Fill) -> str:
            folder = tmp_path_factory.mktemp("filled")
            if kind == "sqlite":
                shutil.copyfile(request.getfixturevalue("migrated_sqlite"), folder / "filled.sqlite3")
                url = f"sqlite:///{folder / 'filled.sqlite3'}"
            else:
                template = request.getfixturevalue("migrated_postgresql")
                name = f"filled_{time.monotonic_ns()}"
                url = _named(template, name)
                desk = request.getfixturevalue("postgresql_desk")
                desk.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
            with request.getfixturevalue("lend")(url, BUSINESS_DATE=today) as app, monkeypatch.context() as patch:
                patch.setattr(app, "instance_path", str(folder))  # for files that are sent to it
                fill(app)
            if kind == "sqlite":
                _flush(folder / "filled.sqlite3")
            return url

        yield copy


# The app.


@pytest.fixture
def today() -> date:
    """The shop's day in every test: a pinned one, so that no test depends on when it runs."""
    return TODAY


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates as Python reads them: each app would put every template into Python anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def make_app(today: date, compiled_templates: FileSystemBytecodeCache) -> Iterator[Callable[..., Flask]]:
    """Makes an app on a database, with further settings by name: `make_app(url, SHOP_TIMEZONE="Asia/Tokyo")`."""
    made: list[Flask] = []

    def make(database_url: str, **settings: Any) -> Flask:
        made.append(_app(database_url, compiled_templates, **{"BUSINESS_DATE": today, **settings}))
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture(scope="session")
def lend(compiled_templates: FileSystemBytecodeCache) -> Callable[..., AbstractContextManager[Flask]]:
    """Lends the app of a kind of database, on one of them: see tests/lent.py."""
    kept: dict[str, LentApp] = {}

    def lend(database_url: str, **settings: Any) -> AbstractContextManager[Flask]:
        kind = make_url(database_url).get_backend_name()
        if kind not in kept:
            kept[kind] = LentApp(_app(database_url, compiled_templates))
        return kept[kind].on(database_url, **settings)

    return lend


@pytest.fixture
def app(database_url: str, today: date, lend: Callable[..., AbstractContextManager[Flask]]) -> Iterator[Flask]:
    """The desk on a fresh database of each kind, its context open for the length of the test."""
    with lend(database_url, BUSINESS_DATE=today) as app:
        yield app


@pytest.fixture
def sqlite_app(sqlite_url: str, today: date, lend: Callable[..., AbstractContextManager[Flask]]) -> Iterator[Flask]:
    """The desk on SQLite alone, for what no database has a part in."""
    with lend(sqlite_url, BUSINESS_DATE=today) as app:
        yield app


@pytest.fixture
def app_of_its_own(database_url: str, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """The same for tests of what an app is made of and remembers: nobody used it before."""
    app = make_app(database_url)
    with app.app_context():
        yield app


@pytest.fixture
def sqlite_app_of_its_own(sqlite_url: str, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """Such a one on SQLite alone."""
    app = make_app(sqlite_url)
    with app.app_context():
        yield app


@pytest.fixture
def world(app: Flask) -> World:
    """An empty shop on each kind of database, to be filled in sentences: see tests/factories.py."""
    return World()


# People.


class Desk(FlaskClient):
    """A browser without a screen: every request has a context of its own, and carries the token that forms carry.

    A request made while a test's own app context is open would otherwise share its session and its signed-in user.
    """

    person: models.User | None = None

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        kwargs.setdefault("buffered", True)
        return Context().run(lambda: FlaskClient.open(self, *args, **kwargs))

    def panel(self, address: str, **kwargs: Any) -> TestResponse:
        """GET as htmx asks for a fragment."""
        headers = {"HX-Request": "true", "HX-Request-Type": "partial", **kwargs.pop("headers", {})}
        return self.get(address, headers=headers, **kwargs)

    def act(self, address: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST as an inline form does, with the token."""
        headers = {
            "HX-Request": "true",
            "HX-Request-Type": "partial",
            "X-CSRFToken": self.token(),
            **kwargs.pop("headers", {}),
        }
        return self.post(address, data=data or {}, headers=headers, **kwargs)

    def token(self) -> str:
        """The token that a page of this person's would put into its forms."""
        with self.session_transaction() as kept:
            signed, of_session = Context().run(self._token_for, kept.get("csrf_token"))
            kept["csrf_token"] = of_session
        return signed

    def _token_for(self, of_session: str | None) -> tuple[str, str]:
        with self.application.test_request_context():
            if of_session is not None:
                session["csrf_token"] = of_session
            return generate_csrf(), session["csrf_token"]


def somebody(role: str, email: str | None = None) -> models.User:
    """A person of a role: the one of that address, where it is known."""
    email = email or f"{role}@desk.example"
    with transaction() as saving:
        if known := saving.scalar(sa.select(models.User).filter_by(email=email)):
            return known
        row = saving.scalar(sa.select(models.Role).filter_by(name=role))
        person = models.User(
            email=email,
            name=role.capitalize(),
            password="no form is filled in",
            active=True,
            fs_uniquifier=f"{role}-{time.monotonic_ns()}",
            roles=[row or models.Role(name=role)],
        )
        saving.add(person)
    return person


@pytest.fixture
def client(app: Flask) -> Desk:
    """Somebody who is not signed in."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask) -> Callable[..., Desk]:
    """Signs a person of a role in, without the form: the form has tests of its own, and hashing is slow."""

    def sign_in(role: str, email: str | None = None) -> Desk:
        person = somebody(role, email)
        desk = app.test_client()
        with desk.session_transaction() as kept:
            kept["_user_id"] = person.fs_uniquifier
            kept["_fresh"] = True
        desk.person = person
        return desk

    return sign_in


@pytest.fixture
def manager(sign_in: Callable[..., Desk]) -> Desk:
    """Mara, who runs the desk: sees every panel, does every act, approves what is above an agent's limit."""
    return sign_in("manager", "mara@desk.example")


@pytest.fixture
def agent(sign_in: Callable[..., Desk]) -> Desk:
    """Abel, on the phone all day: sees all, acts for customers, within limits."""
    return sign_in("agent", "abel@desk.example")


@pytest.fixture
def viewer(sign_in: Callable[..., Desk]) -> Desk:
    """Vera from finance, who only takes the CSV: whatever writes must refuse her."""
    return sign_in("viewer", "vera@desk.example")


@pytest.fixture
def admin(sign_in: Callable[..., Desk]) -> Desk:
    """Ada, who adds people and changes settings."""
    return sign_in("admin", "ada@desk.example")


@pytest.fixture
def outsider(client: Desk) -> Desk:
    """Nobody known: whatever is not public must turn them away."""
    return client


def _database_of(item: pytest.Item) -> str | None:
    parameters = getattr(item, "callspec", None)
    return parameters and parameters.params.get("database_url")


def _app(database_url: str, compiled_templates: FileSystemBytecodeCache, **settings: Any) -> Flask:
    app = create_app(
        {
            "TESTING": True,
            "DATABASE_URL": database_url,
            "SECRET_KEY": SECRET_KEY,
            "RATE_LIMITS": False,
            "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": QUICK_HASHING,
            **settings,
        }
    )
    app.test_client_class = Desk
    app.jinja_env.bytecode_cache = compiled_templates
    return app


def _migrate(url: str) -> None:
    app = create_app({"DATABASE_URL": url, "SECRET_KEY": SECRET_KEY, "RATE_LIMITS": False})
    with app.app_context():
        upgrade(directory=str(config.ROOT / "migrations"))
        for engine in db.engines.values():
            engine.dispose()


@contextmanager
def _postgresql_database(desk: Connection, template: str) -> Iterator[str]:
    name = f"test_{time.monotonic_ns()}"
    desk.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
    yield name
    _wait_until_left(desk, name)
    desk.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def _wait_until_left(desk: Connection, name: str) -> None:
    """Connections that were closed are gone a moment later: who drops their database before that waits 100 ms."""
    connected = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
    for _ in range(50):
        if not desk.exec_driver_sql(connected).scalar():
            return
        time.sleep(0.001)


def _flush(file: Path) -> None:
    """All of a SQLite database into its one file, to be copied."""
    with create_engine(f"sqlite:///{file}").connect() as connection:
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _named(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)
