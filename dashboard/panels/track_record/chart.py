"""The pictures of the track record: how surely each supplier's dates held, and how far each method was off."""

from __future__ import annotations

from typing import Any

from dashboard.domain.kept_dates import NINE_IN_TEN
from dashboard.panels.charts import Figure
from dashboard.panels.track_record.panel import TrackRecord
from dashboard.panels.track_record.queries import SupplierRecord
from dashboard.web.formats import percent, quantity

# What each method is called; the words of the page and of the picture.
METHOD_WORDS = {
    "naive": "As the last four weeks",
    "average": "Average of 13 weeks",
    "smoothing": "Smoothing",
    "trend": "Damped trend",
    "sba": "Croston, corrected",
    "tsb": "Croston, fading",
    "seasonal": "Average by season",
}
NAMES_WIDTH, NARROW_WIDTH, NUMBERS_WIDTH = 168, 112, 48
LETTER_WIDTH = 6.6
ROWS_AT_LEAST = 5
LOWEST = 0.5  # where the axis of shares begins, unless something lies below
HEADROOM = 1.12


def dates_figure(record: TrackRecord, *, locale: str) -> Figure:
    """A line a supplier: between what the share of its likely late dates that held lies, beside nine in ten."""
    rows = record.pictured
    lowest = min(LOWEST, *(row.likely.interval[0] for row in rows))
    begin = int(lowest * 10) / 10
    ticks = [tick / 10 for tick in range(int(begin * 10), 11) if tick % 2 == 0]
    places = list(range(len(rows)))
    ranges = [
        {
            "type": "line", "layer": "between", "x0": row.likely.interval[0], "x1": row.likely.interval[1],
            "y0": place, "y1": place, "line": {"color": "var(--ramp-2)", "width": 8},
        }
        for place, row in enumerate(rows)
    ]  # fmt: skip
    nine = {
        "type": "line", "x0": NINE_IN_TEN, "x1": NINE_IN_TEN, "y0": 0, "y1": 1, "yref": "paper",
        "line": {"color": "var(--ink-3)", "width": 1, "dash": "2px,3px"},
    }  # fmt: skip
    hover = _unseen([1.0] * len(rows), places, [supplier_sentence(row, locale=locale) for row in rows], base=begin)
    dots = {
        "type": "scatter",
        "mode": "markers",
        "x": [row.likely.share for row in rows],
        "y": places,
        "marker": {"size": 10, "color": "var(--ramp-4)", "line": {"color": "var(--surface)", "width": 1.5}},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    names = [_beside(place, _cut(row.supplier, NAMES_WIDTH), "left", -NAMES_WIDTH) for place, row in enumerate(rows)]
    shares = [
        _beside(place, percent(row.likely.share, locale=locale), "right", NUMBERS_WIDTH, weight=700)
        for place, row in enumerate(rows)
    ]
    head = {
        "x": NINE_IN_TEN, "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 3, "text": "nine in ten",
        "font": {"size": 11.5, "color": "var(--ink-3)"},
    }  # fmt: skip
    return {
        "data": [hover, dots],
        "layout": {
            "margin": {"l": NAMES_WIDTH, "r": NUMBERS_WIDTH, "t": 20, "b": 24},
            "xaxis": {
                "range": [begin, 1.005],
                "showgrid": True,
                "gridcolor": "var(--hairline)",
                "tickvals": ticks,
                "ticktext": [percent(tick, locale=locale) for tick in ticks],
            },
            "yaxis": {"range": [max(len(rows), ROWS_AT_LEAST) - 0.5, -0.5], "showticklabels": False},
            "shapes": [*ranges, nine],
            "annotations": [*names, *shares, head],
        },
        "narrow": {
            "layout": {
                "margin": {"l": NARROW_WIDTH},
                "annotations": [{"text": _cut(row.supplier, NARROW_WIDTH), "xshift": -NARROW_WIDTH} for row in rows],
            }
        },
    }


def methods_figure(record: TrackRecord, *, locale: str) -> Figure:
    """A bar a method: units by which it missed, as a share of those sold; the best first."""
    rows = record.methods
    longest = max(off for _, off in rows)
    places = list(range(len(rows)))
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "x": [off for _, off in rows],
                "y": places,
                "width": [0.42] * len(rows),
                "marker": {
                    "color": [
                        "var(--ramp-2)" if method in ("naive", "average") else "var(--ramp-4)" for method, _ in rows
                    ],
                    "cornerradius": 3,
                },
                "hovertext": [method_sentence(*row, locale=locale) for row in rows],
                "hoverinfo": "text",
            }
        ],
        "layout": {
            "margin": {"l": NAMES_WIDTH, "r": NUMBERS_WIDTH, "t": 8, "b": 8},
            "xaxis": {"range": [0, longest * HEADROOM or 1], "showticklabels": False},
            "yaxis": {"range": [max(len(rows), ROWS_AT_LEAST) - 0.5, -0.5], "showticklabels": False},
            "annotations": [
                *(_beside(place, METHOD_WORDS[method], "left", -NAMES_WIDTH) for place, (method, _) in enumerate(rows)),
                *(
                    _beside(place, percent(off, locale=locale), "right", NUMBERS_WIDTH, weight=700)
                    for place, (_, off) in enumerate(rows)
                ),
            ],
        },
        "narrow": {
            "layout": {
                "margin": {"l": NARROW_WIDTH},
                "annotations": [
                    {"text": _cut(METHOD_WORDS[method], NARROW_WIDTH), "xshift": -NARROW_WIDTH} for method, _ in rows
                ],
            }
        },
    }


def supplier_sentence(row: SupplierRecord, *, locale: str) -> str:
    """What a supplier's line says."""
    low, high = (percent(bound, locale=locale) for bound in row.likely.interval)
    return (
        f"{row.supplier}: {quantity(row.likely.held, locale=locale)} of {quantity(row.likely.judged, locale=locale)} "
        f"likely late dates held, surely between {low} and {high}. "
        f"By the plain rule {percent(row.plain.share, locale=locale)}."
    )


def method_sentence(method: str, off: float, *, locale: str) -> str:
    """What a method's bar says."""
    return f"{METHOD_WORDS[method]}: off by {percent(off, locale=locale)} of the units sold."


def _unseen(ends: list[float], places: list[int], sentences: list[str], *, base: float) -> dict[str, Any]:
    """Nobody sees it: a line that is pointed at anywhere says its sentence."""
    return {
        "type": "bar",
        "orientation": "h",
        "base": base,
        "x": [end - base for end in ends],
        "y": places,
        "width": [1] * len(places),
        "marker": {"color": "rgba(0,0,0,0)"},
        "hovertext": sentences,
        "hoverinfo": "text",
    }


def _beside(place: int, text: str, side: str, shift: int, *, weight: int = 400) -> dict[str, Any]:
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "xanchor": side,
        "xshift": shift,
        "y": place,
        "yanchor": "middle",
        "text": text,
        "font": {"size": 12.5, "color": "var(--ink)", "weight": weight},
    }


def _cut(name: str, width: int) -> str:
    letters = round(width / LETTER_WIDTH)
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"
