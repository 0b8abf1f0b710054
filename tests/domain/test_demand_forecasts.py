"""What SKUs are likely to sell, and how surely."""

import numpy as np
import pytest

from dashboard.domain.demand_forecasts import (
    AVERAGE,
    CHANCE,
    KINDS,
    LEVEL,
    METHODS,
    NAIVE,
    SBA,
    SMOOTHING,
    STRETCH,
    TREND,
    TSB,
    forecast,
    kinds,
    seasons,
    stretches,
)


def series(seed, *, skus=200, weeks=104, rate=3.0, chance=1.0):
    draw = np.random.default_rng(seed)
    return draw.poisson(rate, (skus, weeks)) * (draw.random((skus, weeks)) < chance)


def by_hand(week_by_week):
    """One series, week by week, as the papers write it: smoothing, Croston corrected, and TSB."""
    could = [units for units in week_by_week[:13] if not np.isnan(units)]
    level = sum(could) / max(len(could), 1)
    size, gap, since, seen = level, 1.0, 1.0, False
    chance, amount = sum(units > 0 for units in could) / 13, level
    for units in week_by_week:
        if np.isnan(units):
            continue
        level += LEVEL * (units - level)
        chance += CHANCE * ((units > 0) - chance)
        if units > 0:
            size = size + CHANCE * (units - size) if seen else units
            amount = amount + CHANCE * (units - amount) if seen else units
            gap = gap + CHANCE * (since - gap) if seen else since
            since, seen = 1.0, True
        else:
            since += 1
    return level * STRETCH, (1 - CHANCE / 2) * size / gap * STRETCH, chance * amount * STRETCH


@pytest.mark.parametrize("seed", range(4))
def test_each_method_is_what_its_paper_says_series_by_series(seed):
    weekly = series(seed, skus=20, weeks=int(20 + seed * 25), chance=0.2 + seed * 0.2).astype(float)
    weekly[3, 5:12] = np.nan
    weekly[4] = 0
    said = stretches(weekly)
    for row, one in enumerate(weekly):
        expected = by_hand(one.tolist()) if np.nansum(one) > 0 else (0, 0, 0)
        assert (said[SMOOTHING, row], said[SBA, row], said[TSB, row]) == pytest.approx(expected)
        assert said[NAIVE, row] == pytest.approx(np.nanmean(one[-4:]) * 4)
        assert said[AVERAGE, row] == pytest.approx(np.nanmean(one[-13:]) * 4)


def test_what_steadily_grows_is_forecast_higher_by_its_trend_and_what_died_lower_by_tsb():
    grows = np.arange(60.0)[None]
    died = np.concatenate((np.full(60, 5.0), np.zeros(30)))[None]
    said = stretches(grows)
    assert said[TREND, 0] > said[SMOOTHING, 0]
    gone = stretches(died)
    assert gone[TSB, 0] < 1 < gone[SBA, 0]


def test_a_season_is_the_shops_where_a_sku_says_little():
    weekly = np.full((3, 104), 10.0)
    weekly[:, 52:56] = 30.0  # a year before the four weeks that come
    weekly[2] = 0.0
    weekly[2, 45] = 1.0
    assert seasons(weekly).tolist() == pytest.approx([2.98, 2.98, 2.98], abs=0.1)
    assert seasons(weekly[:, -60:]).tolist() == [1.0, 1.0, 1.0]


def test_kinds_are_told_by_how_often_demand_comes_and_how_much_it_varies():
    draw = np.random.default_rng(5)
    often = np.full((1, 100), 5.0)
    erratic = draw.choice([1.0, 1.0, 1.0, 30.0], (1, 100))
    seldom = np.where(np.arange(100) % 4 == 0, 5.0, 0.0)[None]
    lumpy = np.where(np.arange(100) % 4 == 0, erratic, 0.0)
    found = kinds(np.concatenate((often, erratic, seldom, lumpy)))
    assert [KINDS[kind] for kind in found] == ["smooth", "erratic", "intermittent", "lumpy"]


def test_eight_in_ten_come_between_low_and_high_and_no_method_beats_the_truth():
    weekly = np.concatenate((series(1, skus=400, rate=6.0), series(2, skus=400, rate=2.0, chance=0.2)))
    found, judged = forecast(weekly[:, :100].astype(float))
    came = weekly[:, 100:].sum(axis=1)
    within = ((found.low <= came) & (came <= found.high)).mean()
    assert 0.72 <= within <= 0.9
    covered = judged.covered[:, 0].sum() / judged.forecasts[:, 0].sum()
    assert 0.72 <= covered <= 0.9
    assert (found.low >= 0).all()
    assert (found.low <= found.units).all()
    assert (found.units <= found.high).all()
    naive, chosen = (
        judged.squared[:, NAIVE].sum(),
        sum(judged.squared[kind, judged.chosen[kind]] for kind in range(len(KINDS))),
    )
    assert chosen < 0.85 * naive, "steady demand is forecast better than by its last four weeks"


def test_a_forecast_knows_nothing_of_what_comes_later():
    weekly = series(3, skus=50, weeks=60, chance=0.5).astype(float)
    before, _ = forecast(weekly[:, :40])
    changed = weekly.copy()
    changed[:, 40:] = 99.0
    again, _ = forecast(changed[:, :40])
    assert (before.units == again.units).all()
    assert np.allclose(stretches(weekly[:, :40]), stretches(changed[:, :40]))


def test_few_weeks_give_an_interval_of_pure_chance_and_nothing_is_judged():
    found, judged = forecast(series(4, skus=3, weeks=14).astype(float))
    assert judged.forecasts.sum() == 0
    assert len(METHODS) == judged.forecasts.shape[1]
    assert (found.low < found.units).all()
