"""The picture of the panel: a bar for each bucket of age, and the line of the last twelve weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dashboard.domain.aging import BUCKETS, REFERENCE_DAYS
from dashboard.panels.aging.panel import AgingPanel, BucketTotal
from dashboard.web.formats import compact_money, day, money, quantity, whole_money

# The picture is calm with at most this many lines across it.
GRID_LINES = 4
# What a label under a bar takes at its size, in pixels: below this the shorter labels are drawn.
CHARACTER_WIDTH, LABEL_GAP = 4.9, 12
# The line of the last weeks is drawn so many pixels wide at least, with numbers of this size at its left.
TREND_WIDTH, TICK_CHARACTER_WIDTH = 160, 5.6
# Of that width the numbers may take so much before three days have no room beneath the line.
TAKEN_BESIDE_THREE_DAYS = 0.26
# Above the highest bar there is room for its number, below the name of the reference.
HEADROOM = 1.14
# The reference stands between the last bucket up to it and the next one.
_REFERENCE_AT = next(place for place, bucket in enumerate(BUCKETS) if bucket.first > REFERENCE_DAYS) - 0.5

Figure = dict[str, Any]  # {data, layout, narrow, narrowBelow}, as static/js/charts.js reads them


def figure(panel: AgingPanel, address: Callable[[BucketTotal], str], *, locale: str) -> Figure:
    """Bars by bucket; `address` is where a bar leads, the same as its link in the text beside."""
    heights = [_height(panel, total) for total in panel.buckets]
    top = max(*heights, 1)
    ticks = _ticks(top) if any(heights) else []
    inks = ["var(--ink)" if total.chosen else "var(--ink-3)" for total in panel.buckets]
    bars = {
        "type": "bar",
        "x": list(range(len(panel.buckets))),
        "y": heights,
        "marker": {
            "color": [
                f"var(--ramp-{place}{'' if total.chosen else '-pale'})" for place, total in enumerate(panel.buckets, 1)
            ]
        },
        "customdata": [address(total) for total in panel.buckets],
        "hovertext": [_sentence(panel, total, locale) for total in panel.buckets],
        "hoverinfo": "text",
        "text": [_label(panel, total, locale) for total in panel.buckets],
        "textposition": "outside",
        "textfont": {"size": 12.5, "weight": 700, "color": inks},
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
    }
    names = [
        _under(place, _range(total), -8, {"size": 12, "color": inks[place]})
        for place, total in enumerate(panel.buckets)
    ]
    counts = [
        _under(place, _counts(total, locale), -25, {"size": 11.5, "color": "var(--ink-3)"})
        for place, total in enumerate(panel.buckets)
    ]
    # A tick's number stands at the right end of its line, unless the last bar is in its way.
    numbers = [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "right",
            "y": tick,
            "yanchor": "bottom",
            "yshift": 2,
            "text": _short(panel, tick, locale),
            "font": {"size": 11, "color": "var(--ink-3)"},
        }
        for tick in ticks
        if tick > heights[-1] * 1.25
    ]
    reference = {
        "x": _REFERENCE_AT,
        "y": 1,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "bottom",
        "xshift": -6,
        "yshift": 0,
        "text": "two weeks",
        "font": {"size": 11.5, "color": "var(--ink-3)"},
    }
    layout = {
        "margin": {"l": 0, "r": 0, "t": 22, "b": 46},
        "xaxis": {"range": [-0.5, len(panel.buckets) - 0.5], "showticklabels": False},
        "yaxis": {
            "range": [0, top * HEADROOM],
            "showgrid": True,
            "tickvals": ticks,
            "showticklabels": False,
            "zeroline": True,
            "zerolinecolor": "var(--line-firm)",
            "zerolinewidth": 1,
        },
        "shapes": [
            {
                "type": "line",
                "x0": _REFERENCE_AT,
                "x1": _REFERENCE_AT,
                "y0": 0,
                "y1": 1.1,
                "yref": "paper",
                "line": {"color": "var(--ink-3)", "width": 1, "dash": "2px,3px"},
            }
        ],
        "annotations": [*names, *counts, *numbers, reference],
    }
    narrow = {
        "data": [{"text": [_short(panel, height, locale) if height else "" for height in heights]}],
        "layout": {
            "annotations": [
                *({} for _ in names),
                *({"text": _count_beneath(panel, total, locale)} for total in panel.buckets),
                *({"visible": False} for _ in numbers),
            ]
        },
    }
    longest = max(len(_counts(total, locale)) for total in panel.buckets)
    room = round(len(panel.buckets) * (longest * CHARACTER_WIDTH + LABEL_GAP))
    return {"data": [bars], "layout": layout, "narrow": narrow, "narrowBelow": room}


def trend(panel: AgingPanel, *, locale: str) -> Figure:
    """All waiting lines, week by week up to today."""
    counts = [point.lines for point in panel.trend]
    places = [(point.day - panel.today).days / 7 for point in panel.trend]
    low, high = min(counts), max(counts)
    span = max(high - low, 1)
    ticks = [tick for tick in _ticks(high, span) if low - span * 0.3 <= tick <= high]
    # The numbers of the grid stand left of the line, and where they are long the day in the middle gives way.
    longest = max((len(quantity(tick, locale=locale)) for tick in ticks), default=0)
    taken = (longest * TICK_CHARACTER_WIDTH + LABEL_GAP) / TREND_WIDTH
    has_middle = len(places) > 2 and taken < TAKEN_BESIDE_THREE_DAYS
    ends = {0: "left"} | ({len(places) // 2: "center"} if has_middle else {})
    if len(places) > 2:
        ends[len(places) - 1] = "right"
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines",
                "x": places,
                "y": counts,
                "line": {"width": 2, "color": "var(--ramp-4)"},
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": places[-1:],
                "y": counts[-1:],
                "marker": {"size": 8, "color": "var(--ramp-4)"},
                "text": [f" {quantity(counts[-1], locale=locale)}"],
                "textposition": "middle right",
                "textfont": {"size": 12.5, "weight": 700, "color": "var(--ink)"},
                "cliponaxis": False,
                "hoverinfo": "skip",
            },
        ],
        "layout": {
            "margin": {"l": 0, "r": 18 + 8 * len(quantity(counts[-1], locale=locale)), "t": 14, "b": 26},
            "xaxis": {"range": [places[0] / (1 - taken), 0], "showticklabels": False},
            "yaxis": {
                "range": [low - span * 0.6, high + span * 0.2],
                "showgrid": True,
                "tickvals": ticks,
                "showticklabels": False,
            },
            "annotations": [
                {
                    "x": 0,
                    "xref": "paper",
                    "xanchor": "left",
                    "y": tick,
                    "yanchor": "bottom",
                    "yshift": 2,
                    "text": quantity(tick, locale=locale),
                    "font": {"size": 11, "color": "var(--ink-3)"},
                }
                for tick in ticks
            ]
            + [
                {
                    "x": places[place],
                    "xanchor": anchor,
                    "y": 0,
                    "yref": "paper",
                    "yanchor": "top",
                    "yshift": -9,
                    "text": day(panel.trend[place].day, today=panel.today, locale=locale),
                    "font": {"size": 11, "color": "var(--ink-3)"},
                }
                for place, anchor in ends.items()
            ],
        },
    }


def _under(place: int, text: str, shift: int, font: dict[str, Any]) -> dict[str, Any]:
    """A word under a bar."""
    return {
        "x": place,
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "yshift": shift,
        "text": text,
        "font": font,
    }


def _height(panel: AgingPanel, total: BucketTotal) -> int:
    if panel.measure == "value":
        return sum(value.value for value in total.values)  # at most one currency, else the measure is another
    return total.units if panel.measure == "units" else total.lines


def _ticks(top: int, span: int | None = None) -> list[int]:
    """Round numbers up to the top, few enough."""
    span = top if span is None else span
    steps = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if span / step <= GRID_LINES)
    return list(range(step, top + 1, step))


def _label(panel: AgingPanel, total: BucketTotal, locale: str) -> str:
    height = _height(panel, total)
    if not height:
        return ""
    if panel.measure == "value":
        return whole_money(height, _currency(total), locale=locale)
    return quantity(height, locale=locale)


def _short(panel: AgingPanel, height: int, locale: str) -> str:
    if panel.measure == "value":
        currency = next((value.currency for total in panel.buckets for value in total.values), "")
        return compact_money(height, currency, locale=locale)
    return quantity(height, locale=locale)


def _currency(total: BucketTotal) -> str:
    return total.values[0].currency if total.values else ""


def _range(total: BucketTotal) -> str:
    bucket = total.bucket
    return f"{bucket.first}+ d" if bucket.last is None else f"{bucket.first}–{bucket.last} d"


def _counts(total: BucketTotal, locale: str) -> str:
    return f"{_number_of(total.lines, 'line', locale)} · {_number_of(total.units, 'unit', locale)}"


def _count_beneath(panel: AgingPanel, total: BucketTotal, locale: str) -> str:
    """What stands under a bar where there is room for one count: not the one that the bar shows already."""
    if panel.measure == "lines":
        return _number_of(total.units, "unit", locale)
    return _number_of(total.lines, "line", locale)


def _number_of(count: int, noun: str, locale: str) -> str:
    return f"{quantity(count, locale=locale)} {noun}{'' if count == 1 else 's'}"


def _sentence(panel: AgingPanel, total: BucketTotal, locale: str) -> str:
    """What a bar says when pointed at."""
    if not total.lines:
        return f"Nothing has waited {_range(total)}."
    worth: Sequence[str] = [money(value.value, value.currency, locale=locale) for value in total.values]
    waits = "has" if total.lines == 1 else "have"
    return (
        f"{_number_of(total.lines, 'line', locale)} of {_number_of(total.orders, 'order', locale)} {waits} waited "
        f"{_range(total)}:<br>{_number_of(total.units, 'unit', locale)}, {' and '.join(worth)}."
    )
