"""Which lines are meant: the filters that every panel, report and address share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    SQLColumnExpression,
    String,
    and_,
    exists,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from dashboard.database import Identifier, day_number
from dashboard.domain.aging import BUCKET_KEYS, BUCKETS
from dashboard.domain.cancellation_risk import BANDS, UNSCORED
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.domain.fast_movers import STATUSES
from dashboard.models import Assignment, Customer, LineTag, Location, Sku, Supplier, User, Waiting
from dashboard.models.plans import AFTER_ALL_DAYS
from dashboard.panels import days as spans
from dashboard.panels.columns import type_of
from dashboard.panels.days import PRESETS, DaysRefused, Span, days_written, on_day

# What is written in an address for "the fact is not known", because an empty value means that nothing was chosen.
NOT_KNOWN = "not-known"
# A filter by more values than this is no filter that a person set.
VALUES_AT_MOST = 50

YES, NO = "yes", "no"
NOBODY = "the desk itself"  # who did what no person did
CAUSE_WORDS = {
    "planned": "Planned",
    "not-ordered": "Not ordered",
    "supplier-late": "Supplier late",
    "demand-spike": "Demand spike",
    "low-stock": "Low safety stock",
    "unknown": "Unknown",
}
STATE_WORDS = {"dead": "dead", "unknown": "not known", "dies": "ending before the goods", "good": "good until then"}
STATUS_WORDS = {
    "out": "out of stock",
    "below": "below its reorder point",
    "soon": "runs out soon",
    "ok": "enough",
    "idle": "no demand",
}
MAIL_WORDS = {
    "queued": "waits",
    "sending": "is leaving",
    "sent": "sent",
    "failed": "failed",
    "bounced": "came back",
    "withdrawn": "withdrawn",
}
KIND_WORDS = {
    "offer-made": "an offer",
    "card-asked-for": "a new card",
    "parcel-left": "a parcel",
    "date-given": "a first date",
    "date-moved": "a new date",
    "goods-ready": "goods that are ready",
    "rest-cancelled": "a cancel",
    "purchase-order": "a purchase order",
    "several": "several things",
}
OFFER_WORDS = {
    "waiting-approval": "waits for approval",
    "offered": "open",
    "accepted": "accepted",
    "declined": "declined",
    "expired": "expired",
    "void": "void",
}
_BAND_STARTS = [*(band.first for band in BANDS), None]


def _percent(first: int, end: int | None) -> str:
    """Chances are ten-thousandths; people read per cent."""
    if end is None:
        return f"{first // 100} % and more"
    return f"{first // 100}–{end // 100} %" if first else f"under {end // 100} %"


RISK_WORDS = {
    **{band.key: _percent(band.first, end) for band, end in zip(BANDS, _BAND_STARTS[1:], strict=True)},
    UNSCORED: "not scored",
}
_AGE_WORDS = {
    bucket.key: f"{bucket.first} d and more" if bucket.last is None else f"{bucket.first}–{bucket.last} d"
    for bucket in BUCKETS
}


class FilterRefused(ValueError):
    """A filter that does not exist or cannot have that value; the message lists what would do."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One thing to filter by: its key in addresses and `--filter`, its name, and its values where they are fixed."""

    key: str
    name: str
    fixed: Mapping[str, str] | None = None  # value -> words
    can_be_unknown: bool = False
    is_searched: bool = False  # so many values that one types to find
    # Of days: a value is a first and a last day, 2026-03-01..2026-03-31, either of which may be left out, or the name
    # of one of these stretches.
    presets: tuple[str, ...] = ()
    has_no_menu: bool = False  # any words do

    @property
    def is_of_days(self) -> bool:
        return bool(self.presets)


# What is asked of days that have passed, and of those to come.
_PAST = ("today", "this-week", "last-7-days", "last-30-days", "last-90-days")
_AHEAD = ("today", "this-week", "next-7-days", "next-30-days")


FILTERS: dict[str, Filter] = {
    filter.key: filter
    for filter in (
        Filter("age", "Waited", fixed=_AGE_WORDS),
        Filter("dated", "Ships", fixed={YES: "date given", NO: "no date yet"}),
        Filter("supplier", "Supplier", can_be_unknown=True, is_searched=True),
        Filter("channel", "Channel", can_be_unknown=True),
        Filter("location", "Location", can_be_unknown=True),
        Filter("tier", "Tier", can_be_unknown=True),
        Filter("sku", "SKU", is_searched=True),
        Filter("tag", "Tag", is_searched=True),
        Filter("cause", "Cause", fixed=CAUSE_WORDS),
        Filter("planned", "Sold as", fixed={YES: "planned", NO: "unforeseen"}),
        Filter("currency", "Currency", can_be_unknown=True),
        Filter("state", "Payment", fixed={state: STATE_WORDS[state] for state in PAYMENT_STATES}),
        Filter(
            "expires",
            "Good until",
            can_be_unknown=True,
            presets=("ended", "today", "this-week", "next-7-days", "next-14-days", "next-30-days", "next-90-days"),
        ),
        Filter("risk", "Risk", fixed=RISK_WORDS),
        Filter("status", "Status", fixed={status: STATUS_WORDS[status] for status in STATUSES}),
        Filter("class", "Class", can_be_unknown=True),
        Filter("placed", "Placed", presets=_PAST),
        Filter("eta", "ETA", can_be_unknown=True, presets=_AHEAD),
        Filter("deadline", "Deadline", presets=("overdue", *_AHEAD)),
        Filter("customer", "Customer", is_searched=True),
        Filter("assigned", "Assigned to", can_be_unknown=True, is_searched=True),
        Filter("backorder", "Backorder", fixed={YES: "something waits", NO: "nothing waits"}),
        Filter("order", "Order", fixed={"open": "open", "closed": "closed", "cancelled": "cancelled"}),
        Filter("complete", "Leaves", fixed={YES: "only as a whole", NO: "in parts"}),
        Filter("search", "Search", has_no_menu=True),
        Filter("mail", "State", fixed=MAIL_WORDS),
        Filter("kind", "About", fixed=KIND_WORDS),
        Filter("offer", "State", fixed=OFFER_WORDS),
        Filter("who", "Who", can_be_unknown=True, is_searched=True),
        Filter("act", "Act", is_searched=True),
        Filter("subject", "Subject", has_no_menu=True),
        Filter("days", "When", presets=_PAST),
    )
}
EVERY_FILTER = tuple(FILTERS)


@dataclass(frozen=True, slots=True)
class Selection:
    """The filters that are set: values of one filter are alternatives, filters narrow each other."""

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def read(cls, given: Iterable[tuple[str, str]], *, allowed: Sequence[str] = EVERY_FILTER) -> Selection:
        """From pairs of key and value; empty values are nothing chosen. Raises `FilterRefused`."""
        found: dict[str, list[str]] = {}
        for key, value in given:
            if key not in allowed:
                raise FilterRefused(f"There is no filter {key!r} here; there are {', '.join(allowed)}.")
            value = _checked(FILTERS[key], value.strip())
            if value and value not in found.setdefault(key, []):
                found[key].append(value)
        for key, values in found.items():
            if len(values) > VALUES_AT_MOST:
                raise FilterRefused(f"The filter {key!r} takes at most {VALUES_AT_MOST} values, not {len(values)}.")
        return cls(tuple((key, _in_order(FILTERS[key], found[key])) for key in FILTERS if found.get(key)))

    def of(self, key: str) -> tuple[str, ...]:
        """The values chosen for one filter; none: it is not set."""
        return dict(self.chosen).get(key, ())

    def keys(self) -> tuple[str, ...]:
        return tuple(key for key, _ in self.chosen)

    def without(self, *keys: str) -> Selection:
        return replace(self, chosen=tuple(pair for pair in self.chosen if pair[0] not in keys))

    def only(self, keys: Iterable[str]) -> Selection:
        """Those filters of the selection that somebody else knows too."""
        keys = set(keys)
        return replace(self, chosen=tuple(pair for pair in self.chosen if pair[0] in keys))

    def having(self, key: str, *values: str) -> Selection:
        """The same with one filter set to these values and to nothing else."""
        chosen = dict(self.chosen) | {key: values}
        return replace(self, chosen=tuple((name, chosen[name]) for name in FILTERS if chosen.get(name)))

    def toggled(self, key: str, value: str) -> Selection:
        """The same with a value of a filter more, or one less where it is set."""
        values = self.of(key)
        values = tuple(one for one in values if one != value) if value in values else (*values, value)
        return self.having(key, *_in_order(FILTERS[key], list(values)))

    def on(self, today: date) -> Selection:
        """The same with its days named, which move on with today."""
        return replace(
            self,
            chosen=tuple(
                (key, tuple(on_day(value, today) for value in values) if FILTERS[key].is_of_days else values)
                for key, values in self.chosen
            ),
        )

    def parameters(self) -> dict[str, list[str]]:
        """As keyword arguments of an address."""
        return {key: list(values) for key, values in self.chosen}

    def __bool__(self) -> bool:
        return bool(self.chosen)


def _checked(filter: Filter, value: str) -> str:
    """The value as it is meant; an unknown one of a fixed list is refused with the list."""
    if filter.fixed is not None and value not in filter.fixed and f"{value}+" in filter.fixed:
        value = f"{value}+"  # a + in an address is a blank
    if filter.key == "currency" and value != NOT_KNOWN:
        value = value.upper()
    if filter.is_of_days and value not in ("", NOT_KNOWN, *filter.presets):
        value = days_written(*days_of(filter.key, value))
    if filter.fixed is not None and value and value not in filter.fixed:
        raise FilterRefused(f"The filter {filter.key!r} cannot be {value!r}; it can be {', '.join(filter.fixed)}.")
    return value


def days_of(key: str, value: str) -> Span:
    """The first and the last day of a value of days, both counted in; None: no limit. Raises `FilterRefused`."""
    try:
        return spans.days_of(value)
    except DaysRefused as refused:
        names = ", ".join(name for name in (*FILTERS[key].presets, NOT_KNOWN))
        raise FilterRefused(
            f"The filter {key!r} cannot be {value!r}: {refused} It can be a first and a last day as "
            f"2026-03-01..2026-03-31, one of them left out, one day alone, or one of {names}; it can be given several "
            f"times."
        ) from None


def _in_order(filter: Filter, values: list[str]) -> tuple[str, ...]:
    """One order for the same choice, so that the same rows have one address."""
    return tuple(sorted(values, key=list(filter.fixed).index if filter.fixed else None))


# What a filter looks at, by key. Another panel hands in its own columns under the same keys.
WAITING: dict[str, SQLColumnExpression[Any]] = {
    "age": type_coerce(Waiting.placed_on, Integer),
    "dated": type_coerce(Waiting.dated, Integer),
    "supplier": Waiting.supplier_id,
    "channel": Waiting.channel,
    "location": Waiting.location_id,
    "tier": Waiting.tier,
    "sku": Waiting.sku_id,
    "tag": Waiting.line_id,
    "cause": Waiting.cause,
    "planned": Waiting.planned,
    "currency": Waiting.currency,
    "state": Waiting.payment_state,
    "expires": Waiting.last_good_order,
    "risk": Waiting.risk_order,
    "placed": type_coerce(Waiting.placed_at, BigInteger),
    "eta": Waiting.eta_order,
    "deadline": type_coerce(Waiting.deadline, Integer),
    "customer": Waiting.customer_id,
    "assigned": Waiting.line_id,
}
# The filters that any report of waiting lines knows.
LINE_FILTERS = tuple(WAITING)
# Those of every panel of lines: its figures for one of them are found at once. Each has some of its own beside.
COMMON_FILTERS = (
    "dated",
    "supplier",
    "channel",
    "location",
    "tier",
    "sku",
    "tag",
    "cause",
    "planned",
    "currency",
    "placed",
    "eta",
    "deadline",
    "assigned",
)
# How the screen calls whoever a line is assigned to.
ASSIGNED_TO = func.coalesce(User.name, User.email)

# Filters by a column of few values, each of many rows. SQLite would walk any index that begins with such a column,
# which costs a look-up for each of the many; reading the table once is several times faster.
FEW_VALUES = ("dated", "channel", "location", "tier", "cause", "currency", "state")

# Filters by which an index leads to the rows that match.
LEADING = ("supplier", "sku", "tag", "class", "customer", "placed", "eta", "deadline", "expires")
# Were an index to lead SQLite to so many rows, reading the table once would be quicker.
MANY_ROWS = 20_000
# By which of them an order of a table is: its own index leads to the rows that match.
ALONG = {"age": "placed", "ships": "eta", "due": "deadline", "until": "expires"}

# Filters whose index says of its lines what cancellation risk sorts by; and by which column, where another one is
# generated: SQLite reads no such column in an index.
LEADING_AND_TELLING = (("supplier",), ("sku",), ("eta",))
TOLD = {"eta": type_coerce(Waiting.eta, Integer)}

# How each column of days says that none is known.
_UNKNOWN_DAY = {"eta": 0}
_CODES = {"supplier": Supplier, "location": Location, "sku": Sku, "customer": Customer}


def conditions(
    session: Session,
    selection: Selection,
    today: date,
    columns: Mapping[str, SQLColumnExpression[Any]] = WAITING,
    *,
    walked: bool = False,
    told: bool = False,
    sort: str = "",
) -> list[ColumnElement[bool]]:
    """The selection as conditions on rows. Codes become keys here, so that the database can use its statistics.

    `walked`: rows are met one by one in the order of some index, until there are enough; no filter leads to them but
    the one of the same days as that `sort`.
    `told`: the index that leads to the rows says all that is asked of them, however many they are.
    """
    return [
        _condition(
            session,
            key,
            values,
            today,
            TOLD.get(key, columns[key]) if told else columns[key],
            walked,
            is_led=(walked and key == ALONG.get(sort)) or (told and key in LEADING),
        )
        for key, values in selection.on(today).chosen
    ]


def is_told(selection: Selection) -> bool:
    """Whether there is an index that leads to the lines of a selection and says what chance they have and whose they
    are.
    """
    return selection.without("currency").keys() in LEADING_AND_TELLING and NOT_KNOWN not in selection.of("eta")


def _condition(
    session: Session,
    key: str,
    values: tuple[str, ...],
    today: date,
    column: SQLColumnExpression[Any],
    walked: bool,
    *,
    is_led: bool,
) -> ColumnElement[bool]:
    """`is_led`: the index of this filter is the one that is read, and the reading begins where its values do."""
    if key == "age":
        return or_(*(_placed(column, value, today) for value in values))
    if key == "risk":
        return or_(*(_in_band(column, value) for value in values))
    if key == "tag":
        return _tagged(session, column, values, walked)
    if key == "assigned":
        return _assigned(column, values)
    if session.get_bind().dialect.name == "sqlite" and not is_led:
        days = _within(column, key, values) if FILTERS[key].is_of_days else None
        if key in FEW_VALUES or (walked and key in LEADING) or (days is not None and _are_many(session, column, days)):
            column = away_from_index(column)
    if FILTERS[key].is_of_days:
        return _within(column, key, values)
    if key in ("planned", "complete"):
        return column.in_([value == YES for value in values])
    if key == "dated":
        return column.in_([int(value == YES) for value in values])
    known = [value for value in values if value != NOT_KNOWN]
    if key in _CODES:
        ids = keys_of(session, key, known)
        alternatives: list[ColumnElement[bool]] = [column.in_(ids)] if ids else []
        if NOT_KNOWN in values:
            alternatives.append(column.is_(None))
        return or_(*alternatives) if alternatives else false()
    return column.in_(known + ([""] if NOT_KNOWN in values else []))


def _tagged(
    session: Session, line_id: SQLColumnExpression[Any], tags: tuple[str, ...], walked: bool
) -> ColumnElement[bool]:
    if walked:
        return exists().where(LineTag.line_id == line_id, LineTag.tag.in_(tags))
    # Most lines with a tag are history; few of those lie between the lines that are asked for. Where these lie is asked
    # first: told a question in place of a number, PostgreSQL expects hardly any of them.
    first, last = (select(edge(line_id)).scalar_subquery() for edge in (func.min, func.max))
    first, last = session.execute(select(first, last)).one()
    return line_id.in_(select(LineTag.line_id).where(LineTag.tag.in_(tags), LineTag.line_id.between(first, last)))


def _assigned(line_id: SQLColumnExpression[Any], people: tuple[str, ...]) -> ColumnElement[bool]:
    """Lines of these people, by the names that the screen calls them; or nobody's."""
    theirs = (
        select(Assignment.line_id).join(User, User.id == Assignment.person_id).where(ASSIGNED_TO.in_(people))
    ).correlate(None)
    alternatives: list[ColumnElement[bool]] = [line_id.in_(theirs)]
    if NOT_KNOWN in people:
        alternatives.append(~exists().where(Assignment.line_id == line_id, Assignment.person_id.is_not(None)))
    return or_(*alternatives)


def away_from_index(column: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """The same value in an expression for which SQLite has no index."""
    return column.concat("") if isinstance(type_of(column), (String, Identifier)) else column + 0


def _placed(placed_on: SQLColumnExpression[Any], bucket_key: str, today: date) -> ColumnElement[bool]:
    """Orders whose age falls into a bucket."""
    earliest, latest = BUCKETS[BUCKET_KEYS.index(bucket_key)].placed(today)
    limits = []
    if earliest is not None:
        limits.append(placed_on >= day_number(earliest))
    if latest is not None:
        limits.append(placed_on <= day_number(latest))
    return and_(*limits)


def _within(column: SQLColumnExpression[Any], key: str, values: tuple[str, ...]) -> ColumnElement[bool]:
    """Rows whose day is in one of several values of days."""
    return or_(*(on_days(column, key, value) for value in values))


def _are_many(session: Session, column: SQLColumnExpression[Any], condition: ColumnElement[bool]) -> bool:
    """Whether more rows match than an index had better lead SQLite to, which keeps no count of them."""
    matching = select(column).where(condition).limit(MANY_ROWS).subquery()
    return session.scalar(select(func.count()).select_from(matching)) == MANY_ROWS


def on_days(column: SQLColumnExpression[Any], key: str, value: str) -> ColumnElement[bool]:
    """Rows whose day is in a value of days."""
    unknown = _UNKNOWN_DAY.get(key, AFTER_ALL_DAYS)
    if value == NOT_KNOWN:
        return column == unknown
    if key == "placed":
        return spans.placed_between(column, spans.days_of(value))
    return spans.between(column, spans.days_of(value), unknown)


def _in_band(chance: SQLColumnExpression[Any], key: str) -> ColumnElement[bool]:
    """Chances in a band, of a column that is below all of them where nothing scores the line."""
    if key == UNSCORED:
        return chance < 0
    place = [band.key for band in BANDS].index(key)
    first, end = _BAND_STARTS[place : place + 2]
    return and_(chance >= first, *([chance < end] if end is not None else []))


def keys_of(session: Session, key: str, codes: Sequence[str]) -> list[int]:
    """The surrogate keys of suppliers, locations, SKUs or customers by their codes; unknown codes have none."""
    if not codes:
        return []
    model: Any = _CODES[key]
    return sorted(session.scalars(select(model.id).where(model.code.in_(codes))))


@dataclass(frozen=True, slots=True)
class SetFilter:
    """A filter that is set, in words: "Waited 15 d and more", "Supplier: Minho Cadeiras".

    Its days are put into words where the shop's language is known.
    """

    key: str
    words: str
    days: tuple[Span, ...] = ()  # those that are named, beside what the words say
    are_days_all: bool = False  # the words only name the filter

    @property
    def has_menu(self) -> bool:
        return not FILTERS[self.key].has_no_menu


def set_filters(session: Session, selection: Selection) -> tuple[SetFilter, ...]:
    """What the selection says, for the chips over a table."""
    return tuple(
        SetFilter(key, _words(session, key, values), *_days(FILTERS[key], values)) for key, values in selection.chosen
    )


def _words(session: Session, key: str, values: tuple[str, ...]) -> str:
    name = FILTERS[key].name
    if key == "age":
        return f"{name} {_ages(values)}"
    if FILTERS[key].is_of_days:
        said = [PRESETS[value].words for value in values if value in PRESETS]
        said += ["not known"] if NOT_KNOWN in values else []
        return f"{name} {' or '.join(said)}".rstrip()
    return f"{name}: {' or '.join(words_of(session, key, values))}"


def _days(filter: Filter, values: tuple[str, ...]) -> tuple[tuple[Span, ...], bool]:
    """The days that are named, and whether nothing else is."""
    if not filter.is_of_days:
        return (), False
    named = [value for value in values if value != NOT_KNOWN and value not in PRESETS]
    return tuple(days_of(filter.key, value) for value in named), len(named) == len(values)


def _ages(keys: tuple[str, ...]) -> str:
    """Neighbouring buckets read as one: "15 d and more"."""
    places = [BUCKET_KEYS.index(key) for key in keys]
    first, last = BUCKETS[places[0]], BUCKETS[places[-1]]
    if places != list(range(places[0], places[-1] + 1)):
        return " or ".join(_AGE_WORDS[key] for key in keys)
    return f"{first.first} d and more" if last.last is None else f"{first.first}–{last.last} d"


def words_of(session: Session, key: str, values: Sequence[str]) -> list[str]:
    """Values of a filter as people read them: a supplier by name, what is not known as such."""
    filter = FILTERS[key]
    if filter.fixed is not None:
        return [filter.fixed[value] for value in values]
    names: dict[str, str | None] = {}
    if key in ("supplier", "customer"):
        model: Any = _CODES[key]
        found = session.execute(select(model.code, model.name).where(model.code.in_(values)))
        names = dict(found.all())
    if key == "act":
        return [value.replace("-", " ") for value in values]
    return [unknown_in_words(key) if value == NOT_KNOWN else names.get(value) or value for value in values]


def unknown_in_words(key: str) -> str:
    """What is said where the fact that a filter looks at is missing."""
    return {"who": NOBODY, "assigned": "nobody"}.get(key, "not known")
