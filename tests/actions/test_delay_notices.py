"""Customers are told of another date than they were told before."""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa

from dashboard.actions.delay_notices.action import tell_customer
from dashboard.actions.message_withdrawals.action import withdraw_message
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.database import db, transaction
from dashboard.domain.delay_notices import DelayNoticeRefused
from dashboard.models import DelayNotice, Message, Waiting
from tests.actions.posting import acts, assert_copies_are_right, one_line, order_id, refused
from tests.factories import World
from tests.shops import filled_once


@filled_once
def shop(world):
    """Chairs and lamps come after three of the four orders were promised them; of one nobody knows when."""
    world.supplier("S", name="Ostrava Steelworks", email="s@suppliers.example")
    for code, name in (("HW", "Hannah Whitlock"), ("D", "Dieter"), ("J", "June"), ("K", "Kim")):
        world.customer(code, name=name, email=f"{code.lower()}@customers.example")
    world.sku("CHAIR", name="Oak chair")
    world.sku("LAMP", name="Brass lamp")
    world.purchase_order("PO-1", "CHAIR", 20, supplier="S", promised="2026-03-20", expected="2026-03-20")
    world.purchase_order("PO-2", "LAMP", 20, supplier="S", promised="2026-03-20", expected="2026-03-20")
    world.order("1", lines=[("CHAIR", 4), ("LAMP", 2)], placed="2026-03-01", promised="2026-03-25", customer="HW")
    world.order("2", "CHAIR", 3, placed="2026-03-02", promised="2026-03-25", customer="D")
    world.order("3", "CHAIR", 2, placed="2026-03-03", customer="J")
    world.order("4", "URN", 1, placed="2026-03-04", promised="2026-03-28", customer="K")
    world.plan()


def move(number, to):
    move_date(World().po_line(number).id, to=date.fromisoformat(to), why=None, actor=None)


def tell(number="1", **more):
    return tell_customer(order_id(number), **{"actor": None, **more})


def letters():
    db.session.rollback()
    return list(db.session.scalars(sa.select(Message).order_by(Message.id)))


def clocks(number, line_no=1):
    """Promise, deadline and its kind of what waits of a line."""
    db.session.rollback()
    row = db.session.execute(
        sa.select(Waiting.current_promise, Waiting.deadline, Waiting.deadline_kind).where(
            Waiting.order_number == number, Waiting.line_no == line_no
        )
    ).one()
    return tuple(row)


def sent(number="1"):
    """The last letter about an order has left."""
    with transaction() as session:
        letter = session.scalars(
            sa.select(Message).where(Message.order_id == order_id(number)).order_by(Message.id.desc())
        ).first()
        letter.state = "sent"
        return letter.id


def test_telling_writes_one_letter_an_order_and_sets_what_is_promised(shop, manager):
    move("PO-1", "2026-04-10")
    move("PO-2", "2026-04-12")
    assert clocks("1") == (date(2026, 3, 25), date(2026, 3, 24), "delay-notice")
    outcome = tell(actor=manager.person.id, why="the port is closed")
    assert "2 lines ship on other days; silence is consent" in outcome.notice
    [letter] = letters()
    assert "4 × Oak chair: expected on April 10, 2026 instead of March 25, 2026" in letter.body
    assert "2 × Brass lamp: expected on April 12, 2026 instead of March 25, 2026" in letter.body
    assert letter.body.count("If we hear nothing from you, we take it that you wait.") == 2
    assert clocks("1") == (date(2026, 4, 10), date(2026, 4, 10), "promise")
    assert clocks("1", 2)[0] == date(2026, 4, 12)
    assert one_line("1").first_promise == date(2026, 3, 25)
    act = acts()[-1]
    assert (act.act, act.subject, act.why) == ("customer-told", "order 1", "the port is closed")
    assert json.loads(act.after)["promises"] == {"1": "2026-04-10", "2": "2026-04-12"}
    assert_copies_are_right()
    with refused(DelayNoticeRefused, "Nothing of order 1 comes later than its customer was told."):
        tell()
    assert len(letters()) == 1


def test_what_was_never_promised_slips_when_the_law_expects_it_earlier(shop):
    move("PO-1", "2026-04-02")
    with refused(DelayNoticeRefused, "Nothing of order 3"):
        tell("3")
    move("PO-1", "2026-04-03")
    tell("3")
    assert "expected on April 3, 2026\n" in letters()[-1].body
    assert clocks("3")[0] == date(2026, 4, 3)
    withdraw_message(letters()[-1].id, why=None, actor=None)
    assert clocks("3") == (None, date(2026, 4, 1), "delay-notice"), "as if nobody had said anything"
    assert_copies_are_right()


def test_what_nobody_answers_lapses_and_is_to_be_refunded(shop, app):
    tell("4")
    sent("4")
    app.config["BUSINESS_DATE"] = date(2026, 3, 29)
    shop.plan()
    assert clocks("4")[1:] == (date(2026, 4, 7), "refund"), "7 working days after 28 March"


def test_a_date_that_moves_again_before_the_letter_left_is_said_once(shop):
    move("PO-1", "2026-04-10")
    tell("2")
    move("PO-1", "2026-04-12")
    assert "instead of 25 March; silence is consent" in tell("2").notice, "nobody read of the day before"
    assert [letter.state for letter in letters()] == ["withdrawn", "queued"]
    [notice] = db.session.scalars(sa.select(DelayNotice)).all()
    assert (notice.earlier_promise, notice.new_date) == (date(2026, 3, 25), date(2026, 4, 12))
    assert_copies_are_right()


def test_after_an_act_all_customers_are_told_at_once_with_their_letters_shown_before(shop, manager):
    typed = {"to": "2026-04-10", "why": "strike"}
    answer = manager.act("/purchase-orders/PO-1/lines/1/purchase-order-dates", typed)
    assert "Tell 3 customers" in answer.text
    db.session.rollback()
    rows = " ".join(f"{one_line(number).id}-1" for number in "123")
    assert f'href="/selections/delay-notices/new?rows={rows.replace(" ", "+")}"' in answer.text
    form = {"rows": rows, "submission": "all of them"}
    preview = manager.act("/selections/delay-notices/preview", form).text
    assert preview.count("Hello ") == 3
    assert letters() == []
    done = manager.act("/selections/delay-notices", form)
    assert "Done for 3 orders." in done.text
    assert [letter.kind for letter in letters()] == ["date-moved"] * 3
    assert "Done for 3 orders." in manager.act("/selections/delay-notices", form).text
    assert len(letters()) == 3, "nobody is told twice"
    assert [act.act for act in acts()] == ["supply-date-moved", *["customer-told"] * 3]
    assert_copies_are_right()


def test_the_order_offers_to_tell_and_to_record_an_answer(shop, agent, viewer):
    move("PO-1", "2026-04-10")
    page = agent.get("/orders/1").text
    assert "/orders/1/delay-notices/new" in page
    assert "/orders/1/consents/new" in page
    assert "delay-notices" not in viewer.get("/orders/1").text
    tell("1")
    assert 'id="orders-slot-order-tell-the-customer"' not in agent.get("/orders/1").text
