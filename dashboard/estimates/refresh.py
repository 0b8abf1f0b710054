"""When estimates are learnt anew, and from what."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from sqlalchemy import delete, func, insert, select, type_coerce
from sqlalchemy.types import Integer

from dashboard import clock, models, topics
from dashboard.bulk import run
from dashboard.database import day_number, day_of, transaction
from dashboard.domain.demand_forecasts import Judgement
from dashboard.domain.lead_times import OBSERVED_DAYS
from dashboard.estimates.cancellation import refresh_strengths
from dashboard.estimates.demand import learn_demand
from dashboard.estimates.demand_forecasts import forecast_demand
from dashboard.estimates.kept_dates import judge_dates, keep_shown
from dashboard.estimates.likely_dates import learn_likely_dates
from dashboard.estimates.spikes import DAYS_KEPT
from dashboard.estimates.supplier_figures import forget_figures, learn_supplier_figures

# Any number that no other advisory lock of the desk uses.
LEARNING_LOCK = 7_305_119


def is_stale(connection) -> bool:
    """Whether history changed, or a day passed, since the estimates were learnt."""
    history, learnt_from = topics.versions(connection, topics.HISTORY, topics.ESTIMATES)
    oldest = connection.scalar(select(func.min(models.DemandEstimate.as_of)))
    return history != learnt_from or (oldest is not None and oldest != clock.today())


def refresh_if_stale(connection) -> bool:
    """Learns the estimates anew where they are stale; says whether it did. The caller's transaction saves them."""
    stale = is_stale(connection)
    if stale:
        _keep_learners_out(connection)
        stale = is_stale(connection)  # Who learnt meanwhile has done it for all.
    if stale:
        _learn(connection)
    return stale


def refresh() -> None:
    """Learns every estimate from the facts as they stand."""
    with transaction() as session:
        learn(session.connection())


def judge_anew() -> int:
    """Notes the dates of supply that are shown today, and judges all that were said; how many were new."""
    today = day_number(clock.today())
    with transaction() as session:
        connection = session.connection()
        _keep_learners_out(connection)
        noted = keep_shown(connection, today)
        judge_dates(connection, today)
        topics.catch_up(connection, topics.JUDGED, today)
        return noted


def forecast_anew() -> Judgement:
    """Forecasts what every SKU is likely to sell, and judges every method by history; how they did."""
    with transaction() as session:
        connection = session.connection()
        _keep_learners_out(connection)
        return forecast_demand(connection, day_number(clock.today()))


def judged_on(connection) -> date | None:
    """The day as of which dates were last judged."""
    (day,) = topics.versions(connection, topics.JUDGED)
    return day_of(day) if day else None


def learn(connection) -> None:
    """Learns every estimate from the facts as the caller's transaction sees them, whether or not they are stale."""
    _keep_learners_out(connection)
    _learn(connection)


def has_learnt_last_change(connection) -> None:
    """Says that the change of history which the caller's transaction has just announced was learnt from before it was:
    but not if others announced one meanwhile.
    """
    history, learnt_from = topics.versions(connection, topics.HISTORY, topics.ESTIMATES)
    if history == learnt_from + 1:
        topics.catch_up(connection, topics.ESTIMATES, history)


def forget(connection, *, skus=(), suppliers=()) -> None:
    """What was learnt of SKUs and suppliers that are about to be removed (ids); the rest is learnt anew as ever."""
    demand, lead, lateness = models.DemandEstimate, models.LeadTimeCount, models.LatenessCount
    for column, gone in (
        (demand.sku_id, skus),
        (models.SkuFigure.sku_id, skus),
        (models.DemandForecast.sku_id, skus),
        (lead.sku_id, skus),
        (lead.supplier_id, suppliers),
        (lateness.supplier_id, suppliers),
        (models.LatenessOutlook.supplier_id, suppliers),
        (models.LatenessShift.supplier_id, suppliers),
        (models.KeptDates.supplier_id, suppliers),
        (models.LatenessShift.sku_id, skus),
    ):
        connection.execute(delete(column.class_).where(column.in_(gone)))
    forget_figures(connection, skus=skus, suppliers=suppliers)


def _keep_learners_out(connection):
    """One learner at a time, until the transaction ends: each replaces all rows. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(LEARNING_LOCK)))


def _learn(connection):
    today = day_number(clock.today())
    refresh_strengths(connection, all_lines=_is_of_another_day(connection))
    _learn_suppliers(connection, today)
    learn_likely_dates(connection, today)
    learn_demand(connection, today)
    learn_supplier_figures(connection, today)
    (history,) = topics.versions(connection, topics.HISTORY)
    topics.catch_up(connection, topics.ESTIMATES, history)


def _is_of_another_day(connection):
    oldest = connection.scalar(select(func.min(models.DemandEstimate.as_of)))
    return oldest is None or oldest != clock.today()


def _learn_suppliers(connection, today):
    """Counts receipts by supplier and days late, and by supplier, SKU and days taken."""
    for counting in (_lateness, _lead_times):
        for statement in counting(today):
            run(connection, statement)


@lru_cache(maxsize=DAYS_KEPT)
def _lateness(today):
    receipt, line, order = models.ReceiptLine, models.PurchaseOrderLine, models.PurchaseOrder
    received, promised, ordered = _days(receipt.received_on, line.first_promise, order.ordered_on)
    # One that was promised before it was ordered is late against nothing.
    late = _receipts(today, order.supplier_id, received - promised).where(promised >= ordered)
    return _anew(models.LatenessCount, ("supplier_id", "lateness_days"), late)


@lru_cache(maxsize=DAYS_KEPT)
def _lead_times(today):
    receipt, line, order = models.ReceiptLine, models.PurchaseOrderLine, models.PurchaseOrder
    received, ordered = _days(receipt.received_on, order.ordered_on)
    taken = _receipts(today, order.supplier_id, line.sku_id, received - ordered)
    return _anew(models.LeadTimeCount, ("supplier_id", "sku_id", "lead_days"), taken)


def _receipts(today, *keys):
    """How many receipts of the days that are still counted there are of each kind."""
    receipt, line, order = models.ReceiptLine, models.PurchaseOrderLine, models.PurchaseOrder
    (received,) = _days(receipt.received_on)
    return (
        select(*keys, func.count())
        .select_from(receipt)
        .join(line, line.id == receipt.purchase_order_line_id)
        .join(order, order.id == line.purchase_order_id)
        .where(
            receipt.observed.is_(True),
            receipt.reversed_at.is_(None),
            received >= today - OBSERVED_DAYS,
            received < today,
        )
        .group_by(*keys)
    )


def _anew(model, names, counts):
    """The statements that put the counts into the place of what was there."""
    table = model.__table__
    return delete(table), insert(table).from_select([*names, "receipts"], counts)


def _days(*stored):
    return [type_coerce(column, Integer) for column in stored]
