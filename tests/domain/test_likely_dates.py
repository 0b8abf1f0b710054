"""When supply is likely to come, by receipts of its supplier and of the house."""

import numpy as np
import pytest

from dashboard.domain import likely_dates
from dashboard.domain.columns import NONE
from dashboard.domain.likely_dates import (
    FROM_THE_BEGINNING,
    HOUSE,
    Receipts,
    credibility,
    learn_lateness,
    learn_outlooks,
    learn_shifts,
    likely_supply,
)
from dashboard.domain.promises import SupplyFacts

TODAY = 1_000


def receipts(*rows):
    """Receipts from (supplier, days late) or (supplier, SKU, days late, days ago)."""
    cells = [row if len(row) == 4 else (row[0], 0, row[1], 0) for row in rows]
    return Receipts(*(np.array(column, np.int64) for column in zip(*cells, strict=True)))


def supply(lateness, **stated):
    cells = {
        "supplier": 0, "number": 0, "expected": NONE, "promised": NONE, "ordered_on": TODAY - 20, "quoted_days": NONE,
        "first_promise": NONE, "usually_later": 0,
    } | stated  # fmt: skip
    facts = SupplyFacts(**{name: np.array([cell], np.int64) for name, cell in cells.items()})
    return tuple(int(days[0]) for days in likely_supply(facts, lateness, TODAY))


def expected_outlook(seen, supplier, at_least):
    """The same, receipt by receipt: weights, K from a plain reading of Bühlmann and Straub, and a walk by days."""
    groups = sorted(set(seen.supplier.tolist()))
    rows = list(zip(seen.supplier.tolist(), seen.days_late.tolist(), seen.weight.tolist(), strict=True))
    count = {one: sum(w for s, _, w in rows if s == one) for one in groups}
    mean = {one: sum(w * d for s, d, w in rows if s == one) / count[one] for one in groups}
    square = {one: sum(w * w for s, _, w in rows if s == one) / count[one] for one in groups}
    total = sum(count.values())
    overall = sum(w * d for _, d, w in rows) / total
    within = sum(w * (d - mean[s]) ** 2 for s, d, w in rows) / sum(count[one] - square[one] for one in groups)
    between = sum(count[one] * (mean[one] - overall) ** 2 for one in groups)
    between -= within * sum(square[one] * (1 - count[one] / total) for one in groups)
    between /= total - sum(n * n for n in count.values()) / total
    k = 500.0 if between <= 0 or len(groups) < 2 else min(max(within / between, 5.0), 500.0)

    share = {one: count[one] / (count[one] + k) for one in groups}
    chance: dict[int, float] = {}
    for s, d, w in rows:
        of_house = share[s] * w / count[s] / sum(share.values())
        chance[d] = chance.get(d, 0) + (of_house if supplier == HOUSE else k * of_house + (w if s == supplier else 0))
    late = {d: w for d, w in sorted(chance.items()) if d >= at_least}
    if sum(d >= at_least for _, d, _ in rows) < 5:
        return NONE, NONE
    found = []
    for wanted in (0.5, 0.9):
        so_far = 0.0
        for day, weight in late.items():
            so_far += weight / sum(late.values())
            if so_far >= wanted - 1e-9:
                found.append(day)
                break
    return tuple(found)


@pytest.mark.parametrize("seed", range(6))
def test_an_outlook_is_the_weighed_mixture_of_own_receipts_and_the_houses(seed):
    chance = np.random.default_rng(seed)
    size = int(chance.integers(6, 300))
    supplier = chance.integers(0, 6, size)
    habit = chance.integers(-5, 25, 6)
    seen = Receipts(
        supplier,
        np.zeros(size, np.int64),
        (habit[supplier] * (seed % 3) + chance.normal(0, 6, size)).astype(np.int64),
        chance.integers(0, 700, size),
    )
    found = learn_outlooks(seen)
    for at_least in (FROM_THE_BEGINNING, -3, 0, 4, 11, 40, 400):
        for one in (*set(supplier.tolist()), HOUSE, 99):
            half_by, nine_by = found.of(np.array([one]), np.array([at_least]))
            assert (half_by[0], nine_by[0]) == expected_outlook(seen, HOUSE if one == 99 else one, at_least)


def test_a_supplier_seen_twice_is_dated_nearly_as_the_house_and_one_seen_often_by_itself():
    house = [(supplier, supplier * 10 + day) for supplier in (1, 2) for day in range(-4, 5) for _ in range(20)]
    found = learn_outlooks(receipts(*house, (3, 60), (3, 60)))
    half_by, _ = found.of(np.array([1, 2, 3, HOUSE]), np.full(4, FROM_THE_BEGINNING))
    assert np.abs(half_by[:2] - [10, 20]).max() <= 1
    assert abs(half_by[2] - half_by[3]) <= 4


def test_what_is_late_already_is_dated_by_what_came_as_late():
    lateness, _ = learn_lateness(receipts(*[(0, day) for day in range(40)]), receipts((0, 0)))
    eta, late_eta = supply(lateness, expected=TODAY + 5, promised=TODAY + 5, first_promise=TODAY + 5)
    assert (eta, late_eta) == (TODAY + 5 + 19, TODAY + 5 + 35)
    eta, late_eta = supply(lateness, expected=TODAY - 30, promised=TODAY - 30, first_promise=TODAY - 30)
    assert (eta, late_eta) == (TODAY + 4, TODAY + 8), "of 30 … 39 days late"
    assert supply(lateness, expected=TODAY - 36, first_promise=TODAY - 36) == (NONE, NONE), "four were so late"


def test_a_date_that_was_moved_later_is_measured_by_how_such_dates_were_kept():
    first = receipts(*[(0, 20) for _ in range(50)])
    moved = receipts(*[(0, 1) for _ in range(50)])
    lateness, _ = learn_lateness(first, moved)
    told = {"promised": TODAY + 3, "first_promise": TODAY + 3}
    assert supply(lateness, **told) == (TODAY + 23, TODAY + 23)
    assert supply(lateness, expected=TODAY + 30, **told) == (TODAY + 31, TODAY + 31)
    few, _ = learn_lateness(first, receipts((0, 1)))
    assert supply(few, expected=TODAY + 30, **told) == (TODAY + 23, TODAY + 23)


def test_without_a_promise_the_quoted_lead_time_counts_and_without_either_there_is_no_date():
    lateness, _ = learn_lateness(receipts(*[(0, 2) for _ in range(9)]), receipts((0, 0)))
    assert supply(lateness, quoted_days=30) == (TODAY + 12, TODAY + 12)
    assert supply(lateness) == (NONE, NONE)
    nothing, _ = learn_lateness(receipts((0, 1)), receipts((0, 1)))
    assert supply(nothing, quoted_days=30) == (NONE, NONE)


def test_a_sku_that_is_always_later_than_its_supplier_is_shifted_and_one_seen_once_hardly():
    rows = [(0, sku, sku // 2 * 12 + day % 3, 0) for sku in range(4) for day in range(60)]
    found = learn_shifts(receipts(*rows, (0, 9, 40, 0)))
    days = dict(zip(found.sku.tolist(), found.days.tolist(), strict=True))
    assert days[2] - days[0] in (11, 12)
    assert 0 < days[9] < 40 - 7
    same = learn_shifts(receipts(*[(0, sku, day % 5, 0) for sku in range(4) for day in range(60)]))
    assert same.of(np.array([0]), np.array([1])).tolist() == [0]


def test_groups_that_do_not_differ_count_for_nothing_by_themselves():
    amounts = np.tile(np.arange(10), 4)
    assert credibility(np.ones(40), amounts, np.repeat(np.arange(4), 10)) == likely_dates.MOST_CREDIBILITY
