"""The history: what it takes, and that nobody edits it."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from dashboard import audit, clock, people
from dashboard.database import NotInTransaction, db, transaction
from dashboard.models import Act


def acts() -> list[Act]:
    return list(db.session.scalars(sa.select(Act).order_by(Act.id)))


def test_an_act_outside_a_transaction_is_refused(app):
    with pytest.raises(NotInTransaction):
        audit.record("demo-loaded", "demo", after={"size": "small", "seed": 1})


def test_an_act_says_who_what_when_before_after_and_why(app, manager):
    with transaction():
        audit.record(
            "demo-loaded",
            "demo",
            before={"seed": 1},
            after={"size": "small", "seed": 2},
            why="the shop should look different",
            actor=manager.person,
        )
    [act] = acts()
    assert (act.act, act.subject, act.actor_id) == ("demo-loaded", "demo", manager.person.id)
    assert clock.shop_day(act.at) == clock.today()
    assert json.loads(act.before) == {"seed": 1}
    assert json.loads(act.after) == {"size": "small", "seed": 2}
    assert act.why == "the shop should look different"


def test_an_act_that_is_undone_leaves_nothing(app):
    def fail_afterwards():
        with transaction():
            audit.record("demo-loaded", "demo", after={"size": "small", "seed": 1})
            raise RuntimeError("and then something broke")

    with pytest.raises(RuntimeError):
        fail_afterwards()
    assert acts() == []


def test_an_act_that_the_table_does_not_know_is_refused(app):
    with transaction(), pytest.raises(audit.UnknownAct, match="add it to audit"):
        audit.record("line-vanished", "order-line 1/1")


@pytest.mark.parametrize("after", [None, {"size": "small"}, {"size": "small", "seed": 1, "email": "ada@desk.example"}])
def test_an_act_says_no_less_and_no_more_than_its_kind_must(app, after):
    with transaction(), pytest.raises(audit.WrongParticulars):
        audit.record("demo-loaded", "demo", after=after)


def test_history_holds_no_address_of_the_people_it_is_about(app):
    people.add_person("ada@desk.example", role="admin", password="four words of mine", name="Ada")
    people.set_password("ada@desk.example", "another set of words")
    written = " ".join(f"{act.subject} {act.before} {act.after} {act.why}" for act in acts())
    assert [act.act for act in acts()] == ["person-added", "password-set"]
    assert "ada" not in written.casefold()


@pytest.mark.parametrize("statement", ["UPDATE acts SET why = 'nothing happened'", "DELETE FROM acts"])
def test_history_refuses_to_be_changed(app, statement):
    people.add_person("ada@desk.example", role="admin", password="four words of mine")
    with pytest.raises(sa.exc.DBAPIError, match="history is never"), transaction() as work:
        work.execute(sa.text(statement))
    assert len(acts()) == 1
