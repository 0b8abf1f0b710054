"""Words by which customers and products are found, kept as they are: whoever writes either calls `keep` in the same
transaction.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, delete, exists, func, select
from sqlalchemy.sql.elements import ColumnElement

from dashboard.bulk import fill
from dashboard.domain.search import CUSTOMER, PART, PRODUCT, SEARCH_KINDS, words_of
from dashboard.models import Customer, SearchText, SearchWord, Sku

# So many rows have their words in memory at once.
ROWS_AT_ONCE = 20_000
# So many findings of one kind are named.
NAMED = 5

TEXTS: Any = SearchText.__table__
WORDS: Any = SearchWord.__table__
# Whose rows they are, by their table's name.
KIND_OF_TABLE = {"customers": CUSTOMER, "skus": PRODUCT}
_TABLES: dict[str, Any] = {CUSTOMER: Customer.__table__, PRODUCT: Sku.__table__}
_PARTS: dict[str, tuple[Any, ...]] = {
    CUSTOMER: (Customer.name, Customer.email, Customer.phone),
    PRODUCT: (Sku.code, Sku.name),
}


def keep(connection: Any, kind: str, among: Any = None) -> int:
    """Give every row that is new or differs its words, among those of a select of ids, else of all; how many those
    were. Asked of all, words of rows that are gone go too.
    """
    if among is None:
        _forget(connection, kind)
    kept, last = 0, -1
    while rows := connection.execute(_differing(connection, kind, last, among).limit(ROWS_AT_ONCE)).all():
        _write(connection, kind, rows)
        kept, last = kept + len(rows), rows[-1][0]
    return kept


def keep_all(connection: Any) -> int:
    """The same of customers and products; how many had other words or none."""
    return sum(keep(connection, kind) for kind in SEARCH_KINDS)


def check(connection: Any) -> Iterator[str]:
    """Every row that is not found by what it is called now, as a sentence; nothing where all is well."""
    for kind in SEARCH_KINDS:
        differ = connection.execute(_differing(connection, kind, -1, None).limit(NAMED + 1)).all()
        gone = connection.execute(_gone(kind).limit(NAMED + 1)).all()
        for said, rows in (("is not found by its words of now", differ), ("is gone and still found", gone)):
            for row in rows[:NAMED]:
                yield f"search: {kind} {row[0]} {said}"
            if len(rows) > NAMED:
                yield "… and more like the last."
        yield from _check_words(connection, kind)


def _check_words(connection: Any, kind: str) -> Iterator[str]:
    """Whether the words are those of the texts, by their number: what is made of a text has no other way to differ."""
    made, last = 0, -1
    texts = select(TEXTS.c.row_id, TEXTS.c.said).where(TEXTS.c.kind == kind).order_by(TEXTS.c.row_id)
    while rows := connection.execute(texts.where(TEXTS.c.row_id > last).limit(ROWS_AT_ONCE)).all():
        made, last = made + sum(len(words_of(kind, said)) for _, said in rows), rows[-1][0]
    stored = connection.scalar(select(func.count()).select_from(WORDS).where(WORDS.c.kind == kind))
    if stored != made:
        yield f"search: {stored} words of {kind}s are kept, what they are called has {made}"


def _said(connection: Any, kind: str) -> ColumnElement[str]:
    """All that the words are made of, as one text."""
    first, *others = (func.coalesce(part, "") for part in _PARTS[kind])
    said: Any = first
    for part in others:
        said = said.concat(PART).concat(part)
    # A SKU compares by code point and its name does not: PostgreSQL compares neither with what is made of both.
    return said.collate("C") if connection.dialect.name == "postgresql" else said


def _differing(connection: Any, kind: str, last: int, among: Any) -> Any:
    table, said = _TABLES[kind], _said(connection, kind)
    found = (
        select(table.c.id, said.label("said"), TEXTS.c.said.label("before"))
        .outerjoin(TEXTS, (TEXTS.c.kind == kind) & (TEXTS.c.row_id == table.c.id))
        .where(table.c.id > last, said.is_distinct_from(TEXTS.c.said))
        .order_by(table.c.id)
    )
    return found if among is None else found.where(table.c.id.in_(among))


def _gone(kind: str) -> Any:
    is_there = exists().where(_TABLES[kind].c.id == TEXTS.c.row_id)
    return select(TEXTS.c.row_id, TEXTS.c.said).where(TEXTS.c.kind == kind, ~is_there).order_by(TEXTS.c.row_id)


def _forget(connection: Any, kind: str) -> None:
    while rows := connection.execute(_gone(kind).limit(ROWS_AT_ONCE)).all():
        _delete_words(connection, kind, [(word, row) for row, said in rows for word in words_of(kind, said)])
        _delete_texts(connection, kind, [row for row, _ in rows])


def _write(connection: Any, kind: str, rows: Any) -> None:
    new: list[tuple[str, int]] = []
    old: list[tuple[str, int]] = []
    for row, said, before in rows:
        now = words_of(kind, said)
        known = words_of(kind, before) if before is not None else frozenset()
        new += [(word, row) for word in now - known]
        old += [(word, row) for word in known - now]
    _delete_words(connection, kind, old)
    _delete_texts(connection, kind, [row for row, _, before in rows if before is not None])
    new.sort()
    fill(connection, WORDS, [[kind] * len(new), [word for word, _ in new], [row for _, row in new]])
    fill(connection, TEXTS, [[kind] * len(rows), [row for row, _, _ in rows], [said for _, said, _ in rows]])


def _delete_words(connection: Any, kind: str, words: list[tuple[str, int]]) -> None:
    if words:
        gone = (WORDS.c.word == bindparam("one")) & (WORDS.c.row_id == bindparam("row"))
        connection.execute(
            delete(WORDS).where(WORDS.c.kind == kind, gone), [{"one": word, "row": row} for word, row in words]
        )


def _delete_texts(connection: Any, kind: str, rows: list[int]) -> None:
    if rows:
        gone = delete(TEXTS).where(TEXTS.c.kind == kind, TEXTS.c.row_id == bindparam("row"))
        connection.execute(gone, [{"row": row} for row in rows])
