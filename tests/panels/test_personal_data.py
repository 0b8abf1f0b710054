"""What is held of one customer is found, shown and given out."""

from __future__ import annotations

import io
import json
import zipfile

import sqlalchemy as sa

from dashboard.database import db, transaction
from dashboard.domain.messages import CardAskedFor
from dashboard.messages.outbox import write
from dashboard.models import Act, Customer
from tests.conftest import same_on_both


def fill(world):
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example", phone="555-0192")
    world.customer("OTHER", name="Otto", email="otto@customers.example")
    world.order("1", "CHAIR", 6, placed="2026-03-01", customer="HW", unit_price="12.50")
    world.order("2", "CHAIR", 2, placed="2026-03-02", customer="OTHER")
    world.plan()
    with transaction():
        write(world.line("1").order_id, CardAskedFor())
        write(world.line("2").order_id, CardAskedFor())
    return db.session.scalar(sa.select(Customer.id).where(Customer.code == "HW"))


def test_a_customer_is_found_by_number_address_phone_and_the_beginning_of_a_name(world, manager):
    fill(world)
    for sought in ("HW", "hannah@cust", "555-0192", "hannah w"):
        page = manager.get("/personal-data", query_string={"who": sought}).text
        assert "Hannah Whitlock" in page
        assert "Otto" not in page
    assert "No customer is found" in manager.get("/personal-data?who=nobody").text


def test_everything_of_a_customer_and_nothing_of_another_is_taken_out_and_that_is_remembered(world, manager):
    customer_id = fill(world)
    answer = manager.get(f"/personal-data/{customer_id}/export")
    assert "hannah" not in answer.headers["Content-Disposition"].lower()
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    data = json.loads(archive.read("data.json"))
    assert data["customer"][0]["email"] == "hannah@customers.example"
    assert data["order_lines"][0]["unit_price"] == "12.5"
    assert data["orders"][0]["placed_on"] == "2026-03-01"
    assert len(data["messages"]) == 1
    assert "Otto" not in archive.read("data.json").decode()
    assert archive.read("customer.csv").decode("utf-8-sig").splitlines()[1].startswith(f"{customer_id},HW,Hannah")
    db.session.rollback()
    act = db.session.scalars(sa.select(Act).order_by(Act.id.desc())).first()
    assert (act.act, act.subject, act.actor_id) == ("customer-exported", f"customer {customer_id}", manager.person.id)


@same_on_both
def test_it_is_for_few(world, viewer, agent, manager):
    customer_id = fill(world)
    for address in ("/personal-data", f"/personal-data/{customer_id}", f"/personal-data/{customer_id}/export"):
        assert [one.get(address).status_code for one in (viewer, agent, manager)] == [403, 403, 200]
    assert manager.get("/personal-data/99999").status_code == 404
