"""Behaviour 31: what the card updater knows, no customer is asked for."""

from __future__ import annotations

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
