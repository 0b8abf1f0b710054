"""What chances that were said are worth, in words."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.domain.model_quality import bands, calibration, in_words, is_right


@pytest.mark.parametrize(
    ("stretched", "verdict"), [(1.0, "What is said happens."), (2.0, "too bold"), (0.5, "too timid")]
)
def test_what_is_said_too_boldly_or_too_timidly_is_told(stretched, verdict):
    draw = np.random.default_rng(4)
    odds = draw.normal(-2, 1, 40_000)
    happened = draw.random(len(odds)) < 1 / (1 + np.exp(-odds))
    said = 1 / (1 + np.exp(-(odds * stretched)))
    slope, _ = calibration(said, happened)
    told = in_words(slope, bands(said, happened))
    assert verdict in told
    assert is_right(slope) == (stretched == 1.0)
    assert f"{happened[np.argsort(said)[-4_000:]].mean():.0%}".replace("%", " %") in told


def test_chances_that_tell_all_apart_have_no_slope_and_do_no_harm():
    happened = np.array([False] * 5 + [True] * 5)
    slope, _ = calibration(np.linspace(0.1, 0.9, 10), happened)
    assert slope is None or slope > 10
