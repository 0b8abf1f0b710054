"""What loading the kit costs beside the database's bare bulk insert of the same rows, and how much memory it takes.

    python -m bench.intake --lines 100000

The kit has that many order lines with the shop around them: 4 orders to 10 lines, half as many customers as orders, a
twentieth as many SKUs as lines, purchase orders, receipts, shipments, a count of every shelf. Bare is: the rows that
the load left, table by table into another empty database with the same indexes and references, by `executemany` on
SQLite and by COPY on PostgreSQL, the reading of them not counted.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from flask_migrate import upgrade
from sqlalchemy import create_engine, make_url, text

from bench.desk import TODAY, desk, fresh_database
from dashboard import models
from dashboard.intake.load import load
from tests.postgresql import running

MARK = 4.0  # times the bare insert
MARK_MEGABYTES = 400
KILOBYTES = 1024
ROWS_AT_ONCE = 20_000
CHILD = "load-once"

# In an order in which no table refers to a later one.
TABLES = tuple(
    model.__tablename__
    for model in (
        models.Customer, models.PaymentMethod, models.Supplier, models.Sku, models.SupplierSku, models.Location,
        models.Stock, models.Order, models.OrderLine, models.LineTag, models.Shipment, models.ShipmentLine,
        models.Cancellation, models.Authorization, models.PurchaseOrder, models.PurchaseOrderLine, models.Receipt,
        models.ReceiptLine,
    )
)  # fmt: skip

Desk = Callable[[str], AbstractContextManager[None]]


def report_intake(databases: list[str], lines: int, *, rounds: int, server: str | None, folder: Path) -> None:
    """Prints the row of intake: what a load costs beside the bare insert, and its peak memory, on each database."""
    kit = folder / f"kit-{lines}"
    rows = write_kit(kit, lines)
    print(
        f"\n| loading {lines:,} order lines, {rows:,} rows in all | load | bare insert | ratio | peak memory | mark |"
    )
    print("|---|---|---|---|---|---|")
    for name in databases:
        ratios, loads, bares, peaks = [], [], [], []
        for number in range(rounds):
            url, other = (
                fresh_database(name, f"intake_{lines}_{number}_{which}", folder, server) for which in ("a", "b")
            )
            done = _load_in_a_process(url, kit)
            bare = _bare(url, other)
            loads.append(done["seconds"])
            bares.append(bare)
            ratios.append(done["seconds"] / bare)
            peaks.append(done["megabytes"])
            _drop(name, url, other)
        print(
            f"| {name} | {statistics.median(loads):.2f} s | {statistics.median(bares):.2f} s "
            f"| {statistics.median(ratios):.1f}× | {max(peaks):.0f} MB | ≤ {MARK:.0f}×, ≤ {MARK_MEGABYTES} MB |",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--profile", help="write a profile of one load to this file (SQLite, in this process)")
    parser.add_argument(f"--{CHILD}", dest="child", nargs=2, metavar=("URL", "KIT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        _load_once(*asked.child)
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-")))
        if asked.profile:
            _profile(folder, asked.lines, asked.profile)
            return
        server = stack.enter_context(running(durable=True)) if "postgresql" in asked.databases else None
        report_intake(asked.databases, asked.lines, rounds=asked.rounds, server=server, folder=folder)


# The kit.


def write_kit(folder: Path, lines: int, *, seed: int = 7) -> int:
    """Writes the files; how many rows they have. The same seed gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    orders, customers, skus = lines * 4 // 10, lines // 5, max(lines // 20, 20)
    suppliers, supplies = max(lines // 2000, 5), lines // 5
    sizes = np.bincount(np.sort(np.concatenate([np.arange(orders), chance.integers(0, orders, lines - orders)])))
    order_of = np.repeat(np.arange(orders), sizes)
    line_no = np.concatenate([np.arange(1, size + 1) for size in sizes])
    sku_of = (skus * chance.random(lines) ** 3).astype(int)
    qty = chance.integers(1, 8, lines)
    price = chance.integers(100, 20_000, lines)
    days = chance.integers(0, 300, orders)
    shipped = np.flatnonzero(chance.random(lines) < 0.3)

    def day(ago: int) -> str:
        return (TODAY - timedelta(days=int(ago) + 1)).isoformat()

    written = 0

    def write(name: str, header: str, rows: Iterator[str]) -> None:
        nonlocal written
        with (folder / f"{name}.csv").open("w", encoding="utf-8") as stream:
            stream.write(header + "\n")
            for row in rows:
                stream.write(row + "\n")
                written += 1

    tiers = ("", "", "vip", "contract", "silver")
    write(
        "customers",
        "customer_id,name,email,tier,country",
        (f"C{n},Customer number {n},c{n}@customers.example,{tiers[n % 5]},AT" for n in range(customers)),
    )
    write(
        "payment_methods",
        "payment_method_id,customer_id,kind,brand,last4,exp_month,exp_year,is_default",
        (f"PM{n},C{n},card,Visa,{n % 10_000:04},{n % 12 + 1},2027,true" for n in range(0, customers, 2)),
    )
    write("suppliers", "supplier_id,name,lead_time_days", (f"S{n},Supplier {n},{n % 40 + 5}" for n in range(suppliers)))
    write(
        "skus",
        "sku,name,price,cost,currency",
        (f"SKU-{n:06},Product number {n},{n % 200 + 1}.50,{n % 100}.25,EUR" for n in range(skus)),
    )
    write(
        "supplier_skus",
        "supplier_id,sku,unit_cost,lead_time_days,min_order_qty,pack_size,preferred",
        (f"S{n % suppliers},SKU-{n:06},{n % 100}.2,{n % 40 + 5},10,5,true" for n in range(skus)),
    )
    write("stock", "sku,location,on_hand,counted_at", (f"SKU-{n:06},MAIN,{n % 30},{day(0)}" for n in range(skus)))
    write(
        "orders",
        "order_id,customer_id,placed_at,currency,channel,ship_complete,promised_date,location",
        (
            f"O{n},C{n * 7 % customers},{day(days[n])}T08:{n % 60:02}:00,EUR,web,{'true' if n % 10 == 0 else ''},"
            f"{'' if n % 3 else '2026-06-20'},MAIN"
            for n in range(orders)
        ),
    )
    write(
        "order_lines",
        "order_id,line_no,sku,qty,unit_price,promised_date,tags,tax_amount",
        (
            f"O{order_of[n]},{line_no[n]},SKU-{sku_of[n]:06},{qty[n]},{price[n] / 100:.2f},,"
            f"{'gift:yes' if n % 3 == 0 else ''},{price[n] / 500:.2f}"
            for n in range(lines)
        ),
    )
    write(
        "shipments",
        "shipment_id,order_id,line_no,qty,shipped_at,carrier,tracking",
        (f"SH{n},O{order_of[n]},{line_no[n]},1,{day(0)},UPS,1Z{n:012}" for n in shipped),
    )
    write(
        "purchase_orders",
        "po_id,supplier_id,ordered_at,expected_date,status",
        (f"P{n},S{n % suppliers},{day(n % 200 + 5)},2026-06-{n % 28 + 1:02},sent" for n in range(supplies // 4)),
    )
    write(
        "purchase_order_lines",
        "po_id,line_no,sku,qty,unit_cost,promised_date",
        (
            f"P{n // 4},{n % 4 + 1},SKU-{n * 13 % skus:06},{n % 40 + 1},{n % 50}.10,2026-05-{n % 28 + 1:02}"
            for n in range(supplies // 4 * 4)
        ),
    )
    write(
        "receipts",
        "receipt_id,po_id,line_no,qty,received_at",
        (f"R{n},P{n // 4},{n % 4 + 1},1,{day(0)}" for n in range(0, supplies // 4 * 4, 3)),
    )
    return written


# The load, in a process of its own.


def _load_in_a_process(url: str, kit: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.intake", f"--{CHILD}", url, str(kit)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    said: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return said


def _load_once(url: str, kit: str) -> None:
    with desk(url):
        upgrade()
        begun = time.monotonic()
        result = load(Path(kit))
        seconds = time.monotonic() - begun
        assert result.fault_count == 0, result.faults[:3]
    # Not getrusage: its peak is inherited from the process that started this one.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(json.dumps({"seconds": seconds, "megabytes": int(status["VmHWM"].split()[0]) / KILOBYTES}))


def _profile(folder: Path, lines: int, out: str) -> None:
    import cProfile

    kit = folder / "kit"
    write_kit(kit, lines)
    with desk(f"sqlite:///{folder}/profiled.sqlite3"):
        upgrade()
        profile = cProfile.Profile()
        profile.runcall(load, kit)
        profile.dump_stats(out)


# The bare insert.


def _bare(url: str, other: str) -> float:
    """Seconds that it takes to put the rows of one desk into the tables of another, by the driver alone."""
    with desk(other):
        upgrade()
    source, target = create_engine(url), create_engine(other)
    seconds = 0.0
    try:
        with source.connect() as reading, target.connect() as writing:
            driver = writing.connection.driver_connection
            assert driver is not None
            begun = time.monotonic()
            if target.dialect.name == "sqlite":
                driver.execute("BEGIN IMMEDIATE")
            seconds += time.monotonic() - begun
            for table in TABLES:
                columns = reading.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()
                rows = reading.execution_options(yield_per=ROWS_AT_ONCE).execute(text(f"SELECT * FROM {table}"))
                for some in rows.partitions():
                    plain = [tuple(row) for row in some]
                    begun = time.monotonic()
                    _insert(driver, target.dialect.name, table, list(columns), plain)
                    seconds += time.monotonic() - begun
            begun = time.monotonic()
            driver.commit() if target.dialect.name != "sqlite" else driver.execute("COMMIT")
            seconds += time.monotonic() - begun
    finally:
        source.dispose()
        target.dispose()
    return seconds


def _insert(driver: Any, dialect: str, table: str, columns: list[str], rows: list[tuple[Any, ...]]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    if dialect == "sqlite":
        driver.executemany(f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})", rows)
        return
    with driver.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


# Databases.


def _drop(name: str, *urls: str) -> None:
    for url in urls:
        database = make_url(url).database
        assert database is not None
        if name == "sqlite":
            for path in Path(database).parent.glob(Path(database).name + "*"):
                path.unlink()
        else:
            _on(
                make_url(url).set(database="postgres").render_as_string(hide_password=False),
                f"DROP DATABASE {database}",
            )


def _on(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


if __name__ == "__main__":
    main()
