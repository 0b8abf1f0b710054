"""How migrations run: one transaction, foreign keys proved at its end, and nobody else migrating meanwhile."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import Connection, func
from sqlalchemy.schema import DefaultClause
from sqlalchemy.types import TypeDecorator

import dashboard.models  # noqa: F401  (every table, for drafting)
from dashboard.database import Identifier, Key, db

# Any number that no other advisory lock of the desk uses.
MIGRATION_LOCK = 7_305_116


def run() -> None:
    with db.engine.connect().execution_options(writes=True) as connection:
        if connection.dialect.name == "sqlite":
            run_on_sqlite(connection)
        else:
            run_in_transaction(connection)


def run_on_sqlite(connection: Connection) -> None:
    """With foreign keys off, because batch mode drops and renames tables and would delete the children of a parent.

    The pragma does nothing inside a transaction, so it is said to the driver before SQLAlchemy begins one.
    """
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        run_in_transaction(connection)
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def run_in_transaction(connection: Connection) -> None:
    options = {
        **current_app.extensions["migrate"].configure_args,
        "connection": connection,
        "target_metadata": db.metadata,
        "render_item": render_item,
        # On SQLite too: the desk begins its transactions itself, so that a table made in one can be taken back.
        "transactional_ddl": True,
    }
    context.configure(**options)
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(func.pg_advisory_xact_lock(MIGRATION_LOCK).select())
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            refuse_orphans(connection)


def refuse_orphans(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        tables = ", ".join(sorted({row[0] for row in orphans}))
        raise RuntimeError(f"The migration left {len(orphans)} rows without their parent in {tables}; nothing changed.")


def render_item(kind: str, item: Any, autogen_context: Any) -> str | bool:
    """How a drafted migration writes our own column types: in SQLAlchemy's words, so that it outlives them."""
    if kind == "type" and isinstance(item, Key):
        return 'sa.BigInteger().with_variant(sa.Integer(), "sqlite")'
    if kind == "type" and isinstance(item, Identifier):
        return 'sa.String().with_variant(sa.String(collation="C"), "postgresql")'
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    if kind == "server_default" and isinstance(item, DefaultClause) and isinstance(item.arg, type(func.now())):
        return "sa.func.now()"
    return False


if context.is_offline_mode():
    raise SystemExit("Migrations need a database to look at; --sql is not offered.")
run()
