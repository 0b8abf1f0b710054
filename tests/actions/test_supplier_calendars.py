"""Saying when a supplier works."""

from __future__ import annotations

from datetime import date

from dashboard.actions.supplier_calendars.queries import find_calendar
from dashboard.database import db

ADDRESS = "/suppliers/MINHO/supplier-calendars"


def test_its_country_says_when_it_works_until_somebody_says_otherwise(world, manager, today):
    world.supplier("MINHO", name="Minho Cadeiras", country="PT", lead_time_days=9)
    world.purchase_order("FIRST", "CHAIR", 4, supplier="MINHO", status="draft")
    world.purchase_order("SECOND", "CHAIR", 4, supplier="MINHO", status="draft")
    world.plan()
    form = manager.panel(f"{ADDRESS}/new").text
    assert "as its country does" in form
    assert form.count("checked") == 3, "Saturday, Sunday, and the holidays"
    sent = manager.act("/purchase-orders/FIRST/purchase-order-sendings", {})
    assert "expected by 23 March: as quoted, and by the days that it works" in sent.text
    said = {"days_off": ["6"], "closures": "2026-03-16..2026-03-17\n2026-12-24", "why": "on their page"}
    answer = manager.act(ADDRESS, said)
    assert "Minho Cadeiras does not work on Sunday, keeps no holidays, and is closed 2 times beside." in answer.text
    calendar = find_calendar(db.session(), "MINHO", today)
    assert calendar is not None
    assert (calendar.is_said, calendar.days_off, calendar.keeps_holidays) == (True, frozenset({6}), False)
    assert calendar.closures[0] == (date(2026, 3, 16), date(2026, 3, 17))
    manager.act("/purchase-orders/SECOND/purchase-order-sendings", {})
    db.session.rollback()
    assert world.po_line("SECOND").expected_date == date(2026, 3, 23)
    assert world.po_line("FIRST").expected_date == date(2026, 3, 23), "what was sent keeps its date"


def test_what_no_supplier_keeps_is_refused_with_the_typed_text(world, manager):
    world.supplier("MINHO", country="Atlantis")
    for typed, sentence in (
        ({"days_off": [str(day) for day in range(7)]}, "It works on no day of the week."),
        ({"keeps_holidays": "y"}, "The holidays of Atlantis are not known."),
        ({"closures": "in August"}, "in August are no days."),
    ):
        answer = manager.act(ADDRESS, typed)
        assert answer.status_code == 422
        assert sentence in answer.text
    assert manager.panel("/suppliers/NONE/supplier-calendars/new").status_code == 404
