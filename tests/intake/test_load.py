"""Good files: what they make of the shop, once and again."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from dashboard import models, planning, search_words
from dashboard.actions.supplier_reassignments.action import reassign_supply
from dashboard.actions.supplier_reassignments.queries import find_supply
from dashboard.database import db, transaction
from dashboard.intake import load as load_room
from dashboard.intake import loads, staging
from dashboard.intake.kit import KIT, KitFile
from dashboard.intake.load import check, load
from tests.intake.conftest import ORDERS, SHOP, Kit, counts, everything

Column = Callable[..., list[Any]]

WHOLE_SHOP = {
    **SHOP,
    "customers": "customer_id,name,email,phone,tier,country,marketing_consent,language\n"
    "C1,Ada,ada@x.example,'+43 1,vip,AT,yes,de\nC2,Grace,,,,,,\n",
    "payment_methods": "payment_method_id,customer_id,kind,brand,last4,exp_month,exp_year,is_default\n"
    "M1,C1,card,Visa,4242,2,2027,true\n",
    "supplier_skus": "supplier_id,sku,unit_cost,lead_time_days,min_order_qty,pack_size,preferred\n"
    "S1,CHAIR,4.123456,14,10,5,TRUE\n",
    "stock": "sku,location,on_hand,counted_at\nCHAIR,MAIN,5,2026-03-10\nLAMP,BACK,0,\n",
    "shipments": "shipment_id,order_id,line_no,qty,shipped_at,carrier,tracking\n"
    "SH1,A,1,2,2026-03-03T08:00:00+01:00,DHL,123\nSH1,B,1,1,2026-03-03,DHL,123\n",
    "cancellations": "order_id,line_no,qty,cancelled_at,reason\nA,1,1,2026-03-04,customer\n",
    "receipts": "receipt_id,po_id,line_no,qty,received_at\nR1,P1,1,4,2026-02-25\nR1,P2,1,1,2026-02-26\n",
    "authorizations": "authorization_id,order_id,amount,authorized_at,expires_at,multi_capture,captured_amount,state\n"
    "AU1,A,65.50,2026-03-01,2026-03-08T23:59:59Z,no,0,authorized\n",
    "stock_history": "sku,date,on_hand\nCHAIR,2026-03-01,7\nCHAIR,2026-03-02,0\n",
    "events": "sku,starts_on,ends_on,extra_units,name\n"
    "CHAIR,2026-03-20,2026-03-22,40,Spring sale\nLAMP,2026-04-01,2026-04-01,1,\n",
    "order_lines": "order_id,line_no,sku,qty,unit_price,promised_date,supplier_id,tags,tax_amount,discount_amount\n"
    "A,1,CHAIR,6,10.00,2026-03-15,S1,gift:yes colour:red,1.20,-0.50\nA,2,LAMP,1,5.50,,,,,\nB,1,CHAIR,4,10.00,,,,,\n",
}


def test_the_whole_kit_loads_and_a_second_load_of_the_same_files_changes_nothing(kit: Kit) -> None:
    first = kit.load(**WHOLE_SHOP)
    assert [str(fault) for fault in first.faults] == []
    assert all(file.new == file.rows > 0 for file in first.files)
    assert len(first.files) == 16
    before = everything()
    second = kit.load()
    assert not second.changed_something
    assert all(file.unchanged == file.rows for file in second.files)
    assert everything() == before
    planning.plan()
    assert list(planning.check()) == [], "every copy is what the facts say"
    assert list(search_words.check(db.session.connection())) == [], "who came with a file is found at once"
    kit.load(customers="customer_id,name\nC1,Ada Byron\n")
    assert list(search_words.check(db.session.connection())) == [], "and by the name that a later file gives"


def test_a_check_says_what_a_load_would_do_and_writes_nothing(kit: Kit) -> None:
    kit.write(**WHOLE_SHOP)
    empty = everything()
    checked = kit.check()
    assert everything() == empty
    assert counts(checked) == counts(kit.load())
    again = kit.write(customers="customer_id,name\nC1,Ada Lovelace\nC3,New\n").check()
    assert counts(again)["customers"] == (2, 1, 1, 0, 0, 0)


def test_a_zip_and_a_folder_of_the_same_files_make_the_same_shop(kit: Kit, tmp_path: Path) -> None:
    kit.write(**WHOLE_SHOP)
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in kit.folder.iterdir():
            packed.write(file, f"export/{file.name}")
    kit.load()
    result = load(archive)
    assert not result.changed_something
    assert result.rows == sum(content.count("\n") - 1 for content in WHOLE_SHOP.values())


def test_the_kit_may_come_in_pieces_file_by_file(kit: Kit) -> None:
    kit.write(**WHOLE_SHOP)
    for name in ("customers", "skus", "suppliers", "payment_methods", "orders", "order_lines", "shipments"):
        assert load(kit.folder / f"{name}.csv").fault_count == 0
    assert check(kit.folder / "cancellations.csv").files[0].new == 1


def test_open_quantities_are_what_was_ordered_less_what_left_or_was_cancelled(kit: Kit, column: Column) -> None:
    kit.load(**WHOLE_SHOP)
    line = models.OrderLine
    assert column(line.qty_shipped, line.id) == [2, 0, 1]
    assert column(line.qty_cancelled, line.id) == [1, 0, 0]
    assert column(line.qty_open, line.id) == [3, 1, 3]


def test_shipments_that_come_later_count_beside_those_that_came_before(kit: Kit, column: Column) -> None:
    kit.load(**WHOLE_SHOP)
    kit.load(shipments="shipment_id,order_id,line_no,qty,shipped_at\nSH2,A,1,3,2026-03-05\nSH1,B,1,2,2026-03-03\n")
    line = models.OrderLine
    assert column(line.qty_shipped, line.id) == [5, 0, 2], "SH1 of B is the same shipment, corrected"
    assert column(line.qty_open, line.id) == [0, 1, 2]


def test_a_shipment_file_alone_moves_the_copies_of_its_lines(kit: Kit, column: Column) -> None:
    kit.load()
    kit.write(shipments="shipment_id,order_id,line_no,qty,shipped_at\nSH1,A,1,6,2026-03-03\n")
    assert load(kit.folder / "shipments.csv").fault_count == 0
    assert column(models.OrderLine.qty_open, models.OrderLine.id) == [0, 1, 4]


@pytest.mark.parametrize("status", ["cancelled", "closed"])
def test_an_order_that_has_ended_ends_its_lines_whatever_the_quantities(kit: Kit, column: Column, status: str) -> None:
    kit.load()
    kit.load(orders=f"order_id,customer_id,placed_at,status\nA,C1,2026-03-01,{status}\nB,C2,2026-03-02,\n")
    assert column(models.OrderLine.qty_open, models.OrderLine.id) == [0, 0, 4]
    kit.load(orders="order_id,customer_id,placed_at,status\nA,C1,2026-03-01,open\n")
    assert column(models.OrderLine.qty_open, models.OrderLine.id) == [6, 1, 4]
    planning.plan()
    assert list(planning.check()) == []


def test_the_first_promise_is_kept_and_the_current_one_follows_what_is_stated(kit: Kit, column: Column) -> None:
    head = "order_id,customer_id,placed_at,promised_date\n"
    line = models.OrderLine
    kit.load(orders=head + "A,C1,2026-03-01,2026-03-20\nB,C2,2026-03-02,\n")
    kit.load(orders=head + "A,C1,2026-03-01,2026-03-25\nB,C2,2026-03-02,2026-04-01\n")
    assert column(line.first_promise, line.id) == [date(2026, 3, 20), date(2026, 3, 20), date(2026, 4, 1)]
    assert column(line.current_promise, line.id) == [date(2026, 3, 25), date(2026, 3, 25), date(2026, 4, 1)]


def test_a_line_s_promise_is_its_own_else_its_order_s(kit: Kit, column: Column) -> None:
    kit.load(
        orders="order_id,customer_id,placed_at,promised_date\nA,C1,2026-03-01,2026-03-20\nB,C2,2026-03-02,\n",
        order_lines="order_id,line_no,sku,qty,promised_date\nA,1,CHAIR,6,2026-03-18\nA,2,LAMP,1,\nB,1,CHAIR,4,\n",
    )
    assert column(models.OrderLine.current_promise, models.OrderLine.id) == [date(2026, 3, 18), date(2026, 3, 20), None]


def test_a_date_that_was_told_since_is_not_taken_back_by_the_same_statement(kit: Kit, column: Column) -> None:
    kit.write(orders="order_id,customer_id,placed_at,promised_date\nA,C1,2026-03-01,2026-03-20\nB,C2,2026-03-02,\n")
    kit.load()
    with transaction() as session:
        session.execute(sa.update(models.OrderLine).values(current_promise=date(2026, 3, 30)))
    kit.load()
    assert column(models.OrderLine.current_promise, models.OrderLine.id) == [date(2026, 3, 30)] * 3


def test_the_place_in_line_never_moves(kit: Kit, column: Column) -> None:
    kit.load()
    placed = column(models.Order.placed_at)
    remarks = kit.remarks(orders=ORDERS.replace("2026-03-02", "2026-01-02"))
    assert column(models.Order.placed_at) == placed
    assert remarks == [
        "orders.csv:3: placed_at: is not when the desk first knew this order to be placed; the place in line stays"
    ]


def test_a_class_that_staff_gave_an_order_outlives_a_reload(kit: Kit, column: Column) -> None:
    orders = "order_id,customer_id,placed_at,priority\nA,C1,2026-03-01,3\nB,C2,2026-03-02,2\n"
    kit.load(orders=orders)
    with transaction() as session:
        session.execute(
            sa.update(models.Order).where(models.Order.number == "A").values(priority=1, priority_reason="a promise")
        )
    kit.load(orders=orders.replace(",2\n", ",\n"))
    assert column(models.Order.priority, models.Order.number) == [1, None]


def test_a_column_that_is_not_in_the_file_keeps_what_is_known(kit: Kit, column: Column) -> None:
    kit.load(customers="customer_id,name,tier\nC1,Ada,vip\nC2,Grace,\n")
    kit.load(customers="customer_id,name\nC1,Ada\nC2,Grace\n")
    assert column(models.Customer.tier, models.Customer.code) == ["vip", None]
    kit.load(customers="customer_id,name,tier\nC1,Ada,\nC2,Grace,\n")
    assert column(models.Customer.tier, models.Customer.code) == [None, None], "an empty cell says: not known"


def test_what_changed_gets_a_new_version_and_what_did_not_keeps_its_own(kit: Kit, column: Column) -> None:
    kit.load()
    kit.load(order_lines=SHOP["order_lines"].replace("B,1,CHAIR,4", "B,1,CHAIR,5"))
    assert column(models.OrderLine.version, models.OrderLine.id) == [1, 1, 2]
    assert column(models.Order.version, models.Order.number) == [1, 1]


def test_empty_cells_take_the_contract_s_meaning(kit: Kit, column: Column) -> None:
    kit.load(
        skus="sku,name,backorder_policy,reorder_point\nCHAIR,Chair,,\nLAMP,Lamp,deny,0\n",
        orders="order_id,customer_id,placed_at,ship_complete,may_split,status\nA,C1,2026-03-01,,,\nB,C2,2026-03-02,1,0,\n",
        purchase_orders="po_id,supplier_id,ordered_at,status\nP1,S1,2026-02-01,\nP2,S1,2026-02-02,confirmed\n",
    )
    assert column(models.Sku.backorder_policy, models.Sku.code) == ["allow", "deny"]
    assert column(models.Sku.reorder_point, models.Sku.code) == [None, 0]
    assert column(models.Order.ship_complete, models.Order.number) == [False, True]
    assert column(models.Order.may_split, models.Order.number) == [True, False]
    assert column(models.PurchaseOrder.status, models.PurchaseOrder.number) == ["sent", "confirmed"]


@pytest.mark.parametrize(("status", "open_units"), [("draft", 0), ("cancelled", 0), ("closed", 0), ("confirmed", 10)])
def test_only_sent_and_confirmed_purchase_orders_supply(kit: Kit, column: Column, status: str, open_units: int) -> None:
    kit.load(purchase_orders=f"po_id,supplier_id,ordered_at,status\nP1,S1,2026-02-01,{status}\nP2,S1,2026-02-02,\n")
    assert column(models.PurchaseOrderLine.qty_open, models.PurchaseOrderLine.id)[0] == open_units


def test_more_may_be_received_than_was_ordered(kit: Kit, column: Column) -> None:
    line = models.PurchaseOrderLine
    kit.load(receipts="receipt_id,po_id,line_no,qty,received_at\nR1,P1,1,7,2026-02-25\nR2,P1,1,7,2026-02-26\n")
    assert column(line.qty_received, line.id) == [14, 0, 0]
    assert column(line.qty_open, line.id) == [0, 5, 3]


def test_a_moved_date_or_a_cut_changes_neither_first_promise_nor_what_was_promised(kit: Kit, column: Column) -> None:
    line = models.PurchaseOrderLine
    kit.load()
    kit.load(
        purchase_order_lines="po_id,line_no,sku,qty,promised_date\n"
        "P1,1,CHAIR,2,2026-03-30\nP1,2,LAMP,5,2026-04-01\nP2,1,CHAIR,8,2026-03-20\n"
    )
    assert column(line.first_promise, line.id) == [date(2026, 2, 20), date(2026, 4, 1), date(2026, 3, 20)]
    assert column(line.promised_date, line.id) == [date(2026, 3, 30), date(2026, 4, 1), date(2026, 3, 20)]
    assert column(line.qty_promised, line.id) == [10, 5, 8]
    assert column(line.qty, line.id) == [2, 5, 8]


def test_a_file_that_still_says_what_was_ordered_before_units_went_to_another_supplier_orders_nothing_twice(
    kit: Kit, column: Column, today: date
) -> None:
    line = models.PurchaseOrderLine
    kit.load(
        suppliers="supplier_id,name\nS1,One\nS2,Two\n",
        supplier_skus="supplier_id,sku\nS2,CHAIR\nS2,LAMP\n",
        purchase_orders="po_id,supplier_id,ordered_at,status\nP1,S1,2026-02-01,sent\nP2,S1,2026-02-02,confirmed\n",
    )
    planning.plan()
    for number, qty in (("P1", 4), ("P2", column(line.qty_open, line.id)[2])):
        supply = find_supply(db.session(), number, 1, today)
        assert supply is not None
        reassign_supply(supply.asked, to="S2", qty=qty, actor=None)
    before = everything()
    assert column(line.qty, line.id)[0] == 6
    assert column(models.PurchaseOrder.status, models.PurchaseOrder.id)[1] == "cancelled"
    assert not kit.load().changed_something
    assert everything() == before
    kit.load(purchase_order_lines="po_id,line_no,sku,qty\nP1,1,CHAIR,9\nP1,2,LAMP,5\n")
    assert column(line.qty, line.id)[0] == 9, "what is new is taken as it is stated"


def test_a_receipt_before_its_order_loads_with_a_remark_and_is_no_observation(kit: Kit, column: Column) -> None:
    result = kit.load(
        purchase_order_lines="po_id,line_no,sku,qty,promised_date\n"
        "P1,1,CHAIR,10,2026-02-20\nP1,2,LAMP,5,\nP2,1,CHAIR,3,2026-01-20\n",
        receipts="receipt_id,po_id,line_no,qty,received_at\n"
        "R1,P1,1,1,2026-02-25\nR2,P1,1,1,2026-01-25\nR3,P2,1,1,2026-02-25\n",
    )
    assert result.fault_count == 0
    assert [str(remark) for remark in result.remarks] == [
        "purchase_order_lines.csv:4: promised_date: is before the day of the order: its receipts teach nothing of "
        "lateness",
        "receipts.csv:3: received_at: is before the day of the order: it teaches nothing of lead times",
    ]
    assert column(models.ReceiptLine.observed, models.ReceiptLine.id) == [True, False, True]
    kit.load(purchase_orders="po_id,supplier_id,ordered_at\nP1,S1,2026-01-01\nP2,S1,2026-02-02\n")
    assert column(models.ReceiptLine.observed, models.ReceiptLine.id) == [True, True, True]


def test_a_stock_count_without_a_time_is_of_now_and_says_nothing_new_twice(kit: Kit, column: Column) -> None:
    kit.load(stock="sku,location,on_hand\nCHAIR,MAIN,5\n")
    counted_at = column(models.Stock.counted_at)
    assert counted_at[0].date() == date(2026, 3, 12)
    assert not kit.load().changed_something
    assert column(models.Stock.counted_at) == counted_at


def test_what_the_desk_posted_after_a_count_is_applied_on_top_of_it(kit: Kit, column: Column) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,5,2026-03-01\n")
    with transaction() as session:
        place = session.scalar(sa.select(models.Location.id))
        line = session.scalars(sa.select(models.PurchaseOrderLine).order_by(models.PurchaseOrderLine.id)).first()
        receipt = models.Receipt(number="DESK-1")
        session.add(receipt)
        session.flush()
        at = load_room.clock.start_of(date(2026, 3, 5))
        session.add(
            models.ReceiptLine(
                receipt_id=receipt.id, purchase_order_line_id=line.id, location_id=place, qty=4,
                received_at=at, received_on=date(2026, 3, 5),
            )
        )  # fmt: skip
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,6,2026-03-02\n")
    assert column(models.Stock.on_hand) == [10], "counted before the desk's receipt"
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,6,2026-03-06\n")
    assert column(models.Stock.on_hand) == [6], "counted after it: the count knows of it"


def test_a_count_below_what_is_reserved_is_taken_and_the_plan_follows(kit: Kit, column: Column) -> None:
    kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,10,2026-03-10\nLAMP,MAIN,1,2026-03-10\n")
    planning.plan()
    assert column(models.Stock.reserved, models.Stock.id) == [10, 1]
    result = kit.load(stock="sku,location,on_hand,counted_at\nCHAIR,MAIN,3,2026-03-11\nLAMP,MAIN,1,2026-03-10\n")
    assert result.fault_count == 0
    assert column(models.Stock.on_hand, models.Stock.id) == [3, 1]
    assert column(models.Reservation.qty) == [1], "what can no longer be there is given back in the same moment"
    planning.plan()
    assert list(planning.check()) == []
    assert column(models.Stock.reserved, models.Stock.id) == [3, 1]
    assert column(models.Reservation.qty) == [1, 3]


def test_the_words_of_tags_can_be_filtered_and_follow_a_change(kit: Kit, column: Column) -> None:
    lines = "order_id,line_no,sku,qty,tags\nA,1,CHAIR,6,gift:yes colour:red\nA,2,LAMP,1,\nB,1,CHAIR,4,x:1\n"
    kit.load(order_lines=lines)
    assert column(models.LineTag.tag) == ["colour:red", "gift:yes", "x:1"]
    planning.plan()
    assert units_by_tag() == {"colour:red": 6, "gift:yes": 6, "x:1": 4}
    kit.load(order_lines=lines.replace("gift:yes colour:red", "gift:yes gift:yes late:no"))
    assert column(models.LineTag.tag) == ["gift:yes", "late:no", "x:1"]
    assert units_by_tag() == {"gift:yes": 6, "late:no": 6, "x:1": 4}, "sums follow though nothing is planned anew"
    planning.plan()
    assert list(planning.check()) == []


def units_by_tag() -> dict[str, int]:
    """Waiting units under each tag, as the sums have them; in all of them alike."""
    found = []
    for sums in (models.AgingDay, models.PaymentDay, models.RiskBand):
        units = sa.select(sums.value_of, sa.func.sum(sums.units)).where(sums.dimension == "tag").group_by(sums.value_of)
        found.append({tag: int(count) for tag, count in db.session.execute(units)})
    db.session.rollback()
    assert found[0] == found[1] == found[2]
    return found[0]


def test_our_own_export_s_apostrophe_is_taken_off_and_no_other(kit: Kit, column: Column) -> None:
    kit.load(customers="customer_id,name,phone\nC1,'=Ada,'+43 1\nC2,'Grace,''@x\n")
    assert column(models.Customer.name, models.Customer.code) == ["=Ada", "'Grace"]
    assert column(models.Customer.phone, models.Customer.code) == ["+43 1", "''@x"]


def test_prices_keep_six_decimals_and_quantities_are_exact(kit: Kit, column: Column) -> None:
    kit.load(skus="sku,name,price,cost\nCHAIR,Chair,5.775,0.000001\nLAMP,Lamp,.5,\n")
    assert column(models.Sku.price, models.Sku.code) == [5_775_000, 500_000]
    assert column(models.Sku.cost, models.Sku.code) == [1, None]


def test_identifiers_are_texts_and_line_numbers_are_numbers(kit: Kit) -> None:
    kit.load(
        skus="sku,name\n1,One\n01,Other one\n",
        order_lines="order_id,line_no,sku,qty\nA,01,1,6\nA,2,01,1\nB,1,1,4\n",
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nS,A,1,2,2026-03-03\n",
    )
    skus = db.session.execute(
        sa.select(models.OrderLine.line_no, models.Sku.code).join(models.OrderLine.sku).order_by(models.OrderLine.id)
    ).all()
    assert [tuple(row) for row in skus] == [(1, "1"), (2, "01"), (1, "1")]


def test_a_load_is_recorded_with_its_counts_and_in_the_history(kit: Kit) -> None:
    result = kit.load()
    loaded = db.session.get(models.IntakeLoad, result.load_id)
    assert (loaded.state, loaded.source, loaded.format) == ("done", "kit", "kit")
    shown = loads.find_load(result.load_id)
    assert [(file.file, file.rows, file.new) for file in shown.files if file.file == "orders.csv"] == [
        ("orders.csv", 2, 2)
    ]
    act = db.session.scalars(sa.select(models.Act)).one()
    assert (act.act, act.subject) == ("files-loaded", f"intake-load {result.load_id}")


def test_a_load_that_dies_half_way_leaves_whole_orders_and_the_next_one_goes_on(
    kit: Kit, column: Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load_room, "UNITS_AT_ONCE", 1)

    def die(what: str, done: int, of: int | None) -> None:
        if what == "loading orders" and done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load(kit.folder, progress=die)
    assert column(models.Order.number) == ["A"]
    assert column(models.OrderLine.qty_open, models.OrderLine.id) == [6, 1]
    assert column(models.IntakeLoad.state) == ["failed"]
    result = kit.load()
    assert counts(result)["orders"] == (2, 1, 0, 1, 0, 0)
    assert column(models.Order.number) == ["A", "B"]


def test_both_databases_hold_the_same_rows(
    sqlite_url: str, postgresql_url: str, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    folder = tmp_path / "kit"
    folder.mkdir()
    Kit(folder).write(**WHOLE_SHOP)
    held = []
    for url in (sqlite_url, postgresql_url):
        with make_app(url).app_context():
            assert load(folder).fault_count == 0
            held.append(everything(without=("counted_at",)))
    assert held[0] == held[1]


@pytest.mark.parametrize("kit_file", [file for file in KIT if file.group], ids=lambda file: file.name)
def test_rows_that_load_together_are_found_without_reading_the_whole_file(sqlite_app: Flask, kit_file: KitFile) -> None:
    with staging.staging(), transaction(scratch=True) as session:
        staging.index_staged(kit_file)
        indexes = sa.inspect(session.connection()).get_indexes(staging.STAGED[kit_file.name].name)
        assert kit_file.group in {index["column_names"][0] for index in indexes}
