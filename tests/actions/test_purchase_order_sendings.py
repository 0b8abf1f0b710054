"""Drafts are sent: they supply from then on, and what was promised is measured from then on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from dashboard import models, planning
from dashboard.actions.purchase_order_sendings.action import send_draft
from dashboard.database import db, transaction
from dashboard.domain.purchase_order_sendings import SendingRefused
from tests.shops import filled_once


@filled_once
def draft(world):
    """A draft over chairs and lamps, with a day for the chairs from its supplier's quote alone."""
    world.supplier("S", lead_time_days=10)
    world.terms("S", "LAMP", lead_time_days=20)
    world.purchase_order("PO-1", lines=[("CHAIR", 9), ("LAMP", 2)], status="draft", ordered="2026-01-05")
    world.order("1", "CHAIR", 4, placed="2026-03-01")
    world.order("2", "LAMP", 2, placed="2026-03-01")
    world.plan()
    return db.session.scalars(select(models.PurchaseOrder.id)).one()


def test_a_draft_supplies_from_the_day_on_which_it_is_sent(world, draft, today):
    assert world.waiting("1").eta is None
    outcome = send_draft(draft, actor=None)
    order = db.session.get(models.PurchaseOrder, draft)
    assert (order.status, order.ordered_on) == ("sent", today)
    assert (world.waiting("1").eta, world.waiting("2").eta) == (date(2026, 3, 22), date(2026, 4, 1))
    assert world.po_line("PO-1").first_promise is None, "a lead time that is quoted is no promise"
    assert outcome.notice == "PO-1 is sent to Supplier S: 11 units, by 1 April as quoted."
    assert planning.plan().changed_lines == 0
    assert not list(planning.check())


def test_a_day_that_was_promised_holds_for_every_line_without_its_own(world, draft):
    with transaction():
        world.po_line("PO-1", 2).promised_date = date(2026, 5, 1)
    assert send_draft(draft, promised=date(2026, 3, 30), actor=None).notice.endswith("promised for 30 March.")
    assert [world.po_line("PO-1", line).first_promise for line in (1, 2)] == [date(2026, 3, 30), date(2026, 5, 1)]
    assert [world.waiting(number).eta for number in "12"] == [date(2026, 3, 30), date(2026, 5, 1)]


def test_what_cannot_be_sent_is_refused_in_words(world, draft):
    with pytest.raises(SendingRefused, match="That day has passed"):
        send_draft(draft, promised=date(2026, 3, 11), actor=None)
    with transaction() as session:
        session.scalars(select(models.Supplier).where(models.Supplier.code == "S")).one().active = False
    with pytest.raises(SendingRefused, match="Supplier S is not active"):
        send_draft(draft, actor=None)
    world.supplier("T")
    empty = world.purchase_order("PO-2", lines=[], supplier="T", status="draft").id
    with pytest.raises(SendingRefused, match="PO-2 orders nothing"):
        send_draft(empty, actor=None)
