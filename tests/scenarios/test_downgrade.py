"""A desk goes back to earlier versions, one at a time, and up again with what those versions know."""

from __future__ import annotations

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from dashboard import planning
from dashboard.actions.deal_runs.action import ask_for_run, commit_run, undo_run
from dashboard.actions.deal_schedules.action import set_schedule
from dashboard.actions.deal_variants.action import save_variant
from dashboard.actions.purchase_order_cancellations.action import cancel_order
from dashboard.database import db, transaction
from dashboard.domain.deal_variants import Segment
from dashboard.jobs.simulate_deals import simulate_deals
from dashboard.messages.supplier_letters import write_to_supplier
from dashboard.models import DealRun, DealSchedule, PurchaseOrder, Supplier
from dashboard.panels.deals.queries import all_results

# To the last version that dealt out again as it was first written: what is packed, scheduled or ended since goes back.
BACK = ("0036", "0039", "0040", "0031", "0032", "0030", "0029", "0033", "0026", "0034", "0028")
OLDEST = (Segment("", "oldest", "redistribute"),)


def test_what_a_desk_knows_goes_back_version_by_version_and_up_again(world, manager):
    world.stock("CHAIR", 6)
    world.order("1", "CHAIR", 6, placed="2026-02-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02", tier="vip")
    world.order("3", "LAMP", 2, placed="2026-03-02")
    coming = world.purchase_order("PO-1", "CHAIR", 8, expected="2026-03-20")
    never = world.purchase_order("PO-2", "LAMP", 2, expected="2026-03-20")
    world.plan()
    with transaction() as session:
        session.get_one(Supplier, coming.supplier_id).email = "orders@supplier.example"
        write_to_supplier(coming.id)
    cancel_order(never.id, actor=manager.person.id)
    variant = int(save_variant(name="Oldest first", scope="sku=CHAIR", segments=OLDEST, actor=None).made)
    undone, committed, simulated = (a_run(variant, manager, commit=n < 2, undo=n == 0) for n in range(3))
    waiting = int(ask_for_run(variant, actor=manager.person.id).made)
    set_schedule(variant, weekdays=range(5), at="6:00", reason="as the chief wants", actor=manager.person.id)
    before, foreseen = world.reserved(), list(all_results(db.session(), committed))
    assert len(foreseen) == 2
    db.session.rollback()

    for revision in BACK:
        downgrade(revision=revision)
    upgrade()

    planning.plan()
    assert list(planning.check()) == []
    assert world.reserved() == before, "what the run dealt is held"
    assert list(all_results(db.session(), committed)) == foreseen
    states = dict(db.session.execute(sa.select(DealRun.id, DealRun.state)).all())
    assert states == {undone: "undone", committed: "committed", simulated: "failed", waiting: "waiting"}
    assert db.session.get_one(DealRun, simulated).failure.endswith("Simulate again.")
    assert db.session.scalars(sa.select(PurchaseOrder.status).order_by(PurchaseOrder.number)).all() == [
        "sent",
        "cancelled",
    ]
    assert db.session.scalars(sa.select(DealSchedule)).all() == [], "an earlier version has none"

    undo_run(committed, why="they rang", actor=manager.person.id)
    assert world.reserved() == {"1": 0, "2": 6, "3": 0}


def a_run(variant, manager, *, commit, undo):
    """A run of it that was simulated, perhaps committed, perhaps undone."""
    run = int(ask_for_run(variant, actor=manager.person.id).made)
    assert simulate_deals()
    if commit:
        commit_run(run, reason="promised by the chief", actor=manager.person.id)
    if undo:
        undo_run(run, why="they rang", actor=manager.person.id)
    return run
