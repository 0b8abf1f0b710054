"""The row of every SKU: by hand, after every kind of act, and as a run of the whole plan would write it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event, select

from dashboard import models, planning
from dashboard.database import db, transaction
from dashboard.panels.fast_movers.queries import SkuStand, stands
from dashboard.panels.filters import Selection


def standing(today) -> dict[str, SkuStand]:
    """How every SKU stands, by its code."""
    db.session.rollback()
    return {row.sku: row for row in stands(db.session(), Selection(), today)}


def test_a_shop_by_hand(world, today):
    """Ten lamps on two shelves, of which four are held; fifty to come; two orders wait for what nobody has."""
    world.supplier("S", lead_time_days=20)
    world.sku("LAMP", name="Pallas pendant lamp")
    world.terms("S", "LAMP", min_order_qty=24, pack_size=24)
    world.stock("LAMP", 6)
    world.stock("LAMP", 4, at="EAST")
    world.stock("CHAIR", 0)
    world.order("1", "LAMP", 4, placed=today - timedelta(3))
    world.order("2", "CHAIR", 5, placed=today - timedelta(30))
    world.order("3", "CHAIR", 4, placed=today - timedelta(120))
    world.purchase_order("PO-1", "LAMP", 50, expected=today + timedelta(9))
    world.purchase_order("PO-2", "LAMP", 90, status="draft")
    world.event("LAMP", 70, starts=today + timedelta(20))
    world.event("LAMP", 500, starts=today + timedelta(21))
    world.plan()
    chair, lamp = (standing(today)[sku] for sku in ("CHAIR", "LAMP"))
    assert (lamp.product, lamp.supplier) == ("Pallas pendant lamp", "Supplier S")
    assert (lamp.on_hand, lamp.reserved, lamp.available, lamp.incoming, lamp.backordered) == (10, 4, 6, 50, 0)
    assert (lamp.demand_per_day, lamp.days_of_cover) == (4 / 90, 135.0)
    assert (lamp.lead_time_days, lamp.lead_receipts) == (20.0, 0)
    # 4 units on one of 90 days: σ = √((16 − 16/90) / 89) = 0.42164, safety = 1.6449 · √20 · σ = 3.1016, rounded up.
    assert lamp.safety_stock == 4
    assert (lamp.reorder_point, lamp.extra_units) == (75, 70)  # 20 · 4/90 + 4 + 70 = 74.9
    assert (lamp.position, lamp.status) == (56, "below")
    assert lamp.suggested_order == 24  # 75 + 1.33 − 56 = 20.3
    assert (chair.on_hand, chair.backordered, chair.position) == (0, 9, -9)
    assert (chair.demand_per_day, chair.lead_time_days, chair.reorder_point) == (5 / 90, None, None)
    assert (chair.status, chair.suggested_order) == ("out", 0)


def test_the_lead_time_is_what_deliveries_took_where_there_are_enough(world, today):
    world.supplier("S", lead_time_days=60)
    for sku in ("LAMP", "CHAIR"):
        world.terms("S", sku)
    for number, took in enumerate((10, 12, 14, 16)):
        world.purchase_order(f"{number}", "LAMP", 1, ordered=today - timedelta(100))
        world.receive(f"{number}", 1, on=today - timedelta(100 - took), at=None)
    world.plan()
    assert [(row.lead_time_days, row.lead_receipts) for row in standing(today).values()] == [(60.0, 0)] * 2
    world.purchase_order("5", "CHAIR", 1, ordered=today - timedelta(100))
    world.receive("5", 1, on=today - timedelta(60), at=None)
    world.plan()
    assert [(row.lead_time_days, row.lead_receipts) for row in standing(today).values()] == [(18.4, 5)] * 2


def test_a_count_of_what_nobody_waits_for_changes_its_row_alone(world, today):
    for sku in ("LAMP", "CHAIR"):
        world.stock(sku, 5)
    world.plan()
    sku_id = db.session.scalar(select(models.Sku.id).filter_by(code="LAMP"))
    written = []
    watch = lambda *given: written.append(given[2]) if "INSERT INTO sku_figures" in given[2] else None  # noqa: E731
    event.listen(db.engine, "before_cursor_execute", watch)
    try:
        for units in (8, 8):
            with transaction() as session:
                planning.keep_still([sku_id])
                session.scalars(select(models.Stock).filter_by(sku_id=sku_id)).one().on_hand = units
                planning.replan([sku_id])
    finally:
        event.remove(db.engine, "before_cursor_execute", watch)
    assert {sku: row.on_hand for sku, row in standing(today).items()} == {"CHAIR": 5, "LAMP": 8}
    assert len(written) == 1, "what is as it was is not written again"
    assert list(planning.check()) == []


def test_a_sku_that_nobody_ever_ordered_or_counted_has_its_row(world, today):
    world.sku("LAMP")
    world.plan()
    row = standing(today)["LAMP"]
    assert (row.on_hand, row.available, row.demand_per_day, row.status) == (None, 0, 0.0, "idle")
    assert world.plan().changed_lines == 0
    assert list(planning.check()) == []
