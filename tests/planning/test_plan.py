"""The whole run: what is stored is what the facts say, on both databases, and only the difference is written."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, func, inspect, select, update

from dashboard import models, planning, topics
from dashboard.database import db, transaction
from tests.factories import World
from tests.planning.random_shops import fill, one_more_fact

DERIVED = (
    models.LinePlan,
    models.Reservation,
    models.Peg,
    models.Waiting,
    models.AgingDay,
    models.AgingCustomers,
    models.PaymentDay,
    models.RiskBand,
)
SEEDS = [0, 1, *(pytest.param(seed, marks=pytest.mark.deep) for seed in range(2, 12))]


class TakenBack(Exception):
    """Ends a transaction so that nothing of it is kept."""


def stored_plan():
    """Every stored row of the plan, surrogate keys and all: the worlds were filled in the same order."""
    db.session.rollback()
    plan = {}
    for model in DERIVED:
        table = model.__table__
        rows = db.session.execute(select(table).order_by(*table.primary_key.columns)).all()
        plan[table.name] = [tuple(row) for row in rows]
    stock = models.Stock
    plan["stock"] = [tuple(row) for row in db.session.execute(select(stock.id, stock.reserved).order_by(stock.id))]
    return plan


def versions():
    return topics.versions(db.session().connection(), topics.FACTS, topics.HISTORY, topics.PLAN)


@pytest.mark.parametrize("seed", SEEDS)
def test_sqlite_and_postgresql_store_the_same_plan(seed, make_app, sqlite_url, postgresql_url, today):
    plans = []
    for url in (sqlite_url, postgresql_url):
        app = make_app(url)
        with app.app_context():
            fill(World(), seed, today)
            planning.plan()
            assert list(planning.check()) == []
            plans.append(stored_plan())
    assert plans[0] == plans[1]
    assert plans[0]["waiting"], "a shop in which nothing waits proves nothing"
    assert plans[0]["pegs"]
    assert plans[0]["reservations"]


@pytest.mark.parametrize("seed", SEEDS[1:])
def test_after_every_kind_of_fact_the_stored_plan_is_the_one_derived_from_nothing(world, today, seed):
    fill(world, seed, today, orders=31)
    world.plan()
    chance = random.Random(seed)
    for number in range(10):
        one_more_fact(world, chance, number, today)
        world.plan()
        assert list(planning.check()) == []
    kept = stored_plan()
    with transaction() as session:
        for model in reversed(DERIVED):
            session.execute(delete(model))
        session.execute(update(models.Stock).values(reserved=0))
        session.execute(delete(models.PlanState))
    world.plan()
    assert stored_plan() == kept


def test_the_same_facts_on_the_same_day_write_nothing(world, today):
    fill(world, 1, today)
    first = world.plan()
    assert first.changed_lines > 0
    before, kept = versions(), stored_plan()
    state = db.session.execute(select(models.PlanState.planned_at)).scalar_one()
    again = world.plan()
    assert again.changed_lines == 0
    assert (versions(), stored_plan()) == (before, kept)
    assert db.session.execute(select(models.PlanState.planned_at)).scalar_one() == state
    assert (again.open_lines, again.waiting_lines) == (first.open_lines, first.waiting_lines)


def test_only_what_changed_is_counted_as_changed(world):
    world.stock("CHAIR", 4)
    world.stock("LAMP", 1)
    world.order("1", "CHAIR", 4, placed="2026-03-01")
    world.order("2", "LAMP", 4, placed="2026-03-01")
    assert world.plan().changed_lines == 2
    world.stock("LAMP", 2)
    planned = world.plan()
    assert planned.changed.tolist() == [[world.line("2").id, 1]]


def test_a_plan_joins_the_transaction_of_the_fact(world):
    world.stock("CHAIR", 4)
    world.order("1", "CHAIR", 3, placed="2026-03-01")
    with pytest.raises(TakenBack), transaction():  # noqa: PT012 (the fact and its plan are one)
        planning.plan()
        raise TakenBack
    assert world.reserved() == {"1": 0}
    with transaction():
        planning.plan()
    assert world.reserved() == {"1": 3}


def test_facts_that_move_while_a_plan_is_derived_are_in_the_plan(world, app, monkeypatch):
    world.stock("CHAIR", 4)
    world.order("1", "CHAIR", 3, placed="2026-03-05")
    world.plan()
    look = planning.whole.read_facts
    late_orders = iter(["an older one", "another"])

    def look_and_be_overtaken(connection, **asked):
        facts = look(connection, **asked)
        number = next(late_orders, None)
        if number is not None:
            with app.app_context():  # a session, and so a connection, of somebody else
                World().order(number, "CHAIR", 3, placed="2026-03-01")
        return facts

    monkeypatch.setattr(planning.whole, "read_facts", look_and_be_overtaken)
    world.plan()
    assert world.reserved() == {"1": 0, "an older one": 3, "another": 1}
    assert list(planning.check()) == []


def test_a_new_day_is_planned_anew(make_app, database_url, today):
    with make_app(database_url).app_context():
        world = World()
        world.purchase_order("PO", "CHAIR", 4, expected=today + timedelta(3))
        world.order("1", "CHAIR", 4, placed="2026-03-01")
        world.plan()
        assert world.waiting("1").eta == today + timedelta(3)
    later = today + timedelta(8)
    with make_app(database_url, BUSINESS_DATE=later).app_context():
        assert any("was derived for" in finding for finding in planning.check())
        world.plan()
        assert (world.waiting("1").eta, world.waiting("1").eta_basis) == (None, "late")
        assert list(planning.check()) == []
        assert db.session.scalar(select(models.PlanState.shop_day)) == later


def test_parts_of_a_line_are_planned_each_for_itself(world):
    world.stock("CHAIR", 5)
    world.order("1", "CHAIR", 9, placed="2026-03-01")
    line = world.line("1")
    with transaction() as session:
        for part, qty in ((1, 3), (2, 6)):
            session.add(models.LinePart(line_id=line.id, part=part, qty=qty, split_at=line_split()))
        planning.facts_changed(session)
    world.plan()
    plans = db.session.execute(select(models.LinePlan.part, models.LinePlan.qty_open, models.LinePlan.qty_reserved))
    assert sorted(map(tuple, plans)) == [(1, 3, 3), (2, 6, 2)]
    assert world.waiting("1", part=2).qty_backordered == 4
    assert world.waiting("1", part=1) is None
    assert list(planning.check()) == []


def line_split():
    from dashboard import clock

    return clock.now()


def test_an_order_without_a_currency_or_price_is_planned_and_summed(world):
    world.order("1", "CHAIR", 2, placed="2026-03-01", currency=None, unit_price=None)
    world.plan()
    row = world.waiting("1")
    assert (row.currency, row.priced, row.value) == ("", False, 0)
    day = models.AgingDay
    assert db.session.execute(select(day.currency, day.lines, day.value).where(day.dimension == "")).all() == [
        ("", 1, 0)
    ]


def test_an_empty_shop_is_planned(world):
    assert world.plan().open_lines == 0
    assert list(planning.check()) == []


def test_cause_demand_spike_is_found_from_the_oldest_waiting_line(world, today):
    for week in range(4, 16):
        world.order(f"usual-{week}", "CHAIR", 1, placed=today - timedelta(weeks=week))
        world.ship(f"usual-{week}", 1, on=today - timedelta(weeks=week))
    world.order("rush", "CHAIR", 20, placed=today - timedelta(11))
    world.ship("rush", 20, on=today - timedelta(10))
    world.order("waits", "CHAIR", 2, placed=today - timedelta(9))
    world.purchase_order("PO", "CHAIR", 5, expected=today + timedelta(9))
    world.plan()
    assert world.waiting("waits").cause == "demand-spike"
    found = db.session.execute(
        select(models.DemandEstimate.shelf_emptied_on, models.DemandEstimate.spike, models.DemandEstimate.units)
    ).one()
    assert tuple(found) == (today - timedelta(9), True, 31)
    assert list(planning.check()) == []


def test_cause_low_stock_compares_the_typed_with_the_computed(world, today):
    world.supplier("S", lead_time_days=9)
    world.sku("CHAIR", safety_stock=3)
    world.terms("S", "CHAIR", preferred=True)
    for week in range(3, 13):
        world.order(f"{week}", "CHAIR", week, placed=today - timedelta(weeks=week))
        world.ship(f"{week}", week, on=today - timedelta(weeks=week))
    world.order("waits", "CHAIR", 2, placed=today)
    world.purchase_order("PO", "CHAIR", 5, expected=today + timedelta(9))
    world.plan()
    assert world.waiting("waits").cause == "low-stock"
    world.sku("CHAIR", safety_stock=50)
    world.plan()
    assert world.waiting("waits").cause == "unknown"


# What `flask check` finds ------------------------------------------------------------------------------------------


DAMAGE = {
    "units noted as shipped": (models.OrderLine, {"qty_shipped": 1, "qty_open": 0}, "noted as shipped"),
    "units noted as open": (models.OrderLine, {"qty_open": 0}, "noted as open"),
    "stock noted as reserved": (models.Stock, {"reserved": 1}, "noted as reserved"),
    "a reservation": (models.Reservation, {"qty": 1}, "reservations"),
    "a line plan": (models.LinePlan, {"qty_reserved": 1}, "line_plans"),
    "a peg": (models.Peg, {"qty": 1}, "pegs"),
    "a peg beyond supply": (models.Peg, {"qty": 99}, "only 4 are open"),
    "a deadline": (models.Waiting, {"deadline": date(2030, 1, 1)}, "waiting"),
    "a repeated column": (models.Waiting, {"channel": "elsewhere"}, "repeats"),
    "the line of a row": (models.Waiting, {"line_id": 999_999}, "waiting"),
    "a fingerprint": (models.Waiting, {"digest": 7}, "waiting"),
    "a sum by day": (models.AgingDay, {"units": 99}, "aging_days"),
    "a count of customers": (models.AgingCustomers, {"customers": 99}, "aging_customers"),
    "a sum by ETA and deadline": (models.WaitingDay, {"units": 99}, "waiting_days"),
    "a chance": (models.Waiting, {"cancel_risk": 77, "value_at_risk": 693_000}, "waiting"),
    "a value at risk": (models.Waiting, {"value_at_risk": 77}, "chance wrongly"),
    "a sum by last good day": (models.PaymentDay, {"units": 99}, "payment_days"),
    "a sum by chance": (models.RiskBand, {"value_at_risk": 99}, "risk_bands"),
    "units noted as received": (models.PurchaseOrderLine, {"qty_received": 2}, "noted as received"),
    "supply noted as open": (models.PurchaseOrderLine, {"qty_open": 1}, "noted as open"),
    "how a SKU stands": (models.SkuFigure, {"backordered": 99}, "sku_figures"),
    "the word of how it stands": (models.SkuFigure, {"status": "idle"}, "status"),
    "the day of the plan": (models.PlanState, {"shop_day": date(2020, 1, 1)}, "was derived for 2020-01-01"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_check_finds_damage_to(world, damage):
    world.stock("CHAIR", 3)
    world.order("1", "CHAIR", 9, placed="2026-03-01")
    world.purchase_order("PO", "CHAIR", 4, expected="2026-03-20")
    world.plan()
    assert list(planning.check()) == []
    model, values, finding = DAMAGE[damage]
    with transaction() as session:
        session.execute(update(model.__table__).values(**values))
    assert any(finding in found for found in planning.check()), list(planning.check())
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(model)), "the damage must have met a row"


def test_indexes_that_were_built_after_the_rows_are_those_that_were_there(world, today, monkeypatch):
    monkeypatch.setattr(planning.writing, "MANY_ROWS", 1)

    def indexes():
        db.session.rollback()
        inspector = inspect(db.engine)
        return {table: inspector.get_indexes(table) for table in ("waiting", "pegs", "reservations")}

    before = indexes()
    fill(world, 2, today)
    world.plan()
    assert indexes() == before
    world.stock("CHAIR", 40)
    world.plan()
    assert indexes() == before
    assert list(planning.check()) == []
