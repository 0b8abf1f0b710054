"""My list: whom I call, what waits for me or for my customers' word, what is mine, what I follow."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta

import sqlalchemy as sa
from flask import Flask

from dashboard import models
from dashboard.actions.accounts.action import deactivate, reactivate
from dashboard.actions.assignments.action import assign_line
from dashboard.actions.call_backs.action import note_call, promise_call_back
from dashboard.actions.card_requests.action import request_card
from dashboard.actions.consents.action import record_consent
from dashboard.actions.delay_notices.action import tell_customer
from dashboard.actions.notes.action import write_note
from dashboard.actions.order_follows.action import follow_order
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.actions.shipments.action import ship_reserved
from dashboard.database import db, transaction
from dashboard.domain.call_backs import call_version
from dashboard.panels.my_list.queries import LISTED_AT_MOST
from tests.actions.posting import order_id
from tests.conftest import Desk
from tests.factories import World
from tests.panels.test_every_page import questions
from tests.shops import filled_once
from tests.web.reading import mark_of_panel, reads

LIST = "/my-list"
TOMORROW = date(2026, 3, 13)


@filled_once
def shop(world: World) -> None:
    """Chairs that come after they were promised, one paid by a card that ends before, and one that is here."""
    world.customer("HW", name="Hannah Whitlock", email="hannah@customers.example", phone="+1 555 0199")
    world.customer("D", name="Dieter", email="dieter@customers.example")
    world.card("OLD", customer="D", month=3, year=2026)
    world.supplier("S", name="Ostrava Steelworks")
    world.stock("LAMP", 2)
    world.purchase_order("PO-1", "CHAIR", 20, supplier="S", promised="2026-03-20", expected="2026-03-20")
    world.order("10482", "CHAIR", 4, placed="2026-03-01", promised="2026-03-25", customer="HW", unit_price="58")
    world.order("10483", "CHAIR", 2, placed="2026-03-02", promised="2026-03-25", customer="D", unit_price="58")
    world.order("10484", "LAMP", 2, placed="2026-03-02", promised="2026-03-25", customer="HW")
    world.plan()


def kinds(desk: Desk) -> dict[str, list[str]]:
    """What stands on somebody's list: of each kind the orders of its rows, as they follow each other."""
    sections = re.split(r'<h2 id="my-list-([\w-]+)"', desk.panel(LIST).text)[1:]
    return {
        kind: re.findall(r'class="row-link" href="/orders/(\w+)', text)
        for kind, text in zip(sections[::2], sections[1::2], strict=True)
    }


def due_in_sidebar(desk: Desk) -> str:
    """What the sidebar says is due."""
    found = re.search(r'id="frame-live-count"[^>]*>(.*?)</span>\s*</a>', desk.get("/overview").text, re.DOTALL)
    assert found is not None
    return re.sub(r"<[^>]*>", "", found[1]).strip()


def promise(number: str, desk: Desk, *, day: date = TOMORROW, at: str = "9:00", **more: object) -> int:
    made = promise_call_back(order_id(number), day=day, at=at, **{"actor": desk.person.id, **more})
    return int(made.made)


def test_calls_are_mine_the_first_due_before_the_others_until_they_are_made(
    shop: World, app: Flask, agent: Desk, manager: Desk
) -> None:
    promise("10482", agent, at="14:30", about="the dinner")
    first = promise("10483", manager, at="9:00", person=agent.person.id)
    promise("10484", manager)
    assert kinds(agent) == {"calls": ["10483", "10482"]}
    assert kinds(manager) == {"calls": ["10484"]}
    text = agent.panel(LIST).text
    assert "promised by Manager" in text
    assert 'href="tel:+15550199"' in text
    assert "the dinner" in text
    assert "Due since" not in text
    assert due_in_sidebar(agent) == ""

    app.config["BUSINESS_DATE"] = TOMORROW + timedelta(days=1)
    text = agent.panel(LIST).text.replace("\xa0", " ")
    assert text.count("Due since 13 Mar") == 2
    assert "2 calls due now" in text
    assert (due_in_sidebar(agent), due_in_sidebar(manager)) == ("2 due now", "1 due now")

    assert agent.act(f"/call-backs/{first}/calls", {"outcome": "Reached."}).status_code == 200
    assert kinds(agent) == {"calls": ["10482"]}
    assert due_in_sidebar(agent) == "1 due now"


def test_a_call_that_nobody_answers_is_put_off_and_stands_at_its_new_place(shop: World, agent: Desk) -> None:
    first, second = promise("10482", agent, at="9:00"), promise("10483", agent, at="10:00")
    moved = agent.act(f"/call-backs/{first}/call-moves", {"day": "2026-03-13", "at": "16:00", "why": "nobody answered"})
    assert moved.status_code == 200
    assert kinds(agent) == {"calls": ["10483", "10482"]}
    note_call(second, outcome="waits", actor=agent.person.id)
    late = agent.act(f"/call-backs/{second}/call-moves", {"day": "2026-03-14", "at": "16:00"})
    assert late.status_code == 422
    assert "Somebody noted already that they called." in late.text


def test_who_may_decide_sees_what_waits_for_approval_and_an_agent_what_they_asked_for(
    shop: World, agent: Desk, manager: Desk, sign_in: Callable[..., Desk]
) -> None:
    terms = {"kind": "percent", "percent": "40", "until": "2026-03-19", "why": "an old customer"}
    assert agent.act("/orders/10482/lines/1/incentive-offers", terms).status_code == 200
    colleague = sign_in("agent", "colleague@desk.example")
    assert kinds(agent) == kinds(manager) == {"approvals": ["10482"]}
    assert kinds(colleague) == {}
    assert "/incentive-offers/1/offer-approvals/new" in manager.panel(LIST).text
    assert "/offer-approvals/new" not in agent.panel(LIST).text
    decided = manager.act("/incentive-offers/1/offer-approvals", {"decision": "refuse", "reason": "too much"})
    assert decided.status_code == 200
    assert kinds(agent) == kinds(manager) == {}


def test_a_consent_that_i_asked_for_stands_there_until_it_is_answered_or_asked_anew(
    shop: World, agent: Desk, manager: Desk
) -> None:
    move_date(shop.po_line("PO-1").id, to=date(2026, 5, 20), why=None, actor=None)
    tell_customer(order_id("10482"), actor=agent.person.id)
    tell_customer(order_id("10483"), actor=manager.person.id)
    assert (kinds(agent), kinds(manager)) == ({"asked": ["10482"]}, {"asked": ["10483"]})
    text = agent.panel(LIST).text.replace("\xa0", " ")
    assert "Consent to a later date" in text
    assert "25 Mar" in text, "by when their word is needed"
    record_consent(order_id("10482"), answer="as-told", actor=manager.person.id)
    assert kinds(agent) == {}

    move_date(shop.po_line("PO-1").id, to=date(2026, 6, 20), why=None, actor=None)
    tell_customer(order_id("10483"), actor=agent.person.id)
    assert (kinds(agent), kinds(manager)) == ({"asked": ["10483"]}, {}), "who asked last waits for the answer"


def test_a_notice_to_which_silence_is_consent_asks_for_nothing(shop: World, agent: Desk) -> None:
    move_date(shop.po_line("PO-1").id, to=date(2026, 4, 2), why=None, actor=None)
    tell_customer(order_id("10482"), actor=agent.person.id)
    assert kinds(agent) == {}


def test_a_card_that_i_asked_for_stands_there_until_the_means_of_payment_will_do(
    shop: World, agent: Desk, manager: Desk
) -> None:
    move_date(shop.po_line("PO-1").id, to=date(2026, 4, 20), why=None, actor=None)
    request_card(order_id("10483"), actor=agent.person.id)
    assert (kinds(agent), kinds(manager)) == ({"asked": ["10483"]}, {})
    assert "Another card" in agent.panel(LIST).text
    request_card(order_id("10483"), again=True, actor=manager.person.id)
    assert (kinds(agent), kinds(manager)) == ({}, {"asked": ["10483"]}), "who asked last waits for the answer"
    with transaction() as session:
        session.execute(sa.update(models.PaymentMethod).values(exp_year=2030))
    shop.plan()
    assert kinds(manager) == {}


def test_open_lines_that_are_mine_stand_there_those_put_away_last(shop: World, agent: Desk, manager: Desk) -> None:
    for number, until in (("10482", date(2026, 3, 20)), ("10483", None), ("10484", None)):
        assign_line(order_id(number), 1, person=agent.person.id, until=until, actor=manager.person.id)
    assert kinds(agent) == {"lines": ["10483", "10484", "10482"]}
    assert kinds(manager) == {}
    assert "put away until 20 Mar" in agent.panel(LIST).text.replace("\xa0", " ")
    assert agent.panel("/orders/10483/lines/1/notes/new").status_code == 200
    ship_reserved(order_id("10484"), 1, qty=2, actor=manager.person.id)
    assign_line(order_id("10483"), 1, person=manager.person.id, actor=agent.person.id)
    assert (kinds(agent), kinds(manager)) == ({"lines": ["10482"]}, {"lines": ["10483"]})


def test_an_order_that_i_follow_says_what_others_did_to_it_since_i_looked(
    shop: World, agent: Desk, manager: Desk
) -> None:
    write_note(order_id("10482"), says="before anybody followed it", actor=manager.person.id)
    for number in ("10482", "10483"):
        follow_order(order_id(number), actor=agent.person.id)
    follow_order(order_id("10482"), actor=manager.person.id)
    write_note(order_id("10482"), says="my own", actor=agent.person.id)
    assert kinds(agent) == {"followed": ["10482", "10483"]}
    assert agent.panel(LIST).text.count("nothing new") == 2

    write_note(order_id("10483"), line_no=1, says="of its line", actor=manager.person.id)
    text = agent.panel(LIST).text
    assert kinds(agent) == {"followed": ["10483", "10482"]}, "what has news comes first"
    assert text.count("nothing new") == 1
    assert "Note written" in text
    change_priority(order_id("10483"), priority=1, reason="promised", actor=manager.person.id)
    assert "Priority changed" in agent.panel(LIST).text

    assert agent.act("/orders/10483/order-looks").status_code == 200
    assert agent.panel(LIST).text.count("nothing new") == 2
    assert agent.act("/orders/10483/follow-ends").status_code == 200
    assert kinds(agent) == {"followed": ["10482"]}


def test_what_is_done_to_an_order_whose_number_begins_alike_is_no_news(shop: World, agent: Desk) -> None:
    shop.order("104820", "CHAIR", 1, placed="2026-03-05")
    shop.order("1048", "CHAIR", 1, placed="2026-03-05")
    shop.plan()
    follow_order(order_id("10482"), actor=agent.person.id)
    for number in ("104820", "1048"):
        write_note(order_id(number), line_no=1, says="another order", actor=None)
        write_note(order_id(number), says="another order", actor=None)
    assert "nothing new" in agent.panel(LIST).text
    write_note(order_id("10482"), line_no=1, says="this one", actor=None)
    assert "nothing new" not in agent.panel(LIST).text


def test_who_may_only_look_has_no_list_and_no_entry_for_it(shop: World, viewer: Desk) -> None:
    assert viewer.get(LIST).status_code == 403
    assert LIST not in viewer.get("/overview").text
    assert viewer.get("/live-count").status_code == 204


def test_an_empty_list_says_what_would_stand_there(shop: World, agent: Desk) -> None:
    assert kinds(agent) == {}
    assert "Nothing is on your list" in agent.panel(LIST).text


def test_of_very_many_the_first_are_shown_and_where_the_rest_is(shop: World, agent: Desk) -> None:
    for hour in range(LISTED_AT_MOST + 1):
        promise("10482", agent, day=TOMORROW + timedelta(days=hour))
    text = agent.panel(LIST).text
    assert f"the first {LISTED_AT_MOST}" in text
    assert len(kinds(agent)["calls"]) == LISTED_AT_MOST


def test_the_list_of_another_session_follows_and_what_did_not_change_is_not_read_again(
    shop: World, agent: Desk, manager: Desk
) -> None:
    mark = mark_of_panel(agent.get(LIST))
    assert reads(agent, LIST, showing=mark).status_code == 304
    promise("10482", manager, person=agent.person.id)
    answer = reads(agent, LIST, showing=mark)
    assert answer.status_code == 200
    assert "10482" in answer.text


def test_what_is_due_is_one_question_and_the_pulse_says_when_to_ask_it(
    shop: World, app: Flask, agent: Desk, manager: Desk
) -> None:
    def calls() -> str:
        found = re.search(r'data-calls="(\d+)"', agent.get("/overview").text)
        assert found is not None
        return found[1]

    before = calls()
    write_note(order_id("10482"), says="of no call", actor=manager.person.id)
    assert calls() == before
    promise("10482", manager, person=agent.person.id)
    assert calls() != before

    agent.panel("/live-count")
    with questions() as asked:
        answer = agent.panel("/live-count")
    assert [one for one in asked if "call_backs" in one] == [one for one in asked if "FROM call_backs" in one]
    assert len([one for one in asked if "call_backs" in one]) == 1
    assert re.search(r'data-changes-in="\d+"', answer.text), "when it asks by itself"


def test_a_list_of_many_asks_no_more_than_a_list_of_few(shop: World, app: Flask, agent: Desk) -> None:
    def fill(numbers: range) -> None:
        for n in numbers:
            shop.order(f"2{n:03}", "CHAIR", 1, placed="2026-03-05", customer=f"K{n}")
        shop.plan()
        for n in numbers:
            promise(f"2{n:03}", agent)
            assign_line(order_id(f"2{n:03}"), 1, person=agent.person.id, actor=None)
            follow_order(order_id(f"2{n:03}"), actor=agent.person.id)
            write_note(order_id(f"2{n:03}"), says="news", actor=None)

    asked_for = []
    for numbers in (range(2), range(2, 20)):
        fill(numbers)
        db.session.rollback()
        agent.panel(LIST)
        with questions() as asked:
            assert agent.panel(LIST).status_code == 200
        asked_for.append(len(asked))
    assert asked_for[1] <= asked_for[0]


def let_go(desk: Desk) -> str:
    """They leave; what the admin reads."""
    return deactivate(desk.person.id, actor=None).notice


def test_a_call_of_who_left_stands_on_everybodys_list_counts_as_due_and_is_taken_with_one_press(
    shop: World, app: Flask, agent: Desk, manager: Desk, sign_in: Callable[..., Desk]
) -> None:
    gone = sign_in("agent", "gone@desk.example")
    call = promise("10482", gone, about="the dinner")
    assert kinds(agent) == {}
    assert let_go(gone).endswith("1 promised call of theirs stands on the list of everybody who acts, to be taken.")
    assert kinds(agent) == kinds(manager) == {"free-calls": ["10482"]}
    assert "was to be made by Agent" in agent.panel(LIST).text
    page = agent.panel("/orders/10482").text.replace("\xa0", " ")
    assert "whoever is free calls by 13 Mar" in page
    assert "Agent was to, who left" in page
    app.config["BUSINESS_DATE"] = TOMORROW + timedelta(days=1)
    assert (due_in_sidebar(agent), due_in_sidebar(manager)) == ("1 due now", "1 due now")

    row = db.session.get_one(models.CallBack, call)
    opened = {"person": str(agent.person.id), "version": call_version(row.due_at, row.person_id)}
    taken = agent.act(f"/call-backs/{call}/call-givings", opened)
    assert taken.status_code == 200
    assert "Agent calls the customer of order 10482." in taken.text
    assert (kinds(agent), kinds(manager)) == ({"calls": ["10482"]}, {})
    assert (due_in_sidebar(agent), due_in_sidebar(manager)) == ("1 due now", "")
    late = manager.act(f"/call-backs/{call}/call-givings", opened | {"person": str(manager.person.id)})
    assert late.status_code == 409, "the colleague was faster"

    undo = html.unescape(re.search(r'action="(/call-backs/\d+/call-givings[^"]*)"', taken.text)[1])
    assert agent.act(undo, {"undo": "1"}).status_code == 200
    assert (kinds(agent), kinds(manager)) == ({"free-calls": ["10482"]}, {"free-calls": ["10482"]})
    assert "for whoever is free" in agent.panel(LIST).text


def test_open_lines_of_who_left_stand_on_everybodys_list_and_come_back_with_them(
    shop: World, agent: Desk, manager: Desk, sign_in: Callable[..., Desk]
) -> None:
    gone = sign_in("agent", "gone@desk.example")
    for number in ("10482", "10483"):
        assign_line(order_id(number), 1, person=gone.person.id, actor=manager.person.id)
    assert kinds(agent) == {}
    assert let_go(gone).endswith("2 open lines of theirs stand on the list of everybody who acts, to be taken.")
    assert kinds(agent) == kinds(manager) == {"left-lines": ["10482", "10483"]}
    version = re.search(r'name="version" value="(\d+)"', agent.panel(LIST).text)[1]
    mine = {"person": str(agent.person.id), "version": version}
    assert agent.act("/orders/10482/lines/1/assignments", mine).status_code == 200
    assert kinds(agent) == {"lines": ["10482"], "left-lines": ["10483"]}
    reactivate(gone.person.id, actor=None)
    assert kinds(agent) == {"lines": ["10482"]}


def test_who_may_only_look_is_promised_no_call_and_has_none(shop: World, agent: Desk, viewer: Desk) -> None:
    choices = agent.panel("/orders/10482/call-backs/new").text
    assert f'value="{agent.person.id}"' in choices
    assert f'value="{viewer.person.id}"' not in choices
    promise("10482", agent, person=viewer.person.id)
    assert kinds(agent) == {"free-calls": ["10482"]}
