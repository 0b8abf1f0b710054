"""What every form takes, and what it shows when somebody was faster."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import g

from dashboard.actions import answers
from dashboard.actions.quantity_cuts.action import cut_quantity
from dashboard.actions.quantity_cuts.forms import QuantityCutForm
from dashboard.actions.quantity_cuts.routes import FORM, _line
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db
from dashboard.models import Cancellation
from tests.actions.posting import acts, order_id, units
from tests.shops import filled_once


@filled_once
def shop(world):
    """Order 1 wants six chairs, and four are here."""
    world.stock("CHAIR", 4)
    world.order("1", "CHAIR", 6, placed="2026-03-01", promised="2026-03-22")
    world.plan()


@pytest.mark.parametrize(("wanted", "status"), [(5, 409), (6, 422)])
def test_who_waited_for_a_colleague_sees_what_the_colleague_left(shop, app, manager, wanted, status):
    """The colleague's shipment is saved while this cut, its form read already, waits for its turn."""

    def cut(*subject, **said):
        ship_reserved(order_id("1"), actor=None)
        return cut_quantity(*subject, **{**said, "version": said["version"] if status == 409 else None})

    typed = {"wanted": str(wanted), "reason": "customer", "version": str(shop.line("1").version)}
    with app.test_request_context("/", method="POST", data=typed, headers={"HX-Request-Type": "partial"}):
        g._login_user = manager.person
        shown = _line("1", 1)
        form = QuantityCutForm(shown["line"], back="")
        answer = answers.post(FORM, form, cut, order_id("1"), 1, anew=lambda: _line("1", 1), **shown)
    assert (answer.status_code, "4 shipped" in answer.get_data(as_text=True)) == (status, True)


def test_typed_text_is_read_without_what_nobody_sees(shop, manager):
    address = "/orders/1/lines/1/quantity-cuts"
    typed = {"wanted": " 5\t", "version": str(shop.line("1").version)}
    assert manager.act(address, {**typed, "reason": " \x00 "}).status_code == 422
    assert acts() == []
    answer = manager.act(address, {**typed, "reason": " Custo\x00mer ", "submission": "k\x00", "opened": "9" * 5000})
    assert answer.status_code == 200, answer.text
    assert units("1") == (0, 1, 5)
    assert list(db.session.scalars(sa.select(Cancellation.reason))) == ["customer"]


def test_what_would_change_is_asked_for_by_what_it_hangs_on_alone(shop, manager):
    trigger = re.search(r'hx-trigger="([^"]*)"', manager.panel("/orders/1/lines/1/shipments/new").text)[1]
    assert "load, input" in trigger
    assert all(f"[name={name}]" in trigger for name in ("why", "reason", "carrier", "tracking"))


def test_a_page_to_go_back_to_that_is_no_address_is_none(shop, manager):
    typed = {"reason": "customer", "back": "http://["}
    asked = manager.act("/orders/1/lines/1/cancellations", {**typed, "reason": ""})
    assert (asked.status_code, 'href="/"' in asked.text) == (422, True)
    assert manager.act("/orders/1/lines/1/cancellations", typed).status_code == 200


@pytest.mark.parametrize("number", [2**31, 2**64])
def test_a_number_that_no_column_holds_leads_nowhere(shop, manager, number):
    for address in (f"/orders/1/lines/{number}", f"/purchase-orders/PO-1/lines/{number}/receipts/new"):
        assert manager.get(address).status_code == 404


def test_an_identifier_that_no_database_keeps_leads_nowhere(shop, manager):
    assert manager.get("/orders/%00").status_code == 404
