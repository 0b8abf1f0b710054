"""Any shop, told in any pieces: what was loaded is whole, is known the second time, and its copies are right."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboard import config, models, planning
from dashboard.database import db
from dashboard.intake.load import check, load
from tests.intake.conftest import Kit, counts

ORDER = st.sampled_from(["A", "B", "C"])
NUMBER = st.integers(1, 3)
QTY = st.integers(0, 9)  # 0 is a fault, and so is much of the rest
DAY = st.sampled_from(["2026-02-01", "2026-03-01", "2026-03-12", "2026-03-13", ""])
SKU = st.sampled_from(["CHAIR", "LAMP", "SOFA"])
STATUS = st.sampled_from(["open", "", "cancelled", "closed"])
PO_STATUS = st.sampled_from(["", "draft", "sent", "confirmed", "closed"])


def _file(header: str, *cells: st.SearchStrategy[Any]) -> st.SearchStrategy[str]:
    rows = st.lists(st.tuples(*cells), max_size=5)
    return rows.map(lambda rows: header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows))


KITS = st.fixed_dictionaries(
    {},
    optional={
        "orders": _file("order_id,customer_id,placed_at,promised_date,status", ORDER, st.just("C1"), DAY, DAY, STATUS),
        "order_lines": _file("order_id,line_no,sku,qty,promised_date", ORDER, NUMBER, SKU, QTY, DAY),
        "shipments": _file("shipment_id,order_id,line_no,qty,shipped_at", NUMBER, ORDER, NUMBER, QTY, DAY),
        "cancellations": _file("order_id,line_no,qty,cancelled_at", ORDER, NUMBER, QTY, DAY),
        "stock": _file("sku,location,on_hand,counted_at", SKU, st.just("MAIN"), QTY, st.just("2026-03-01")),
        "purchase_orders": _file("po_id,supplier_id,ordered_at,status", ORDER, st.just("S1"), DAY, PO_STATUS),
        "purchase_order_lines": _file("po_id,line_no,sku,qty,expected_date", ORDER, NUMBER, SKU, QTY, DAY),
        "receipts": _file("receipt_id,po_id,line_no,qty,received_at", NUMBER, ORDER, NUMBER, QTY, DAY),
    },
)


def _holds_for_any_kits(kits: list[dict[str, str]], folder: Path) -> None:
    for files in kits:
        for old in folder.glob("*.csv"):
            old.unlink()
        Kit(folder).write(
            customers="customer_id,name\nC1,Ada\n",
            suppliers="supplier_id,name\nS1,Acme\n",
            skus="sku,name\nCHAIR,Chair\nLAMP,Lamp\n",
            **files,
        )
        foreseen = check(folder)
        first = load(folder)
        assert counts(first) == counts(foreseen)
        assert [str(fault) for fault in first.faults] == [str(fault) for fault in foreseen.faults]
        for rows, *parts in counts(first).values():
            assert sum(parts) == rows
            assert min(parts) >= 0
        planning.plan()
        again = load(folder)
        assert not again.changed_something
        assert [str(fault) for fault in again.faults] == [str(fault) for fault in first.faults]
        assert list(planning.check()) == []
        db.session.rollback()


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kits=st.lists(KITS, min_size=1, max_size=2))
def test_any_kits_one_upon_the_other_load_whole_and_only_once(
    sqlite_app: Flask, tmp_path: Path, kits: list[dict[str, str]]
) -> None:
    _holds_for_any_kits(kits, tmp_path)


@pytest.mark.deep
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kits=st.lists(KITS, min_size=1, max_size=3))
def test_very_many_kits_one_upon_the_other_load_whole_and_only_once(
    app: Flask, tmp_path: Path, kits: list[dict[str, str]]
) -> None:
    _holds_for_any_kits(kits, tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(5))
def test_a_load_that_is_killed_leaves_whole_orders_and_the_next_one_makes_the_same_shop(
    database_url: str, make_app: Callable[..., Flask], tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    numbers = range(8_000)
    kit = Kit(tmp_path).write(
        customers="customer_id,name\nC1,Ada\n",
        skus="sku,name\nCHAIR,Chair\n",
        orders="order_id,customer_id,placed_at\n" + "".join(f"{n},C1,2026-03-01\n" for n in numbers),
        order_lines="order_id,line_no,sku,qty\n" + "".join(f"{n},{k},CHAIR,3\n" for n in numbers for k in (1, 2)),
        shipments="shipment_id,order_id,line_no,qty,shipped_at\n"
        + "".join(f"{n},{n},1,1,2026-03-02\n" for n in numbers),
    )
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "intake", "load", str(kit.folder)]
    environment = {**os.environ, "DATABASE_URL": database_url, "BUSINESS_DATE": "2026-03-12"}
    for _ in range(4):
        process = subprocess.Popen(command, env=environment, cwd=config.ROOT, stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(1.5, 6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with make_app(database_url).app_context():
            lines = sa.select(sa.func.count(), sa.func.sum(models.OrderLine.qty_shipped))
            known = db.session.scalar(sa.select(sa.func.count()).select_from(models.Order))
            assert tuple(map(int, db.session.execute(lines).one()) if known else (0, 0)) == (2 * known, known)
    with make_app(database_url).app_context():
        assert load(kit.folder).fault_count == 0
        planning.plan()
        assert list(planning.check()) == []
        assert db.session.scalar(sa.select(sa.func.count()).select_from(models.ShipmentLine)) == len(numbers)
