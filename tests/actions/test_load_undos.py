"""A load that is undone: the shop of before, cell by cell; and what was built upon since stays, with a sentence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import models, planning
from dashboard.actions.load_undos.action import undo_in_steps, undo_load
from dashboard.database import db
from dashboard.domain import load_undos
from dashboard.domain.refusals import Refused
from dashboard.intake import loads
from dashboard.intake.load import load
from dashboard.intake.undoing import ledger
from tests.actions.posting import holds
from tests.conftest import Desk
from tests.factories import World
from tests.intake.conftest import Kit, everything, reports, shop_in
from tests.intake.test_any_kit import KITS
from tests.intake.test_load import WHOLE_SHOP

# The shop of tests/intake, told once more: in every file something changed and something new.
MORE = {
    "customers": "customer_id,name,tier\nC1,Ada Lovelace,\nC3,Edsger,vip\n",
    "payment_methods": "payment_method_id,customer_id,kind,exp_month,exp_year,is_default\n"
    "M1,C1,card,3,2026,true\nM2,C3,invoice,,,true\nM3,C2,card,1,2026,true\n",
    "suppliers": "supplier_id,name,lead_time_days\nS1,Acme Ltd,30\nS2,Bolt,\n",
    "skus": "sku,name,price,currency,backorder_policy\nCHAIR,Chair,12.00,EUR,planned\nSOFA,Sofa,99,EUR,\n",
    "supplier_skus": "supplier_id,sku,unit_cost,preferred\nS1,CHAIR,4.5,no\nS2,CHAIR,3,yes\nS2,SOFA,50,\n",
    "stock": "sku,location,on_hand,counted_at\nCHAIR,MAIN,1,2026-03-11\nSOFA,ATTIC,1,2026-03-11\n",
    "orders": "order_id,customer_id,placed_at,currency,priority,location\n"
    "A,C1,2026-03-01,EUR,9,\nB,C2,2026-03-02,EUR,,ATTIC\nD,C3,2026-03-05,EUR,,\n",
    "order_lines": "order_id,line_no,sku,qty,unit_price,tags\n"
    "A,1,CHAIR,8,10.00,colour:blue\nA,3,SOFA,1,99,big:yes\nD,1,CHAIR,2,10,gift:yes\nD,2,SOFA,1,99,\n",
    "shipments": "shipment_id,order_id,line_no,qty,shipped_at,carrier\n"
    "SH1,A,1,3,2026-03-03T08:00:00+01:00,UPS\nSH2,B,1,1,2026-03-09,UPS\nSH2,D,1,1,2026-03-09,UPS\n",
    "cancellations": "order_id,line_no,qty,cancelled_at,reason\nA,1,2,2026-03-04,customer\nD,2,1,2026-03-06,customer\n",
    "purchase_orders": "po_id,supplier_id,ordered_at,expected_date,status\n"
    "P1,S1,2026-02-26,2026-04-30,\nP3,S2,2026-03-01,2026-03-28,\n",
    "purchase_order_lines": "po_id,line_no,sku,qty,promised_date\nP1,1,CHAIR,20,2026-04-01\nP3,1,SOFA,4,\n",
    "receipts": "receipt_id,po_id,line_no,qty,received_at\nR1,P1,1,5,2026-02-25\nR2,P3,1,1,2026-03-04\n",
    "authorizations": "authorization_id,order_id,amount,authorized_at,expires_at\n"
    "AU1,A,70,2026-03-01,2026-03-20\nAU2,D,119,2026-03-05,2026-03-12\n",
    "stock_history": "sku,date,on_hand\nCHAIR,2026-03-01,6\nCHAIR,2026-03-03,0\n",
    "events": "sku,starts_on,ends_on,extra_units,name\n"
    "CHAIR,2026-03-20,2026-03-24,10,Spring sale\nCHAIR,2026-04-20,2026-04-22,4,Fair\n",
}

# A row that moved and moved back has another version, so that a form opened in between is told; plans are planned anew.
NOT_FACTS = ("version", "planned_at")

Undo = Callable[[int], Any]


# Without a stock history, the day and the verdict that a plan notes once it has had to ask whether demand stood out: no
# plan reads them for another day than the one it asks of, and one that never asked has none.
NOTED_ONCE_ASKED = re.compile(r", (None|datetime\.date\([\d, ]+\)), False, (True|False)\)$")


def shop() -> dict[str, list[Any]]:
    """Every table but versions, and today's figure for the trend, which a run of the plan writes when the day ends."""
    found = {
        name: rows for name, rows in everything(NOT_FACTS).items() if name not in ("topic_versions", "daily_snapshots")
    }
    found["demand_estimates"] = [NOTED_ONCE_ASKED.sub(")", row) for row in found["demand_estimates"]]
    return found


@pytest.fixture
def kit(app: Flask, tmp_path: Path) -> Kit:
    """The small shop of tests/intake, on each kind of database."""
    return shop_in(tmp_path)


def at_once(load_id: int) -> Any:
    return undo_load(load_id, why="wrong file", actor=None)


def in_steps(load_id: int) -> Any:
    return undo_in_steps(load_id, why="wrong file", actor=None)


def stays(outcome: Any) -> list[str]:
    return [str(one) for one in outcome.taken_back.stays]


@pytest.mark.parametrize("undo", [at_once, in_steps])
def test_the_shop_is_as_before_in_every_table_and_every_report(kit: Kit, world: World, app: Flask, undo: Undo) -> None:
    kit.load(**WHOLE_SHOP)
    world.hold("A", 3, kind="picked", at="MAIN")  # of which a file will say that one left
    world.hold("B", 1, kind="fixed", at="MAIN")  # and that this one did
    planning.plan()
    before, told_before = shop(), reports(app)
    more = kit.load(**MORE)
    assert [str(fault) for fault in more.faults] == []
    assert {name for name, file in zip(MORE, more.files, strict=False) if file.changed} != set()
    planning.plan()
    assert reports(app) != told_before
    assert (holds("A"), holds("B")) == ([("picked", 2)], [])

    outcome = undo(more.load_id)
    assert stays(outcome) == []
    assert shop() == before
    assert reports(app) == told_before
    assert list(planning.check()) == []
    undone = loads.find_load(more.load_id)
    assert (undone.state, undone.can_be_undone) == ("undone", False)
    act = db.session.scalars(sa.select(models.Act).filter_by(act="load-undone").order_by(models.Act.id.desc())).first()
    assert (act.act, act.subject, act.why) == ("load-undone", f"intake-load {more.load_id}", "wrong file")

    again = undo(more.load_id)
    assert again.notice == f"Load {more.load_id} was undone before; nothing more is done."
    assert shop() == before
    assert kit.load().changed_something, "loaded again, the same files change the shop again"


@pytest.mark.parametrize("undo", [at_once, in_steps])
def test_the_first_load_of_all_leaves_an_empty_shop(kit: Kit, app: Flask, undo: Undo) -> None:
    planning.plan()
    before, told_before = shop(), reports(app)
    first = kit.load(**WHOLE_SHOP)
    planning.plan()
    undo(first.load_id)
    assert shop() == before
    assert reports(app) == told_before


def test_an_order_that_somebody_built_upon_stays_whole_and_says_why(kit: Kit, world: World, manager: Desk) -> None:
    kit.load(**WHOLE_SHOP)
    more = kit.load(**MORE)
    world.plan()
    assert manager.act("/orders/D/lines/1/cancellations", {"reason": "customer"}).status_code == 200
    later = kit.load(orders="order_id,customer_id,placed_at,currency\nA,C1,2026-03-01,USD\n")
    outcome = at_once(more.load_id)
    db.session.rollback()
    assert stays(outcome) == [
        f"Order 'A' stays: load {later.load_id} changed it since.",
        "Order 'D' stays: it was changed at the desk since.",
        "SKU 'SOFA' stays: a line of an order needs it.",
        "Customer 'C3' stays: an order needs it.",
    ]
    assert world.line("A").qty == 8
    assert world.line("D").qty == 2
    assert world.line("B").qty_shipped == 1, "what hangs on nothing new went back"
    assert list(planning.check()) == []
    assert outcome.notice.startswith(f"Load {more.load_id} is undone: ")


def test_what_was_held_otherwise_since_a_file_ended_a_part_of_it_stays(kit: Kit, world: World, manager: Desk) -> None:
    kit.load(**WHOLE_SHOP)
    hold = world.hold("A", 3, kind="picked", at="MAIN")
    world.plan()
    more = kit.load(**MORE)
    planning.plan()
    assert manager.act(f"/holds/{hold.id}/releases", {"reason": "damaged"}).status_code == 200
    assert stays(at_once(more.load_id))[0] == "Order 'A' stays: it was changed at the desk since."
    assert holds("A", live=False) == [("picked", 2), ("picked", 1)]
    assert list(planning.check()) == []


def test_only_the_newest_loads_that_changed_something_can_be_undone(
    kit: Kit, viewer: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loads, "UNDOABLE_LOADS", 2)
    ids = [kit.load(skus=f"sku,name\nCHAIR,Chair {number}\nLAMP,Lamp\n").load_id for number in range(4)]
    ids += [kit.load().load_id]
    change = models.IntakeChange
    assert set(db.session.scalars(sa.select(change.load_id))) == {ids[2], ids[3]}, "of older ones nothing is kept"
    assert [loads.find_load(load_id).can_be_undone for load_id in ids] == [False, False, True, True, True]
    address = "/intake/loads/{}/load-undos/new"
    assert address.format(ids[1]) not in viewer.get(f"/intake/loads/{ids[1]}").text
    for undo in (at_once, in_steps):
        with pytest.raises(Refused, match="is too old"):
            undo(ids[1])
    at_once(ids[3])
    at_once(ids[2])
    db.session.rollback()
    assert db.session.scalar(sa.select(models.Sku.name).where(models.Sku.code == "CHAIR")) == "Chair 1"


def test_to_look_at_an_undo_teaches_nothing(kit: Kit, manager: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    load_id = kit.load(**WHOLE_SHOP).load_id
    planning.plan()
    learnt, replan = [], planning.replan

    def counted(*skus: Any, history: bool = False) -> Any:
        learnt.append(history)
        return replan(*skus, history=history)

    monkeypatch.setattr(planning, "replan", counted)
    address = f"/intake/loads/{load_id}/load-undos"
    preview = manager.act(f"{address}/preview", {})
    assert (preview.status_code, "rows removed" in preview.text, learnt) == (200, True, [False])
    monkeypatch.setattr(load_undos, "MOST_FORESEEN", 5)
    large = manager.act(f"{address}/preview", {})
    assert (large.status_code, learnt) == (422, [False]), "who looks keeps nobody waiting"
    assert f"Load {load_id} made 29 rows and changed 0." in large.text
    assert manager.act(address, {}).status_code == 200
    assert learnt == [False, False, True]


def test_goods_that_moved_since_keep_a_shelf_as_it_is(kit: Kit, world: World, manager: Desk) -> None:
    kit.load(**WHOLE_SHOP)
    more = kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,3,2026-03-11\nLAMP,ATTIC,4,2026-03-11\n")
    world.plan()
    assert manager.act("/purchase-orders/P2/lines/1/receipts", {"qty": "1", "at": "MAIN"}).status_code == 200
    outcome = at_once(more.load_id)
    assert stays(outcome) == ["Stock of 'CHAIR' at 'MAIN' stays: it was changed at the desk since."]
    db.session.rollback()
    assert list(db.session.scalars(sa.select(models.Location.code).order_by(models.Location.code))) == ["BACK", "MAIN"]
    assert list(planning.check()) == []


def test_a_purchase_order_whose_date_staff_moved_stays(kit: Kit, world: World, manager: Desk) -> None:
    kit.load(**WHOLE_SHOP)
    more = kit.load(purchase_order_lines="po_id,line_no,sku,qty,expected_date\nP1,1,CHAIR,12,2026-03-30\n")
    world.plan()
    moved = {"to": "2026-04-20", "why": "strike"}
    assert manager.act("/purchase-orders/P1/lines/1/purchase-order-dates", moved).status_code == 200
    outcome = at_once(more.load_id)
    assert stays(outcome) == ["Purchase order 'P1' stays: it was changed at the desk since."]


def test_what_is_too_large_to_be_taken_back_at_once_says_by_which_command(
    kit: Kit, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = kit.load()
    monkeypatch.setattr(load_undos, "MOST_AT_ONCE", 5)
    with pytest.raises(Refused, match=f"flask intake undo {loaded.load_id}"):
        at_once(loaded.load_id)
    done = app.test_cli_runner().invoke(args=["intake", "undo", str(loaded.load_id), "--why", "a trial"])
    assert (done.exit_code, done.output) == (
        0,
        f"Load {loaded.load_id} is undone: 15 rows removed, 0 rows as before.\n",
    )
    assert app.test_cli_runner().invoke(args=["intake", "undo", "99"]).exit_code == 1


def test_what_was_only_looked_at_or_is_under_way_is_refused(kit: Kit) -> None:
    look = loads.announce("kit", format="kit", dry_run=True)
    running = loads.announce("kit", format="kit", dry_run=False)
    loads.claim(running)
    for load_id, sentence in ((look, "only looked at"), (running, "still under way")):
        for undo in (at_once, in_steps):
            with pytest.raises(Refused, match=sentence):
                undo(load_id)


def test_an_undo_that_was_killed_half_way_goes_on_where_it_was(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    kit.load(**WHOLE_SHOP)
    planning.plan()
    before = shop()
    more = kit.load(**MORE)
    planning.plan()
    monkeypatch.setattr(ledger, "ROWS_AT_ONCE", 1)
    monkeypatch.setattr(loads, "SILENT_SECONDS", 0)  # a killed one is known at once
    kills = 0
    for lives in range(1, 100, 6):
        left = iter(range(lives))

        def die(what: str, done: int, of: int | None, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise KeyboardInterrupt

        try:
            undo_in_steps(more.load_id, why=None, actor=None, progress=die)
            break
        except KeyboardInterrupt:
            kills += 1
            assert loads.find_load(more.load_id).can_be_undone
    assert kills > 2
    assert loads.find_load(more.load_id).state == "undone"
    assert shop() == before


def _holds_for_any_load(first: dict[str, str], second: dict[str, str], undo: Undo, folder: Path) -> None:
    base = {"customers": "customer_id,name\nC1,Ada\n", "suppliers": "supplier_id,name\nS1,Acme\n"}
    for files in (first, second):
        for old in folder.glob("*.csv"):
            old.unlink()
        Kit(folder).write(**base, skus="sku,name\nCHAIR,Chair\nLAMP,Lamp\n", **files)
        before = shop()
        loaded = load(folder)
        planning.plan()
    outcome = undo(loaded.load_id)
    assert stays(outcome) == []
    assert shop() == before
    assert list(planning.check()) == []
    at_once(loaded.load_id - 1)
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Order)) == 0


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=KITS, second=KITS)
def test_any_load_upon_another_is_taken_back_whole(
    sqlite_app: Flask, tmp_path: Path, first: dict[str, str], second: dict[str, str]
) -> None:
    _holds_for_any_load(first, second, at_once, tmp_path)


@pytest.mark.deep
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=KITS, second=KITS, undo=st.sampled_from([at_once, in_steps]))
def test_very_many_loads_upon_others_are_taken_back_whole(
    app: Flask, tmp_path: Path, first: dict[str, str], second: dict[str, str], undo: Undo
) -> None:
    _holds_for_any_load(first, second, undo, tmp_path)
