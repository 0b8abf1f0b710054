"""Whether offers keep orders: lines with one beside like lines without."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.domain.offer_outcomes import LIKE_FROM, Counted, bands_of_chance, in_words, outcomes

CALM, HURRIED = 3, 8  # places in LIKE_FROM: from 5 %, from 27.5 %


def counted(*cells):
    """Of (morning, band): offers, of them stayed, like lines, of them stayed."""
    found = Counted(*(np.zeros((3, len(LIKE_FROM)), np.int64) for _ in range(4)))
    for morning, band, *four in cells:
        for column, value in zip((found.offers, found.stayed, found.like, found.like_stayed), four, strict=True):
            column[morning, band] = value
    return found


def test_lines_with_an_offer_are_judged_by_like_ones_and_not_by_all():
    """Offers go to those in a hurry: beside all lines they look harmful, beside like ones they keep a quarter."""
    found = outcomes(counted((0, HURRIED, 100, 75, 200, 100), (0, CALM, 20, 19, 2_000, 1_900)))
    every = found[0]
    assert (every.offers, every.stayed) == (120, 94)
    assert every.like_stayed == pytest.approx((100 * 0.5 + 20 * 0.95) / 120)
    assert every.difference == pytest.approx(94 / 120 - 69 / 120)
    low, high = every.difference_interval
    assert 0.08 < low < every.difference < high < 0.32
    assert every.verdict == "keep"
    assert in_words(found).startswith("Offers keep orders: of 100 lines with an offer, ")
    by_risk = {one.risk: one for one in found}
    assert by_risk["20-35"].verdict == "keep"
    assert by_risk["5-10"].verdict == "no-difference"
    assert by_risk["35+"].verdict == "too-few"


def test_offers_without_like_lines_are_no_evidence():
    found = outcomes(counted((0, CALM, 30, 30, 0, 0), (1, CALM, 12, 11, 40, 38)))
    assert (found[0].offers, found[0].stayed) == (12, 11)
    assert found[0].verdict == "too-few"
    assert in_words(found) == ("Too few to say: 12 offers were judged beside 40 like lines, and 20 of each are needed.")
    assert outcomes(counted())[0].stayed_share is None


def test_what_luck_explains_is_no_difference_and_fewer_who_stay_is_said_too():
    assert outcomes(counted((0, CALM, 50, 47, 500, 475)))[0].verdict == "no-difference"
    worse = outcomes(counted((0, CALM, 200, 150, 900, 855)))
    assert worse[0].verdict == "leave"
    assert "fewer stay" in in_words(worse)


def test_newcombes_example_is_reproduced():
    """Newcombe 1998, table II: 56 of 70 against 48 of 80, method 10: 0.0524 to 0.3339."""
    (every, *_) = outcomes(counted((0, CALM, 70, 56, 80, 48)))
    assert every.difference_interval == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_chances_fall_into_the_bands_that_begin_with_them():
    assert bands_of_chance(np.array([0.0, 0.0149, 0.015, 0.05, 0.3499, 0.35, 0.99])).tolist() == [0, 0, 1, 3, 8, 9, 10]
