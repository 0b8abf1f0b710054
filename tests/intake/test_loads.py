"""The list of loads: any process can see how far one is, what it said, and that one was killed."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_migrate import downgrade, upgrade

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.intake import foreseen, loads, watching
from dashboard.intake import load as load_room
from dashboard.intake.load import carry_out
from tests.conftest import Desk
from tests.factories import World
from tests.intake.conftest import ORDER_LINES, SHOP, Kit, everything

LONG_WAIT_SECONDS = 20


def test_a_look_and_a_load_that_were_announced_are_done_once_and_keep_what_they_found(kit: Kit) -> None:
    kit.write(order_lines=ORDER_LINES.replace("A,2,LAMP,1", "A,2,SOFA,1"), remarkable="x\n")
    look = loads.announce("kit", format="kit", dry_run=True)
    assert (loads.find_load(look).state, loads.find_load(look).share) == ("waiting", None)
    seen = carry_out(look, kit.folder)
    assert (seen.state, seen.dry_run, seen.changes_something) == ("done", True, True)
    assert seen.sentence == "This would change the desk. 1 fault."
    assert [(file.file, file.new, file.left_out) for file in seen.files if file.file == "order_lines.csv"] == [
        ("order_lines.csv", 1, 1)
    ]
    assert [(one.file, one.line, one.column, one.reason, one.is_remark) for one in loads.all_faults_of(look)] == [
        ("order_lines.csv", 3, "sku", "SKU 'SOFA' is nowhere", False),
        ("remarkable.csv", 1, "-", "is no file of the kit, it is ignored", True),
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Order)) == 0
    assert loads.past_loads() == (), "a look loaded nothing"

    load = loads.announce("kit", format="kit", dry_run=False)
    done = carry_out(load, kit.folder)
    assert (done.state, done.sentence, done.can_be_undone) == ("done", "Loaded. 1 fault.", True)
    assert db.session.scalar(sa.select(models.PlanState.shop_day)) is not None, "what follows from it is planned"
    assert carry_out(load, kit.folder) == done, "asked again, it is not done again"
    assert [each.id for each in loads.past_loads()] == [load]
    assert set(loads.arrivals()) == set(SHOP)


def test_others_see_a_load_while_it_runs(kit: Kit, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BEAT_SECONDS", 0.01)
    seen: list[loads.LoadShown] = []
    looked = threading.Event()
    load_id = loads.announce("kit", format="kit", dry_run=False)

    def look() -> None:
        with app.app_context():
            while not looked.wait(0.01):
                db.session.rollback()
                shown = loads.find_load(load_id)
                if shown.doing.startswith("loading"):
                    seen.append(shown)
                    looked.set()

    steps: list[str] = []

    def go_on(step: str, *_: object) -> None:
        """As soon as somebody saw it, else the test fails: a step is there to be seen when the next one is told."""
        if steps and steps[-1].startswith("loading"):
            looked.wait(LONG_WAIT_SECONDS)
        steps.append(step)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        loads.claim(load_id)
        load_room.load(kit.folder, load_id=load_id, progress=go_on)
    finally:
        looked.set()
        watcher.join(LONG_WAIT_SECONDS)
    assert [(one.state, one.rows_total, 0 < one.share <= 1) for one in seen] == [("running", 15, True)]
    assert (loads.find_load(load_id).state, loads.running_load()) == ("done", None)


def test_a_load_whose_process_was_killed_is_seen_to_be_stopped_and_the_next_one_writes_it_down(kit: Kit) -> None:
    killed = loads.announce("kit", format="kit", dry_run=False)
    look = loads.announce("kit", format="kit", dry_run=True)
    assert loads.claim(killed)
    assert loads.claim(look)
    assert not loads.claim(killed), "one process does it"
    assert loads.running_load().id == killed
    with transaction() as session:
        silent_since = clock.real_now() - timedelta(seconds=loads.SILENT_SECONDS + 1)
        session.execute(sa.update(models.IntakeLoad).values(beat_at=silent_since))
    said = [
        "It was stopped in the middle. What was loaded is whole; load the files again.",
        "It was stopped in the middle. Nothing was written; look at the files again.",
    ]
    assert [loads.find_load(one).state for one in (killed, look)] == ["stopped", "stopped"]
    assert [loads.find_load(one).sentence for one in (killed, look)] == said
    assert loads.running_load() is None
    assert kit.load().fault_count == 0
    assert [loads.find_load(one).state for one in (killed, look)] == ["failed", "failed"]
    assert [loads.find_load(one).sentence for one in (killed, look)] == said


def test_of_loads_that_wait_one_is_done_at_a_time(app: Flask) -> None:
    first, second, by_command = (loads.announce("kit", format="kit", dry_run=False) for _ in range(3))
    claimed = []

    def claim() -> None:
        with app.app_context():
            claimed.append(loads.claim(second, alone=True))

    other = threading.Thread(target=claim)
    with transaction():
        assert loads.claim(first, alone=True)
        other.start()
        other.join(0.3)
        assert claimed == [], "another worker waits until it is known who was first"
    other.join(LONG_WAIT_SECONDS)
    assert claimed == [False]
    assert loads.claim(loads.announce("kit", format="kit", dry_run=True), alone=False), "a look keeps nobody waiting"
    assert loads.claim(by_command), "who loads by command has decided so"
    with transaction() as session:
        silent_since = clock.real_now() - timedelta(seconds=loads.SILENT_SECONDS + 1)
        load = models.IntakeLoad
        session.execute(sa.update(load).where(load.id == by_command).values(beat_at=silent_since))
    assert loads.running_load().id == first, "a newer one that was killed hides none that lives"
    assert not loads.claim(second, alone=True)
    loads.close(first, "done")
    assert loads.claim(second, alone=True)


def test_a_load_that_fails_says_so_in_a_sentence(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    load_id = loads.announce("kit", format="kit", dry_run=False)
    monkeypatch.setattr(load_room.staging, "index_bad_keys", lambda: 1 / 0)
    failed = carry_out(load_id, kit.folder)
    assert (failed.state, failed.sentence) == (
        "failed",
        "Something went wrong that is not the files' fault; the log has more. "
        "What was loaded is whole; load the files again.",
    )


def test_faults_are_read_page_by_page(kit: Kit) -> None:
    rows = "".join(f"A,{number},SOFA,1,\n" for number in range(1, 8))
    result = kit.load(order_lines="order_id,line_no,sku,qty,unit_price\n" + rows)
    page = loads.faults_of(result.load_id, limit=3)
    assert [one.line for one in page] == [2, 3, 4]
    assert [one.line for one in loads.faults_of(result.load_id, after=page[-1].place, limit=3)] == [5, 6, 7]
    assert [one.line for one in loads.all_faults_of(result.load_id)] == [2, 3, 4, 5, 6, 7, 8]


def test_the_migration_keeps_the_loads_of_before_and_their_counts(app: Flask, kit: Kit, tmp_path: Path) -> None:
    load_id = kit.load().load_id
    before = loads.find_load(load_id)
    db.session.rollback()
    downgrade(revision="0002")
    counts = json.loads(db.session.scalar(sa.text("SELECT counts FROM intake_loads")))
    assert counts["orders.csv"] == {"rows": 2, "new": 2, "changed": 0, "unchanged": 0, "faulty": 0, "left_out": 0}
    db.session.rollback()
    upgrade()
    assert loads.find_load(load_id).files == before.files
    assert kit.load().load_id == load_id + 1


def test_a_look_says_who_would_gain_or_lose_a_date_and_changes_nothing(
    kit: Kit, world: World, viewer: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.load(
        purchase_order_lines="po_id,line_no,sku,qty,promised_date\nP1,1,CHAIR,1,2026-02-20\nP2,1,CHAIR,10,2026-03-20\n"
    )
    world.plan()
    before = everything()
    # The later purchase order comes late and brings less, the first not at all; a lamp is found; one more order waits.
    kit.write(
        purchase_orders="po_id,supplier_id,ordered_at,status\nP1,S1,2026-02-01,cancelled\n",
        purchase_order_lines="po_id,line_no,sku,qty,promised_date\nP2,1,CHAIR,6,2026-04-20\n",
        stock="sku,location,on_hand\nLAMP,MAIN,1\n",
        orders="order_id,customer_id,placed_at\nN,C1,2026-03-03\n",
        order_lines="order_id,line_no,sku,qty\nN,1,CHAIR,2\n",
    )
    words: list[str] = []
    say = watching.Watch.say
    monkeypatch.setattr(watching.Watch, "say", lambda watch, *said: (words.append(said[0]), say(watch, *said))[1])
    seen = carry_out(loads.announce("kit", format="kit", dry_run=True), kit.folder)
    assert {word.partition(" ")[0] for word in words} == {"reading", "comparing", "looking"}
    assert seen.foreseen is not None
    found = [(one.order, one.line_no, one.customer, one.before, one.after, one.what) for one in seen.foreseen.customers]
    assert found == [
        ("B", 1, "Grace", "2026-03-20", None, "loses"),
        ("A", 1, "Ada", "2026-03-20", "2026-04-20", "later"),
        ("A", 2, "Ada", None, None, "gains"),
    ]
    counts = seen.foreseen
    assert (counts.lose_date, counts.later, counts.gain_date, counts.earlier, counts.new_lines) == (1, 1, 1, 0, 1)
    assert [one.ready_after for one in seen.foreseen.customers] == [False, False, True]
    assert everything() == before

    done = carry_out(loads.announce("kit", format="kit", dry_run=False), kit.folder)
    assert done.foreseen == seen.foreseen, "what was foreseen came about, and stands on the load's page"
    monkeypatch.setattr(foreseen, "LISTED_AT_MOST", 1)
    kit.write(purchase_order_lines="po_id,line_no,sku,qty,promised_date\nP2,1,CHAIR,60,2026-03-15\n")
    again = loads.announce("kit", format="kit", dry_run=False)
    assert len(carry_out(again, kit.folder).foreseen.customers) == 1
    page = viewer.get(f"/intake/loads/{again}").text
    assert "Who gained or lost a date" in page
    assert "And 2 more lines:" in page


def test_what_is_too_large_to_be_tried_says_so(kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(foreseen, "MOST_ROWS", 3)
    seen = carry_out(loads.announce("kit", format="kit", dry_run=True), kit.folder)
    assert seen.foreseen.reason_none.startswith("More than 3 rows would change")
    assert seen.foreseen.customers == ()
