"""The values that a filter can still take, each with the number of waiting lines behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, String, cast, func, or_, select
from sqlalchemy.orm import Session

from dashboard.domain.aging import BUCKETS
from dashboard.models import AgingDay, LineTag, Location, Sku, Supplier, Waiting
from dashboard.models.plans import SUM_DIMENSIONS
from dashboard.panels.filters import (
    FILTERS,
    NO,
    NOT_KNOWN,
    YES,
    Filter,
    Selection,
    conditions,
)

# A menu is read at a glance; who looks for more types.
CHOICES_SHOWN = 12
# Filters whose lines are in sums kept ready, few enough to add up; those of suppliers are more than their lines' index.
KEPT = ("age", "dated", "channel", "location", "tier", "cause", "planned", "currency")


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    words: str
    detail: str  # its code, where the words are a name
    lines: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Choices:
    """The menu of one filter."""

    filter: Filter
    sought: str  # what was typed to find a value
    found: tuple[Choice, ...]  # the most frequent first; fixed values in their own order
    has_more: bool


def load_choices(session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
    """The menu of a filter among the lines that the other filters leave."""
    filter = FILTERS[key]
    others = selection.without(key)
    chosen = selection.of(key)
    sought = sought.strip()
    if key in KEPT and not others and not sought:
        counted = _kept(key)
    else:
        counted = _counted(key, conditions(session, others, today), sought)
    rows = session.execute(counted.limit(None if filter.fixed else CHOICES_SHOWN + 1)).all()
    if key == "age":
        return Choices(filter, "", _fixed(filter, _by_age(rows, today), chosen), False)
    if filter.fixed:
        return Choices(filter, "", _fixed(filter, {_value(key, row.value): row.lines for row in rows}, chosen), False)
    found = tuple(
        Choice(
            value=row.value or NOT_KNOWN,
            words=row.words or row.value or "not known",
            detail=row.value if row.words and row.words != row.value else "",
            lines=row.lines,
            chosen=(row.value or NOT_KNOWN) in chosen,
        )
        for row in rows[:CHOICES_SHOWN]
    )
    return Choices(filter, sought, found, len(rows) > CHOICES_SHOWN)


def _fixed(filter: Filter, lines: dict[str, int], chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    assert filter.fixed is not None
    return tuple(
        Choice(value, words, "", lines.get(value, 0), value in chosen) for value, words in filter.fixed.items()
    )


def _value(key: str, stored: Any) -> str:
    if key in ("dated", "planned") and not isinstance(stored, str):
        return YES if stored else NO
    return str(stored)


def _by_age(rows: Any, today: date) -> dict[str, int]:
    """Lines by day of order, as lines by bucket."""
    lines = {bucket.key: 0 for bucket in BUCKETS}
    for row in rows:
        age = (today - row.value).days
        lines[next(bucket.key for bucket in BUCKETS if bucket.holds(age))] += row.lines
    return lines


def _kept(key: str) -> Select[Any]:
    """The same from the sums that planning keeps ready, for when no other filter is set."""
    lines = cast(func.sum(AgingDay.lines), BigInteger).label("lines")
    value: Any = {"age": AgingDay.placed_on, "currency": AgingDay.currency, "location": Location.code}.get(
        key, AgingDay.value_of
    )
    kept = select(value.label("value"), value.label("words"), lines).select_from(AgingDay)
    if key == "location":
        kept = kept.outerjoin(Location, cast(Location.id, String) == AgingDay.value_of)
    dimension = key if key in SUM_DIMENSIONS else ""
    return kept.where(AgingDay.dimension == dimension).group_by(value).order_by(lines.desc(), value)


def _counted(key: str, where: list[ColumnElement[bool]], sought: str) -> Select[Any]:
    """Value, words and number of lines, the most frequent first."""
    lines = func.count().label("lines")
    if key == "tag":
        query = select(LineTag.tag.label("value"), LineTag.tag.label("words"), lines).join(
            Waiting, Waiting.line_id == LineTag.line_id
        )
        if sought:
            query = query.where(_contains(LineTag.tag, sought))
        return query.where(*where).group_by(LineTag.tag).order_by(lines.desc(), LineTag.tag)
    named = {"supplier": (Supplier, Waiting.supplier_id), "sku": (Sku, Waiting.sku_id)}.get(key)
    if named or key == "location":
        model, column = named or (Location, Waiting.location_id)
        counts = select(column.label("id"), lines).where(*where)
        words = model.name if named else model.code
        if sought:
            matching = select(model.id).where(or_(_contains(model.code, sought), _contains(words, sought)))
            counts = counts.where(column.in_(matching))
        counted = counts.group_by(column).order_by(lines.desc(), column).limit(CHOICES_SHOWN + 1).subquery()
        return (
            select(model.code.label("value"), words.label("words"), counted.c.lines)
            .select_from(counted)
            .outerjoin(model, model.id == counted.c.id)
            .order_by(counted.c.lines.desc(), model.code)
        )
    column = Waiting.placed_on if key == "age" else getattr(Waiting, key)
    query = select(column.label("value"), column.label("words"), lines)
    if sought:
        query = query.where(_contains(column, sought))
    return query.where(*where).group_by(column).order_by(lines.desc(), column)


def _contains(column: Any, sought: str) -> ColumnElement[bool]:
    """Whether a text has the sought letters in it, in either case."""
    return func.lower(column).contains(sought.lower(), autoescape=True)
