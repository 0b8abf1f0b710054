"""When supply is likely to come: by what its supplier's receipts say, and by all suppliers' where these are few.

Beside the plain rule (dashboard/domain/promises.py), which is law and stays. What differs:

- Few receipts of a supplier are filled up with what receipts of the whole house say: its distribution of days late is
  (n · own + K · house) / (n + K), the credible distribution (W. S. Jewell, The credible distribution, ASTIN Bulletin
  7, 1974; the same follows from a Dirichlet prior: Ferguson, Annals of Statistics 1, 1973). K, and the house itself,
  come from the receipts: the variance within suppliers ÷ the variance between them (Bühlmann and Straub, 1970). What
  a supplier's SKU is usually later than its supplier is shrunk towards nothing in the same way.
- A receipt counts half as much for each year that it lies back: suppliers change.
- What has not come yet is later than it already is: of the distribution only that part counts.
- A date that the supplier moved later is measured by how such dates were kept, not by first promises.
"""

from dataclasses import dataclass

import numpy as np

from dashboard.domain.columns import NONE, first_known, known, plus
from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS
from dashboard.domain.promises import due_on

HALF_LIFE_DAYS = 365  # of what a receipt counts
HALF, NINE_TENTHS = 0.5, 0.9

# K is held within bounds: below, one supplier's tail would rest on one receipt; above, no number of them would count.
LEAST_CREDIBILITY, MOST_CREDIBILITY = 5.0, 500.0

# So many dates that were moved must have been seen in the house before they are measured by themselves.
ENOUGH_MOVED = 30

HOUSE = -1  # the supplier whose outlook holds for all without a receipt of their own
FROM_THE_BEGINNING = -100_000  # below all days late: of what was only just ordered


@dataclass(frozen=True, slots=True)
class Receipts:
    """What came, one row a receipt: supplier and SKU by row, days late, and how many days ago."""

    supplier: np.ndarray
    sku: np.ndarray
    days_late: np.ndarray
    days_ago: np.ndarray

    @property
    def weight(self):
        return 0.5 ** (self.days_ago / HALF_LIFE_DAYS)

    def none(self):
        return Receipts(*(getattr(self, name)[:0] for name in self.__slots__))


@dataclass(frozen=True, slots=True)
class Outlooks:
    """Of a supplier's orders that are at least so many days late: by which day late half of them come, and nine of
    ten. Sorted by supplier (a row, or HOUSE) and days; a row holds up to the next one of its supplier. NONE where too
    few were ever so late.
    """

    supplier: np.ndarray
    at_least: np.ndarray
    half_by: np.ndarray
    nine_by: np.ndarray

    def of(self, supplier, at_least):
        """Both days late for each supplier and number of days; those of the house where the supplier has no outlook."""
        if not len(self.supplier):
            return np.full(len(supplier), NONE), np.full(len(supplier), NONE)
        asked = np.where(np.isin(supplier, self.supplier), supplier, HOUSE)
        low = int(min(self.at_least.min(), at_least.min(initial=0)))
        span = int(max(self.at_least.max(), at_least.max(initial=0))) - low + 1
        place = np.searchsorted(self.supplier * span + self.at_least, asked * span + at_least, side="right") - 1
        place = np.maximum(place, 0)
        found = self.supplier[place] == asked
        return np.where(found, self.half_by[place], NONE), np.where(found, self.nine_by[place], NONE)


@dataclass(frozen=True, slots=True)
class Shifts:
    """By how many days a supplier's SKU is usually later than its supplier; only where that is not nothing."""

    supplier: np.ndarray
    sku: np.ndarray
    days: np.ndarray

    def of(self, supplier, sku):
        if not len(self.days):
            return np.zeros(len(supplier), np.int64)
        span = int(max(self.sku.max(), sku.max(initial=0))) + 1
        keys = self.supplier * span + self.sku
        by = np.argsort(keys)
        wanted = supplier * span + sku
        place = by[np.minimum(np.searchsorted(keys, wanted, sorter=by), len(by) - 1)]
        return np.where(keys[place] == wanted, self.days[place], 0)


@dataclass(frozen=True, slots=True)
class Lateness:
    """What was learnt of suppliers: of their first promises, and of dates that they moved later."""

    of_promises: Outlooks
    of_moved_dates: Outlooks


def learn_lateness(first: Receipts, moved: Receipts) -> tuple[Lateness, Shifts]:
    """Fits all there is to know, of receipts against the first promise and of those against a date moved later."""
    shifts = learn_shifts(first)
    beside = Receipts(first.supplier, first.sku, first.days_late - shifts.of(first.supplier, first.sku), first.days_ago)
    return Lateness(learn_outlooks(beside), learn_outlooks(moved, enough=ENOUGH_MOVED)), shifts


def learn_outlooks(receipts: Receipts, *, enough=ENOUGH_OBSERVATIONS) -> Outlooks:
    """The outlook of every supplier with a receipt, and of the house; none where the house has fewer than `enough`."""
    if len(receipts.supplier) < enough:
        return Outlooks(*(np.zeros(0, np.int64) for _ in range(4)))
    suppliers, row = np.unique(receipts.supplier, return_inverse=True)
    days, place = np.unique(receipts.days_late, return_inverse=True)
    own = np.zeros((len(suppliers), len(days)))
    np.add.at(own, (row, place), receipts.weight)
    count = own.sum(axis=1)
    k = credibility(receipts.weight, receipts.days_late, row)
    share = count / (count + k)
    house = (share / count) @ own / share.sum()
    # How often the house saw so late a receipt, counted and not weighed: below enough nothing is said of later ones.
    seen = np.bincount(place, minlength=len(days))[::-1].cumsum()[::-1]
    is_told = seen >= ENOUGH_OBSERVATIONS
    from_day = np.concatenate(([FROM_THE_BEGINNING], days[:-1] + 1))
    rows = [(HOUSE, *_outlook(house, days, is_told))]
    rows += [
        (supplier, *_outlook(own[at] + k * house, days, is_told)) for at, supplier in enumerate(suppliers.tolist())
    ]
    kept = []
    for supplier, half_by, nine_by in rows:
        changes = np.ones(len(days), bool)
        changes[1:] = (np.diff(half_by) != 0) | (np.diff(nine_by) != 0)
        kept.append((np.full(int(changes.sum()), supplier), from_day[changes], half_by[changes], nine_by[changes]))
    return Outlooks(*(np.concatenate(column) for column in zip(*kept, strict=True)))


def learn_shifts(receipts: Receipts) -> Shifts:
    """By how much each supplier's SKU is later than its supplier: its mean less the supplier's, times n / (n + K)."""
    none = Shifts(*(np.zeros(0, np.int64) for _ in range(3)))
    if len(receipts.supplier) < ENOUGH_OBSERVATIONS:
        return none
    weight = receipts.weight
    _, of_supplier = np.unique(receipts.supplier, return_inverse=True)
    mean = np.bincount(of_supplier, weight * receipts.days_late) / np.bincount(of_supplier, weight)
    later = receipts.days_late - mean[of_supplier]
    span = int(receipts.sku.max()) + 1
    pairs, row = np.unique(receipts.supplier * span + receipts.sku, return_inverse=True)
    count = np.bincount(row, weight)
    k = credibility(weight, later, row, most=np.inf)
    days = np.rint(np.bincount(row, weight * later) / (count + k)).astype(np.int64)
    some = days != 0
    return Shifts(pairs[some] // span, pairs[some] % span, days[some])


def credibility(weight, amounts, group, *, most=MOST_CREDIBILITY):
    """K of Bühlmann and Straub: the variance within groups ÷ the variance between them, of weighed amounts. A group
    counts as n / (n + K) of what it says. Where groups do not differ, it is the most.
    """
    count = np.bincount(group, weight)
    total, groups = count.sum(), len(count)
    mean = np.bincount(group, weight * amounts) / count
    overall = (weight * amounts).sum() / total
    # An observation that counts half adds half to the squares, and half to what they are divided by.
    own = 1 - np.bincount(group, weight**2) / count**2
    within = (weight * (amounts - mean[group]) ** 2).sum() / max((count * own).sum(), 1e-9)
    noise = within * ((np.bincount(group, weight**2) / count) * (1 - count / total)).sum()
    between = ((count * (mean - overall) ** 2).sum() - noise) / max(total - (count**2).sum() / total, 1e-9)
    if groups < 2 or between <= 0:
        return most
    return float(np.clip(within / between, LEAST_CREDIBILITY, most))


def _outlook(weights, days, is_told):
    """By which day half, and nine of ten, of those come that are at least as late as each of the days."""
    left = weights[::-1].cumsum()[::-1]
    after = np.append(left[1:], 0.0)  # what comes later than each day
    result = []
    for share in (HALF, NINE_TENTHS):
        wanted = (1 - share) * left
        # The first day after which no more than that is left; a billionth less is not more.
        place = np.searchsorted(-after, -wanted - 1e-9 * left, side="left")
        result.append(np.where(is_told, days[np.minimum(place, len(days) - 1)], NONE))
    return result


def likely_supply(facts, lateness: Lateness, today):
    """The likely day and the likely late day of each open purchase-order line (`facts` as `promises.SupplyFacts`).

    Measured from the first promise; from the day now stated, where that is later and enough of such were seen; from
    order date plus quoted lead time where nothing was promised. Never before today.
    """
    stated = first_known(facts.expected, facts.promised)
    moved = known(stated) & known(facts.first_promise) & (stated > facts.first_promise)
    moved &= len(lateness.of_moved_dates.supplier) > 0
    since = np.where(moved, stated, first_known(facts.first_promise, due_on(facts)))
    by_promise = likely_days(plus(since, facts.usually_later), facts.supplier, lateness, today)
    by_moved = _dated(since, lateness.of_moved_dates.of(facts.supplier, _late(since, today)), today)
    return tuple(
        np.where(moved, of_moved, of_promise) for of_promise, of_moved in zip(by_promise, by_moved, strict=True)
    )


def likely_days(since, supplier, lateness: Lateness, today):
    """The likely day and the likely late day of what is due on a day from a supplier (row); NONE where not known."""
    return _dated(since, lateness.of_promises.of(supplier, _late(since, today)), today)


def _late(since, today):
    return np.where(known(since), today - since, 0)


def _dated(since, days_after, today):
    half_by, nine_by = days_after
    dated = known(since) & known(half_by)
    return tuple(np.where(dated, np.maximum(since + days, today), NONE) for days in (half_by, nine_by))
