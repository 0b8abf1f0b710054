"""The demo merchant by command: only where nothing else is."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from dashboard import people
from dashboard.cli.demo import is_demo
from dashboard.database import db
from dashboard.demo.sign_ins import DEMO_SIGN_INS
from dashboard.models import Act, Order, OrderLine, PlanState, Sku, User, Waiting
from dashboard.permissions import ROLES


def rows() -> list[tuple]:
    """What there is of orders and of the plan, by the merchant's own numbers."""
    db.session.rollback()
    lines = sa.select(Order.number, OrderLine.line_no, OrderLine.qty, OrderLine.qty_open, Waiting.eta)
    joined = lines.join(OrderLine, OrderLine.order_id == Order.id).outerjoin(Waiting, Waiting.line_id == OrderLine.id)
    return list(db.session.execute(joined.order_by(Order.number, OrderLine.line_no)))


@pytest.mark.usefixtures("small_is_tiny")
@pytest.mark.parametrize("database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.deep)], indirect=True)
def test_the_demo_fills_an_empty_database_plans_it_and_may_be_made_again(app, client):
    run = app.test_cli_runner()
    first = run.invoke(args=["demo"])
    assert first.exit_code == 0, first.output
    once = rows()
    assert any(row.eta for row in once)
    assert db.session.scalar(sa.select(PlanState.shop_day)) is not None
    assert {person.role for person in DEMO_SIGN_INS} == set(ROLES)
    person = DEMO_SIGN_INS[0]
    assert person.password in first.output
    answer = client.post(
        "/sign-in", data={"email": person.email, "password": person.password, "csrf_token": client.token()}
    )
    assert answer.headers["Location"] == "/"
    again = run.invoke(args=["demo", "--seed", "1"])
    assert again.exit_code == 0, again.output
    assert rows() == once
    assert db.session.scalar(sa.select(sa.func.count()).where(Act.act == "demo-loaded")) == 1


def test_a_database_with_data_of_its_own_is_left_alone(app, world):
    world.sku("LAMP")
    refused = app.test_cli_runner().invoke(args=["demo"])
    assert refused.exit_code == 1
    assert refused.output.startswith("This database holds data or people that are no demo; nothing was changed.")
    assert list(db.session.scalars(sa.select(Sku.code))) == ["LAMP"]
    assert not is_demo()


def test_a_database_with_people_of_its_own_gets_no_demo_people(app):
    people.add_person("ada@desk.example", role="admin", password="four words of mine")
    assert app.test_cli_runner().invoke(args=["demo"]).exit_code == 1
    assert list(db.session.scalars(sa.select(User.email))) == ["ada@desk.example"]


def test_a_size_or_seed_that_is_none_is_wrong_usage(app):
    run = app.test_cli_runner()
    assert run.invoke(args=["demo", "--size", "huge"]).exit_code == 2
    assert run.invoke(args=["demo", "--seed", "-1"]).exit_code == 2


def test_demo_people_sign_in_only_while_the_desk_listens_on_its_own_machine(make_app, database_url):
    person = DEMO_SIGN_INS[0]
    desk = make_app(database_url, HOST="0.0.0.0")
    with desk.app_context():
        people.add_person(person.email, role=person.role, password=person.password)
    client = desk.test_client()
    answer = client.post(
        "/sign-in", data={"email": person.email, "password": person.password, "csrf_token": client.token()}
    )
    assert "only while the desk listens on its own machine" in answer.text
    assert person.password not in client.get("/sign-in").text


@pytest.mark.parametrize(
    ("settings", "shown"), [({"DEMO": True}, True), ({}, False), ({"DEMO": True, "HOST": "::"}, False)]
)
def test_demo_sign_ins_are_shown_only_in_the_demo_and_only_on_its_own_machine(make_app, sqlite_url, settings, shown):
    page = make_app(sqlite_url, **settings).test_client().get("/sign-in").text
    assert (DEMO_SIGN_INS[0].password in page) == shown
