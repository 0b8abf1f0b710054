"""The picture of risk against value: a dot for each of the lines of which most is at risk."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil, floor, log10
from typing import Any

from dashboard.domain.cancellation_risk import RISK_BANDS, WHOLE, band_of
from dashboard.panels.cancellation_risk.panel import RiskPanel
from dashboard.panels.cancellation_risk.points import RiskPoint
from dashboard.panels.charts import DOTTED, QUIET, Figure, round_numbers
from dashboard.web.formats import compact_money, money, percent

MICROS = 1_000_000
# Chances reach to here at least, so that a few small ones do not look large.
CHANCE_AT_LEAST = 1_000
# Left and right of the dots, and over and under them in powers of ten, there is room for words and halves of dots.
ROOM, ROOM_IN_POWERS = 1.09, 0.12
# So many dots say their order, if they do not stand in each other's way: apart by these shares of width and height.
NAMED_AT_MOST = 3
APART_ACROSS, APART_UP = 0.3, 0.09
# Past this share of the width, a name stands left of its dot.
NAMED_ON_THE_LEFT_FROM = 0.7
# Values that span fewer powers of ten than this have lines at 2 and 5 too.
FEW_POWERS = 1.6
# The curve has so many points; on the near side of this one stands its name.
CURVE_POINTS, NAMED_AT = 24, 15
NUMBERS_WIDTH = 40

Address = Callable[[RiskPoint], str]


def against_value(panel: RiskPanel, address: Address, *, locale: str) -> Figure | None:
    """Chance to the right, value upwards; `address` is where a dot leads, as its link in the text beside. None where
    nothing is at risk.
    """
    points = panel.points
    if not points:
        return None
    right = max(CHANCE_AT_LEAST, *(point.cancel_risk for point in points)) * ROOM
    low = _power(min(point.value for point in points)) - ROOM_IN_POWERS
    high = _power(max(point.value for point in points)) + ROOM_IN_POWERS
    ticks = round_numbers(0, right / WHOLE * 100)
    values = _round_values(low, high)
    # Up to half of the dots lie on its near side: who looks for the worst looks beyond it.
    limit = _round_below(sorted(point.value_at_risk for point in points)[len(points) // 2])
    named = _named(points, right, high - low)
    currency = points[0].currency
    dots = {
        "type": "scatter",
        "mode": "markers+text",
        "x": [point.cancel_risk for point in points],
        "y": [point.value / MICROS for point in points],
        "marker": {
            "size": 10,
            "color": [f"var(--ramp-{RISK_BANDS.index(band_of(point.cancel_risk)) + 1})" for point in points],
            "line": {"color": "var(--surface)", "width": 1.5},
        },
        "text": [point.order_number if point in named else "" for point in points],
        "textposition": [
            "middle left" if point.cancel_risk > right * NAMED_ON_THE_LEFT_FROM else "middle right" for point in points
        ],
        "textfont": {"size": 11.5, "weight": 700, "color": "var(--ink)"},
        "customdata": [address(point) for point in points],
        "hovertext": [sentence(point, locale=locale) for point in points],
        "hoverinfo": "text",
        "cliponaxis": False,
    }
    chances = _along_the_curve(limit, low, high, right)
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": chances,
        "y": [limit * WHOLE / chance / MICROS for chance in chances],
        "line": {"color": DOTTED["color"], "width": 1, "dash": "2px,3px"},
        "hoverinfo": "skip",
    }
    layout = {
        "margin": {"l": NUMBERS_WIDTH, "r": 4, "t": 26, "b": 24},
        "xaxis": {
            "range": [0, right],
            "tickvals": [tick * WHOLE // 100 for tick in ticks],
            "ticktext": [f"{tick} %" if tick == ticks[-1] else str(tick) for tick in ticks],
            "zeroline": True,
            "zerolinecolor": "var(--line-firm)",
            "zerolinewidth": 1,
        },
        "yaxis": {
            "type": "log",
            "range": [low, high],
            "showgrid": True,
            "tickvals": values,
            "ticktext": [compact_money(round(value * MICROS), currency, locale=locale) for value in values],
            "tickfont": QUIET,
        },
        "annotations": [
            _at_the_top(0, "left", -NUMBERS_WIDTH, "value waiting"),
            {
                "x": chances[NAMED_AT],
                "xanchor": "right",
                "xshift": -4,
                "y": _power(limit * WHOLE / chances[NAMED_AT]),
                "yanchor": "top",
                "text": f"{compact_money(limit, currency, locale=locale)} at risk",
                "font": QUIET,
            },
        ],
    }
    return {"data": [curve, dots], "layout": layout, "narrow": {}}


def sentence(point: RiskPoint, *, locale: str) -> str:
    """What a dot says when pointed at."""
    waits, at_risk = (money(micros, point.currency, locale=locale) for micros in (point.value, point.value_at_risk))
    return (
        f"Order {point.order_number}, {point.customer}:<br>{point.product}.<br>{waits} at a chance of "
        f"{percent(point.cancel_risk / WHOLE, locale=locale)}, so {at_risk} at risk."
    )


def _power(micros: float) -> float:
    """Where a value stands upwards: each power of ten is as high as the next."""
    return log10(micros / MICROS)


def _round_values(low: float, high: float) -> list[float]:
    """1, 10, 100 …, or where few powers of ten are spanned, 1, 2, 5, 10 …"""
    factors = (1, 2, 5) if high - low < FEW_POWERS else (1,)
    found = [factor * 10.0**power for power in range(floor(low), ceil(high) + 1) for factor in factors]
    return [value for value in found if low <= log10(value) <= high]


def _round_below(micros: int) -> int:
    """The largest of 1, 2, 5, 10, … units of a currency that is not above a value; at least a hundredth."""
    steps = [factor * 10**power for power in range(4, 19) for factor in (1, 2, 5)]
    return max((step for step in steps if step <= micros), default=steps[0])


def _along_the_curve(limit: int, low: float, high: float, right: float) -> list[float]:
    """Chances at which so much is at risk, for values within the picture: evenly spread upwards, the largest last."""
    first = limit * WHOLE / MICROS / 10**high
    last = min(right, limit * WHOLE / MICROS / 10**low)
    step = (last / first) ** (1 / (CURVE_POINTS - 1))
    return [first * step**place for place in range(CURVE_POINTS)]


def _named(points: tuple[RiskPoint, ...], right: float, height: float) -> list[RiskPoint]:
    """Those with most at risk, whose names have room."""
    named: list[RiskPoint] = []
    for point in points:
        if (
            len(named) < NAMED_AT_MOST
            and not _is_over_dots(point, points, right, height)
            and not any(
                abs(point.cancel_risk - other.cancel_risk) < right * APART_ACROSS
                and abs(_power(point.value) - _power(other.value)) < height * APART_UP
                for other in named
            )
        ):
            named.append(point)
    return named


def _is_over_dots(point: RiskPoint, points: tuple[RiskPoint, ...], right: float, height: float) -> bool:
    """Whether its name would stand over other dots."""
    side = -1 if point.cancel_risk > right * NAMED_ON_THE_LEFT_FROM else 1
    return any(
        0 < (other.cancel_risk - point.cancel_risk) * side < right * APART_ACROSS
        and abs(_power(point.value) - _power(other.value)) < height * APART_UP / 2
        for other in points
    )


def _at_the_top(x: float, anchor: str, shift: int, text: str) -> dict[str, Any]:
    return {
        "x": x,
        "xref": "paper",
        "xanchor": anchor,
        "xshift": shift,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": 8,
        "text": text,
        "font": QUIET,
    }
