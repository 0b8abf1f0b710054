"""What people of the staff are told by mail: what they chose, once, and nothing where there is nothing to say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from dashboard import clock
from dashboard.actions.mail_choices.action import choose_mail
from dashboard.actions.report_schedules.action import schedule_report
from dashboard.database import db, transaction
from dashboard.domain import mail_to_me
from dashboard.domain.mail_to_me import NEWS, due_on
from dashboard.jobs.mail_people import mail_people
from dashboard.jobs.mail_reports import mail_reports
from dashboard.messages.delivery import deliver
from dashboard.models import AlertCase, MailChoice, Message, MessageFile
from tests.conftest import somebody
from tests.factories import World

NIGHT = datetime(2026, 3, 12, 3, 0, tzinfo=UTC)
BASE = {"BASE_URL": "https://desk.example"}


@pytest.fixture
def at(monkeypatch):
    """Sets the machine's own clock, which schedules keep whatever day the shop is pinned to."""

    def move(instant: datetime) -> None:
        monkeypatch.setattr(clock, "real_now", lambda: instant)

    move(NIGHT)
    return move


@pytest.fixture
def shop(app, world: World, monkeypatch):
    """A desk in whose process nobody looked yet, and an order whose promise is over since long."""
    monkeypatch.setitem(app.config, "BASE_URL", "https://desk.example")
    monkeypatch.setattr("dashboard.jobs.mail_people.LOOKED_EVERY_SECONDS", 0)
    app.extensions.pop("news_noticed", None)
    world.order("OLD", "LAMP", 1, placed="2026-02-01", promised="2026-03-10")
    world.plan()
    return world


def chosen(person, sent: str, *kinds: str, hour: int = 7) -> None:
    choose_mail(sent={kind: sent if kind in kinds else "never" for kind in NEWS}, hour=hour, actor=person.id)


def letters(*kinds: str) -> list[Message]:
    db.session.rollback()
    wanted = kinds or ("digest", "alert", "report")
    return list(db.session.scalars(sa.select(Message).where(Message.kind.in_(wanted)).order_by(Message.id)))


def test_each_kind_is_noticed_told_once_and_forgotten_when_it_is_over(shop, at):
    agent = somebody("agent", "abel@desk.example")
    chosen(agent, "at-once", *NEWS)
    assert mail_people() is None, "what was so before counts as told"

    at(NIGHT + timedelta(minutes=10))
    shop.order("1", "CHAIR", 6, placed="2026-03-01", promised="2026-03-11", customer="HW")
    shop.purchase_order("PO-1", "CHAIR", 12, supplier="ACME", expected="2026-03-05")
    shop.order("2", "RUG", 3, placed="2026-03-02", customer="CARD")
    shop.purchase_order("PO-2", "RUG", 3, expected="2026-04-20")
    shop.authorization("2", number="A-1", on="2026-03-02", expires="2026-03-14")
    shop.sku("VASE", reorder_point=5)
    shop.stock("VASE", 1)
    shop.plan()
    assert mail_people() == "1 told at once, 0 in the morning"
    assert mail_people() is None, "nothing is told twice"
    [letter] = letters()
    assert (letter.kind, letter.to_address, letter.state) == ("alert", "abel@desk.example", "queued")
    for line in (
        "PO-1, Supplier ACME: 12 to come, expected March 5, 2026, 7 d late",
        "VASE, Product VASE: 1, its point is 5",
        "Order 2: good until March 14, 2026, needed on April 20, 2026",
        "Order 1: promised March 11, 2026",
        "https://desk.example/expiring-payments?state=dies",
        "Change or stop it: https://desk.example/mail-to-me",
    ):
        assert line in letter.body, letter.body
    assert "OLD" not in letter.body

    shop.receive("PO-1", 12, on="2026-03-12")
    at(NIGHT + timedelta(minutes=20))
    shop.plan()
    mail_people()
    db.session.rollback()
    assert "PO-1" not in db.session.scalars(sa.select(AlertCase.subject)).all()


def test_a_morning_is_one_letter_and_a_morning_without_news_is_none(shop, at):
    viewer = somebody("viewer", "vera@desk.example")
    chosen(viewer, "morning", "promise-missed", "supply-late")
    shop.order("1", "CHAIR", 6, placed="2026-03-01", promised="2026-03-11")
    shop.purchase_order("PO-1", "CHAIR", 12, expected="2026-03-05")
    shop.plan()
    at(NIGHT + timedelta(hours=3, minutes=59))
    assert mail_people() is None, "it is not seven yet"
    at(NIGHT + timedelta(hours=4))
    assert mail_people() == "0 told at once, 1 in the morning"
    at(NIGHT + timedelta(hours=6))
    shop.purchase_order("PO-2", "CHAIR", 12, expected="2026-03-06")
    shop.plan()
    assert mail_people() is None, "one letter a day"
    [letter] = letters()
    assert letter.subject == "This morning: 1 purchase order is late, 1 order missed its promise"
    at(NIGHT + timedelta(days=1, hours=5))
    assert mail_people() == "0 told at once, 1 in the morning"
    assert "PO-2" in letters()[-1].body
    assert "PO-1" not in letters()[-1].body
    at(NIGHT + timedelta(days=2, hours=5))
    assert mail_people() is None, "nothing is new"


def test_who_left_or_may_see_nothing_is_told_nothing(shop, at):
    agent = somebody("agent", "abel@desk.example")
    chosen(agent, "at-once", "supply-late")
    with transaction() as session:
        session.get_one(type(agent), agent.id).active = False
    shop.purchase_order("PO-1", "CHAIR", 12, expected="2026-03-05")
    at(NIGHT + timedelta(minutes=10))
    shop.plan()
    assert mail_people() is None
    assert letters() == []


def test_a_kind_that_is_chosen_no_more_is_not_told(shop, at):
    agent = somebody("agent", "abel@desk.example")
    chosen(agent, "at-once", "supply-late")
    chosen(agent, "never")
    assert db.session.scalars(sa.select(MailChoice)).all() == []
    assert mail_people() is None


@pytest.mark.parametrize(
    ("now", "weekday", "last", "due"),
    [
        ("2026-03-12T06:59", None, None, "2026-03-11"),  # yesterday's, still within a day
        ("2026-03-12T07:00", None, None, "2026-03-12"),
        ("2026-03-12T09:00", None, "2026-03-12", None),
        ("2026-03-12T09:00", 3, None, "2026-03-12"),  # a Thursday
        ("2026-03-12T09:00", 2, None, None),  # Wednesday's is more than a day old
        ("2026-03-13T06:00", 3, None, "2026-03-12"),
    ],
)
def test_a_schedule_is_due_once_at_its_hour_and_made_up_for_within_a_day(now, weekday, last, due):
    asked_at = datetime(2026, 1, 1, tzinfo=UTC)
    found = due_on(
        datetime.fromisoformat(now).replace(tzinfo=UTC),
        weekday=weekday,
        hour=7,
        last=last and datetime.fromisoformat(last).date(),
        asked_at=asked_at,
    )
    assert (found and found.isoformat()) == due


def test_a_schedule_that_is_asked_for_after_its_hour_begins_the_next_day():
    asked_at = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
    assert due_on(asked_at + timedelta(hours=1), weekday=None, hour=7, last=None, asked_at=asked_at) is None
    assert due_on(asked_at + timedelta(days=1), weekday=None, hour=7, last=None, asked_at=asked_at) is not None


@pytest.fixture
def choosing(app, monkeypatch):
    """What a form would offer, without a request behind it."""
    choices = {"report backorders": ("Backorders", "backorders", ""), "view 1": ("Mine", "backorders", "sku=CHAIR")}
    monkeypatch.setitem(app.extensions, "report_choices", lambda session, person_id: choices)


def test_a_report_is_mailed_at_its_hour_with_its_rows_and_once(shop, at, choosing):
    viewer = somebody("viewer", "vera@desk.example")
    shop.order("1", "CHAIR", 6, placed="2026-03-01")
    shop.plan()
    schedule_report(source="view 1", weekday=None, hour=7, name="Chairs", actor=viewer.id)
    assert mail_reports() is None
    at(NIGHT + timedelta(hours=5))
    assert mail_reports() == "1 report made"
    assert mail_reports() is None
    [letter] = letters("report")
    assert letter.subject == "Report: Chairs"
    assert "https://desk.example/reports/backorders/page?sku=CHAIR" in letter.body
    file = db.session.scalars(sa.select(MessageFile)).one()
    assert file.name == "backorders-2026-03-12.csv"
    rows = file.content.splitlines()
    assert len(rows) == 2
    assert ",CHAIR," in rows[1]


def test_a_file_that_is_too_large_is_a_link(shop, at, choosing, monkeypatch):
    monkeypatch.setattr("dashboard.jobs.mail_reports.LARGEST_FILE", 100)
    viewer = somebody("viewer", "vera@desk.example")
    schedule_report(source="report backorders", weekday=None, hour=7, actor=viewer.id)
    at(NIGHT + timedelta(hours=5))
    assert mail_reports() == "1 report made"
    [letter] = letters("report")
    assert "too large for mail" in letter.body
    assert "https://desk.example/reports/backorders/page" in letter.body
    assert db.session.scalars(sa.select(MessageFile)).all() == []


def test_a_worker_that_is_killed_half_way_has_told_nothing_or_all_of_it(shop, at, choosing, monkeypatch):
    viewer = somebody("viewer", "vera@desk.example")
    chosen(viewer, "at-once", "supply-late")
    schedule_report(source="report backorders", weekday=None, hour=7, actor=viewer.id)
    shop.purchase_order("PO-1", "CHAIR", 12, expected="2026-03-05")
    shop.plan()
    at(NIGHT + timedelta(hours=5))

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("dashboard.messages.news.write_to", killed)
        patch.setattr("dashboard.jobs.mail_reports.write_to", killed)
        for job in (mail_people, mail_reports):
            with pytest.raises(KeyboardInterrupt):
                job()
    assert letters() == []
    assert mail_people() == "1 told at once, 0 in the morning"
    assert mail_reports() == "1 report made"
    assert sorted(letter.kind for letter in letters()) == ["alert", "report"]


def test_what_a_report_carries_arrives_as_a_file_and_is_kept_no_longer(mailing):
    with transaction() as work:
        work.add(
            Message(
                kind=mail_to_me.REPORT,
                message_id="<1@desk.example>",
                to_address="vera@desk.example",
                subject="Report: Chairs",
                body="The rows.\n",
                created_at=clock.real_now(),
            )
        )
        work.flush()
        [message_id] = work.scalars(sa.select(Message.id))
        work.add(MessageFile(message_id=message_id, name="chairs.csv", content="\ufeffsku,qty\r\nŻ-1,4\r\n"))
    assert deliver().sent == 1
    [letter] = mailing.letters
    [file] = letter.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("chairs.csv", "text/csv")
    assert file.get_payload(decode=True).decode("utf-8") == "\ufeffsku,qty\r\nŻ-1,4\r\n"
    db.session.rollback()
    assert db.session.scalars(sa.select(MessageFile)).all() == []
