"""Behaviours 46 and 47: how fast a SKU sells, and when to order it again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.database import db, transaction
from dashboard.domain.fast_movers import StockRuleRefused, reorder_point, safety_stock
from dashboard.panels.fast_movers.queries import SkuStand, stands
from dashboard.panels.filters import Selection


def standing(today) -> dict[str, SkuStand]:
    """How every SKU stands, by its code."""
    db.session.rollback()
    return {row.sku: row for row in stands(db.session(), Selection(), today)}


def sell(world, sku: str, units: int, *, on: list[date]) -> None:
    """So many units ordered and shipped on each of some days."""
    with transaction():
        for day in on:
            world.order(f"{sku}-{day}", sku, units, placed=day)
            world.ship(f"{sku}-{day}", units, on=day)


def test_a_sku_that_was_out_for_sixty_of_ninety_days_is_as_fast_as_on_the_other_thirty(world, today):
    world.sku("LAMP", policy="deny")
    world.stock("LAMP", 4)
    world.shelf_history("LAMP", [0] * 60 + [9] * 30, before=today)
    sell(world, "LAMP", 2, on=[today - timedelta(back) for back in range(1, 31)])
    world.plan()
    row = standing(today)["LAMP"]
    assert (row.selling_days, row.demand_per_day, row.demand_sd) == (30, 2.0, 0.0)
    assert row.days_of_cover == 2.0


def test_what_was_never_sold_makes_no_noise(world, today):
    world.supplier("S", sells=["LAMP"], lead_time_days=10)
    world.stock("LAMP", 0)
    world.sku("CHAIR", policy="deny")
    world.shelf_history("CHAIR", [0] * 90, before=today)
    world.plan()
    lamp, chair = (standing(today)[sku] for sku in ("LAMP", "CHAIR"))
    assert (lamp.demand_per_day, lamp.days_of_cover, lamp.reorder_point, lamp.suggested_order) == (0.0, None, 0, 0)
    assert (chair.selling_days, chair.demand_per_day, chair.reorder_point) == (0, None, None)
    assert lamp.status == chair.status == "idle"


def test_without_variability_the_reorder_point_is_the_demand_of_the_lead_time(world, today):
    world.supplier("S", sells=["LAMP"], lead_time_days=10)
    world.stock("LAMP", 100)
    sell(world, "LAMP", 3, on=[today - timedelta(back) for back in range(1, 91)])
    world.plan()
    row = standing(today)["LAMP"]
    assert (row.demand_sd, row.safety_stock, row.reorder_point) == (0.0, 0, 30)
    assert (row.status, row.suggested_order) == ("ok", 0)


def test_a_negative_input_is_refused():
    with pytest.raises(StockRuleRefused):
        reorder_point(demand_per_day=-1, lead_days=10, safety=0)
    with pytest.raises(StockRuleRefused):
        safety_stock(demand_per_day=1, demand_sd=0, lead_days=10, lead_sd=-1)


def test_a_class_may_be_served_better_than_others(world, today):
    for sku, of_class in (("LAMP", "A"), ("CHAIR", None)):
        world.sku(sku, sku_class=of_class)
        world.terms("S", sku, lead_time_days=9)
        sell(world, sku, 10, on=[today - timedelta(back) for back in range(1, 91, 9)])
    with transaction() as session:
        session.add(models.ServiceLevel(sku_class="A", z=2.3263))
    world.plan()
    found = standing(today)
    usual, better = found["CHAIR"], found["LAMP"]
    assert usual.demand_sd == better.demand_sd
    assert (usual.safety_stock, better.safety_stock) == (16, 23)  # √9 · 3.1603, times 1.6449 and times 2.3263
    assert db.session.scalar(select(models.SkuFigure.sku_class).filter_by(sku="LAMP")) == "A"
