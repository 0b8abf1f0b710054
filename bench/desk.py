"""The desk that is measured: of one day, told nothing by the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

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
