"""An app that one test after the other uses, each with a database of its own.

To make an app takes longer than most tests: its addresses, its templates and its statements are put together anew. A
test that changes more of an app than its settings makes one for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event, make_url

from dashboard import jobs
from dashboard.database import db
from dashboard.web.kept_answers import KeptAnswers

# What an app remembers of its database, made again at need.
REMEMBERED = ("left_unplanned", "data_ages")


class LentApp:
    """One app, moved from database to database of one kind."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._settings = dict(app.config)
        self._folder = app.instance_path
        self._url = make_url(app.config["DATABASE_URL"])
        with app.app_context():
            event.listen(db.engine, "do_connect", self._lead)

    @contextmanager
    def on(self, database_url: str, **settings: Any) -> Iterator[Flask]:
        """The app as it was made, on this database, its context open; nothing of it stays."""
        app = self._app
        self._url = make_url(database_url)
        app.config.clear()
        app.config.update(self._settings, DATABASE_URL=database_url, SQLALCHEMY_DATABASE_URI=database_url, **settings)
        app.instance_path = self._folder
        app.extensions["kept_answers"] = KeptAnswers()
        jobs.register(app)
        for name in REMEMBERED:
            app.extensions.pop(name, None)
        with app.app_context():
            db.engine.url = self._url
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()

    def _lead(self, dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        """Every new connection is made to the database of the test that runs."""
        arguments[:], own = dialect.create_connect_args(self._url)
        named.update(own)
