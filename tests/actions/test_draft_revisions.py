"""Changing what a draft orders."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from dashboard.actions.draft_revisions.action import revise_draft
from dashboard.database import db
from dashboard.domain.draft_revisions import RevisionRefused
from dashboard.models import PurchaseOrder, PurchaseOrderLine
from tests.factories import World


@pytest.fixture
def draft(world: World) -> World:
    """A draft over chairs in packs of 12, and lamps."""
    world.terms("S", "CHAIR", cost="92.50", pack_size=12)
    world.terms("S", "LAMP", cost="61.25")
    world.purchase_order("D", lines=[("CHAIR", 24), ("LAMP", 5)], status="draft")
    world.plan()
    return world


def test_other_quantities_and_a_line_of_none_is_taken_off(draft, manager):
    answer = manager.act("/purchase-orders/D/draft-revisions", {"qty_1": "36", "qty_2": "0"})
    assert answer.status_code == 200, answer.text
    assert "from 29 units to 36" in answer.text
    db.session.rollback()
    assert draft.po_line("D").qty == draft.po_line("D").qty_promised == 36
    assert db.session.scalar(select(func.count()).select_from(PurchaseOrderLine)) == 1
    text = manager.get("/purchase-orders/D").text
    assert "36 units" in text
    assert "/purchase-orders/D/draft-revisions/new" in text


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ({1: 24, 2: 5}, "Nothing of it changes."),
        ({1: 0, 2: 0}, "would order nothing"),
        ({1: 25, 2: 5}, "in packs of 12"),
        ({1: -12, 2: 5}, "cannot be right"),
    ],
)
def test_what_a_draft_cannot_order_is_refused(draft, wanted, sentence):
    with pytest.raises(RevisionRefused if "packs" not in sentence else Exception, match=sentence):
        revise_draft(draft.po_line("D").purchase_order_id, wanted=wanted, actor=None)


def test_what_is_sent_is_changed_no_more(draft, manager):
    draft.purchase_order("SENT", "CHAIR", 12)
    order_id = db.session.query(PurchaseOrder.id).filter_by(number="SENT").scalar()
    with pytest.raises(RevisionRefused, match="is sent"):
        revise_draft(order_id, wanted={1: 24}, actor=None)
    assert "draft-revisions" not in manager.get("/purchase-orders/SENT").text
