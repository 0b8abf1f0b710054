"""Notes about orders and lines: kept, shown where they matter, removed."""

from __future__ import annotations

import json

import sqlalchemy as sa

from dashboard.actions.notes.action import remove_note, write_note
from dashboard.database import db
from dashboard.domain.notes import LONGEST_NOTE, NoteRefused
from dashboard.models import Note
from tests.actions.posting import acts, order_id, refused
from tests.shops import filled_once


@filled_once
def shop(world):
    world.order("10480", lines=[("CHAIR", 6), ("LAMP", 1)], placed="2026-03-01")
    world.plan()


def test_a_note_is_read_at_its_line_and_at_its_order_and_its_text_is_not_in_the_history(shop, manager):
    outcome = write_note(order_id("10480"), 1, says="needs six <b>for</b> a dinner", actor=manager.person.id)
    write_note(order_id("10480"), says="rings at noon", actor=manager.person.id)
    assert outcome.notice == "Noted at line 1 of order 10480."
    first, second = manager.panel("/orders/10480/lines/1").text, manager.panel("/orders/10480/lines/2").text
    assert "needs six &lt;b&gt;for&lt;/b&gt; a dinner" in first
    assert "dinner" not in second
    assert "rings at noon" in first
    assert "rings at noon" in second
    assert "dinner" in manager.panel("/orders/10480").text
    written = acts()[0]
    assert (written.subject, json.loads(written.after)) == ("order-line 10480/1", {"note": int(outcome.made)})


def test_a_note_that_says_nothing_or_too_much_is_refused(shop, manager):
    with refused(NoteRefused, "The note is empty."):
        write_note(order_id("10480"), says=None, actor=None)
    with refused(NoteRefused, "That is more than a note."):
        write_note(order_id("10480"), says="w" * (LONGEST_NOTE + 1), actor=None)
    answer = manager.act("/orders/10480/notes", {"says": "w" * (LONGEST_NOTE + 1)})
    assert answer.status_code == 422
    assert "w" * (LONGEST_NOTE + 1) in answer.text, "what was typed stays"


def test_a_note_is_taken_back_by_its_notice_once(shop, manager):
    outcome = write_note(order_id("10480"), says="rings at noon", actor=manager.person.id)
    answer = manager.act(f"/notes/{outcome.made}/removals", {"undo": "yes"})
    assert answer.status_code == 200
    assert "The note at order 10480 is removed." in answer.text
    assert "rings at noon" not in manager.panel("/orders/10480").text
    with refused(NoteRefused, "removed already"):
        remove_note(int(outcome.made), actor=None)
    db.session.rollback()
    assert db.session.scalar(sa.select(Note.removed_by)) == manager.person.id


def test_a_contact_is_logged_by_the_way_it_came(shop, manager):
    form = manager.panel("/orders/10480/notes/new?contact=phone").text
    assert '<option selected value="phone">by phone' in form
    answer = manager.act("/orders/10480/notes", {"says": "waits until Easter", "contact": "phone"})
    assert "Contact by phone noted at order 10480." in answer.text
    db.session.rollback()
    assert db.session.scalar(sa.select(Note.contact)) == "phone"
    assert "By phone" in manager.panel("/orders/10480").text
    assert manager.act("/orders/10480/notes", {"says": "x", "contact": "telex"}).status_code == 422
