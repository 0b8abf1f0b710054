"""The page of all ways and runs, and the page of one run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dashboard.panels.deals.queries import ResultRow, RunRow, VariantRow, results, runs, selection_of, variants
from dashboard.panels.filters import SetFilter, set_filters

LARGEST_NUMBER = 2**63 - 1  # what databases take for one at all
RUNS_SHOWN = 25
RESULTS_SHOWN = 50
# A worker takes what waits within seconds; where none did for so long, there may be none.
NOBODY_CAME = timedelta(seconds=90)


@dataclass(frozen=True, slots=True)
class DealsPage:
    """All ways of dealing, and the runs."""

    variants: tuple[VariantRow, ...]
    runs: tuple[RunRow, ...]
    before: int | None  # the list of runs begins before this one; None: with the newest
    older: int | None  # and goes on before this one
    filters: dict[str, tuple[SetFilter, ...]]  # what each text of filters says, in words

    @property
    def is_under_way(self) -> bool:
        """Whether something on the page is being done, so that it is worth looking again soon."""
        scheduled = (variant.schedule for variant in self.variants)
        return any(run.is_under_way for run in self.runs) or any(one.is_under_way for one in scheduled if one)


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run, with the lines that it moves."""

    run: RunRow
    results: Sequence[ResultRow]
    count: int  # of lines that gain or lose, or should win and do not
    after: int | None  # the place after which this page begins; None: the first
    previous_after: int | None  # and the page before it; None: there is none
    next_after: int | None
    filters: dict[str, tuple[SetFilter, ...]]
    nobody_came: bool
    money: tuple[dict[str, Any], ...]  # one row a currency; values are never added across them


def load_deals(session: Session, now: datetime, *, before: int | None = None) -> DealsPage:
    """What the page of all shows; `now` is the real time."""
    before = None if before is None else min(max(before, 0), LARGEST_NUMBER)
    kept, found = variants(session, now), runs(session, before=before, limit=RUNS_SHOWN + 1)
    shown = found[:RUNS_SHOWN]
    texts = {one.scope for one in kept} | {segment.filters for one in kept for segment in one.segments}
    return DealsPage(kept, shown, before, shown[-1].id if len(found) > RUNS_SHOWN else None, _in_words(session, texts))


def load_run(session: Session, run_id: int, now: datetime, *, after: int = 0) -> RunPage | None:
    """What the page of one run shows; None where there is none of that number."""
    run = next(iter(runs(session, run_id=run_id, limit=1)), None) if run_id <= LARGEST_NUMBER else None
    if run is None:
        return None
    after = min(max(after, 0), LARGEST_NUMBER)
    rows = results(session, run_id, after=after, limit=RESULTS_SHOWN + 1)
    shown = rows[:RESULTS_SHOWN]
    texts = {run.scope, *(segment.filters for segment in run.segments)}
    money: dict[str, dict[str, Any]] = {}
    for row in run.figures:
        sums = money.setdefault(row["currency"], {"currency": row["currency"], "value_gained": 0, "value_lost": 0})
        for name in ("value_gained", "value_lost"):
            sums[name] += row[name]
    return RunPage(
        run,
        shown,
        run.total("listed"),
        after or None,
        max(after - RESULTS_SHOWN, 0) if after else None,
        shown[-1].place if len(rows) > RESULTS_SHOWN else None,
        _in_words(session, texts),
        run.state == "waiting" and now - run.asked_at > NOBODY_CAME,
        tuple(money[currency] for currency in sorted(money)),
    )


def _in_words(session: Session, texts: set[str]) -> dict[str, tuple[SetFilter, ...]]:
    return {text: set_filters(session, selection_of(text)) for text in texts if text}
