"""A copy of everything, and everything put back from a copy."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade
from sqlalchemy import URL, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from dashboard import audit, clock, config, copies
from dashboard.cli.faults import refuse
from dashboard.copies import CopyRefused
from dashboard.database import db, transaction
from dashboard.upkeep import BACKED_UP, known_migrations

OTHERS_ARE_CONNECTED = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Copy the whole database into FILE, as of one moment, while the desk runs."""
    url = make_url(current_app.config["DATABASE_URL"])
    try:
        if _is_sqlite(url):
            copies.copy_sqlite(_existing_file(url, unlike=file), file)
        else:
            copies.dump_postgresql(url, file)
    except (CopyRefused, OSError) as reason:
        refuse(str(reason))
    _remember_backup()
    click.echo(f"Everything is in {file}.")


@click.command("restore")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@with_appcontext
def restore(file: Path) -> None:
    """Put everything back from FILE, while the desk does not run; what is replaced is kept."""
    url = make_url(current_app.config["DATABASE_URL"])
    try:
        kept = _restore_sqlite(url, file) if _is_sqlite(url) else _restore_postgresql(url, file)
    except (CopyRefused, OSError) as reason:
        refuse(str(reason))
    upgrade()
    with transaction():
        audit.record("database-restored", "database", after={})
    click.echo(f"Everything is back as it was in {file}.")
    if kept is not None:
        click.echo(f"What was here before is in {config.shown_path(kept)}.")


def _remember_backup() -> None:
    """The page of health says how old the last one is; a database that takes no writes is backed up all the same."""
    try:
        with transaction():
            audit.record(BACKED_UP, "database", after={"at": clock.real_now().isoformat()})
    except SQLAlchemyError as refused:
        click.echo(f"It could not be noted in the history: {str(refused).splitlines()[0]}", err=True)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _existing_file(url: URL, *, unlike: Path) -> Path:
    database = Path(url.database or "")
    if not database.is_file():
        raise CopyRefused("There is no database yet; nothing was copied.")
    if unlike.exists() and unlike.samefile(database):
        raise CopyRefused("That is the database itself; name another file.")
    return database


def _restore_sqlite(url: URL, file: Path) -> Path | None:
    copies.refuse_sqlite_copy(file, known=known_migrations())
    database, kept = Path(url.database or ""), None
    with ExitStack() as stack:
        stack.enter_context(copies.in_use(database, alone=True))
        if database.is_file():
            _existing_file(url, unlike=file)
            kept = copies.copy_before_change(database, folder=_folder(), at=clock.real_now())
        copies.put_back_sqlite(file, database)
    return kept


def _restore_postgresql(url: URL, file: Path) -> Path:
    with db.engine.connect() as connection:
        others = connection.scalar(OTHERS_ARE_CONNECTED)
    db.engine.dispose()
    if others:
        raise CopyRefused("The desk, or somebody else, is connected to this database; end that first.")
    copies.refuse_postgresql_copy(file, url, known=known_migrations())
    kept = copies.dump_before_change(url, folder=_folder(), at=clock.real_now())
    copies.put_back_postgresql(file, url)
    return kept


def _folder() -> Path:
    return config.INSTANCE / copies.COPIES
