"""Files in: the list, a load's page, what was said of its rows; and how old the data is, at the top of every page."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.intake import loads
from dashboard.intake.loads import FileCounts
from tests.actions.sending import CUSTOMERS, KIT, loaded, sent_and_looked_at
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once

LINES_WITH_FAULTS = "order_id,line_no,sku,qty\n10480,1,CHAIR,6\n10480,2,=CHAIR,none\n"


@pytest.fixture(autouse=True)
def kept(app: Flask, tmp_path: Path) -> None:
    """What is sent is kept in a folder of the test's own."""
    app.instance_path = str(tmp_path / "instance")


@filled_once
def shop(world: World) -> None:
    """A shop that sells chairs."""
    world.order("10479", "CHAIR", 2, placed="2026-02-01")
    world.plan()


def came(file: str, hours_ago: float, *, rows: int = 10) -> int:
    """A file came in a load that ended well, so many hours ago."""
    load_id = loads.announce(f"{file}.csv", format="kit", dry_run=False)
    loads.close(load_id, "done", files={file: FileCounts(f"{file}.csv", rows, rows, 0, 0, 0, 0)})
    with transaction() as session:
        at = clock.now() - timedelta(hours=hours_ago)
        load = models.IntakeLoad
        session.execute(sa.update(load).where(load.id == load_id).values(started_at=at, finished_at=at))
    return load_id


def test_a_viewer_sees_what_came_and_may_send_nothing(shop: World, manager: Desk, viewer: Desk) -> None:
    loaded(manager, sent_and_looked_at(manager, *KIT))
    look = sent_and_looked_at(manager, ("customers.csv", CUSTOMERS))
    page = viewer.get("/intake").text
    assert "orders.csv and 2 more files" in page
    assert "Manager" in page
    assert "This would change nothing." in page
    assert "Send files" not in page
    assert "Load these files" not in viewer.get(look).text
    assert viewer.get("/intake/loads/new").status_code == 403
    assert "Send files" in manager.get("/intake").text


def test_faults_have_the_line_of_their_file_on_the_page_and_in_the_csv(
    shop: World, manager: Desk, viewer: Desk
) -> None:
    look = sent_and_looked_at(manager, KIT[0], KIT[1], ("order_lines.csv", LINES_WITH_FAULTS))
    page = viewer.get(look).text
    assert "Has faults" in page
    assert "is no whole number" in page or "whole number" in page
    answer = viewer.get(f"{look}/faults")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {(row["kind"], row["file"], row["line"], row["column"]) for row in rows} >= {
        ("fault", "order_lines.csv", "3", "qty")
    }
    assert (
        len([row for row in rows if row["kind"] == "fault"])
        == loads.find_load(int(look.rpartition("/")[2])).fault_count
    )


def test_progress_stands_on_the_page_itself_so_that_it_survives_a_reload(shop: World, viewer: Desk) -> None:
    load_id = loads.announce("large.zip", format="kit", dry_run=False)
    assert loads.claim(load_id)
    with transaction() as session:
        said = {"doing": "loading orders", "rows_done": 4_000, "rows_total": 12_000}
        session.execute(sa.update(models.IntakeLoad).values(**said))
    address = f"/intake/loads/{load_id}"
    for text in (viewer.get(address).text, viewer.panel(address).text):
        assert 'value="0.333"' in text
        assert "Loading orders" in text
        assert "4,000 of 12,000 rows" in text
        assert 'hx-trigger="every 1s"' in text
    assert '<noscript><meta http-equiv="refresh"' in viewer.get(address).text
    loads.close(load_id, "done")
    assert "every 1s" not in viewer.panel(address).text
    assert "http-equiv" not in viewer.get(address).text


def test_many_loads_and_many_faults_are_read_by_pages(world: World, viewer: Desk) -> None:
    ids = [came("orders", hours) for hours in range(30, 0, -1)]
    first = viewer.get("/intake").text
    assert f'id="intake-row-{ids[-1]}"' in first
    assert f'id="intake-row-{ids[0]}"' not in first
    assert f'id="intake-row-{ids[0]}"' in viewer.get(f"/intake?before={ids[5]}").text
    faults = [loads.Fault("orders.csv", line, "qty", f"fault {line}") for line in range(2, 202)]
    loads.keep_faults(ids[0], faults)
    with transaction() as session:
        session.execute(sa.update(models.IntakeLoad).values(fault_count=200))
    page = viewer.get(f"/intake/loads/{ids[0]}").text
    assert "fault 2<" in page
    assert f"/intake/loads/{ids[0]}?after=50" in page
    second = viewer.get(f"/intake/loads/{ids[0]}?after=50").text
    assert "fault 101<" in second
    assert f'hx-get="/intake/loads/{ids[0]}?after=50"' in second, "it reads itself again where somebody stands"


def test_what_is_not_there_is_said(viewer: Desk, manager: Desk) -> None:
    assert viewer.get("/intake/loads/77").status_code == 404
    assert viewer.get("/intake/loads/77/faults").status_code == 404
    assert manager.get("/intake/uploads/77/loads/new").status_code == 404
    assert "No files were loaded yet" in viewer.get("/intake").text
    assert viewer.get("/intake?before=nonsense&after=x").status_code == 200
    beyond = 10**30
    load_id = came("orders", 1)
    for number in (beyond, -beyond):
        assert viewer.get(f"/intake?before={number}").status_code == 200
        assert viewer.get(f"/intake/loads/{load_id}?after={number}").status_code == 200
    assert viewer.get(f"/intake/loads/{beyond}").status_code == 404
    assert viewer.get(f"/intake/loads/{beyond}/faults").status_code == 404
    assert manager.get(f"/intake/uploads/{beyond}/loads/new").status_code == 404


@pytest.fixture
def live_app(app: Flask) -> Flask:
    """The desk on a day that nobody pinned: only there does time pass."""
    app.config["BUSINESS_DATE"] = None
    return app


def test_files_that_should_have_come_again_are_named_on_every_page(live_app: Flask, world: World, viewer: Desk) -> None:
    for hours_ago in (99, 75, 51, 27.2):
        came("orders", hours_ago)
        came("stock", hours_ago - 24)
    for address in ("/aging", "/orders", "/intake"):
        text = viewer.get(address).text
        assert "Orders last came <strong>27\u00a0h ago</strong>, usually every 24\u00a0h" in text, address
        assert "tock last came" not in text
    assert "last came" not in viewer.panel("/aging").text, "a part of a page has no top"
    assert "last came <strong>" not in viewer.get("/reports/aging").text, "nor has a report"


def test_before_it_came_a_few_times_nothing_is_late_nor_while_the_day_is_pinned(
    app: Flask, world: World, viewer: Desk
) -> None:
    for hours_ago in (99, 75, 51, 27.2):
        came("orders", hours_ago)
    assert "data-age" not in viewer.get("/aging").text.replace("css/", "")
    app.config["BUSINESS_DATE"] = None
    for hours_ago in (300, 200):
        came("skus", hours_ago)
    db.session.rollback()
    assert "SKUs last came" not in viewer.get("/aging").text
