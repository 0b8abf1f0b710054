"""The chance that a waiting line is cancelled, before a shop's own history is learnt from."""

from datetime import date, timedelta

import numpy as np
import pytest

from dashboard.domain import cancellation_risk
from dashboard.domain.cancellation_risk import BANDS, FACTORS, LOWERS, NOT_SCORED, RAISES, RISK_BANDS, UNKNOWN, Case
from dashboard.models import plans

TODAY = date(2026, 3, 31)
TODAY_NUMBER = (TODAY - date(1970, 1, 1)).days
EURO = 1_000_000


def ahead(days):
    return TODAY + timedelta(days)


# Ordered yesterday for 100 euros by somebody of a class that means nothing; never promised, ships in two weeks.
USUAL = Case(TODAY - timedelta(1), None, TODAY + timedelta(14), None, "retail", "EUR", 100 * EURO, False)
LIKELY_TO_STAY = Case(ahead(-1), ahead(20), ahead(3), None, "vip", "EUR", 60 * EURO, False)
LIKELY_TO_GO = Case(ahead(-99), ahead(-9), None, ahead(2), "gold", "USD", 900 * EURO, False)


def chance(case):
    inputs, words = cancellation_risk.inputs_of([case])
    return int(cancellation_risk.prior(inputs, words, TODAY_NUMBER)[0])


def said(case):
    (found,) = cancellation_risk.reasons([case], TODAY)
    return [(reason.words, reason.effect) for reason in found]


# By hand: 400 ten-thousandths times each factor that applies, in the order of the definitions, half up.
BY_HAND = [
    ("nothing speaks for more or less", USUAL, 400),
    ("7 days are usual", USUAL._replace(placed_on=ahead(-7)), 400),
    ("8 days: × 1.1", USUAL._replace(placed_on=ahead(-8)), 440),
    ("15 days: × 1.3", USUAL._replace(placed_on=ahead(-15)), 520),
    ("31 days: × 1.5", USUAL._replace(placed_on=ahead(-31)), 600),
    ("61 days: × 1.6", USUAL._replace(placed_on=ahead(-61)), 640),
    ("promised for yesterday: × 2.0", USUAL._replace(current_promise=ahead(-1)), 800),
    ("promised for today has not passed, but ships later: × 1.5", USUAL._replace(current_promise=ahead(0)), 600),
    ("promised for the day when it ships: × 0.8", USUAL._replace(current_promise=ahead(14)), 320),
    ("no date yet: × 1.8", USUAL._replace(eta=None), 720),
    ("no date yet, and the promise lies ahead: × 1.8", USUAL._replace(eta=None, current_promise=ahead(9)), 720),
    ("ships in 7 days: × 0.7", USUAL._replace(eta=ahead(7)), 280),
    ("ships in 8 days", USUAL._replace(eta=ahead(8)), 400),
    ("ships on the customer's last date", USUAL._replace(last_date=ahead(14)), 400),
    ("ships after the customer's last date: × 1.5", USUAL._replace(last_date=ahead(13)), 600),
    ("no date yet, with a last date: × 1.8 × 1.5", USUAL._replace(eta=None, last_date=ahead(99)), 1080),
    ("a contract: × 0.6", USUAL._replace(tier="contract"), 240),
    ("a vip: × 0.8", USUAL._replace(tier="vip"), 320),
    ("no tier: neither", USUAL._replace(tier=""), 400),
    ("49.999999: × 0.8", USUAL._replace(value=50 * EURO - 1), 320),
    ("50", USUAL._replace(value=50 * EURO), 400),
    ("500: × 1.2", USUAL._replace(value=500 * EURO), 480),
    ("free: × 0.8", USUAL._replace(value=0), 320),
    ("no price: neither", USUAL._replace(value=None), 400),
    ("yen are not compared: neither", USUAL._replace(currency="JPY", value=90_000 * EURO), 400),
    ("a pre-order: × 0.6", USUAL._replace(planned=True), 240),
    ("400 × 1.1 × 0.8 × 0.7 × 0.8 = 197.12", LIKELY_TO_STAY._replace(placed_on=ahead(-8)), 197),
    ("400 × 1.3 × 0.8 × 0.7 × 0.6 = 174.72", LIKELY_TO_STAY._replace(placed_on=ahead(-20), tier="contract"), 175),
    ("400 × 1.6 × 2.0 × 1.8 × 1.5 × 1.2 = 4147.2, at most", LIKELY_TO_GO, 4000),
]  # fmt: skip


@pytest.mark.parametrize(("case", "expected"), [row[1:] for row in BY_HAND], ids=[row[0] for row in BY_HAND])
def test_a_chance_computed_by_hand(case: Case, expected: int) -> None:
    assert chance(case) == expected


def test_the_reasons_name_what_moved_the_chance_the_strongest_first_and_what_is_not_known_last() -> None:
    assert said(Case(ahead(-40), ahead(-2), None, None, "", "JPY", 7 * EURO, True)) == [
        ("the promised date has passed", RAISES),
        ("no date yet", RAISES),
        ("bought as a pre-order", LOWERS),
        ("waited 31–60 days", RAISES),
        ("tier not known", UNKNOWN),
        ("value not comparable in this currency", UNKNOWN),
    ]


def test_what_is_missing_is_named_and_moves_nothing() -> None:
    bare = Case(ahead(0), None, ahead(14), None, "", "", None, False)
    assert chance(bare) == 400
    assert said(bare) == [
        ("promised date not known", UNKNOWN),
        ("tier not known", UNKNOWN),
        ("value not known", UNKNOWN),
    ]
    (found,) = cancellation_risk.reasons([USUAL._replace(tier="contract", current_promise=ahead(20))], TODAY)
    assert "; ".join(map(str, found)) == "contract customer (lowers it); the promised date is kept (lowers it)"


def test_every_finding_but_the_usual_has_words_and_only_what_is_unknown_has_words_without_effect() -> None:
    for levels in FACTORS:
        for level in levels:
            assert bool(level.words) == (level.tenths != 10 or level.is_unknown), level
            assert not level.is_unknown or level.tenths == 10, level


def test_rows_are_scored_alike_alone_and_among_many() -> None:
    cases = [row[1] for row in BY_HAND]
    inputs, words = cancellation_risk.inputs_of(cases * 3000)
    many = cancellation_risk.prior(inputs, words, TODAY_NUMBER)
    assert len(many) > cancellation_risk.BLOCK_ROWS
    assert many.tolist() == [row[2] for row in BY_HAND] * 3000
    assert len(cancellation_risk.reasons(cases, TODAY)) == len(cases)
    assert cancellation_risk.prior(inputs.of(slice(0, 0)), [], 0).tolist() == []


def test_the_value_at_risk_is_rounded_half_up_and_never_overflows() -> None:
    values = np.array([12_345, 12_500, 2**62, 10_000, 7], np.int64)
    chances = np.array([1, 1, 4_000, NOT_SCORED, 10_000], np.int16)
    pairs = zip(values.tolist(), chances.tolist(), strict=True)
    exact = [(value * max(share, 0) + 5_000) // 10_000 for value, share in pairs]
    assert cancellation_risk.value_at_risk(values, chances).tolist() == exact
    assert exact[:2] == [1, 1]


def test_bands_begin_where_their_names_say() -> None:
    chances = np.array([0, 499, 500, 999, 1_000, 1_999, 2_000, 3_499, 3_500, 10_000, NOT_SCORED], np.int16)
    keys = [RISK_BANDS[place] for place in cancellation_risk.bands_of(chances)]
    assert keys == ["0-5", "0-5", "5-10", "5-10", "10-20", "10-20", "20-35", "20-35", "35+", "35+", "unscored"]
    assert [band.first // 100 for band in BANDS] == [int(band.key.split("-")[0].rstrip("+")) for band in BANDS]
    assert plans.RISK_BANDS == RISK_BANDS
