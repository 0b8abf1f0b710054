"""Behaviours 14, 33, 34, 36 and 39: customers are told of other dates, in time and once, and what silence means."""

from __future__ import annotations

import re
from datetime import date, timedelta

import sqlalchemy as sa

from dashboard import clock
from dashboard.actions.consents.action import record_consent
from dashboard.actions.delay_notices.standing import settle_notices
from dashboard.actions.message_bounces.action import note_bounce
from dashboard.database import db, transaction
from dashboard.domain.consents import AS_TOLD
from dashboard.models import DelayNotice, Message
from tests.actions.posting import acts, assert_copies_are_right, one_line, order_id
from tests.actions.test_delay_notices import clocks, letters, move, sent, shop, tell

__all__ = ["shop"]  # told in the file of the act


def test_telling_the_customers_of_a_moved_purchase_order_sets_the_current_promise_and_the_first_stays(shop):
    move("PO-1", "2026-04-10")
    assert one_line("2").current_promise == date(2026, 3, 25)
    tell("2")
    db.session.rollback()
    assert (one_line("2").first_promise, one_line("2").current_promise) == (date(2026, 3, 25), date(2026, 4, 10))


def test_thirty_days_with_no_promise_a_notice_is_due_and_after_them_the_money_not_just_late(world, viewer):
    today = clock.today()
    for number, days in (("29", 29), ("31", 31)):
        world.order(number, "CHAIR", 1, placed=today - timedelta(days=days), promised=None)
    world.purchase_order("PO", "CHAIR", 9, expected=today + timedelta(days=60))
    world.plan()
    deadlines = {
        number: re.findall(r'strong">(Delay notice|Refund)<.*?is-(late|soon|calm)">\s*([^<]+?)\s*<', page, re.S)
        for number in ("29", "31")
        for page in [viewer.get(f"/orders/{number}").text.partition('id="orders-deadlines"')[2]]
    }
    assert deadlines["29"] == [("Delay notice", "soon", "today")]
    assert [kind for kind, *_ in deadlines["31"]] == ["Delay notice", "Refund"]
    things = viewer.get("/overview").text.split('id="overview-line-')
    assert {thing[:2]: "; refund due" in thing for thing in things[1:]} == {"29": False, "31": True}


def test_silence_is_allowed_up_to_thirty_days_later_and_consent_is_needed_from_the_thirty_first(shop):
    move("PO-1", "2026-04-24")
    assert "silence is consent" in tell("2").notice
    sent("2")
    move("PO-1", "2026-04-25")
    assert "without their word by 25 March it has to be cancelled" in tell("1").notice
    assert clocks("1") == (date(2026, 4, 25), date(2026, 3, 25), "consent")


def test_at_a_second_slip_consent_is_needed_even_if_it_is_one_day(shop):
    move("PO-1", "2026-04-01")
    tell("2")
    sent("2")
    move("PO-1", "2026-04-02")
    assert "without their word by 1 April it has to be cancelled" in tell("2").notice
    assert clocks("2") == (date(2026, 4, 2), date(2026, 4, 1), "consent")
    record_consent(order_id("2"), answer=AS_TOLD, actor=None)
    assert clocks("2") == (date(2026, 4, 2), date(2026, 4, 2), "promise")
    assert_copies_are_right()


def test_a_notice_sent_on_the_last_allowed_day_counts_and_bounced_mail_does_not(shop, app):
    move("PO-1", "2026-04-10")
    app.config["BUSINESS_DATE"] = date(2026, 3, 24)
    shop.plan()
    assert clocks("2")[1:] == (date(2026, 3, 24), "delay-notice"), "today is the last day"
    tell("2")
    assert clocks("2")[1:] == (date(2026, 4, 10), "promise")
    note_bounce(sent("2"), why=None, actor=None)
    assert clocks("2") == (date(2026, 3, 25), date(2026, 3, 24), "delay-notice")
    assert_copies_are_right()
    with transaction() as session:
        session.scalars(sa.select(Message)).one().state = "sent"
    assert settle_notices(region="US") == "1 notices settled"
    assert clocks("2") == (date(2026, 4, 10), date(2026, 4, 10), "promise")
    assert_copies_are_right()


def test_one_message_an_order_for_all_its_moved_lines_and_none_where_the_dates_moved_back_before_it_left(shop):
    move("PO-2", "2026-04-12")
    move("PO-1", "2026-04-10")
    tell("1")
    tell("2")
    assert [letter.body.count(": expected on") for letter in letters()] == [2, 1]
    move("PO-1", "2026-03-22")
    move("PO-2", "2026-03-22")
    assert settle_notices(region="US") == "2 notices settled"
    assert [letter.state for letter in letters()] == ["withdrawn", "withdrawn"]
    assert clocks("1") == (date(2026, 3, 25), date(2026, 3, 25), "promise")
    assert db.session.scalars(sa.select(DelayNotice)).all() == []
    assert acts()[-1].act == "notice-taken-back"
    assert settle_notices(region="US") is None
    assert_copies_are_right()
