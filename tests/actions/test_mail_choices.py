"""What somebody chooses to be mailed holds from then on, for them alone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from dashboard import clock
from dashboard.actions.mail_choices.action import choose_mail
from dashboard.database import db
from dashboard.domain.mail_to_me import NEWS, MailRefused
from dashboard.models import AlertCase, MailChoice, MailHabit
from tests.conftest import somebody


def chosen(person, *kinds: str, hour: int) -> MailHabit:
    choose_mail(sent={kind: "morning" if kind in kinds else "never" for kind in NEWS}, hour=hour, actor=person.id)
    db.session.rollback()
    return db.session.get_one(MailHabit, person.id)


def test_what_is_so_when_it_is_chosen_counts_as_told(world):
    agent = somebody("agent", "abel@desk.example")
    world.purchase_order("PO-1", "CHAIR", 12, expected="2026-03-05")
    world.plan()
    chosen(agent, "supply-late", hour=7)
    case, choice = db.session.scalars(sa.select(AlertCase)).one(), db.session.scalars(sa.select(MailChoice)).one()
    assert (case.subject, case.noticed_at <= choice.told_up_to) == ("PO-1", True)


def test_the_first_morning_is_the_next_one_and_another_hour_makes_no_second(world, monkeypatch):
    at_nine = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "real_now", lambda: at_nine)
    agent = somebody("agent", "abel@desk.example")
    assert chosen(agent, "supply-late", hour=7).digest_on == at_nine.date(), "today's is over"
    assert chosen(agent, "supply-late", hour=10).digest_on == at_nine.date(), "and stays so"
    other = somebody("viewer", "vera@desk.example")
    assert chosen(other, "supply-late", hour=10).digest_on < at_nine.date(), "today's is still to come"


@pytest.mark.parametrize("hour", [24, -1, None])
def test_an_hour_that_no_day_has_is_refused(world, hour):
    with pytest.raises(MailRefused, match="no hour of the day"):
        chosen(somebody("agent", "abel@desk.example"), "supply-late", hour=hour)


def test_a_kind_that_there_is_not_is_refused(world):
    with pytest.raises(MailRefused, match="cannot be chosen"):
        choose_mail(sent={"weather": "morning"}, hour=7, actor=somebody("agent", "abel@desk.example").id)
