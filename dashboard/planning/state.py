"""For which day the plan stands, what is left to plan, how each day ended; and who keeps whom out meanwhile."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product

from sqlalchemy import BigInteger, cast, delete, exists, func, insert, literal, or_, select, true, union_all

from dashboard import clock, models, topics
from dashboard.bulk import upsert, upsert_of
from dashboard.domain.aging import TREND_WEEKS, WAITING_LINES, part_kept
from dashboard.domain.cancellation_risk import LIKELY_BANDS, LIKELY_FROM, LIKELY_LINES, VALUE_AT_RISK
from dashboard.domain.expiring_payments import IN_DANGER, LINES_IN_DANGER
from dashboard.domain.fast_movers import PRESSING_SKUS, SOON
from dashboard.domain.lead_times import OVERDUE_UNITS
from dashboard.models.plans import SUM_DIMENSIONS
from dashboard.models.supplier_figures import ALL_SKUS
from dashboard.planning import summaries
from dashboard.planning.sums import YES_OR_NO

# Any numbers that no other advisory lock of the desk uses.
PLANNING_LOCK, SUMMARY_LOCK = 7_305_117, 7_305_118
# The filters by whose values days are kept, each with its column of the worklist. Tags are none of a row's columns.
_KEPT_BY = {name: column for name, column in SUM_DIMENSIONS.items() if column}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far planning has come."""

    shop_day: date | None  # for which all of the plan was derived; None before the first
    left: int  # the version of what was left to a later run
    planned: int  # and up to which of it facts are in the plan

    @property
    def has_facts_left(self) -> bool:
        return self.left != self.planned

    @property
    def is_of_another_day(self) -> bool:
        return self.shop_day not in (None, clock.today())

    @property
    def is_behind(self) -> bool:
        return self.has_facts_left or self.is_of_another_day


def facts_changed(session, *, history: bool = True) -> None:
    """Says that facts changed: the last call of a transaction that writes any and leaves the planning to a later run.

    `history` is false where estimates have nothing to learn from the change (a count, a priority, a hold).
    """
    topics.bump(session.connection(), topics.FACTS, topics.UNPLANNED, *([topics.HISTORY] if history else []))


def planned_day(connection):
    """The shop day for which all of the plan was derived; None before the first."""
    return connection.scalar(select(models.PlanState.shop_day))


def progress(connection) -> Progress:
    """How far planning has come, read at once."""
    topic, planned_for = models.TopicVersion, select(models.PlanState.shop_day).scalar_subquery()
    found = connection.execute(
        select(topic.topic, topic.version, planned_for).where(topic.topic.in_((topics.UNPLANNED, topics.PLANNED)))
    ).all()
    versions = {name: version for name, version, _ in found}
    shop_day = found[0][2] if found else planned_day(connection)
    return Progress(shop_day, versions.get(topics.UNPLANNED, 0), versions.get(topics.PLANNED, 0))


def is_behind(connection) -> bool:
    """Whether facts wait to be planned, or the plan is of another day than the shop's."""
    return progress(connection).is_behind


def keep_planners_out(connection) -> None:
    """One planner of everything at a time, and no act meanwhile, until the transaction ends. SQLite has one writer
    anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(PLANNING_LOCK)))


def keep_sums(connection) -> None:
    """Sums are added to by one transaction at a time, until it ends; whoever waits here holds all else it needs."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(SUMMARY_LOCK)))


def say_planned(connection, shop_day) -> None:
    """When something was last planned, and for which shop day all of the plan stands."""
    connection.execute(_saying(connection.dialect.name), {"id": 1, "shop_day": shop_day, "planned_at": clock.now()})


@cache
def _saying(dialect):
    state = upsert_of(dialect, models.PlanState.__table__)
    said = {name: state.excluded[name] for name in ("shop_day", "planned_at")}
    return state.on_conflict_do_update(index_elements=["id"], set_=said)


def close_days(connection, shop_day) -> None:
    """Keeps the figures of each day that ended since the plan's own, before anything of a new day is written: nothing
    changed meanwhile, so they all ended with what is stored. Today's are begun with the same.
    """
    today = clock.today()
    figure = models.DailySnapshot
    begun = select(figure.day).where(figure.day == today, figure.figure == WAITING_LINES)
    if shop_day < today and not connection.scalar(select(begun.exists())):
        ended = [shop_day + timedelta(days=days) for days in range((today - shop_day).days)]
        keep_snapshots(connection, [*ended, today])
        _keep_by_filter(connection, ended)


def _keep_by_filter(connection, days) -> None:
    """How many lines waited under each value of a filter, for as long as the trend reaches back. Only of days that are
    over, so that no run of the plan takes longer for it.
    """
    kept, first = models.DailySnapshot, clock.today() - timedelta(weeks=TREND_WEEKS)
    connection.execute(delete(kept).where(kept.key != "", or_(kept.day < first, kept.day.in_(days))))
    parts = {part_kept(name, value): parts for name, value, parts in connection.execute(_by_filter())}
    further = _further_parts(connection)
    rows = [
        {"day": day, "figure": WAITING_LINES, "key": key, "currency": "", "amount": parts[key] - further[key]}
        for day, key in product([day for day in days if day >= first], parts)
    ]
    if rows:
        connection.execute(insert(kept), rows)


@cache
def _by_filter():
    """The waiting parts of lines under each value of a filter, and in each currency."""
    day = models.AgingDay
    parts = cast(func.sum(day.lines), BigInteger)
    values = select(day.dimension, day.value_of, parts).where(day.dimension.in_(_KEPT_BY))
    currencies = select(literal("currency"), day.currency, parts).where(day.dimension == summaries.ALL)
    return union_all(values.group_by(day.dimension, day.value_of), currencies.group_by(day.currency))


def _further_parts(connection):
    """By how much the waiting parts of divided lines are more than their lines, under each key."""
    row = models.Waiting
    columns = [getattr(row, column) for column in _KEPT_BY.values()]
    divided = row.line_id.in_(select(models.LinePart.line_id))
    met = Counter(
        (part_kept(name, _as_in_sums(name, value)), line_id)
        for line_id, *values in connection.execute(select(row.line_id, row.currency, *columns).where(divided))
        for name, value in zip(("currency", *_KEPT_BY), values, strict=True)
    )
    further = Counter()
    for (key, _), parts in met.items():
        further[key] += parts - 1
    return further


def _as_in_sums(dimension, value):
    """A value of a waiting row's column as the sums write it."""
    if dimension in ("planned", "dated"):
        return YES_OR_NO[value]
    return "" if value is None else str(value)


def keep_snapshots(connection, days, waiting=models.Waiting.__table__) -> None:
    """How many lines wait, are likely to go and cannot be charged when they ship, what is at risk in each currency, how
    many units are overdue, and how many SKUs are out or below their point, under each of the days. What waits may stand
    in another table yet.
    """
    amounts = {(name, ""): _count_lines(connection, query) for name, query in _lines_queries(waiting).items()}
    amounts[OVERDUE_UNITS, ""] = connection.scalar(_overdue_query())
    amounts[PRESSING_SKUS, ""] = connection.scalar(_pressing_query())
    amounts.update({(VALUE_AT_RISK, currency): value for currency, value in connection.execute(_at_risk_query())})
    kept = models.DailySnapshot
    # A currency in which nothing waits any more would keep what it had earlier in the day.
    connection.execute(delete(kept).where(kept.day.in_(days), kept.figure == VALUE_AT_RISK))
    for day, ((name, currency), amount) in product(days, amounts.items()):
        figure = upsert(connection, kept).values(day=day, figure=name, key="", currency=currency, amount=amount)
        connection.execute(
            figure.on_conflict_do_update(
                index_elements=["day", "figure", "key", "currency"], set_={"amount": figure.excluded.amount}
            )
        )


@cache
def _overdue_query():
    row = models.SupplierFigures
    return select(cast(func.coalesce(func.sum(row.overdue_units), 0), BigInteger)).where(row.sku_id == ALL_SKUS)


@cache
def _pressing_query():
    return select(func.count()).where(models.SkuFigure.status_order < SOON)


@cache
def _at_risk_query():
    band = models.RiskBand
    at_risk = cast(func.sum(band.value_at_risk), BigInteger)
    return select(band.currency, at_risk).where(band.dimension == summaries.ALL).group_by(band.currency)


def _count_lines(connection, query):
    """Lines, each once: the sums count its parts, of which the few divided lines have several."""
    parts, further = connection.execute(query).one()
    return int(parts) - int(further)


@cache
def _lines_queries(waiting):
    """For each figure of lines, what asks for its parts, and for how many of them are further parts of one line."""
    day, band, means = models.AgingDay, models.RiskBand, models.PaymentDay
    return {
        WAITING_LINES: _lines_query(waiting, day),
        LIKELY_LINES: _lines_query(
            waiting, band, band.band.in_(LIKELY_BANDS), is_counted=lambda row: row.risk_order >= LIKELY_FROM
        ),
        LINES_IN_DANGER: _lines_query(
            waiting, means, means.state.in_(IN_DANGER), is_counted=lambda row: row.payment_state.in_(IN_DANGER)
        ),
    }


def _lines_query(waiting, sums, *meant, is_counted=lambda row: true()):
    (whole, part), (_, first) = ((alias, alias.c) for alias in (waiting.alias(), waiting.alias()))
    parts = select(func.coalesce(func.sum(sums.lines), 0)).where(sums.dimension == summaries.ALL, *meant)
    # Said so, SQLite goes from the few divided lines to their parts; as a join it would read all that waits.
    divided = part.line_id.in_(select(models.LinePart.line_id))
    is_further = exists().where(first.line_id == part.line_id, first.part < part.part, is_counted(first))
    further = select(func.count()).select_from(whole).where(divided, is_counted(part), is_further)
    return select(parts.scalar_subquery(), further.scalar_subquery())
