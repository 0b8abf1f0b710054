"""For which day the plan stands, what is left to plan, how each day ended; and who keeps whom out meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import product

from sqlalchemy import BigInteger, cast, exists, func, select
from sqlalchemy.orm import aliased

from dashboard import clock, models, topics
from dashboard.bulk import upsert, upsert_of
from dashboard.domain.aging import WAITING_LINES
from dashboard.domain.fast_movers import PRESSING_SKUS, SOON
from dashboard.domain.lead_times import OVERDUE_UNITS
from dashboard.models.supplier_figures import ALL_SKUS
from dashboard.planning import summaries

# Any numbers that no other advisory lock of the desk uses.
PLANNING_LOCK, SUMMARY_LOCK = 7_305_117, 7_305_118


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
        keep_snapshots(connection, [shop_day + timedelta(days=days) for days in range((today - shop_day).days + 1)])


def keep_snapshots(connection, days) -> None:
    """How many lines wait, units are overdue, and SKUs are out or below their point, under each of the days."""
    amounts = {
        WAITING_LINES: _count_waiting_lines(connection),
        OVERDUE_UNITS: connection.scalar(_overdue_query()),
        PRESSING_SKUS: connection.scalar(_pressing_query()),
    }
    for day, (name, amount) in product(days, amounts.items()):
        figure = upsert(connection, models.DailySnapshot).values(
            day=day, figure=name, key="", currency="", amount=amount
        )
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


def _count_waiting_lines(connection):
    """Lines, each once: the sums count its parts, of which the few divided lines have several."""
    parts, further = connection.execute(_waiting_lines_query()).one()
    return int(parts) - int(further)


@cache
def _waiting_lines_query():
    day, part, first = models.AgingDay, aliased(models.Waiting), aliased(models.Waiting)
    parts = select(func.coalesce(func.sum(day.lines), 0)).where(day.dimension == summaries.ALL)
    # Said so, SQLite goes from the few divided lines to their parts; as a join it would read all that waits.
    divided = part.line_id.in_(select(models.LinePart.line_id))
    further = (
        select(func.count())
        .select_from(part)
        .where(divided, exists().where(first.line_id == part.line_id, first.part < part.part))
    )
    return select(parts.scalar_subquery(), further.scalar_subquery())
