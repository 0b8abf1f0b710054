"""A customer's personal data is taken away, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock, personal_data, planning
from dashboard.actions.customer_erasures.action import erase_customer
from dashboard.actions.notes.action import write_note
from dashboard.database import db, transaction
from dashboard.domain.customer_erasures import ErasureRefused
from dashboard.domain.messages import CardAskedFor
from dashboard.jobs.keep_data import keep_data
from dashboard.messages.outbox import write
from dashboard.models import Act, Customer, IntakeChange, IntakeLoad, Message, Note, PaymentMethod, ShipmentLine
from tests.conftest import somebody
from tests.factories import World
from tests.shops import filled_once

WORDS = ("Hannah", "Whitlock", "hannah@", "555-0192", "rings at noon", "4242", "JD0146")


@filled_once
def shop(world: World) -> None:
    """A customer of whom something of every kind is known, and another one."""
    agent = somebody("agent", "abel@desk.example")
    world.customer("hannah@customers.example", name="Hannah Whitlock", email="hannah@customers.example")
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example", phone="555-0192", tier="vip")
    world.customer("OTHER", name="Otto", email="otto@customers.example")
    world.card("PM-1", customer="HW", month=3, year=2027)
    world.order("1", "CHAIR", 6, placed="2026-03-01", customer="HW")
    world.order("2", "CHAIR", 2, placed="2026-03-02", customer="OTHER")
    world.order("3", "LAMP", 2, placed="2026-02-02", customer="HW")
    world.ship("3", 2, on="2026-02-20", tracking="JD0146")
    world.order("4", "LAMP", 1, placed="2026-01-02", customer="hannah@customers.example")
    world.ship("4", 1, on="2026-01-20")
    world.plan()
    write_note(world.line("1").order_id, says="Hannah rings at noon", actor=agent.id)
    with transaction() as session:
        write(world.line("1").order_id, CardAskedFor())
        write(world.line("2").order_id, CardAskedFor())
        method = session.scalars(sa.select(PaymentMethod)).one()
        method.brand, method.last4 = "visa", "4242"
        load = IntakeLoad(source="a", format="kit", state="done", started_at=clock.real_now())
        session.add(load)
        session.flush()
        session.add(
            IntakeChange(load_id=load.id, table="customers", row=_id("HW"), before='{"name": "Hannah"}', after="{}")
        )


def _id(code: str) -> int:
    found = db.session.scalar(sa.select(Customer.id).where(Customer.code == code))
    assert found is not None
    return found


def everything_stored() -> str:
    """Every text of every table but the history and who works here."""
    db.session.rollback()
    stored = []
    for table in db.metadata.sorted_tables:
        if table.name not in ("acts", "users"):
            stored += [str(tuple(row)) for row in db.session.execute(sa.select(table))]
    return "\n".join(stored)


def test_nothing_tells_any_more_who_it_was_and_every_figure_stays(shop):
    before = everything_stored()
    assert all(word in before for word in WORDS)
    sums = db.session.execute(sa.text("SELECT sum(qty), sum(qty_open), sum(qty_shipped) FROM order_lines")).one()
    with transaction() as session:
        personal_data.erase_customers(session, [_id("hannah@customers.example")], actor=None)
    outcome = erase_customer(_id("HW"), reason="letter of 12 March", although_open=True, actor=None)

    after = everything_stored()
    assert [word for word in WORDS if word in after] == []
    assert "Otto" in after
    assert "1 message, 1 note" in outcome.notice
    assert (
        sums == db.session.execute(sa.text("SELECT sum(qty), sum(qty_open), sum(qty_shipped) FROM order_lines")).one()
    )
    assert shop.worklist() == ["1", "2"]
    assert db.session.scalar(sa.select(Customer.tier).where(Customer.code == "HW")) == "vip"
    assert list(planning.check()) == []
    act = db.session.scalars(sa.select(Act).order_by(Act.id.desc())).first()
    assert (act.act, act.subject, act.why) == ("customer-erased", f"customer {_id('HW')}", "letter of 12 March")


def test_nobody_is_erased_while_lines_are_open_unless_that_is_said_nor_twice(shop):
    with pytest.raises(ErasureRefused, match="1 line is still open"):
        erase_customer(_id("HW"), reason="letter", actor=None)
    erase_customer(_id("HW"), reason="letter", although_open=True, actor=None)
    with pytest.raises(ErasureRefused, match="was erased on"):
        erase_customer(_id("HW"), reason="letter", although_open=True, actor=None)


def test_what_a_file_brings_back_goes_again(shop):
    erase_customer(_id("HW"), reason="letter", although_open=True, actor=None)
    assert keep_data() is None
    with transaction() as session:
        session.execute(sa.update(Customer).where(Customer.code == "HW").values(name="Hannah Whitlock"))
    assert keep_data() == "1 erased again after a file"
    assert "Hannah" not in (db.session.scalar(sa.select(Customer.name).where(Customer.code == "HW")) or "")


def test_what_is_older_than_the_settings_allow_goes_by_itself(shop, app, monkeypatch):
    monkeypatch.setitem(app.config, "RETENTION_CUSTOMER_DAYS", 30)
    assert keep_data() == "1 customers erased, not seen for 30 days"
    assert db.session.scalar(sa.select(Customer.name).where(Customer.code == "HW")) == "Hannah Whitlock"
    assert keep_data() is None

    monkeypatch.setitem(app.config, "RETENTION_MESSAGE_DAYS", 90)
    with transaction() as session:
        session.execute(
            sa.update(Message).values(state="sent", created_at=clock.real_now() - timedelta(days=91), not_before=None)
        )
    assert keep_data() == "2 messages older than 90 days emptied"
    assert {row.body for row in db.session.scalars(sa.select(Message))} == {personal_data.ERASED}
    assert db.session.scalars(sa.select(Note.says)).one() == "Hannah rings at noon"
    assert "JD0146" in db.session.scalars(sa.select(ShipmentLine.tracking)).all()
