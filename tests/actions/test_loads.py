"""Files that staff send: taken in, looked at, loaded once; and what somebody sends who means no good."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.intake import loads, uploads
from tests.actions.sending import (
    CUSTOMERS,
    KIT,
    LINES,
    ORDERS,
    asking,
    carried,
    loaded,
    send,
    sent_and_looked_at,
    work,
    zipped,
)
from tests.conftest import Desk
from tests.factories import World
from tests.shops import filled_once


@pytest.fixture(autouse=True)
def kept(app: Flask, tmp_path: Path) -> Path:
    """Where what is sent is kept: in a folder of the test's own."""
    app.instance_path = str(tmp_path / "instance")
    return Path(app.instance_path) / "uploads"


def parcels(kept: Path) -> list[Path]:
    """What is kept now, of whatever desk."""
    return list(kept.glob("*/*"))


@filled_once
def shop(world: World) -> None:
    """A shop that sells chairs, for which one order waits."""
    world.order("10479", "CHAIR", 2, placed="2026-02-01")
    world.plan()


def order_numbers() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(models.Order.number).order_by(models.Order.number)))


def states() -> list[tuple[bool, str]]:
    db.session.rollback()
    load = models.IntakeLoad
    return [tuple(row) for row in db.session.execute(sa.select(load.dry_run, load.state).order_by(load.id))]


def test_files_are_looked_at_first_and_loaded_when_somebody_says_so(shop: World, manager: Desk, kept: Path) -> None:
    look = sent_and_looked_at(manager, KIT[0], ("/my/export/Orders.CSV", ORDERS), KIT[2])
    assert order_numbers() == ["10479"], "a look writes nothing"

    loaded(manager, look)
    assert shop.line("10480").qty_open == 6
    assert shop.waiting("10480").qty_backordered == 6, "dates follow at once"
    assert states() == [(True, "done"), (False, "done")]
    assert parcels(kept) == [], "nothing is left of what was sent"
    asked = db.session.scalar(sa.select(models.Act).where(models.Act.act == "load-asked-for"))
    assert asked is not None
    assert asked.actor_id == manager.person.id


def test_a_zip_is_as_good_as_its_files(shop: World, manager: Desk) -> None:
    kit = zipped(customers=CUSTOMERS, orders=ORDERS, order_lines=LINES)
    loaded(manager, sent_and_looked_at(manager, ("Export März.zip", kit)))
    assert order_numbers() == ["10479", "10480"]


def test_the_same_form_sent_twice_is_looked_at_once(shop: World, manager: Desk, kept: Path) -> None:
    first, second = (send(manager, *KIT, submission="of one form") for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(parcels(kept)) == 1
    assert states() == [(True, "waiting")]


def test_files_that_a_colleague_has_loaded_are_not_loaded_again(shop: World, manager: Desk, admin: Desk) -> None:
    look = sent_and_looked_at(manager, *KIT)
    loaded(manager, look)
    answer = admin.act(asking(look), carried(admin, look))
    assert answer.status_code == 422
    assert "Manager has loaded these files already." in answer.text
    assert states() == [(True, "done"), (False, "done")]


def test_a_load_waits_while_another_one_is_under_way(shop: World, manager: Desk) -> None:
    look = sent_and_looked_at(manager, *KIT)
    form = carried(manager, look)
    other = loads.announce("large.zip", format="kit", dry_run=False)
    assert loads.claim(other), "somebody loads by command"
    assert manager.act(asking(look), form).status_code == 409, "what would change was found before that load began"
    form["version"] = str(other)
    assert manager.act(asking(look), form).status_code == 200
    work()
    assert states()[-1] == (False, "waiting")
    page = manager.panel(f"/intake/loads/{other + 1}").text
    assert "It waits until" in page
    assert "large.zip" in page

    loads.close(other, "done")
    work()
    assert states()[-1] == (False, "done")


def test_a_load_whose_files_are_gone_waits_no_longer(shop: World, manager: Desk, kept: Path) -> None:
    look = sent_and_looked_at(manager, *KIT)
    assert manager.act(asking(look), carried(manager, look)).status_code == 200
    for parcel in parcels(kept):
        shutil.rmtree(parcel)
    work()
    assert states()[-1] == (False, "waiting"), "they may just be on their way, or with another machine"
    load = models.IntakeLoad
    with transaction() as session:
        session.execute(sa.update(load).values(started_at=clock.now() - timedelta(days=2)))
    address = manager.panel(look).headers["HX-Redirect"]
    work()
    assert states()[-1] == (False, "failed")
    assert "The files of orders.csv and 2 more files are not here any more." in manager.get(address).text


def test_a_load_whose_worker_was_killed_can_be_taken_up_again(shop: World, manager: Desk, kept: Path) -> None:
    look = sent_and_looked_at(manager, *KIT)
    assert manager.act(asking(look), carried(manager, look)).status_code == 200
    load = models.IntakeLoad
    with transaction() as session:
        long_ago = clock.real_now() - timedelta(minutes=5)
        session.execute(sa.update(load).where(~load.dry_run).values(state="running", beat_at=long_ago))
    address = manager.panel(look).headers["HX-Redirect"]
    page = manager.get(address).text
    assert "It was stopped in the middle." in page
    assert "Load them again" in page
    assert manager.act(asking(look), carried(manager, look)).status_code == 200
    work()
    assert order_numbers() == ["10479", "10480"]
    assert parcels(kept) == []


HOSTILE = {
    "a name that leaves its folder": [("../../orders.exe", ORDERS)],
    "a name of nothing in the kit": [("notes.txt", "hello")],
    "a file twice": [("orders.csv", ORDERS), ("Orders.csv", ORDERS)],
    "a zip beside a file": [("kit.zip", zipped(orders=ORDERS)), ("orders.csv", ORDERS)],
    "nothing at all": [],
    "a file without a name": [("", ORDERS)],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_no_kit_is_refused_in_words_and_not_kept(manager: Desk, kept: Path, what: str) -> None:
    answer = send(manager, *HOSTILE[what])
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert parcels(kept) == []
    assert states() == []


def bomb() -> bytes:
    return zipped(orders="order_id,customer_id,placed_at\n" + " " * (40 << 20))


def leaving() -> bytes:
    kept = io.BytesIO(zipped(orders=ORDERS))
    return kept.getvalue().replace(b"orders.csv", b"../ers.csv")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (bomb, "unpacks to more than 250 times its size"),
        (leaving, "would leave its folder"),
        (lambda: b"PK\x03\x04 and nothing", "is no zip that can be read"),
    ],
    ids=["explodes", "leaves its folder", "is none"],
)
def test_a_zip_that_means_no_good_is_a_fault_and_nothing_of_it_is_unpacked(
    manager: Desk, kept: Path, make: Callable[[], bytes], said: str
) -> None:
    look = sent_and_looked_at(manager, ("kit.zip", make()))
    assert said in manager.get(look).text
    assert [path.name for path in kept.rglob("*") if path.is_file()] == ["kit.zip"]


def test_more_than_the_desk_takes_at_once_is_refused_before_it_is_read(
    manager: Desk, viewer: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.actions.loads.routes.LARGEST_UPLOAD", 1000)
    answer = send(manager, ("orders.csv", ORDERS + " " * 2000))
    assert answer.status_code == 413
    assert "Load large files by the command line." in answer.text
    assert send(viewer, ("orders.csv", ORDERS)).status_code == 403


def test_what_nobody_loads_is_thrown_away_after_a_day(shop: World, manager: Desk, kept: Path, monkeypatch) -> None:
    look = sent_and_looked_at(manager, *KIT)
    form = carried(manager, look)
    monkeypatch.setattr(uploads, "KEPT_FOR", timedelta(seconds=-1))
    work()
    assert parcels(kept) == []
    assert "Load these files" not in manager.get(look).text
    answer = manager.act(asking(look), form)
    assert answer.status_code == 422
    assert "are not here any more" in answer.text
