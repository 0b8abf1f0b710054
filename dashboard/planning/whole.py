"""The whole plan: read, derive, compare, and write the difference in one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np

from dashboard import clock, estimates, models, settings, topics
from dashboard.bulk import Words
from dashboard.database import day_number
from dashboard.planning import summaries
from dashboard.planning.derive import Plan, derive
from dashboard.planning.facts import read_facts
from dashboard.planning.moves import NO_MOVES, Moves, Standings, find_moves
from dashboard.planning.state import (
    close_days,
    keep_planners_out,
    keep_snapshots,
    keep_sums,
    planned_day,
    say_planned,
)
from dashboard.planning.stock_figures import FigureRows, changed_figures, write_figures
from dashboard.planning.supply_figures import OwedDifference, find_owed_difference, write_owed
from dashboard.planning.writing import Difference, find_difference, is_better_aside, write_difference
from dashboard.planning.written_aside import beside, put_in_place

# A plan of which a larger share changes is written as a whole, and others wait: the first one, or one of other facts.
MOST_OF_ALL = 0.5


@dataclass(frozen=True, slots=True)
class Planned:
    """What a run found and what it changed."""

    open_lines: int
    reserved_lines: int
    waiting_lines: int
    units_reserved: int
    units_backordered: int
    pegs: int
    changed: np.ndarray = field(repr=False)  # line id and part of everything that changed
    seconds: float = 0.0

    @property
    def changed_lines(self) -> int:
        return len(self.changed)


@dataclass(frozen=True, slots=True)
class Work:
    """A plan as derived at one moment, beside the one that is stored."""

    facts_seen: tuple[int, ...]
    left_seen: int  # the version of topic UNPLANNED
    shop_day: date | None  # of the stored plan; None: nothing that it says may be built upon
    today: int
    words: Words
    open_lines: int
    lines_of_sku: tuple[np.ndarray, np.ndarray]  # ids of SKUs, how many open lines each has
    plan: Plan
    difference: Difference
    figures: FigureRows
    owed: OwedDifference

    @property
    def is_mostly_as_stored(self):
        changed = len(self.difference.waiting) + len(self.difference.reserved)
        is_first = self.shop_day is None or self.difference.is_first
        return not is_first and changed <= MOST_OF_ALL * self.open_lines

    def outcome(self):
        rows = self.plan.waiting
        return Planned(
            self.open_lines,
            len(self.plan.reserved.line_id),
            len(rows.line_id),
            int(self.plan.reserved.qty_reserved.sum()),
            int((rows.qty_open - rows.qty_reserved).sum()),
            len(self.plan.pegs.line_id),
            self.difference.changed_parts(self.plan),
        )


def work_out(connection) -> Work:
    """Everything that needs no lock. The versions are read first: a plan of newer facts under an older version is
    thrown away, the other way round it would be kept for ever.
    """
    facts_seen = facts_versions(connection)
    (left_seen,) = topics.versions(connection, topics.UNPLANNED)
    facts = read_facts(connection, today=clock.today(), region=settings.clock_rule())
    derived = derive(facts, lambda skus, days: estimates.judge_spikes(connection, skus, days))
    figures = changed_figures(connection, facts, derived)
    owed = find_owed_difference(connection, facts, derived)
    reserved_copies, open_lines = facts.shelf.reserved, len(facts.lines.id)
    lines_of_sku = facts.skus.id, np.bincount(facts.lines.rules.sku, minlength=len(facts.skus.id))
    today, words = facts.today, facts.words
    del facts  # A third of all memory; the comparison reads the stored plan into its place.
    difference = find_difference(connection, derived, reserved_copies)
    shop_day = planned_day(connection)
    return Work(
        facts_seen, left_seen, shop_day, today, words, open_lines, lines_of_sku, derived, difference, figures, owed
    )


def facts_versions(connection):
    """Moved by whatever would make another plan of what was read before."""
    return topics.versions(connection, topics.FACTS, topics.PLAN)


def plan_alone(connection, before: list[Standings] | None = None, *, history: bool = False) -> tuple[Planned, Moves]:
    """Reads, derives and writes in one transaction with every other planner kept out; says what moved if told how
    lines stood that the transaction has touched already. `history` says that it changed what estimates are learnt from.
    """
    keep_planners_out(connection)
    if history:
        estimates.learn(connection)
    else:
        estimates.refresh_if_stale(connection)
    work = work_out(connection)
    if estimates.refresh_if_stale(connection):  # Midnight passed meanwhile.
        work = work_out(connection)
    moves = NO_MOVES if before is None else find_moves(connection, work.plan, work.difference, before)
    return save_whole(connection, work), moves


def save_whole(connection, work: Work, *, aside: bool = False) -> Planned:
    """Writes the whole difference; for the first plan of a day, or ever, or if most changed, all sums anew. Who commits
    at once may have it written `aside` where that is quicker: readers wait from the end of it to the commit.
    """
    shop_day = planned_day(connection)
    new_day = shop_day is None or day_number(shop_day) != work.today
    difference = work.difference
    is_stored = difference.is_empty and work.figures.is_empty and work.owed.is_empty
    if is_stored and not new_day and not len(work.plan.spikes.sku_id):
        topics.catch_up(connection, topics.PLANNED, work.left_seen)
        return work.outcome()
    if shop_day is not None:
        close_days(connection, shop_day)
    derived = work.plan
    changes = None
    if work.is_mostly_as_stored and not new_day:
        changes = summaries.Changes(connection, derived, difference, work.words)
    aside = aside and is_better_aside(connection, difference)
    write_difference(connection, derived, difference, aside=aside)
    write_figures(connection, work.figures)
    keep_sums(connection)
    if changes is None:
        summaries.sum_all(connection, derived, work.words, day=work.today)
    elif not changes.is_empty:
        changes.add(day=work.today)
    write_owed(connection, work.owed)
    estimates.keep_spikes(connection, derived.spikes)
    waiting = models.Waiting.__table__
    keep_snapshots(connection, [clock.today()], beside(waiting) if aside else waiting)
    say_planned(connection, clock.today())
    topics.catch_up(connection, topics.PLANNED, work.left_seen)
    topics.bump(connection, topics.PLAN)
    outcome = work.outcome()
    if aside:
        put_in_place(connection, waiting)
    return outcome
