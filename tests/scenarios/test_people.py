"""Behaviours 48 and 52: two people on one row, and who may only read."""

from __future__ import annotations

import json
import re

import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.database import db
from tests.actions.posting import units
from tests.conftest import Desk
from tests.factories import World

LINE = "/orders/10482/lines/1"
CUT = f"{LINE}/quantity-cuts"


@pytest.fixture
def shop(world: World) -> World:
    """Hannah waits for ten chairs, which come after she was promised them."""
    world.customer("HW", name="Hannah Whitlock")
    world.purchase_order("PO-1", "CHAIR", 10, expected="2026-04-01")
    world.order("10482", "CHAIR", 10, placed="2026-02-03", promised="2026-03-12", customer="HW", unit_price="215")
    world.plan()
    return world


def opened(desk: Desk, address: str) -> dict[str, str]:
    """The form as it is handed out to somebody."""
    text = desk.panel(f"{address}/new").text
    return dict(re.findall(r'name="(submission|version|opened|back)"[^>]*value="([^"]*)"', text))


def then_and_now(text: str) -> dict[str, tuple[str, str]]:
    """What a form that was overtaken says of each fact: what it was when it was opened, and what it is."""
    row = r'<th scope="row">([^<]*).*?<span class="was">([^<]*)</span>.*?<strong>([^<]*)</strong>'
    return {words: (then, now) for words, then, now in re.findall(row, text, re.DOTALL)}


def test_of_two_agents_on_one_row_the_late_saver_sees_the_change_and_keeps_his_text(
    shop: World, agent: Desk, manager: Desk
) -> None:
    early, late = opened(agent, CUT), opened(manager, CUT)
    done = agent.act(CUT, {**early, "wanted": "8", "reason": "customer"})
    assert done.status_code == 200

    typed = {"wanted": "7", "reason": "she rang: seven will do"}
    answer = manager.act(CUT, {**late, **typed})
    assert answer.status_code == 409
    assert "Agent changed this" in answer.text, "who did it"
    said = "ine 1 of order 10482 is cut to 8: 2 units cancelled."
    assert said in done.text
    assert said in answer.text, "and what"
    assert then_and_now(answer.text) == {"Cancelled units": ("0", "2"), "Open units": ("10", "8")}, "the new state"
    assert re.search(r'name="wanted"[^>]*value="7"', answer.text)
    assert 'value="she rang: seven will do"' in answer.text
    assert units("10482") == (0, 2, 8), "and nothing was done over what the colleague did"

    version = re.search(r'name="version"[^>]*value="([^"]*)"', answer.text)
    assert version is not None
    again = manager.act(CUT, {**late, **typed, "version": version[1]})
    assert again.status_code == 200, "who saves once more, knowing it, is heard"
    assert units("10482") == (0, 3, 7)


def test_what_several_people_did_meanwhile_is_told_as_one_change(
    shop: World, agent: Desk, manager: Desk, admin: Desk
) -> None:
    late = opened(admin, CUT)
    for desk, wanted in ((agent, "8"), (manager, "5")):
        assert desk.act(CUT, {**opened(desk, CUT), "wanted": wanted, "reason": "customer"}).status_code == 200
    priority = "/orders/10482/priorities"
    assert manager.act(priority, {**opened(manager, priority), "priority": "1", "reason": "a fair"}).status_code == 200
    assigned = f"{LINE}/assignments"
    typed = {"person": manager.person.id, "until": "2026-03-20"}
    assert manager.act(assigned, {**opened(manager, assigned), **typed}).status_code == 200

    answer = admin.act(CUT, {**late, "wanted": "7", "reason": "customer"})
    assert answer.status_code == 409
    assert "Agent and Manager changed this, last" in answer.text
    assert then_and_now(answer.text) == {
        "Cancelled units": ("0", "5"),
        "Open units": ("10", "5"),
        "Class set by hand": ("nothing", "1"),
        "Priority class": ("3", "1"),
        "Person": ("nobody", "Manager"),
        "Until": ("nothing", "20\u00a0Mar"),
    }


def test_what_a_file_changed_is_told_of_nobody(shop: World, agent: Desk) -> None:
    late = opened(agent, CUT)
    line = db.session.get_one(models.OrderLine, shop.line("10482").id)
    line.unit_price = 17
    db.session.commit()
    answer = agent.act(CUT, {**late, "wanted": "7", "reason": "customer"})
    assert answer.status_code == 409
    assert "This changed since you opened it" in answer.text
    assert then_and_now(answer.text) == {}


def test_a_read_only_user_sees_no_action_and_a_forged_request_is_refused(
    shop: World, viewer: Desk, agent: Desk, client: Desk
) -> None:
    for page in ("/overview", "/aging", "/cancellation-risk", "/expiring-payments", "/orders/10482", LINE):
        text = viewer.get(page).text
        assert "10482" in text
        # Views of one's own are anybody's.
        assert not re.findall(r'data-row-act|hx-post="(?!/log)|/selections/|hx-get="/(?!lists/)[^"]*/new', text), page
        assert re.search(r"data-row-act|data-act-open", agent.get(page).text), f"an agent acts on {page}"

    typed = {"wanted": "7", "reason": "customer"}
    assert viewer.act(CUT, typed).status_code == 403, "whoever has a token still needs the right"
    assert agent.post(CUT, data=typed).status_code == 419, "a page of somebody else's has no token"
    assert agent.post(CUT, data={**typed, "csrf_token": viewer.token()}).status_code == 419, "nor does one of another"
    assert client.post(CUT, data=typed).status_code in (302, 419), "nor does a stranger come in"
    db.session.rollback()
    assert units("10482") == (0, 0, 10)
    assert db.session.scalars(select(models.Act)).all() == []


def test_every_action_leaves_who_when_before_after_and_why(shop: World, manager: Desk) -> None:
    typed = {**opened(manager, CUT), "wanted": "7", "reason": "moved to a smaller flat"}
    assert manager.act(CUT, typed).status_code == 200
    db.session.rollback()
    act = db.session.scalars(select(models.Act)).one()
    assert (act.act, act.subject, act.actor_id) == ("quantity-cut", "order-line 10482/1", manager.person.id)
    assert act.at.date().isoformat() == "2026-03-12"
    before, after = json.loads(act.before), json.loads(act.after)
    assert (before["qty_open"], after["qty_open"], act.why) == (10, 7, "moved to a smaller flat")
    shown = manager.get("/history?act=quantity-cut").text
    for told in ("Manager", "order-line 10482/1", "moved to a smaller flat"):
        assert told in shown
