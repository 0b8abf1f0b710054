"""What simulating a run over every open line costs, beside a plan of everything."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import delete

from dashboard import models, planning
from dashboard.actions.deal_runs.action import ask_for_run
from dashboard.actions.deal_variants.action import save_variant
from dashboard.database import transaction
from dashboard.domain.deal_variants import Segment
from dashboard.jobs.simulate_deals import simulate_deals

TIMES = 3
MARK = "≤ 2×"

# Half of all lines compete anew, a tenth must win, a few give all up: nearly every SKU changes hands.
SEGMENTS = (
    Segment("tier=vip", "oldest", "win"),
    Segment("age=61%2B", "oldest", "gain"),
    Segment("channel=web", "value", "redistribute"),
    Segment("planned=yes", "queue", "lose"),
    Segment("", "queue", "fill"),
)
TABLES = (models.DealResultPage, models.DealRank, models.DealFinding, models.DealSku, models.DealRun)

Desk = Callable[[str], AbstractContextManager[None]]


def report_deals(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints how long a simulation takes with all that it stores, and that ÷ a plan of everything."""
    cells = []
    for name in databases:
        with desk(urls[name, lines]):
            variant = save_variant(name="Bench", scope="", segments=SEGMENTS, actor=None)
            simulated, planned = [], []
            for _ in range(TIMES):
                planned.append(_seconds(planning.plan))
                ask_for_run(int(variant.made), actor=None)
                simulated.append(_seconds(simulate_deals))
                _forget()
            both = statistics.median(simulated), statistics.median(planned)
            cells.append(f"{both[0]:.1f} s ÷ {both[1]:.1f} s = {both[0] / both[1]:.2f}×")
    print(f"\n| # | dealing out again at {lines:,} lines, median of {TIMES} | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    print("| 12 | simulating a run over all lines ÷ a plan of everything | " + " | ".join(cells) + f" | {MARK} |")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _forget() -> None:
    with transaction() as session:
        for table in TABLES:
            session.execute(delete(table))
