"""What the migrations build is what the models say, word for word, on both databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Connection, create_engine

from dashboard import planning
from dashboard.database import Identifier, db
from tests.factories import World

# Flask-Security's own tables: what is unique there is an e-mail address or a random word, compared only for equality.
SIGN_IN_TABLES = {"users", "roles", "roles_users"}
ALEMBICS_OWN = "alembic_version"

POSTGRESQL_WORDS = (
    """SELECT 'column', table_name, ordinal_position, column_name, data_type, character_maximum_length, is_nullable,
              column_default, collation_name
       FROM information_schema.columns WHERE table_schema = 'public'""",
    """SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid)
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT 'trigger', tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT 'function', proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
)


def test_the_migrations_build_what_the_models_say(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    by_migrations = said_by(db.engine)
    with an_empty_database(request, tmp_path) as empty:
        db.metadata.create_all(empty)
        by_models = said_by(empty)

    only_in_models = "\n  ".join(sorted(by_models - by_migrations))
    only_in_migrations = "\n  ".join(sorted(by_migrations - by_models))
    assert by_migrations == by_models, (
        "The migrations and dashboard/models differ. Draft a migration with `make migration MESSAGE=…`; CHECKs and "
        f"triggers of tables that exist are added to it by hand.\nOnly in the models:\n  {only_in_models}\n"
        f"Only in the migrations:\n  {only_in_migrations}"
    )


def test_the_migrations_lead_back_to_nothing_and_up_again(app: Flask) -> None:
    built = said_by(db.engine)

    downgrade(revision="base")
    assert said_by(db.engine) == set(), "A downgrade leaves something behind: drop it in the migration's downgrade()."

    upgrade()
    assert said_by(db.engine) == built


def test_a_plan_survives_a_change_of_its_table_and_is_asked_for_anew(world: World) -> None:
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()

    downgrade(revision="0006")
    upgrade()

    assert world.worklist() == ["1"], "The rows of the worklist went with the migration."
    assert planning.is_behind(db.session.connection()), "Nobody would fill in what the migration added."
    world.plan()
    assert list(planning.check()) == []


def test_foreign_keys_are_watched_again_after_a_migration(sqlite_app: Flask) -> None:
    upgrade()

    assert db.session.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1


def test_every_identifier_compares_by_code_point(app: Flask) -> None:
    """PostgreSQL servers of tests may always compare so; the DDL says whether a merchant's would."""
    wanted = {
        (table.name, column.name)
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Identifier)
    }
    if db.engine.dialect.name == "sqlite":
        collated = {words for words in said_by(db.engine) if " COLLATE " in words}
        assert not collated, f"SQLite compares by code point when nothing is said; these say something: {collated}"
        return
    question = "SELECT table_name, column_name FROM information_schema.columns WHERE collation_name = 'C'"
    by_code_point = {(table, column) for table, column in db.session.execute(sa.text(question))}
    assert wanted - by_code_point == set(), 'These identifiers lack COLLATE "C" in the migrations.'


def test_every_text_that_is_a_key_or_sorted_by_is_an_identifier() -> None:
    plain = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        if table.name not in SIGN_IN_TABLES
        for column in keys_and_sorted_columns(table)
        if isinstance(column.type, sa.String) and not is_a_closed_list(table, column)
    }
    assert plain == set(), (
        "These text columns are keys or stand in an index, so their order is seen: give them the type Identifier "
        "(Name), or a CHECK that lists what they may be."
    )


def keys_and_sorted_columns(table: sa.Table) -> Iterator[sa.Column]:
    for constraint in table.constraints:
        if isinstance(constraint, sa.PrimaryKeyConstraint | sa.UniqueConstraint):
            yield from constraint.columns
    for index in table.indexes:
        yield from (column for column in index.columns if isinstance(column, sa.Column))


def is_a_closed_list(table: sa.Table, column: sa.Column) -> bool:
    """Whether a CHECK lists the few lower-case words that the column may be, which all collations order alike."""
    return any(
        str(constraint.sqltext).startswith(f"{column.name} IN (")
        for constraint in table.constraints
        if isinstance(constraint, sa.CheckConstraint)
    )


@contextmanager
def an_empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database without tables, of the kind that the test runs on."""
    on_sqlite = db.engine.dialect.name == "sqlite"
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}" if on_sqlite else request.getfixturevalue("empty_postgresql_url")
    engine = create_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def said_by(engine: sa.Engine) -> set[str]:
    """Everything that a database says of its own shape, as comparable words."""
    db.session.rollback()
    with engine.connect() as connection:
        words = sqlite_words(connection) if engine.dialect.name == "sqlite" else postgresql_words(connection)
        return {word for word in words if ALEMBICS_OWN not in word}


def postgresql_words(connection: Connection) -> Iterator[str]:
    for question in POSTGRESQL_WORDS:
        for row in connection.execute(sa.text(question)):
            yield " | ".join("" if value is None else str(value) for value in row)


def sqlite_words(connection: Connection) -> Iterator[str]:
    for name, statement in connection.execute(sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")):
        plain = " ".join(statement.replace('"', "").split())
        if not plain.startswith("CREATE TABLE"):
            yield plain
            continue
        inside, after = plain[plain.index("(") + 1 : plain.rindex(")")], plain[plain.rindex(")") + 1 :]
        place = 0
        for part in top_level_parts(inside):
            if part.startswith("CONSTRAINT"):
                yield f"{name}: {part}"
            else:
                place += 1
                yield f"{name}: column {place}: {part}"
        yield f"{name}:{after.strip()}"


def top_level_parts(inside: str) -> list[str]:
    """The columns and constraints of a CREATE TABLE: split at commas outside brackets and quotes."""
    parts, depth, quoted, begun = [], 0, False, 0
    for place, sign in enumerate(inside):
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign == "(") - (sign == ")")
            if sign == "," and depth == 0:
                parts.append(inside[begun:place])
                begun = place + 1
    parts.append(inside[begun:])
    return [re.sub(r"\s+", " ", part).strip() for part in parts]
