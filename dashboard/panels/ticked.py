"""Rows that somebody ticked in a table of lines, and all that match: how many lines they are, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import Waiting
from dashboard.panels.filters import Selection, conditions

# Who means more than this ticks all that match.
TICKED_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class CurrencySums:
    """What lines come to in one currency; those of two are never added."""

    currency: str  # empty where not known
    units: int
    value: int  # micro-units
    value_at_risk: int


@dataclass(frozen=True, slots=True)
class Ticked:
    """What somebody ticked comes to."""

    lines: int
    sums: tuple[CurrencySums, ...]  # by currency
    gone: int = 0  # rows that were ticked and wait no longer

    @property
    def units(self) -> int:
        return sum(one.units for one in self.sums)


def rows_written(given: Iterable[str]) -> frozenset[tuple[int, int]]:
    """The rows that a page names, each by its line and part, "12-1 13-1"; what is no row is nobody's business."""
    rows = set()
    for word in (word for text in given for word in text.split()):
        line_id, _, part = word.partition("-")
        if line_id.isdecimal() and part.isdecimal() and len(word) <= len("9223372036854775807"):
            rows.add((int(line_id), int(part)))
    return frozenset(rows)


def keys_written(given: Iterable[str]) -> frozenset[int]:
    """The rows that a page names by one key each, "12 13"; what is no key is nobody's business."""
    words = (word for text in given for word in text.split())
    return frozenset(int(word) for word in words if word.isdecimal() and len(word) < len("9223372036854775807"))


def rows_matching(session: Session, selection: Selection, today: date, *, at_most: int) -> frozenset[tuple[int, int]]:
    """The rows of a selection, by line and part; no more than so many."""
    found = select(Waiting.line_id, Waiting.part).where(*conditions(session, selection, today)).limit(at_most)
    return frozenset((row.line_id, row.part) for row in session.execute(found))


def sums_of_rows(session: Session, rows: frozenset[tuple[int, int]]) -> Ticked:
    """What these rows come to, whatever filters they were found by; the parts of a divided line are one line."""
    found = session.execute(
        select(
            Waiting.line_id,
            Waiting.part,
            Waiting.currency,
            Waiting.qty_backordered,
            Waiting.value,
            Waiting.value_at_risk,
        ).where(Waiting.line_id.in_({line_id for line_id, _ in rows}))
    )
    meant = [row for row in found if (row.line_id, row.part) in rows]
    sums: dict[str, tuple[int, int, int]] = {}
    for row in meant:
        units, value, at_risk = sums.get(row.currency, (0, 0, 0))
        sums[row.currency] = (units + row.qty_backordered, value + row.value, at_risk + row.value_at_risk)
    return Ticked(
        len({row.line_id for row in meant}),
        tuple(CurrencySums(currency, *sums[currency]) for currency in sorted(sums)),
        len(rows) - len(meant),
    )
