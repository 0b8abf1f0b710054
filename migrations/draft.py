"""Draft the next migration: what the models say and the migrations do not yet. `make migration MESSAGE=…`

It is drafted against an empty PostgreSQL that the earlier migrations have built, because drafting against SQLite
writes boolean defaults that PostgreSQL refuses. CHECK constraints and triggers of existing tables are not seen by
the drafting: add those by hand; the test of architecture says when the two differ.
"""

from __future__ import annotations

import sys

from flask_migrate import revision, upgrade

from dashboard import create_app
from tests.postgresql import running


def draft(message: str) -> None:
    with running() as url:
        app = create_app({"DATABASE_URL": url, "SECRET_KEY": "only for drafting, never for serving"})
        with app.app_context():
            upgrade()
            revision(message=message, autogenerate=True)


if __name__ == "__main__":
    if len(sys.argv) != 2 or not sys.argv[1]:
        sys.exit("Say what changes: make migration MESSAGE='suppliers have holidays'")
    draft(sys.argv[1])
