"""The sums that planning keeps of what waits: which of them answer a selection, and what they count twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sqlalchemy import BigInteger, ColumnElement, Row, Select, and_, cast, func, or_, select
from sqlalchemy.orm import Session

from dashboard.models import AgingDay, LinePart, Waiting
from dashboard.models.plans import DAY_DIMENSIONS, SUM_DIMENSIONS
from dashboard.panels.days import Span, days_of
from dashboard.panels.filters import NOT_KNOWN, Selection, keys_of

# Statements of the figures, by what they ask for: to write one anew takes longer than to answer it.
STATEMENTS_KEPT = 256


@dataclass(frozen=True, slots=True)
class Summary:
    """Where the figures of a selection are kept ready: a filter, its value, and the currencies asked for.

    Of a filter by days, in place of a value, the stretches that are asked for, which may overlap; None: not known.
    """

    dimension: str
    value_of: str
    currencies: tuple[str, ...]
    days: tuple[Span | None, ...] = ()


ALL = Summary("", "", ())


def summary_of(session: Session, selection: Selection) -> Summary | None:
    """At most one filter with one value, beside the currency; anything else is counted afresh."""
    currencies = tuple("" if currency == NOT_KNOWN else currency for currency in selection.of("currency"))
    rest = selection.without("currency").chosen
    if not rest:
        return Summary("", "", currencies)
    (dimension, values), *more = rest
    if more or len(values) > 1 or dimension not in SUM_DIMENSIONS:
        return None
    (value,) = values
    if value == NOT_KNOWN:
        return Summary(dimension, "", currencies)
    if SUM_DIMENSIONS[dimension].endswith("_id"):
        keys = keys_of(session, dimension, values)
        return Summary(dimension, str(keys[0]), currencies) if keys else None
    return Summary(dimension, value, currencies)


def summary_with_days(session: Session, selection: Selection, today: date) -> Summary | None:
    """The same, or one filter by days: for what adds up over days, as lines, units and values do, and orders do not."""
    chosen = selection.on(today).without("currency").chosen
    if len(chosen) == 1 and chosen[0][0] in DAY_DIMENSIONS:
        ((dimension, values),) = chosen
        everything = summary_of(session, selection.only(["currency"]))
        days = tuple(None if value == NOT_KNOWN else days_of(value) for value in values)
        return everything and replace(everything, dimension=dimension, days=days)
    return summary_of(session, selection)


def of_summary(query: Select, model: Any, summary: Summary) -> Select:
    """Only the sums that stand there."""
    if summary.days:
        query = query.where(
            model.dimension == summary.dimension, or_(*(_on_days(model.value_of, days) for days in summary.days))
        )
    else:
        query = query.where(model.dimension == summary.dimension, model.value_of == summary.value_of)
    return query.where(model.currency.in_(summary.currencies)) if summary.currencies else query


def _on_days(value_of: ColumnElement[str], days: Span | None) -> ColumnElement[bool]:
    """Days as the sums write them, whose text lies in their order; what is not known is before all of them."""
    if days is None:
        return value_of == ""
    first, last = days
    # In two conditions: PostgreSQL reads no BETWEEN of values that say their collation.
    return and_(value_of >= (first or date.min).isoformat(), value_of <= (last or date.max).isoformat())


class CurrencyValue(NamedTuple):
    """A value in one currency; values of two are never added."""

    currency: str  # empty where not known
    value: int  # micro-units


class Counted(Protocol):
    """Parts of lines that are counted together."""

    @property
    def currency(self) -> str: ...
    @property
    def parts(self) -> int: ...
    @property
    def value(self) -> int: ...


Group = TypeVar("Group", bound=Counted)


@dataclass(frozen=True, slots=True)
class Groups(Generic[Group]):
    """All that waits in a selection, group by group, with what the groups count twice."""

    groups: tuple[Group, ...]
    divided: tuple[tuple[int, Group], ...]  # the waiting parts of divided lines: whose, and where they are counted

    def among(self, holds: Callable[[Group], bool]) -> Groups[Group]:
        """Those that are meant."""
        return Groups(
            tuple(group for group in self.groups if holds(group)),
            tuple((line_id, group) for line_id, group in self.divided if holds(group)),
        )

    @property
    def lines(self) -> int:
        """How many lines these are, each counted once."""
        parts = [line_id for line_id, _ in self.divided]
        return sum(group.parts for group in self.groups) - len(parts) + len(set(parts))

    @property
    def currencies(self) -> set[str]:
        return {group.currency for group in self.groups}

    def values(self, value: Callable[[Group], int] = lambda group: group.value) -> tuple[CurrencyValue, ...]:
        """What they are worth, by currency; or the sums of something else of theirs."""
        sums: dict[str, int] = {}
        for group in self.groups:
            sums[group.currency] = sums.get(group.currency, 0) + value(group)
        return tuple(CurrencyValue(*pair) for pair in sorted(sums.items()))


def whole_sum(column: Any) -> ColumnElement[int]:
    """A sum as a whole number on both databases: PostgreSQL adds up to a decimal."""
    return cast(func.sum(column), BigInteger)


def divided_parts(session: Session, where: list[ColumnElement[bool]], *columns: Any) -> list[Row[Any]]:
    """The waiting parts of divided lines, each with its line: sums count every part, people every line."""
    if session.scalar(_ANY_DIVIDED) is None:
        return []
    divided = select(LinePart.line_id).distinct().subquery()
    query = select(Waiting.line_id, *columns).select_from(divided).join(Waiting, Waiting.line_id == divided.c.line_id)
    return list(session.execute(query.where(*where)))


_ANY_DIVIDED = select(LinePart.line_id).limit(1)


def all_lines(session: Session) -> int:
    """How many lines wait."""
    parts = session.scalar(_all_parts()) or 0
    lines = [row.line_id for row in divided_parts(session, [])]
    return parts - len(lines) + len(set(lines))


@lru_cache
def _all_parts() -> Select:
    return of_summary(select(whole_sum(AgingDay.lines)), AgingDay, ALL)


def currencies_in_all(session: Session) -> list[str]:
    """The currencies of all that waits."""
    return list(session.scalars(_CURRENCIES))


_CURRENCIES = of_summary(select(AgingDay.currency).distinct().order_by(AgingDay.currency), AgingDay, ALL)
