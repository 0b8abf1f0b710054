"""Whose a line is, and until when it is put away."""

from __future__ import annotations

from datetime import timedelta

from dashboard import clock
from dashboard.actions.assignments.action import assign_line
from dashboard.database import db
from dashboard.domain.assignments import LONGEST_SNOOZE, AssignmentRefused
from dashboard.panels.overview.panel import load
from tests.actions.posting import order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    """One line that is overdue and one that is not."""
    world.purchase_order("PO", "CHAIR", 20, expected="2026-04-10")
    world.order("10480", "CHAIR", 6, placed="2026-01-01", promised="2026-02-01")
    world.plan()


def today_of(day):
    db.session.rollback()
    overview = load(db.session(), day)
    return [thing.order_number for thing in overview.things], overview.due_today.lines


def test_a_line_put_away_is_back_on_its_day(shop, manager, today):
    assert today_of(today) == (["10480"], 1)
    until = today + timedelta(days=3)
    outcome = assign_line(order_id("10480"), 1, person=manager.person.id, until=until, actor=manager.person.id)
    assert outcome.notice.endswith(", and is back on 15 March.")
    assert today_of(today) == ([], 0)
    assert today_of(until - timedelta(days=1)) == ([], 0)
    assert today_of(until) == (["10480"], 1)
    for page in ("/orders/10480", "/orders/10480/lines/1"):
        assert "back on 15\xa0Mar" in manager.panel(page).text
    assign_line(order_id("10480"), 1, person=manager.person.id, until=None, actor=None)
    assert today_of(today) == (["10480"], 1)


def test_an_open_page_hears_that_a_line_was_assigned(shop, manager):
    shown = manager.panel("/overview")
    mark = shown.headers.get("HX-PTag") or ""
    before = manager.panel("/overview").text
    assign_line(order_id("10480"), 1, person=None, until=clock.today() + timedelta(days=1), actor=None)
    assert manager.panel("/overview").text != before, mark


def test_only_who_could_act_is_given_a_line_and_only_for_days_to_come(shop, viewer, today):
    with refused(AssignmentRefused, "Nobody who could act"):
        assign_line(order_id("10480"), 1, person=viewer.person.id, actor=None)
    with refused(AssignmentRefused, "That day is not to come."):
        assign_line(order_id("10480"), 1, person=None, until=today, actor=None)
    with refused(AssignmentRefused, "more than a year"):
        assign_line(order_id("10480"), 1, person=None, until=today + LONGEST_SNOOZE + timedelta(days=1), actor=None)
    with refused(AssignmentRefused, "It is so already."):
        assign_line(order_id("10480"), 1, person=None, actor=None)


def test_somebodys_lines_are_found_in_every_panel_of_lines(shop, world, agent, manager):
    world.order("10481", "CHAIR", 1, placed="2026-01-02")
    world.plan()
    assign_line(order_id("10480"), 1, person=agent.person.id, actor=None)
    for panel in ("aging", "cancellation-risk", "expiring-payments"):
        mine, nobodys = agent.panel(f"/{panel}?assigned=Agent").text, agent.panel(f"/{panel}?assigned=not-known").text
        assert "/orders/10480" in mine
        assert "/orders/10481" not in mine
        assert "/orders/10480" not in nobodys
        assert "Assigned to: nobody" in nobodys
        assert "Agent" in agent.panel(f"/{panel}/choices/assigned").text
    assert b"10481" not in agent.get("/aging/export?assigned=Agent").data
