"""Letters to suppliers are acted upon as letters to customers are, by those who buy; the purchase order stays."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from dashboard.actions.message_bounces.action import note_bounce
from dashboard.actions.message_retries.action import retry_message
from dashboard.actions.message_withdrawals.action import withdraw_message
from dashboard.database import db, transaction
from dashboard.domain.messages import MessageRefused
from dashboard.messages.supplier_letters import file_with, write_to_supplier
from dashboard.models import Act, Message, PurchaseOrderLetter, Supplier
from tests.conftest import Desk
from tests.factories import World


@pytest.fixture
def letter(world: World) -> int:
    """It waits in the outbox, with a purchase order of eight chairs."""
    order = world.purchase_order("PO-1", "CHAIR", 8, expected="2026-03-20")
    with transaction() as session:
        session.get_one(Supplier, order.supplier_id).email = "orders@supplier.example"
    with transaction() as session:
        write_to_supplier(order.id)
        found = session.scalars(select(PurchaseOrderLetter.message_id)).one()
    return found


def state(letter: int) -> str:
    db.session.rollback()
    return db.session.get_one(Message, letter, populate_existing=True).state


def now(letter: int, state: str) -> None:
    with transaction() as session:
        session.get_one(Message, letter).state = state


def test_while_it_waits_it_is_withdrawn_and_the_history_names_the_purchase_order(letter: int, manager: Desk) -> None:
    outcome = withdraw_message(letter, why="wrong quantity", actor=manager.person.id)
    assert outcome.notice.endswith("is withdrawn: the supplier of purchase order PO-1 does not get it.")
    assert state(letter) == "withdrawn"
    act = db.session.scalars(select(Act).where(Act.act == "message-withdrawn")).one()
    assert json.loads(act.after or "") == {
        "kind": "purchase-order",
        "order": None,
        "purchase_order": "PO-1",
        "state": "withdrawn",
    }
    with pytest.raises(MessageRefused, match="withdrawn already"):
        withdraw_message(letter, why=None, actor=manager.person.id)


def test_what_came_back_is_sent_again_with_its_file_to_the_address_that_is_known_now(
    letter: int, manager: Desk
) -> None:
    with pytest.raises(MessageRefused, match="was not sent"):
        note_bounce(letter, why=None, actor=manager.person.id)
    now(letter, "sent")
    with pytest.raises(MessageRefused, match="sent already"):
        withdraw_message(letter, why=None, actor=manager.person.id)
    note_bounce(letter, why="unknown user", actor=manager.person.id)
    assert state(letter) == "bounced"
    with transaction() as session:
        supplier = session.scalars(select(Supplier).where(Supplier.email.is_not(None))).one()
        supplier.email = None
    with pytest.raises(MessageRefused, match="The supplier has no e-mail address"):
        retry_message(letter, why=None, actor=manager.person.id)
    with transaction() as session:
        session.get_one(Supplier, supplier.id).email = "sales@supplier.example"
    retry_message(letter, why=None, actor=manager.person.id)
    assert state(letter) == "queued"
    assert db.session.get_one(Message, letter).to_address == "sales@supplier.example"
    assert file_with(letter) is not None


def test_only_who_buys_may_and_only_they_are_shown_how(letter: int, manager: Desk, agent: Desk) -> None:
    address = f"/messages/{letter}/withdrawals"
    for page in ("/messages", f"/messages/{letter}"):
        assert f"{address}/new" in manager.panel(page).text
        assert "PO-1" in manager.panel(page).text
        assert f"{address}/new" not in agent.panel(page).text
    assert manager.panel(f"{address}/new").status_code == 200
    assert agent.panel(f"{address}/new").status_code == 403
    assert agent.act(address, {}).status_code == 403
    assert state(letter) == "queued"
