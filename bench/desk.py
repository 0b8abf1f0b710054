"""The desk that is measured: of one day, told nothing by the environment; and empty databases for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from dashboard import create_app
from dashboard.database import db

TODAY = date(2026, 6, 1)


@contextmanager
def desk(url: str) -> Iterator[None]:
    settings = {"BUSINESS_DATE": TODAY, "SECRET_KEY": "measured, never served" * 2, "LOG_LEVEL": "WARNING"}
    app = create_app({"DATABASE_URL": url, **settings})
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


def fresh_database(name: str, database: str, folder: Path, server: str | None) -> str:
    """The URL of an empty database: a SQLite file in the folder, or made on the PostgreSQL server."""
    if name == "sqlite":
        return f"sqlite:///{folder}/{database}.sqlite3"
    assert server is not None
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {database}"))
    engine.dispose()
    return make_url(server).set(database=database).render_as_string(hide_password=False)
