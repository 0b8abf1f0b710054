"""`make bench LINES=1000000`: what planning costs, beside the least it can cost, on both databases in one run.

Each round runs every measure once, so that whatever else the machine does touches all of them; medians are printed. The
processor's time is given beside the clock's, because a busy machine stretches only the latter.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from sqlalchemy import delete, select

from bench import shop
from bench.acts import report_acts
from bench.deals import report_deals
from bench.desk import TODAY, desk, fresh_database
from bench.increments import report_increments, watch
from bench.intake import report_intake
from bench.live import report_live
from bench.match import match
from bench.orm_loop import deal_by_orm
from bench.panels import report_panels
from bench.scoring import report_scoring
from bench.search import report_search
from bench.upkeep import report_upkeep
from dashboard import models, planning
from dashboard.bulk import columns, number
from dashboard.database import db, transaction
from dashboard.planning.facts import read_facts
from tests.postgresql import running

DATABASES = ("sqlite", "postgresql")
SLOW_BASELINE_LINES = 100_000  # an ORM loop takes minutes at a million; its lines a second do not depend on it
SKUS_IN_A_HUNDRED = 1  # whose stock is counted anew before each re-plan
KILOBYTES = 1024  # to a megabyte
CHILD = "plan-once"
WATCHERS = ("reader", "writer", "receiver", "seller")


def main() -> None:
    arguments = _arguments()
    if arguments.child:
        _plan_once(arguments.child)
        return
    for kind in WATCHERS:
        if url := getattr(arguments, kind):
            watch(kind, url, desk)
            return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-")))
        server = stack.enter_context(running(durable=True)) if "postgresql" in arguments.databases else None
        small = min(arguments.lines, SLOW_BASELINE_LINES)
        sizes = sorted({small, arguments.lines})
        urls = {
            (name, size): fresh_database(name, f"bench_{size}", folder, server)
            for name in arguments.databases
            for size in sizes
        }
        for (name, size), url in urls.items():
            with desk(url):
                _tell(f"{name}: {size:,} open lines, {2 * size:,} of history", lambda size=size: shop.build(size))
        orm = {name: _orm_loop(name, urls[name, small]) for name in arguments.databases}
        for (name, size), url in urls.items():
            with desk(url):
                _tell(f"{name}: first plan of {size:,} lines", planning.plan)
        rounds = [_round(urls, number_of) for number_of in range(arguments.rounds)]
        _report(arguments, urls, small, orm, rounds)
        report_panels(urls, arguments.lines, arguments.databases, desk)
        report_live(urls, arguments.lines, arguments.databases, desk)
        _prove(urls, arguments.lines)
        report_increments(urls, arguments.lines, arguments.databases, desk)
        report_upkeep(urls, arguments.lines, arguments.databases, desk)
        report_scoring(urls, arguments.lines, arguments.databases, desk)
        report_deals(urls, arguments.lines, arguments.databases, desk)
        report_acts(urls, arguments.lines, arguments.databases, desk)
        report_search(urls, arguments.lines, arguments.databases, desk)
        for name in arguments.databases:
            with desk(urls[name, arguments.lines]):
                _say_whether_clean(name)
        report_intake(arguments.databases, arguments.lines, rounds=1, server=server, folder=folder)


def _arguments():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000, help="open order lines (default 1 000 000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each measure is taken (default 5)")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument(f"--{CHILD}", dest="child", metavar="URL", help=argparse.SUPPRESS)
    for kind in WATCHERS:
        parser.add_argument(f"--{kind}", metavar="URL", help=argparse.SUPPRESS)
    return parser.parse_args()


def _tell(what, do):
    begun = time.monotonic()
    result = do()
    print(f"{what}: {time.monotonic() - begun:.1f} s", flush=True)
    return result


class Measure:
    """Seconds by the clock and of the processor that a call took."""

    def __init__(self, do: Callable[[], object]) -> None:
        clock, processor = time.monotonic(), time.process_time()
        self.result = do()
        self.clock = time.monotonic() - clock
        self.processor = time.process_time() - processor


def _orm_loop(name, url):
    with desk(url):
        measure = Measure(deal_by_orm)
        print(f"{name}: ORM loop, {measure.result:,} lines: {measure.clock:.1f} s", flush=True)
        with transaction() as session:
            session.execute(delete(models.Reservation))
            session.execute(delete(models.Peg))
        return measure.result / measure.clock


def _round(urls, number_of):
    """One measure of everything, smaller sizes first, databases in turn."""
    found = {}
    for (name, size), url in sorted(urls.items(), key=lambda item: (item[0][1], item[0][0])):
        with desk(url):
            _count_anew(number_of)
            rows = _match_rows()
            found["match", name, size] = Measure(lambda rows=rows: match(*rows))
            del rows
            found["plan", name, size] = Measure(planning.plan)
            found["again", name, size] = Measure(planning.plan)
    return found


def _count_anew(number_of):
    """Another count of one SKU in a hundred: a few more units than before."""
    stock = models.Stock
    with transaction() as session:
        chosen = stock.sku_id % 100 < SKUS_IN_A_HUNDRED
        more = 1 + 2 * (number_of % 2)
        session.execute(
            stock.__table__.update().where(chosen).values(on_hand=stock.on_hand + more, counted=stock.counted + more)
        )
        planning.facts_changed(session, history=False)


def _match_rows():
    """The rows of the plan in memory, as the baseline takes them."""
    connection = db.session().connection()
    facts = read_facts(connection, today=TODAY, region="US")
    rules, orders = facts.lines.rules, facts.orders.rules
    stock = np.bincount(facts.shelf.rules.sku, facts.shelf.rules.on_hand, len(facts.skus.id)).astype(np.int64)
    rows = (
        (rules.sku, orders.priority[rules.order], orders.place[rules.order], rules.line_no, rules.open_qty),
        stock,
        (facts.incoming.sku, facts.incoming.dates.promised, facts.incoming.open_qty),
    )
    db.session.rollback()
    return rows


def _median(rounds, key, of="clock"):
    return statistics.median(getattr(one[key], of) for one in rounds)


def _report(arguments, urls, small, orm, rounds):
    lines = arguments.lines
    print(f"\n| # | measure, median of {len(rounds)} | " + " | ".join(arguments.databases) + " | mark |")
    print("|---|---|" + "---|" * (len(arguments.databases) + 1))

    def row(number_of, what, cell, mark):
        print(f"| {number_of} | {what} | " + " | ".join(cell(name) for name in arguments.databases) + f" | {mark} |")

    def seconds(kind, size):
        return lambda name: "{:.2f} s ({:.2f} s)".format(
            *(_median(rounds, (kind, name, size), of) for of in ("clock", "processor"))
        )

    def ratio(name):
        return f"{_median(rounds, ('plan', name, lines)) / _median(rounds, ('match', name, lines)):.1f}×"

    row("", f"numpy match of {lines:,} rows in memory, clock (processor)", seconds("match", lines), "")
    row("", "full re-plan, difference committed, clock (processor of this process)", seconds("plan", lines), "")
    row("", "lines that changed", lambda name: f"{rounds[-1]['plan', name, lines].result.changed_lines:,}", "")
    row("", "the same again, nothing to write", seconds("again", lines), "")
    row("1", "full re-plan ÷ numpy match", ratio, "≤ 8×")
    row(
        "2",
        f"full re-plan ÷ ORM loop at {small:,} lines, in lines/s",
        lambda name: f"{lines / _median(rounds, ('plan', name, lines)) / orm[name]:.0f}×",
        "≥ 15×",
    )
    if lines > small:
        row(
            "3",
            f"time({lines:,}) ÷ time({small:,})",
            lambda name: f"{_median(rounds, ('plan', name, lines)) / _median(rounds, ('plan', name, small)):.1f}×",
            f"≤ {1.2 * lines / small:.0f}×",
        )
    peaks = {name: _peak(urls[name, lines]) for name in arguments.databases}
    row("10", "peak memory of a full re-plan, a process of its own", lambda name: f"{peaks[name]} MB", "≤ 600 MB")


def _peak(url):
    done = subprocess.run(
        [sys.executable, "-m", "bench", f"--{CHILD}", url], check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[-1])


def _plan_once(url):
    with desk(url):
        planning.plan()
    # Not getrusage: its peak is inherited from the process that started this one.
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].split()[0]) // KILOBYTES)


def _prove(urls, lines):
    """Row 11: what is stored is what the facts say, and the same on every database."""
    stored = {}
    for (name, size), url in urls.items():
        if size == lines:
            with desk(url):
                _say_whether_clean(name)
                stored[name] = _stored_plan()
    if len(stored) > 1:
        same = len(set(stored.values())) == 1
        print(f"11 SQLite = PostgreSQL, row by row: {'yes' if same else 'NO'}")


def _say_whether_clean(name):
    findings = list(planning.check())
    print(f"\n11 {name}: flask check is {'clean' if not findings else 'not clean'}")
    print(*findings, sep="\n", end="\n" if findings else "")


def _stored_plan():
    """All stored rows of the plan, in the order of their keys, as one value."""
    connection = db.session().connection()
    waiting, reservation, peg = models.Waiting, models.Reservation, models.Peg
    tables = (
        (waiting, (waiting.line_id, waiting.part, waiting.digest, waiting.deadline, waiting.eta, waiting.value)),
        (reservation, (reservation.line_id, reservation.part, reservation.location_id, reservation.qty)),
        (peg, (peg.line_id, peg.part, peg.purchase_order_line_id, peg.qty, peg.eta, peg.late_eta)),
    )
    found = []
    for _, cells in tables:
        rows = np.stack(columns(connection, select(*map(number, cells))))
        found.append(rows[:, np.lexsort(rows[::-1])].tobytes())
    return b"".join(found)


if __name__ == "__main__":
    main()
