"""Each fault has its file, its physical line, its column and a reason; what is good loads all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from dashboard import models
from dashboard.database import db, transaction
from tests.intake.conftest import ORDER_LINES, ORDERS, SHOP, Kit, counts

Column = Callable[..., list[Any]]

CUSTOMER = "customer_id,name\n"
CARD = "4111 1111 1111 1111"  # the networks' own example number, valid by Luhn


# Orders are whole or not at all.


@pytest.mark.parametrize(
    ("file", "content", "fault"),
    [
        (
            "orders",
            ORDERS.replace("A,C1,2026-03-01", "A,C1,yesterday"),
            "orders.csv:2: placed_at: 'yesterday' is no date; write for example 2026-03-01 or "
            "2026-03-01T14:30:00+01:00",
        ),
        (
            "order_lines",
            ORDER_LINES.replace("A,2,LAMP,1", "A,2,LAMP,none"),
            "order_lines.csv:3: qty: 'none' is not a whole number above 0",
        ),
        (
            "shipments",
            "shipment_id,order_id,line_no,qty,shipped_at\nS1,B,1,1,2026-03-02\nS2,A,1,7,2026-03-02\n",
            "shipments.csv:3: qty: too much: of 6 ordered, 7 shipped and 0 cancelled in all",
        ),
        (
            "cancellations",
            "order_id,line_no,qty,cancelled_at\nA,9,1,2026-03-02\n",
            "cancellations.csv:2: line_no: order 'A' has no line 9",
        ),
        (
            "authorizations",
            "authorization_id,order_id,amount,authorized_at\nAU,A,-1,2026-03-02\n",
            "authorizations.csv:2: amount: '-1' is below 0",
        ),
    ],
)
def test_an_order_with_a_fault_in_any_of_its_rows_loads_nothing_of_itself_and_others_load(
    kit: Kit, column: Column, file: str, content: str, fault: str
) -> None:
    assert kit.faults(**{file: content}) == [fault]
    assert column(models.Order.number) == ["B"]
    assert column(models.OrderLine.qty) == [4]


def test_a_purchase_order_with_a_fault_in_any_of_its_rows_loads_nothing_of_itself_and_others_load(
    kit: Kit, column: Column
) -> None:
    result = kit.load(receipts="receipt_id,po_id,line_no,qty,received_at\nR1,P1,1,0,2026-02-20\nR2,P2,1,1,2026-02-20\n")
    assert [str(f) for f in result.faults] == ["receipts.csv:2: qty: '0' is not a whole number above 0"]
    assert column(models.PurchaseOrder.number) == ["P2"]
    assert counts(result)["purchase_order_lines"] == (3, 1, 0, 0, 0, 2), "two lines are left out without a fault"
    assert counts(result)["receipts"] == (2, 1, 0, 0, 1, 0)


def test_what_refers_to_a_faulty_master_row_is_at_fault_too_and_says_which(kit: Kit, column: Column) -> None:
    assert kit.faults(skus="sku,name,price\nCHAIR,Chair,cheap\nLAMP,Lamp,5\n") == [
        "order_lines.csv:2: sku: SKU 'CHAIR' is at fault itself: skus.csv:2",
        "order_lines.csv:4: sku: SKU 'CHAIR' is at fault itself: skus.csv:2",
        "purchase_order_lines.csv:2: sku: SKU 'CHAIR' is at fault itself: skus.csv:2",
        "purchase_order_lines.csv:4: sku: SKU 'CHAIR' is at fault itself: skus.csv:2",
        "skus.csv:2: price: 'cheap' is no number",
    ]
    assert column(models.Sku.code) == ["LAMP"]
    assert column(models.Order.number) == []


def test_faults_chain_from_customer_to_payment_method_to_order(kit: Kit, column: Column) -> None:
    faults = kit.faults(
        payment_methods="payment_method_id,customer_id\nM1,C1\nM2,C9\n",
        orders="order_id,customer_id,placed_at,payment_method_id\nA,C1,2026-03-01,M1\nB,C2,2026-03-02,M2\n",
    )
    assert faults == [
        "orders.csv:3: payment_method_id: payment method 'M2' is at fault itself: payment_methods.csv:3",
        "payment_methods.csv:3: customer_id: customer 'C9' is nowhere",
    ]
    assert column(models.Order.number) == ["A"]


def test_an_id_that_an_earlier_load_brought_is_somewhere(kit: Kit) -> None:
    kit.load()
    kit.remove("customers", "skus", "suppliers")
    assert kit.faults(orders=ORDERS + "N,C1,2026-03-03,EUR\n", order_lines=ORDER_LINES + "N,1,LAMP,1,5\n") == []


def test_a_faulty_correction_of_a_known_row_leaves_the_row_as_it_was(kit: Kit, column: Column) -> None:
    kit.load()
    faults = kit.faults(customers="customer_id,name,marketing_consent\nC1,Ada,perhaps\nC2,Grace Hopper,no\n")
    assert faults == ["customers.csv:2: marketing_consent: 'perhaps' is neither true nor false"]
    assert column(models.Customer.name) == ["Ada", "Grace Hopper"]
    assert column(models.Order.number) == ["A", "B"], "what refers to it finds it where it was"


def test_rows_of_an_order_or_line_that_is_nowhere_are_faults(kit: Kit) -> None:
    assert kit.faults(
        order_lines=ORDER_LINES + "X,1,LAMP,1,1\n",
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nS,Y,1,1,2026-03-02\nS,B,2,1,2026-03-02\n",
        receipts="receipt_id,po_id,line_no,qty,received_at\nR,Q,1,1,2026-03-02\nR,P2,4,1,2026-03-02\n",
    ) == [
        "order_lines.csv:5: order_id: order 'X' is nowhere",
        "receipts.csv:2: po_id: purchase order 'Q' is nowhere",
        "receipts.csv:3: line_no: purchase order 'P2' has no line 4",
        "shipments.csv:2: order_id: order 'Y' is nowhere",
        "shipments.csv:3: line_no: order 'B' has no line 2",
    ]


def test_a_faulty_line_is_not_reported_again_by_its_shipments(kit: Kit) -> None:
    faults = kit.faults(
        order_lines=ORDER_LINES.replace("B,1,CHAIR,4", "B,1,CHAIR,4.5"),
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nS,B,1,1,2026-03-02\n",
    )
    assert faults == ["order_lines.csv:4: qty: '4.5' is not a whole number above 0"]


def test_a_line_may_not_be_cut_below_what_was_shipped_and_the_fault_says_how_much_that_is(
    kit: Kit, column: Column
) -> None:
    kit.load(shipments="shipment_id,order_id,line_no,qty,shipped_at\nS,B,1,3,2026-03-02\n")
    cut = ORDER_LINES.replace("B,1,CHAIR,4", "B,1,CHAIR,2")
    assert kit.faults(order_lines=cut) == ["order_lines.csv:4: qty: cannot be cut to 2: 3 shipped and 0 cancelled"]
    kit.remove("shipments")
    assert kit.faults(order_lines=cut) == ["order_lines.csv:4: qty: cannot be cut to 2: 3 shipped and 0 cancelled"]
    assert kit.faults(order_lines=cut.replace("CHAIR,2", "CHAIR,3")) == []
    assert column(models.OrderLine.qty, models.OrderLine.id) == [6, 1, 3]


def test_a_cancel_beyond_what_is_open_is_refused_at_its_own_row(kit: Kit) -> None:
    assert kit.faults(
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nS,B,1,3,2026-03-02\n",
        cancellations="order_id,line_no,qty,cancelled_at\nB,1,1,2026-03-02\nA,2,2,2026-03-02\n",
    ) == ["cancellations.csv:3: qty: too much: of 1 ordered, 0 shipped and 2 cancelled in all"]


def test_a_change_that_comes_between_two_loads_is_counted_with(kit: Kit) -> None:
    kit.load()
    with transaction() as session:
        session.execute(sa.update(models.OrderLine).where(models.OrderLine.line_no == 2).values(qty=3, qty_open=3))
    assert counts(kit.check())["order_lines"] == (3, 0, 1, 2, 0, 0)


@pytest.mark.parametrize(
    ("file", "content", "fault"),
    [
        (
            "customers",
            CUSTOMER + "C1,Ada\nC2,Grace\nC1,Ada\n",
            "customer_id: customer_id 'C1' stands in line 2 already",
        ),
        (
            "order_lines",
            ORDER_LINES + "A,01,LAMP,1,1\n",
            "order_id: order_id, line_no 'A' '1' stands in line 2 already",
        ),
        (
            "events",
            "sku,starts_on,ends_on,extra_units,name\nLAMP,2026-04-01,2026-04-01,1,\nLAMP,2026-04-01,2026-04-02,2,\n",
            "sku: sku, starts_on, name 'LAMP' '2026-04-01' '' stands in line 2 already",
        ),
    ],
)
def test_the_second_row_of_a_key_is_a_fault_that_names_the_first(kit: Kit, file: str, content: str, fault: str) -> None:
    line = content.count("\n")
    assert kit.faults(**{file: content}) == [f"{file}.csv:{line}: {fault}"]


def test_a_duplicate_order_loads_nothing_of_itself(kit: Kit, column: Column) -> None:
    assert kit.faults(orders=ORDERS + "A,C2,2026-03-05,EUR\n") == [
        "orders.csv:4: order_id: order_id 'A' stands in line 2 already"
    ]
    assert column(models.Order.number) == ["B"]


# Cells. What is decided before a database has a part in it runs on one.


@pytest.mark.parametrize(
    ("file", "row", "column", "reason"),
    [
        ("customers", ",Nobody", "customer_id", "is required and empty"),
        ("customers", "C9,  ", "name", "is required and empty"),
        ("customers", "C9," + "n" * 501, "name", "is longer than 500 characters"),
        ("customers", "C9,a\x00b", "name", "has a NUL character in it"),
        ("customers", f"C9,{CARD}", "name", "looks like a whole card number; take it out of the file (it is not "
         "repeated here)"),
        ("skus", "X,Ex,1.2345678,EUR", "price", "'1.2345678' has more than 6 decimals"),
        ("skus", 'X,Ex,"1,50",EUR', "price", "'1,50' is no number; write a decimal point and no thousands separator"),
        ("skus", "X,Ex,1e3,EUR", "price", "'1e3' is no number"),
        ("skus", "X,Ex,1000000000,EUR", "price", "is 1,000,000,000 or more"),
        ("skus", "X,Ex,1,EURO", "currency", "'EURO' is no currency; write its three letters, for example EUR"),
        ("orders", "N,C1,2026-03-13,", "placed_at", "'2026-03-13' is after today, 2026-03-12"),
        ("orders", "N,C1,2026-02-30,", "placed_at", "'2026-02-30' is no date of the calendar or no time of the day"),
        ("orders", "N,C1,01.03.2026,", "placed_at", "'01.03.2026' is no date; write for example 2026-03-01 or "
         "2026-03-01T14:30:00+01:00"),
        ("orders", "N,C1,1026-03-01,", "placed_at", "'1026-03-01' is not between 1900 and 2199; leave the cell empty "
         "if not known"),
        ("order_lines", "A,9,LAMP,0,1", "qty", "'0' is not a whole number above 0"),
        ("order_lines", "A,9,LAMP,-1,1", "qty", "'-1' is not a whole number above 0"),
        ("order_lines", "A,9,LAMP,١,1", "qty", "'١' is not a whole number above 0"),
        ("order_lines", "A,x,LAMP,1,1", "line_no", "'x' is not a whole number, 0 or more"),
        ("order_lines", "A,9,LAMP,1,-5", "unit_price", "'-5' is below 0"),
        ("order_lines", "A,9,LAMP,1000000000,999", "unit_price", "quantity × price is more than 100,000,000,000"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_read_is_a_fault_of_its_row(
    sqlite_kit: Kit, file: str, row: str, column: str, reason: str
) -> None:
    content = SHOP[file] + row + "\n"
    assert f"{file}.csv:{content.count(chr(10))}: {column}: {reason}" in sqlite_kit.faults(**{file: content})


@pytest.mark.parametrize("last4", ["12345", "12a4", "4111111111111111", "••42", "١٢٣٤"])
def test_last4_is_at_most_four_digits_and_is_not_repeated(sqlite_kit: Kit, last4: str) -> None:
    faults = sqlite_kit.faults(payment_methods=f"payment_method_id,customer_id,last4\nM1,C1,{last4}\n")
    assert faults == ["payment_methods.csv:2: last4: is not at most four digits"]


@pytest.mark.parametrize("header", ["payment_methods", "stock", "events", "stock_history"])
def test_faults_of_other_master_files_name_their_columns(sqlite_kit: Kit, header: str) -> None:
    content, faults = {
        "payment_methods": (
            "payment_method_id,customer_id,kind,exp_month,exp_year\nM1,C1,cash,13,27\n",
            [
                "payment_methods.csv:2: exp_month: '13' is not a month from 1 to 12",
                "payment_methods.csv:2: exp_year: '27' is not a year in four digits, 1970 to 2199",
                "payment_methods.csv:2: kind: 'cash' is none of card, paypal, bank, invoice",
            ],
        ),
        "stock": (
            "sku,location,on_hand,counted_at\nCHAIR,,1,\nCHAIR,MAIN,,\nCHAIR,MAIN,1,2026-03-13T00:00:00\n",
            [
                "stock.csv:2: location: is required and empty",
                "stock.csv:3: on_hand: is required and empty",
                "stock.csv:4: counted_at: '2026-03-13T00:00:00' is after today, 2026-03-12",
            ],
        ),
        "events": (
            "sku,starts_on,ends_on,extra_units\nCHAIR,2026-05-02,2026-05-01,4\n",
            ["events.csv:2: ends_on: is before starts_on"],
        ),
        "stock_history": (
            "sku,date,on_hand\nSOFA,2026-03-01,1\nCHAIR,2026-03-13,1\n",
            [
                "stock_history.csv:2: sku: SKU 'SOFA' is nowhere",
                "stock_history.csv:3: date: '2026-03-13' is after today, 2026-03-12",
            ],
        ),
    }[header]
    assert sqlite_kit.faults(**{header: content}) == faults


def test_several_faults_come_in_the_order_of_files_lines_and_columns(sqlite_kit: Kit) -> None:
    faults = sqlite_kit.faults(
        skus=SHOP["skus"] + "X,,a,b\n", customers=CUSTOMER + "C1,Ada\nC2,Grace\n,\nC9,\n", suppliers=SHOP["suppliers"]
    )
    assert [fault.split(": ")[:2] for fault in faults] == [
        ["customers.csv:4", "customer_id"],
        ["customers.csv:4", "name"],
        ["customers.csv:5", "name"],
        ["skus.csv:4", "currency"],
        ["skus.csv:4", "name"],
        ["skus.csv:4", "price"],
    ]


# Lines.


def test_a_fault_names_the_physical_line_on_which_its_row_begins(sqlite_kit: Kit) -> None:
    customers = 'customer_id,name,email\r\nC1,"Ada\r\nLovelace\nof London",\r\n\r\nC2,Grace,\r\n'
    customers += 'C3,,"two\nlines"\r\nC4,,\r\n'
    assert sqlite_kit.faults(customers=customers) == [
        "customers.csv:7: name: is required and empty",
        "customers.csv:9: name: is required and empty",
    ]


def test_lines_are_right_beyond_the_first_chunk(sqlite_kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.intake.rows.ROWS_AT_ONCE", 2)
    rows = "".join(f"C{n},Name {n}\n" if n != 7 else 'C7,"  \n "\n' for n in range(1, 10))
    assert sqlite_kit.faults(customers=CUSTOMER + rows + "C10,\n") == [
        "customers.csv:8: name: is required and empty",
        "customers.csv:12: name: is required and empty",
    ]


def test_a_row_of_another_width_than_the_header_is_a_fault_and_takes_its_order_with_it(
    kit: Kit, column: Column
) -> None:
    assert kit.faults(order_lines=ORDER_LINES + "A,3,LAMP\nB,2,LAMP,1,1,1\n") == [
        "order_lines.csv:5: -: has 3 cells, the header 5",
        "order_lines.csv:6: -: has 6 cells, the header 5",
    ]
    assert column(models.Order.number) == []


# Card numbers.


@pytest.mark.parametrize(
    ("file", "content", "place"),
    [
        ("customers", f"customer_id,name,phone\nC1,Ada,{CARD}\n", "customers.csv:2: phone"),
        ("customers", "customer_id,name,note\nC1,Ada,call 4111-1111-1111-1111 12/27\n", "customers.csv:2: 'note'"),
        ("order_lines", f"{ORDER_LINES}B,2,LAMP,1,4111111111111111\n", "order_lines.csv:5: unit_price"),
        ("order_lines", f"{ORDER_LINES}B,2,LAMP,4111111111111111,1\n", "order_lines.csv:5: qty"),
    ],
)
def test_a_whole_card_number_is_a_fault_that_repeats_it_nowhere(
    sqlite_kit: Kit, caplog: pytest.LogCaptureFixture, file: str, content: str, place: str
) -> None:
    faults = sqlite_kit.faults(**{file: content})
    assert f"{place}: looks like a whole card number; take it out of the file (it is not repeated here)" in faults
    stored = "".join(map(repr, _all_texts()))
    for text in (*faults, stored, caplog.text):
        assert "1111" not in text


def test_an_identifier_that_looks_like_a_card_number_is_a_remark_and_loads(kit: Kit, column: Column) -> None:
    result = kit.load(skus=SHOP["skus"] + "4111111111111111,Lucky,1,EUR\n")
    assert result.fault_count == 0
    assert [str(r) for r in result.remarks] == ["skus.csv:4: sku: has the form of a whole card number (not repeated)"]
    assert "4111111111111111" in column(models.Sku.code)


def test_a_fault_about_an_identifier_that_looks_like_a_card_number_does_not_repeat_it(sqlite_kit: Kit) -> None:
    faults = sqlite_kit.faults(order_lines=ORDER_LINES + "A,3,4111111111111111,1,1\n")
    assert faults == ["order_lines.csv:5: sku: SKU (a number that is not repeated) is nowhere"]


# Remarks.


def test_remarks_do_not_keep_rows_out(kit: Kit, column: Column) -> None:
    result = kit.load(
        customers="customer_id,name,shoe_size,hat\nC1,Ada,38,\nC2,Grace,39,\n",
        shipments="shipment_id,order_id,line_no,qty,shipped_at\nDESK-1,B,1,1,2026-03-02\n",
        orders="order_id,customer_id,placed_at,promised_date\nA,C1,2026-03-01,2026-02-01\nB,C2,2026-03-02,\n",
    )
    assert result.fault_count == 0
    assert [str(remark) for remark in result.remarks] == [
        "customers.csv:1: -: the kit has no such column, it is ignored: 'shoe_size', 'hat'",
        "orders.csv:2: promised_date: is before the day of the order",
        "shipments.csv:2: shipment_id: looks like one of the desk's own: 'DESK-1'",
    ]
    assert column(models.Shipment.number) == ["DESK-1"]


def test_a_csv_file_that_is_not_of_the_kit_is_a_remark_and_other_files_are_nothing(sqlite_kit: Kit) -> None:
    (sqlite_kit.folder / "README.md").write_text("hello")
    sqlite_kit.write(invoices="a,b\n")
    assert sqlite_kit.remarks() == ["invoices.csv:1: -: is no file of the kit, it is ignored"]


def _all_texts() -> list[Any]:
    db.session.rollback()
    found = []
    for table in db.metadata.sorted_tables:
        if table.name not in ("users", "roles", "roles_users", "webauthn"):
            found.extend(db.session.execute(sa.select(table)).all())
    db.session.rollback()
    return found
