"""Out and in again: the files that a shop is written into make the same shop of an empty desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings

from dashboard import models, planning
from dashboard.database import db
from dashboard.intake.export import write_kit
from dashboard.intake.load import load
from tests.factories import World
from tests.intake.conftest import Kit, reports
from tests.intake.test_any_kit import KITS
from tests.intake.test_load import WHOLE_SHOP

MakeApp = Callable[..., Flask]


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def loaded_anew(
    make_app: MakeApp, exported: Path, tmp_path: Path, url: str
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The reports and the files of another desk that these files were loaded into."""
    app = make_app(url)
    with app.app_context():
        app.test_cli_runner().invoke(args=["db", "upgrade"])
        result = load(exported)
        assert [str(fault) for fault in result.faults] == []
        planning.plan()
        told = reports(app)
        write_kit(tmp_path)
        db.session.remove()
        return told, files_of(tmp_path)


def test_a_shop_that_is_written_out_and_loaded_is_the_same_shop(
    kit: Kit, app: Flask, make_app: MakeApp, tmp_path: Path
) -> None:
    kit.load(**WHOLE_SHOP)
    planning.plan()
    exported = tmp_path / "exported"
    done = app.test_cli_runner().invoke(args=["intake", "export", str(exported)])
    assert done.output == f"29 rows in 16 files of the kit written to {exported}.\n"
    told, written = reports(app), files_of(exported)
    assert b"A,1,CHAIR,6,10,2026-03-15,S1,gift:yes colour:red,1.2,-0.5\r\n" in written["order_lines.csv"]
    assert b"C1,Ada,ada@x.example,'+43 1,vip,AT,true,de\r\n" in written["customers.csv"]
    assert not load(exported).changed_something, "its own files tell a desk nothing new"
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    assert loaded_anew(make_app, exported, tmp_path / "again", url) == (told, written)


def test_nothing_is_written_over(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("mine")
    done = app.test_cli_runner().invoke(args=["intake", "export", str(tmp_path)])
    assert (done.exit_code, "has files in it already" in done.output) == (1, True)
    assert (tmp_path / "orders.csv").read_text() == "mine"


def test_what_the_desk_posted_is_told_as_it_stands_now(kit: Kit, world: World, tmp_path: Path) -> None:
    kit.load(**WHOLE_SHOP)
    world.receive("P2", 1, on="2026-03-12", number="DESK-R9")
    db.session.rollback()
    write_kit(tmp_path / "out")
    written = files_of(tmp_path / "out")
    assert b"CHAIR,MAIN,6,\r\n" in written["stock.csv"]
    assert b"DESK-R9,P2,1,1,2026-03-12T00:00:00+00:00\r\n" in written["receipts.csv"]


@pytest.mark.deep
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=KITS)
def test_any_shop_is_the_same_after_out_and_in(
    sqlite_app: Flask, make_app: MakeApp, tmp_path_factory: pytest.TempPathFactory, files: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("kit")
    base = {"customers": "customer_id,name\nC1,Ada\n", "suppliers": "supplier_id,name\nS1,Acme\n"}
    Kit(folder).write(**base, skus="sku,name\nCHAIR,Chair\nLAMP,Lamp\n", **files)
    first = make_app(f"sqlite:///{folder / 'first.sqlite3'}")
    with first.app_context():
        first.test_cli_runner().invoke(args=["db", "upgrade"])
        load(folder)
        planning.plan()
        write_kit(folder / "out")
        told = reports(first)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Sku)) == 2
        db.session.remove()
    other = loaded_anew(make_app, folder / "out", folder / "again", f"sqlite:///{folder / 'other.sqlite3'}")
    assert other == (told, files_of(folder / "out"))
