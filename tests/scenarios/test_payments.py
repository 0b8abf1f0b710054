"""Behaviours 27, 28, 31 and 32: what dies before the goods come is seen by its own day; no card number is kept."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from dashboard import models
from dashboard.actions.card_requests.action import request_card
from dashboard.database import db
from dashboard.domain.card_requests import CardRequestRefused
from dashboard.intake.load import load
from tests.actions.posting import order_id

METHODS = "payment_method_id,customer_id,kind,brand,last4,exp_month,exp_year,is_default\n"


def test_an_authorisation_that_expires_before_the_eta_appears_with_its_own_expiry_not_a_fixed_seven_days(
    world: Any, viewer: Any
) -> None:
    for number, expires in (("10501", "2026-04-09"), ("10502", "2026-04-10")):
        world.card(f"PM-{number}", customer=number, month=12, year=2028)
        world.order(number, "CHAIR", 1, placed="2026-03-01", customer=number)
        world.authorization(number, on="2026-03-01", expires=expires)
    world.purchase_order("PO", "CHAIR", 20, expected="2026-04-10")
    world.plan()

    report = viewer.get("/expiring-payments/export").text
    rows = {row["order_id"]: row for row in csv.DictReader(io.StringIO(report.removeprefix("\ufeff")))}
    assert rows["10501"]["authorization_expires_at"][:10] == "2026-04-09", "39 days after it was given"
    assert (rows["10501"]["state"], rows["10501"]["days_short"]) == ("dies", "1")
    assert rows["10502"]["state"] == "good", "on its last day it can still be charged"
    shown = viewer.panel("/expiring-payments?state=dies").text
    assert "10501" in shown
    assert "9\xa0Apr" in shown
    assert "10502" not in shown


def test_a_card_through_february_is_good_on_its_28th_and_flagged_for_the_first_of_march(
    world: Any, viewer: Any
) -> None:
    for number, sku, comes in (("10503", "TABLE", "2027-02-28"), ("10504", "LAMP", "2027-03-01")):
        world.card(f"PM-{number}", customer=number, month=2, year=2027)
        world.order(number, sku, 1, placed="2026-03-01", customer=number)
        world.purchase_order(f"PO-{sku}", sku, 5, expected=comes)
    world.plan()

    report = viewer.get("/expiring-payments/export").text
    rows = {row["order_id"]: row for row in csv.DictReader(io.StringIO(report.removeprefix("\ufeff")))}
    assert {row["good_through"] for row in rows.values()} == {"2027-02-28"}
    assert {number: row["state"] for number, row in rows.items()} == {"10503": "good", "10504": "dies"}
    shown = viewer.panel("/expiring-payments?state=dies").text
    assert ("10503" in shown, "10504" in shown) == (False, True)


def test_a_card_updater_event_renews_the_expiry_and_removes_the_line_from_the_panel_without_anyone_asking(
    world: Any, agent: Any, tmp_path: Path
) -> None:
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example")
    world.card("PM-1", customer="HW", month=3, year=2026)
    world.purchase_order("PO", "CHAIR", 20, expected="2026-04-10")
    world.order("10482", "CHAIR", 6, placed="2026-03-01", customer="HW")
    world.plan()
    in_danger = "/expiring-payments?state=dies&state=dead"
    assert "10482" in agent.panel(in_danger).text

    (tmp_path / "payment_methods.csv").write_text(METHODS + "PM-1,HW,card,visa,4242,3,2030,true\n")
    load(tmp_path)
    world.plan()

    assert "10482" not in agent.panel(in_danger).text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Message)) == 0
    with pytest.raises(CardRequestRefused, match="is good until 31 March 2030, which is long enough"):
        request_card(order_id("10482"), actor=None)


def test_a_card_number_that_a_customer_reads_out_is_refused_and_stands_on_no_screen_export_or_log(
    world: Any, manager: Any, caplog: pytest.LogCaptureFixture
) -> None:
    world.card("PM", customer="C", month=12, year=2028)
    world.order("10505", "CHAIR", 1, placed="2026-03-01", customer="C")
    world.plan()

    said = "a new one, 4111 1111 1111 1111, till 12/29"
    for address, typed in (
        ("/orders/10505/notes", {"says": said}),
        ("/orders/10505/card-requests", {"why": said}),
        ("/orders/10505/lines/1/cancellations", {"qty": "1", "reason": said}),
    ):
        answer = manager.act(address, typed)
        assert answer.status_code == 422, address
        assert "write its last four digits" in answer.text
        assert "1111" not in answer.text
    assert manager.act("/orders/10505/notes", {"says": "a new one that ends in 1112"}).status_code == 200

    everything = "".join(manager.get(page).text for page in ("/orders/10505", "/history", "/history/export"))
    assert "ends in 1112" in everything
    assert "1111" not in everything + caplog.text
