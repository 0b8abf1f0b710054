"""How far what was learnt of who leaves can be trusted, as its page knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from dashboard.domain.cancellation_model import MICRO, Input
from dashboard.domain.cancellation_words import input_in_words, level_in_words
from dashboard.domain.model_quality import Band, is_right
from dashboard.domain.model_quality import in_words as quality_in_words
from dashboard.domain.offer_outcomes import OfferOutcome, in_words
from dashboard.estimates import cancellation
from dashboard.panels.charts import DOTTED, QUIET, Figure

FACTORS_SHOWN = 20
ENOUGH_ROWS = 50  # that had a level, or what it adds is not worth showing
NEAR_AN_EDGE = 1.1  # of the picture's largest share


@dataclass(frozen=True, slots=True)
class Factor:
    """One input: how far it usually moves the odds, and which of its levels raise and lower the chance most."""

    name: str  # in words
    odds: float  # the factor by which it moves them in an average row, up or down
    raises: str
    lowers: str


@dataclass(frozen=True, slots=True)
class ModelPage:
    """What is known of the model that scores."""

    version: str | None  # None: nothing was learnt, the prior scores
    has_signal: bool
    made_at: datetime | None
    as_of: date | None
    trained_on: dict[str, Any]  # periods, lines, cancels, rate
    learnt_days: tuple[date, date] | None  # the first and the last that it was learnt from
    examination: dict[str, Any]  # rows, base_rate, auc, brier, brier_skill, calibration, single
    examined_days: tuple[date, date] | None
    single: str | None  # the best single input, in words
    factors: tuple[Factor, ...]  # the strongest first
    bands: tuple[Band, ...]
    last_verdict: str | None  # of the last attempt to learn; None: there was none
    last_tried: date | None
    offers: tuple[OfferOutcome, ...]  # of all, then by risk; nothing before a model scores
    offers_verdict: str | None
    is_right: bool = False
    verdict: str | None = None  # nothing where all chances are alike


def load_model(session: Session) -> ModelPage:
    """Everything that the page shows; nothing is computed that was not stored with the model."""
    connection = session.connection()
    scoring = cancellation.scoring(connection)
    attempt, last = cancellation.latest(connection, scoring_only=True), cancellation.latest(connection)
    if scoring is None or attempt is None:
        return ModelPage(
            None,
            False,
            None,
            None,
            {},
            None,
            {},
            None,
            None,
            (),
            (),
            last.verdict if last else None,
            last.as_of if last else None,
            (),
            None,
        )
    single = attempt.examination.get("single") or {}
    told = (factor for one in scoring.model.inputs if (factor := _factor(one)) is not None)
    factors = sorted(told, key=lambda factor: -factor.odds)
    offers = last.offers if last else ()
    slope, bands = attempt.examination["calibration_slope"], [Band(**band) for band in attempt.examination["bands"]]
    return ModelPage(
        version=scoring.version,
        has_signal=scoring.model.has_signal,
        made_at=attempt.made_at,
        as_of=attempt.as_of,
        trained_on=attempt.trained_on,
        learnt_days=_days(attempt.trained_on),
        examination=attempt.examination,
        examined_days=_days(attempt.examination),
        single=input_in_words(single["input"]) if single else None,
        factors=tuple(factors[:FACTORS_SHOWN]),
        bands=tuple(bands),
        last_verdict=last.verdict if last else None,
        last_tried=last.as_of if last else None,
        offers=tuple(one for one in offers if one.offers),
        offers_verdict=in_words(offers) if offers else None,
        is_right=slope is not None and is_right(slope),
        verdict=None if slope is None else quality_in_words(slope, bands),
    )


def _days(said: dict[str, Any]) -> tuple[date, date]:
    return date.fromisoformat(said["first_day"]), date.fromisoformat(said["last_day"])


def _factor(one: Input) -> Factor | None:
    """An input by the levels that enough lines had; None where that is one alone."""
    levels = [level for level, rows in enumerate(one.rows) if rows >= ENOUGH_ROWS]
    if len(levels) < 2:
        return None
    points, rows = np.array(one.points), np.array(one.rows)
    moved = float((np.abs(points - one.mean) * rows).sum() / rows.sum())
    high = max(levels, key=lambda level: points[level])
    low = min(levels, key=lambda level: points[level])
    return Factor(
        input_in_words(one.name),
        float(np.exp(moved / MICRO)),
        level_in_words(one, high),
        level_in_words(one, low),
    )


def calibration(page: ModelPage) -> Figure:
    """What was said against what happened: on the dotted line both are the same; each dot's line holds the true share
    19 times of 20.
    """
    top = max((band.high for band in page.bands), default=0.1) * NEAR_AN_EDGE
    ticks = [tick / 100 for tick in _round_percents(top * 100)]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [band.said for band in page.bands],
                "y": [band.happened for band in page.bands],
                "error_y": {
                    "type": "data",
                    "symmetric": False,
                    "array": [band.high - band.happened for band in page.bands],
                    "arrayminus": [band.happened - band.low for band in page.bands],
                    "color": "var(--ramp-2)",
                    "thickness": 2,
                    "width": 0,
                },
                "marker": {"size": 9, "color": "var(--ramp-4)", "line": {"width": 1, "color": "var(--surface)"}},
                "hovertext": [sentence(band) for band in page.bands],
                "hoverinfo": "text",
            }
        ],
        "layout": {
            "margin": {"l": 44, "r": 8, "t": 16, "b": 26},
            "showlegend": False,
            "xaxis": {"range": [0, top], "tickvals": ticks, "tickformat": ".0%", "showgrid": False},
            "yaxis": {"range": [0, top], "tickvals": ticks, "tickformat": ".0%", "showgrid": True},
            "shapes": [{"type": "line", "x0": 0, "y0": 0, "x1": top, "y1": top, "line": DOTTED}],
            "annotations": [
                {
                    "x": top,
                    "y": top,
                    "xanchor": "right",
                    "yanchor": "top",
                    "xshift": -64,
                    "text": "as said",
                    "font": QUIET,
                },
                {"x": 0, "y": top, "xanchor": "left", "yanchor": "top", "xshift": 6, "text": "happened", "font": QUIET},
                {"x": top, "y": 0, "xanchor": "right", "yanchor": "bottom", "text": "said", "font": QUIET},
            ],
        },
    }


def sentence(band: Band) -> str:
    """A dot in words."""
    return (
        f"Of {band.rows:,} lines that were said to go with a chance of {band.said:.1%}, {band.happened:.1%} went; "
        f"the true share lies between {band.low:.1%} and {band.high:.1%}."
    ).replace("%", " %")


def _round_percents(top: float) -> list[float]:
    step = next((step for step in (1, 2, 5, 10, 20, 25, 50) if top / step <= 5), 50)
    return [step * count for count in range(1, int(top // step) + 1)]
