"""How somebody likes to read the desk."""

from __future__ import annotations


def test_numbers_and_dates_are_written_as_the_reader_likes_and_for_nobody_else(world, manager, viewer):
    world.order("1", "CHAIR", 1500, placed="2026-03-01")
    world.plan()
    assert "1,500" in manager.get("/aging").text
    answer = manager.act("/you/preferences", {"locale": "de_DE", "theme": "dark", "key_hints": ""})
    assert answer.status_code == 200, answer.text
    page = manager.get("/aging").text
    assert "1.500" in page
    assert 'data-readers-theme="dark" data-key-hints="off"' in page
    assert "1.500" in manager.panel("/aging").text
    assert "1,500" in viewer.get("/aging").text
    assert "1,500" in viewer.panel("/aging").text
    assert "data-readers-theme" not in viewer.get("/aging").text


def test_the_csv_is_the_same_for_everybody(world, manager, viewer):
    world.order("1", "CHAIR", 1500, placed="2026-03-01", unit_price="10.50")
    world.plan()
    manager.act("/you/preferences", {"locale": "de_DE", "theme": "auto"})
    assert manager.get("/aging/export").data == viewer.get("/aging/export").data


def test_what_is_no_way_of_reading_is_refused(world, manager):
    assert manager.act("/you/preferences", {"locale": "xx_XX", "theme": "dark"}).status_code == 422
    assert manager.act("/you/preferences", {"locale": "", "theme": "purple"}).status_code == 422
