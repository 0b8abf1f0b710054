"""What SKUs are likely to sell over the next four weeks, by the method that was best at demand of their kind.

Demand is counted in weeks that end yesterday, over the days of each week on which the SKU could be bought. All SKUs go
through each method at once, a column of weeks at a time. Methods are judged as they would have been used: a method is
chosen by what lies before a stretch of four weeks, and judged by that stretch.

Kinds are those of A. A. Syntetos, J. E. Boylan and J. D. Croston (On the categorization of demand patterns, Journal of
the Operational Research Society 56, 2005): by how often demand comes, and by how much it varies when it does.
"""

from dataclasses import dataclass

import numpy as np

WEEKS = 104  # of history, where there is so much
STRETCH = 4  # weeks ahead
STRETCH_DAYS = 7 * STRETCH
FOLDS = 6  # stretches of the past by which methods are judged
FIRST_JUDGED = 3  # those before it only help to choose
LEAST_WEEKS = 13  # of history before a forecast: a SKU younger than that is forecast by the house's method for it

KINDS = ("smooth", "erratic", "intermittent", "lumpy")
OFTEN, STEADY = 1.32, 0.49  # mean weeks between demands; squared coefficient of variation of their sizes
METHODS = ("naive", "average", "smoothing", "trend", "sba", "tsb", "seasonal")
NAIVE, AVERAGE, SMOOTHING, TREND, SBA, TSB, SEASONAL = range(len(METHODS))
BASELINES = (NAIVE, AVERAGE)

# Smoothing constants as the literature recommends for weekly demand of single items (Silver, Pyke and Thomas, 2017).
LEVEL, SLOPE, DAMPING, CHANCE = 0.2, 0.05, 0.9, 0.1
YEAR = 52
SEASON_SHRINKAGE = 52.0  # a SKU's own season counts as units ÷ (units + so many): else that of the whole shop

EIGHT_IN_TEN = (0.1, 0.9)
# With fewer misses of its kind an interval is that of all kinds.
ENOUGH_MISSES = 40


@dataclass(frozen=True, slots=True)
class Forecasts:
    """One row a SKU: units over the next stretch, and between what they lie in eight cases of ten."""

    kind: np.ndarray  # places in KINDS
    method: np.ndarray  # places in METHODS
    units: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, slots=True)
class Judgement:
    """How each method did at each kind of demand: arrays of kinds by methods."""

    forecasts: np.ndarray
    units: np.ndarray
    missed: np.ndarray
    squared: np.ndarray
    covered: np.ndarray  # of the chosen method's intervals
    chosen: np.ndarray  # place of the method, by kind: as the next stretch is forecast


def kinds(weekly):
    """The kind of each SKU's demand; rows are SKUs, columns weeks, NaN where it could not be bought."""
    sold = np.nan_to_num(weekly)
    weeks = np.maximum((~np.isnan(weekly)).sum(axis=1), 1)
    demands = (sold > 0).sum(axis=1)
    between = weeks / np.maximum(demands, 1)
    mean = sold.sum(axis=1) / np.maximum(demands, 1)
    spread = np.where(sold > 0, (sold - mean[:, None]) ** 2, 0).sum(axis=1) / np.maximum(demands, 1)
    varies = spread / np.maximum(mean, 1e-9) ** 2 >= STEADY
    return np.where(between < OFTEN, np.where(varies, 1, 0), np.where(varies, 3, 2))


def stretches(weekly, season=None):
    """What each method says of the four weeks after the last column: methods by SKUs, in units.

    `weekly` may begin before a SKU was known: leading weeks without a sale count as weeks. `season` as of `seasons`.
    """
    size, weeks = weekly.shape
    could = ~np.isnan(weekly)
    sold = np.nan_to_num(weekly)
    last, plain = sold[:, -STRETCH:], sold[:, -13:]
    result = np.zeros((len(METHODS), size))
    result[NAIVE] = _mean(last, could[:, -STRETCH:]) * STRETCH
    result[AVERAGE] = _mean(plain, could[:, -13:]) * STRETCH
    level = _mean(sold[:, :LEAST_WEEKS], could[:, :LEAST_WEEKS])
    holt, slope = level.copy(), np.zeros(size)
    size_of, gap, since = np.maximum(level, 0.0), np.ones(size), np.ones(size)
    chance = np.count_nonzero(sold[:, :LEAST_WEEKS], axis=1) / max(min(weeks, LEAST_WEEKS), 1)
    amount = size_of.copy()
    first = np.ones(size, bool)
    for week in range(weeks):
        now, here = sold[:, week], could[:, week]
        level = np.where(here, level + LEVEL * (now - level), level)
        before = holt
        holt = np.where(here, LEVEL * now + (1 - LEVEL) * (holt + DAMPING * slope), holt)
        slope = np.where(here, SLOPE * (holt - before) + (1 - SLOPE) * DAMPING * slope, slope)
        came = here & (now > 0)
        # Croston (1972): the size of a demand and the weeks between two, each smoothed when one comes.
        size_of = np.where(came, np.where(first, now, size_of + CHANCE * (now - size_of)), size_of)
        gap = np.where(came, np.where(first, since, gap + CHANCE * (since - gap)), gap)
        # Teunter, Syntetos and Babai (2011): the chance of a demand, smoothed every week, so that it can die away.
        chance = np.where(here, chance + CHANCE * (came - chance), chance)
        amount = np.where(came, np.where(first, now, amount + CHANCE * (now - amount)), amount)
        since = np.where(came, 1, since + here)
        first &= ~came
    result[SMOOTHING] = level * STRETCH
    result[TREND] = holt * STRETCH + slope * sum(DAMPING**step * (STRETCH - step + 1) for step in range(1, STRETCH + 1))
    result[SBA] = (1 - CHANCE / 2) * size_of / np.maximum(gap, 1) * STRETCH  # Syntetos and Boylan (2005)
    result[TSB] = chance * amount * STRETCH
    result[SEASONAL] = result[AVERAGE] * (1.0 if season is None else season)
    return np.maximum(np.where(first, 0.0, result), 0.0)


def seasons(weekly):
    """How the four weeks after the last column compared, a year before, with the thirteen before those: of each SKU,
    shrunk to the whole shop's. One where history is shorter.
    """
    weeks = weekly.shape[1]
    if weeks < YEAR + 13:
        return np.ones(len(weekly))
    sold = np.nan_to_num(weekly)
    then = sold[:, weeks - YEAR : weeks - YEAR + STRETCH].sum(axis=1) / STRETCH
    before = sold[:, weeks - YEAR - 13 : weeks - YEAR].sum(axis=1) / 13
    shop = then.sum() / before.sum() if before.sum() > 0 else 1.0
    weight = before * 13
    own = np.where(before > 0, then / np.maximum(before, 1e-9), shop)
    return np.clip((weight * own + SEASON_SHRINKAGE * shop) / (weight + SEASON_SHRINKAGE), 0.25, 4.0)


def forecast(weekly) -> tuple[Forecasts, Judgement]:
    """The next four weeks of each SKU, and how each method did when the last stretches of history were replayed."""
    size, weeks = weekly.shape
    folds = max(min(FOLDS, (weeks - LEAST_WEEKS) // STRETCH), 0)
    shape = (len(KINDS), len(METHODS))
    count, units, missed, squared, all_squared = (np.zeros(shape) for _ in range(5))
    covered = np.zeros(shape)
    misses: list[list[np.ndarray]] = [[] for _ in KINDS]
    for fold in range(folds, 0, -1):
        end = weeks - fold * STRETCH
        known = weekly[:, :end]
        kind, said = kinds(known), stretches(known, seasons(known))
        actual = weekly[:, end : end + STRETCH]
        could = ~np.isnan(actual)
        # What could not be bought all the time is taken at the rate of when it could; not at all is not judged.
        judged = could.any(axis=1) & (np.nan_to_num(known).sum(axis=1) > 0)
        came = _mean(np.nan_to_num(actual), could) * STRETCH
        chosen = best(all_squared)
        own = said[chosen[kind], np.arange(size)]
        is_judged_now = folds - fold >= min(FIRST_JUDGED, folds - 1)
        scale = np.nan_to_num(known[:, -YEAR:]).sum(axis=1) + 1
        low, high = _between(own, kind, misses)
        for place in range(len(KINDS)):
            rows = np.flatnonzero(judged & (kind == place))
            error = said[:, rows] - came[rows]
            all_squared[place] += (error**2 / scale[rows]).sum(axis=1)
            if is_judged_now:
                count[place] += len(rows)
                units[place] += came[rows].sum()
                missed[place] += np.abs(error).sum(axis=1)
                squared[place] += (error**2 / scale[rows]).sum(axis=1)
                covered[place] += ((low[rows] <= came[rows]) & (came[rows] <= high[rows])).sum()
            misses[place].append((came[rows] - own[rows]) / np.sqrt(own[rows] + 1))
    kind, chosen = kinds(weekly), best(all_squared)
    said = stretches(weekly, seasons(weekly))
    own = said[chosen[kind], np.arange(size)]
    low, high = _between(own, kind, misses)
    return (
        Forecasts(kind, chosen[kind], own, np.minimum(low, own), np.maximum(high, own)),
        Judgement(count, units, missed, squared, covered, chosen),
    )


def best(squared):
    """The method for each kind of demand: the one with the least squared misses so far, the plain average until any
    was seen.
    """
    return np.where(squared.sum(axis=1) > 0, squared.argmin(axis=1), AVERAGE)


def _between(units, kind, misses):
    """Low and high of each forecast: by how forecasts of its kind missed so far, ÷ the root of their size."""
    every = np.concatenate([miss for of_kind in misses for miss in of_kind] or [np.zeros(0)])
    if len(every) < ENOUGH_MISSES:
        # Nothing was judged yet: as if demand came by pure chance, one by one (Poisson), both ends of eight in ten.
        spread = 1.2816 * np.sqrt(units)
        return np.maximum(units - spread, 0.0), units + spread
    bounds = np.empty((len(misses), 2))
    for place, of_kind in enumerate(misses):
        own = np.concatenate(of_kind or [np.zeros(0)])
        bounds[place] = np.quantile(own if len(own) >= ENOUGH_MISSES else every, EIGHT_IN_TEN)
    root = np.sqrt(units + 1)
    return np.maximum(units + bounds[kind, 0] * root, 0.0), np.maximum(units + bounds[kind, 1] * root, 0.0)


def _mean(sold, could):
    return np.where(could, sold, 0.0).sum(axis=1) / np.maximum(could.sum(axis=1), 1)
