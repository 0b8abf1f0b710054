"""The values that a filter can still take, each with the number of rows behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from dashboard.database import day_of
from dashboard.domain.aging import bucket_of
from dashboard.domain.cancellation_risk import band_of
from dashboard.models import (
    AgingDay,
    Assignment,
    Customer,
    LineTag,
    Location,
    PaymentDay,
    RiskBand,
    Sku,
    Supplier,
    User,
    Waiting,
)
from dashboard.models.plans import AFTER_ALL_DAYS
from dashboard.panels.days import PRESETS, DaysRefused, days_of, days_written, on_day, span
from dashboard.panels.filters import (
    ASSIGNED_TO,
    FILTERS,
    NO,
    NOT_KNOWN,
    WAITING,
    YES,
    Filter,
    Selection,
    conditions,
    on_days,
    unknown_in_words,
)

# A menu is read at a glance; who looks for more types.
CHOICES_SHOWN = 12
# Rows of a stretch of days; beyond, there are more than these.
COUNTED_AT_MOST = 10_000
# Filters whose lines are in sums kept ready, few enough to add up; those of suppliers are more than their lines' index.
KEPT = (
    "age",
    "dated",
    "channel",
    "location",
    "tier",
    "cause",
    "planned",
    "currency",
    "tag",
    "state",
    "expires",
    "risk",
    "placed",
)
# How `payment_days` writes that no last good day is known.
NO_DAY: ColumnElement[int] = literal_column("0")
# How columns of days say that none is known.
NO_DAYS = (None, 0, AFTER_ALL_DAYS)


ROWS = func.count()


@dataclass(frozen=True, slots=True)
class Counting:
    """What menus count: the rows of a panel, by what each of its filters looks at."""

    noun: str  # what one row is called: "line"
    columns: Mapping[str, SQLColumnExpression[Any]]  # as `conditions` takes them
    # Value, words and number of rows from sums kept ready, for when no other filter is set; None where none are kept.
    kept: Callable[[str], Select | None] = lambda key: None
    # What else the rows have that the menu of a filter counts.
    among: Callable[[str], tuple[ColumnElement[bool], ...]] = lambda key: ()
    # By what a menu tells rows apart, where that is not what the filter looks at.
    told_by: Mapping[str, SQLColumnExpression[Any]] = field(default_factory=dict)
    rows: Any = None  # where the rows stand, where their columns alone do not say it
    count: ColumnElement[int] = ROWS
    uncounted: tuple[str, ...] = ()  # filters whose values are offered without a number
    # Filters of days by which an index leads to the rows: where no other is set, stretches are counted up to a number.
    led_to: tuple[str, ...] = ()
    # Which rows an assignment is of, and what is counted where a row can have several.
    assigned: tuple[ColumnElement[bool], ...] = (Waiting.line_id == Assignment.line_id,)
    assigned_count: ColumnElement[int] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a filter."""

    value: str
    words: str
    detail: str  # its code, where the words are a name
    lines: int | None  # None: not counted
    chosen: bool
    is_more: bool = False  # there are more than these


@dataclass(frozen=True, slots=True)
class TypedDays:
    """A first and a last day as they stand in their fields."""

    first: str = ""
    last: str = ""
    refused: str = ""  # why these cannot be meant


@dataclass(frozen=True, slots=True)
class Choices:
    """The menu of one filter."""

    filter: Filter
    sought: str  # what was typed to find a value
    found: tuple[Choice, ...]  # the most frequent first; fixed values in their own order
    has_more: bool
    noun: str  # what is counted
    days: TypedDays | None = None  # the days that can be typed, where it is a menu of days


def load_choices(
    session: Session, key: str, selection: Selection, today: date, sought: str = "", *, counting: Counting | None = None
) -> Choices:
    """The menu of a filter among the rows that the other filters leave."""
    counting = counting or LINES
    filter = FILTERS[key]
    others = selection.without(key)
    chosen = selection.of(key)
    sought = sought.strip()
    if key in counting.uncounted:
        return _uncounted(filter, chosen, counting.noun)
    if key in counting.led_to and not others:
        stretches = _stretches(session, filter, counting, chosen, today)
        return Choices(filter, "", stretches, False, counting.noun, _typed(chosen))
    counted = counting.kept(key) if not others and not sought else None
    if counted is None:
        where = [*counting.among(key), *conditions(session, others, today, counting.columns)]
        counted = _counted(key, counting, where, sought)
    is_whole = filter.fixed is not None or filter.is_of_days
    rows = session.execute(counted.limit(None if is_whole else CHOICES_SHOWN + 1)).all()
    if filter.is_of_days:
        return Choices(filter, "", _by_days(filter, rows, chosen, today), False, counting.noun, _typed(chosen))
    if filter.fixed is not None:
        return Choices(filter, "", _whole(filter, rows, chosen, today), False, counting.noun)
    found = tuple(
        Choice(
            value=row.value or NOT_KNOWN,
            words=row.words or row.value or unknown_in_words(key),
            detail=row.value if row.words and row.words != row.value else "",
            lines=row.lines,
            chosen=(row.value or NOT_KNOWN) in chosen,
        )
        for row in rows[:CHOICES_SHOWN]
    )
    return Choices(filter, sought, found, len(rows) > CHOICES_SHOWN, counting.noun)


def _whole(filter: Filter, rows: Any, chosen: tuple[str, ...], today: date) -> tuple[Choice, ...]:
    """Every value that there is, in its own order, those that nothing has among them."""
    assert filter.fixed is not None
    lines: dict[str, int] = {}
    for row in rows:
        value = _value(filter.key, row.value, today)
        lines[value] = lines.get(value, 0) + row.lines
    return tuple(
        Choice(value, words, "", lines.get(value, 0), value in chosen) for value, words in filter.fixed.items()
    )


def _value(key: str, stored: Any, today: date) -> str:
    """The value of a filter to which a row counts that has this stored."""
    if isinstance(stored, str):
        return stored
    if key == "age":
        return bucket_of((today - _day(stored)).days).key
    if key == "risk":
        return band_of(stored)
    return YES if stored else NO


def _by_days(filter: Filter, rows: Any, chosen: tuple[str, ...], today: date) -> tuple[Choice, ...]:
    """Rows by day, as rows by stretch of days."""
    known = [(_day(row.value), row.lines) for row in rows if row.value not in NO_DAYS]

    def choice(value: str) -> Choice:
        first, last = PRESETS[value].on(today)
        lines = sum(count for day, count in known if (not first or day >= first) and (not last or day <= last))
        return Choice(value, PRESETS[value].words, "", lines, value in chosen)

    choices = tuple(choice(value) for value in filter.presets)
    if not filter.can_be_unknown:
        return choices
    unknown = sum(row.lines for row in rows if row.value in NO_DAYS)
    return (*choices, Choice(NOT_KNOWN, "not known", "", unknown, NOT_KNOWN in chosen))


def _stretches(
    session: Session, filter: Filter, counting: Counting, chosen: tuple[str, ...], today: date
) -> tuple[Choice, ...]:
    """Rows by stretch of days, each counted in the index of its days until they are too many."""
    words = {value: PRESETS[value].words for value in filter.presets}
    if filter.can_be_unknown:
        words[NOT_KNOWN] = "not known"
    column = counting.columns[filter.key]
    counts = []
    for value in words:
        met = and_(*counting.among(filter.key), on_days(column, filter.key, on_day(value, today)))
        rows = _from(counting, literal_column("1")).where(met).limit(COUNTED_AT_MOST + 1).subquery()
        counts.append(select(func.count()).select_from(rows).scalar_subquery())
    found = zip(words.items(), session.execute(select(*counts)).one(), strict=True)
    return tuple(
        Choice(value, said, "", min(lines, COUNTED_AT_MOST), value in chosen, lines > COUNTED_AT_MOST)
        for (value, said), lines in found
    )


def _uncounted(filter: Filter, chosen: tuple[str, ...], noun: str) -> Choices:
    """A menu whose values nobody counts, because that would take longer than the table."""
    words = dict(filter.fixed or {value: PRESETS[value].words for value in filter.presets})
    if filter.can_be_unknown:
        words[NOT_KNOWN] = "not known"
    found = tuple(Choice(value, said, "", None, value in chosen) for value, said in words.items())
    return Choices(filter, "", found, False, noun, _typed(chosen) if filter.is_of_days else None)


def _typed(chosen: tuple[str, ...]) -> TypedDays:
    """The days that are set, where one stretch of them is."""
    named = [value for value in chosen if value not in PRESETS and value != NOT_KNOWN]
    if len(named) != 1:
        return TypedDays()
    return TypedDays(*(day.isoformat() if day else "" for day in days_of(named[0])))


def days_chosen(first: str, last: str) -> tuple[str | None, TypedDays]:
    """The value of days that somebody typed, empty where they were emptied; None, and why, where it cannot be meant."""
    if not first.strip() and not last.strip():
        return "", TypedDays()
    try:
        return days_written(*span(first, last)), TypedDays(first, last)
    except DaysRefused as refused:
        return None, TypedDays(first, last, str(refused))


def _day(stored: date | int) -> date:
    return stored if isinstance(stored, date) else day_of(stored)


def _counted(key: str, counting: Counting, where: list[ColumnElement[bool]], sought: str) -> Select:
    """Value, words and number of rows, the most frequent first."""
    column = counting.told_by.get(key, counting.columns[key])
    lines = counting.count.label("lines")
    if key == "tag":
        query = _from(counting, LineTag.tag.label("value"), LineTag.tag.label("words"), lines)
        query = query.where(column == LineTag.line_id, *where)
        if sought:
            query = query.where(_contains(LineTag.tag, sought))
        return query.group_by(LineTag.tag).order_by(lines.desc(), LineTag.tag)
    if key == "assigned":
        some = lines if counting.assigned_count is None else counting.assigned_count.label("lines")
        query = _from(counting, ASSIGNED_TO.label("value"), ASSIGNED_TO.label("words"), some)
        query = query.where(*counting.assigned, Assignment.person_id == User.id, *where)
        if sought:
            query = query.where(_contains(ASSIGNED_TO, sought))
        return query.group_by(ASSIGNED_TO).order_by(lines.desc(), ASSIGNED_TO)
    model: Any = {"supplier": Supplier, "sku": Sku, "location": Location, "customer": Customer}.get(key)
    if model is not None:
        counts = _from(counting, column.label("id"), lines).where(*where)
        words = model.code if model is Location else model.name
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
    query = _from(counting, column.label("value"), column.label("words"), lines)
    if sought:
        query = query.where(_contains(column, sought))
    return query.where(*where).group_by(column).order_by(lines.desc(), column)


def _from(counting: Counting, *columns: Any) -> Select:
    query = select(*columns)
    return query if counting.rows is None else query.select_from(counting.rows)


def _contains(column: Any, sought: str) -> ColumnElement[bool]:
    """Whether a text has the sought letters in it, in either case."""
    return func.lower(column).contains(sought.lower(), autoescape=True)


def kept_lines(key: str) -> Select | None:
    """Waiting lines from the sums that planning keeps ready."""
    return _kept(key, "lines")


def kept_orders(key: str) -> Select | None:
    """The orders that these lines are of, where lines of one order are all counted in one place."""
    return _kept(key, "orders") if key in ("channel", "location", "tier", "currency", "placed") else None


def _kept(key: str, figure: str) -> Select | None:
    if key not in KEPT:
        return None
    model, value = _KEPT_OF_ALL.get(key, (AgingDay, Location.code if key == "location" else AgingDay.value_of))
    lines = cast(func.sum(getattr(model, figure)), BigInteger).label("lines")
    kept = select(value.label("value"), value.label("words"), lines).select_from(model)
    if key == "location":
        kept = kept.outerjoin(Location, cast(Location.id, String) == model.value_of)
    dimension = "" if key in _KEPT_OF_ALL else key
    return kept.where(model.dimension == dimension).group_by(value).order_by(lines.desc(), value)


_last_good_day = type_coerce(PaymentDay.last_good_day, Integer)
# The sums of all that waits that tell such values apart: where they stand, and what they say of it.
_KEPT_OF_ALL: dict[str, tuple[Any, Any]] = {
    "age": (AgingDay, AgingDay.placed_on),
    "placed": (AgingDay, AgingDay.placed_on),
    "currency": (AgingDay, AgingDay.currency),
    "state": (PaymentDay, PaymentDay.state),
    "expires": (PaymentDay, func.coalesce(func.nullif(_last_good_day, NO_DAY), literal_column(str(AFTER_ALL_DAYS)))),
    "risk": (RiskBand, RiskBand.band),
}


LINES = Counting(
    "line",
    WAITING,
    kept_lines,
    told_by={"placed": type_coerce(Waiting.placed_on, Integer)},
    led_to=("eta", "deadline"),
)
