"""When what waits will come: the dates of incoming supply, and of the lines that wait for it."""

from dataclasses import dataclass

import numpy as np

from dashboard.domain.allocation import NOWHERE
from dashboard.domain.columns import NONE, first_known, known, plus, sorting
from dashboard.domain.lead_times import MEDIAN_TENTHS, NINE_OF_TEN

# On what a date rests, the weakest first: the weakest slice of a line says how firm its date is.
ETA_BASES = ("not-ordered", "late", "late-estimate", "quoted", "po", "dropship")
NOT_ORDERED, LATE, LATE_ESTIMATE, QUOTED, PO, DROPSHIP = range(6)


@dataclass(frozen=True, slots=True)
class SupplyFacts:
    """One row an open purchase-order line; days, NONE where not stated."""

    supplier: np.ndarray
    number: np.ndarray  # rank by (po id, line number)
    expected: np.ndarray
    promised: np.ndarray
    ordered_on: np.ndarray
    quoted_days: np.ndarray  # the supplier's lead time for the SKU, else its own
    first_promise: np.ndarray  # first promised, else first expected, date; never moved
    usually_later: np.ndarray  # days by which the SKU comes later than what else its supplier delivers


@dataclass(frozen=True, slots=True)
class SupplyDates:
    turn: np.ndarray  # the rank in which supply is used up
    eta: np.ndarray
    late_eta: np.ndarray
    basis: np.ndarray
    overdue: np.ndarray  # bool: its date has passed


@dataclass(frozen=True, slots=True)
class LineDates:
    eta: np.ndarray
    late_eta: np.ndarray
    basis: np.ndarray
    supply: np.ndarray  # the slice that sets the eta, or NOWHERE
    overdue: np.ndarray  # bool: some unit hangs on overdue supply


def due_on(facts):
    """The day on which each open purchase-order line should come: as stated, else ordered plus quoted; NONE where
    neither is known.
    """
    quoted = np.where(known(facts.ordered_on) & known(facts.quoted_days), facts.ordered_on + facts.quoted_days, NONE)
    return first_known(facts.expected, facts.promised, quoted)


def is_overdue(due, today):
    """Whether the day on which supply should come has passed."""
    return known(due) & (due < today)


def date_supply(facts, lateness, today):
    """The date, the late date and the turn of each open purchase-order line.

    Stated dates (else order date plus quoted lead time) hold until they pass. Then the supplier's own history speaks:
    of its receipts that came later than this one already is, the median, and the ninth of ten; with fewer than five
    such there is no date. `lateness` are Observations by supplier.
    """
    stated = first_known(facts.expected, facts.promised)
    due = due_on(facts)
    overdue = is_overdue(due, today)

    begin, end = lateness.of(facts.supplier)
    usual = lateness.percentile_up(begin, end, NINE_OF_TEN)
    margin = np.where(known(usual), np.maximum(usual, 0), 0)
    eta = np.where(overdue, NONE, due)
    late_eta = plus(eta, margin)
    basis = np.where(known(stated), PO, np.where(known(due), QUOTED, LATE))
    basis[overdue] = LATE

    # A line that was never promised has no lateness, and so no history to look in.
    rows = np.flatnonzero(overdue & known(facts.first_promise))
    promise = facts.first_promise[rows]
    begin, end = lateness.later_than(facts.supplier[rows], today - promise)
    middle = lateness.percentile_up(begin, end, MEDIAN_TENTHS)
    late = lateness.percentile_up(begin, end, NINE_OF_TEN)
    told = known(middle)
    rows, promise = rows[told], promise[told]
    eta[rows] = np.maximum(promise + middle[told], today)
    late_eta[rows] = np.maximum(promise + late[told], today)
    basis[rows] = LATE_ESTIMATE

    turn = np.empty(len(due), np.int64)
    turn[sorting(np.where(~known(due), 2, overdue), np.where(known(due), due, 0), facts.number)] = np.arange(len(due))
    return SupplyDates(turn, eta, late_eta, basis, overdue)


def date_lines(allocation, supply, lines, ship_complete):
    """The dates of each line from its pegs: the latest of them, and none while a unit has no dated supply.

    `ship_complete` says per line whether its order leaves only as a whole: its backordered lines share the latest
    date of them all, or none. Drop-shipped lines are dated by `date_drop_shipped`.
    """
    rows = len(allocation.waiting)
    dates = LineDates(
        np.full(rows, NONE),
        np.full(rows, NONE),
        np.where(allocation.waiting > 0, NOT_ORDERED, PO),
        np.full(rows, NOWHERE),
        np.zeros(rows, bool),
    )
    pegged = allocation.pegged_line
    if len(pegged):
        firsts = np.flatnonzero(np.diff(pegged, prepend=-1))
        of = pegged[firsts]
        by = allocation.pegged_supply
        eta = supply.eta[by]
        latest = _latest_or_none(eta, firsts)
        dates.eta[of] = latest
        dates.late_eta[of] = _latest_or_none(supply.late_eta[by], firsts)
        dates.basis[of] = np.minimum.reduceat(supply.basis[by], firsts)
        slices = np.diff(firsts, append=len(pegged))
        deciding = np.where(eta == np.repeat(latest, slices), np.arange(len(pegged)), len(pegged))
        deciding = np.minimum.reduceat(deciding, firsts)
        dated = known(latest)
        dates.supply[of[dated]] = by[deciding[dated]]
        dates.overdue[of] = np.logical_or.reduceat(supply.overdue[by], firsts)
        short = allocation.unmet > 0
        dates.basis[short] = NOT_ORDERED
        for column, nothing in ((dates.eta, NONE), (dates.late_eta, NONE), (dates.supply, NOWHERE)):
            column[short] = nothing

    together = _share_the_latest((dates.eta, dates.late_eta), allocation, lines, ship_complete)
    dates.supply[together[~known(dates.eta[together])]] = NOWHERE
    return dates


def latest_of_pegs(allocation, columns, lines, ship_complete):
    """Days of supply as days of lines, by the same rule as `date_lines`: the latest of a line's pegs, and none while a
    unit has no dated supply; lines of an order that leaves only as a whole share the latest of them all.
    """
    result = tuple(np.full(len(allocation.waiting), NONE) for _ in columns)
    pegged = allocation.pegged_line
    if len(pegged):
        firsts = np.flatnonzero(np.diff(pegged, prepend=-1))
        for days, of_supply in zip(result, columns, strict=True):
            days[pegged[firsts]] = _latest_or_none(of_supply[allocation.pegged_supply], firsts)
            days[allocation.unmet > 0] = NONE
    _share_the_latest(result, allocation, lines, ship_complete)
    return result


def _share_the_latest(columns, allocation, lines, ship_complete):
    """Gives the backordered lines of each order that leaves as a whole the latest day of them all; says of which."""
    together = np.flatnonzero(ship_complete & ~lines.dropship & (allocation.waiting > 0))
    if len(together):
        together = together[sorting(lines.order[together])]
        firsts = np.flatnonzero(np.diff(lines.order[together], prepend=-1))
        count = np.diff(firsts, append=len(together))
        for column in columns:
            column[together] = np.repeat(_latest_or_none(column[together], firsts), count)
    return together


def date_drop_shipped(dates, rows, *, supplier, placed_on, quoted_days, lateness, today):
    """Dates the lines that leave from their supplier: by the purchase order they are tied to; else so many days after
    the order as the supplier quotes, while that day has not passed.
    """
    untied = dates.supply[rows] == NOWHERE
    eta = plus(quoted_days, placed_on)
    passed = known(eta) & (eta < today)
    usual = lateness.percentile_up(*lateness.of(supplier), NINE_OF_TEN)
    eta[passed] = NONE
    late_eta = plus(eta, np.where(known(usual), np.maximum(usual, 0), 0))
    dates.eta[rows] = np.where(untied, eta, dates.eta[rows])
    dates.late_eta[rows] = np.where(untied, late_eta, dates.late_eta[rows])
    dates.overdue[rows] = np.where(untied, passed, dates.overdue[rows])
    dates.basis[rows] = DROPSHIP


def _latest_or_none(days, firsts):
    """The latest day of each group, NONE where one of its days is not known."""
    complete = known(np.minimum.reduceat(days, firsts))
    return np.where(complete, np.maximum.reduceat(days, firsts), NONE)
