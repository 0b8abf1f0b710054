"""What making the large demo merchant takes, step by step, and what the desk then costs over it.

    python -m bench.large_demo
    python -m bench.large_demo --size medium --databases sqlite

Unlike the shop of `bench/shop.py`, which is drawn by chance straight into the tables, this one comes as anybody's
data does: two years are simulated, written as files of the kit, loaded, learnt from and planned. So the figures of the
panels over it are those of a shop with a history.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import func, select

from bench.__main__ import DATABASES, KILOBYTES
from bench.desk import TODAY, desk, fresh_database
from bench.panels import report_panels
from dashboard import models, planning
from dashboard.database import db
from dashboard.demo import SIZES
from tests.postgresql import running


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.large_demo", description=__doc__.splitlines()[0])
    parser.add_argument("--size", choices=list(SIZES), default="large")
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=list(DATABASES))
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-")))
        server = stack.enter_context(running(durable=True)) if "postgresql" in asked.databases else None
        for name in asked.databases:
            url = fresh_database(name, f"demo_{asked.size}", folder, server)
            _report_making(name, asked.size, url)
            with desk(url):
                lines = _report_planning(name)
            report_panels({(name, lines): url}, lines, [name], desk)


def _report_making(name: str, size: str, url: str) -> None:
    """Prints the seconds of each step, and the most memory that the whole took."""
    print(f"\n| the {size} demo merchant on {name}, step by step | seconds |\n|---|---|", flush=True)
    begun = before = time.monotonic()
    with _making(size, url) as process:
        step = "database"
        for line in process.stdout or ():
            now = time.monotonic()
            print(f"| {step} | {now - before:.1f} |", flush=True)
            before, step = now, line.strip()
            if process.poll() is None and not step.endswith("…"):
                break
        process.communicate()
    if process.returncode:
        raise SystemExit(f"flask demo ended with {process.returncode}")
    print(f"| all of it | {time.monotonic() - begun:.1f} |")
    print(f"| its most memory | {_peak_of_children()} MB |", flush=True)


@contextmanager
def _making(size: str, url: str) -> Iterator[subprocess.Popen[str]]:
    """`flask demo` of that size, as a process of its own that says what it is at."""
    wanted = {"DATABASE_URL": url, "BUSINESS_DATE": TODAY.isoformat(), "SECRET_KEY": "measured, never served" * 2}
    command = [str(Path(sys.executable).with_name("flask")), "demo", "--size", size]
    environment = os.environ | wanted | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        yield process


def _peak_of_children() -> int:
    """Megabytes; of the largest process that this one has waited for."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // KILOBYTES


def _report_planning(name: str) -> int:
    """Prints what there is, and what planning it again and checking it take; how many lines wait."""
    waiting = db.session.scalar(select(func.count()).select_from(models.Waiting)) or 0
    opened = db.session.scalar(select(func.count()).where(models.OrderLine.qty_open > 0)) or 0
    every = db.session.scalar(select(func.count()).select_from(models.OrderLine)) or 0
    db.session.rollback()
    print(f"\n{name}: {waiting:,} lines wait, {opened:,} are open, of {every:,} in two years", flush=True)
    for what, do in (("plan again", planning.plan), ("check", lambda: list(planning.check()))):
        begun = time.monotonic()
        found = do()
        print(f"{name}: {what}: {time.monotonic() - begun:.1f} s", flush=True)
    print(f"{name}: flask check is {'clean' if not found else found[:5]}", flush=True)
    return int(waiting)


if __name__ == "__main__":
    main()
