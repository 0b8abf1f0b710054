"""The picture of the panel: what each supplier quotes, when half and nine of ten came; and how punctuality went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.lead_times import ON_TIME_HALF, too_little_data
from dashboard.panels.charts import Figure, round_numbers
from dashboard.panels.lead_times.panel import LeadTimesPanel, Stretch
from dashboard.panels.lead_times.queries import SupplierRow
from dashboard.web.formats import days, month_and_year, percent, quantity

# Few rows are drawn as high as these would be, so that one supplier does not fill the picture.
ROWS_AT_LEAST = 6
# At the left stand names, at the right rates; in pixels, and about so many are a letter's.
SUPPLIERS_WIDTH, SKUS_WIDTH, NARROW_WIDTH = 156, 206, 112
LETTER_WIDTH = 6.6
RATES_WIDTH, RATES_WIDTH_NARROW = 62, 44
# Half of the height of a quoted mark, in rows: it is seen also behind a median.
QUOTED_HALF = 0.4
# One line more than others have: days are read off it.
GRID_LINES = 5
# Past the longest bar there is room for its end.
HEADROOM = 1.04
# Where "too little data" stands at the right, marks keep to this share of the width.
BESIDE_WORDS = 0.66
# Columns named over the first row keep so far from each other, as a share of the width.
APART, APART_NARROW = 0.13, 0.3
# The head of the rates reaches to here, in parts of the picture: what would touch it stays away as well.
BESIDE_THE_RATES = 1.02
NO_BREAK = "\u00a0"


def figure(panel: LeadTimesPanel, address: Callable[[SupplierRow], str], *, locale: str) -> Figure:
    """A line a row: from when half came to when nine of ten had, beside what is quoted; `address` is where it leads."""
    rows = panel.pictured
    width = SKUS_WIDTH if panel.is_of_skus and not panel.is_by_supplier else SUPPLIERS_WIDTH
    called = [row.supplier_name if panel.is_by_supplier else row.name for row in rows]
    told = [place for place, row in enumerate(rows) if row.enough_data]
    known_days = [value for row in rows for value in _days_of(row)]
    longest = max(known_days, default=1) or 1
    # What is said in the place of a rate reaches into the picture, past what is quoted there.
    untold = max((row.quoted_days or 0 for row in rows if not row.enough_data), default=0)
    end = max(longest * HEADROOM, untold / BESIDE_WORDS)
    # No scale where nothing is to be read off it.
    ticks = round_numbers(0, longest, at_most=GRID_LINES) if known_days else []
    hover = {
        # Nobody sees it: a line that is pointed at anywhere says its sentence.
        "type": "bar",
        "orientation": "h",
        "x": [end] * len(rows),
        "y": list(range(len(rows))),
        "width": [1] * len(rows),
        "marker": {"color": "rgba(0,0,0,0)"},
        "customdata": [address(row) for row in rows],
        "hovertext": [sentence(row, locale=locale) for row in rows],
        "hoverinfo": "text",
    }
    medians = {
        "type": "scatter",
        "mode": "markers",
        "x": [rows[place].p50_days for place in told],
        "y": told,
        "marker": {"size": 10, "color": "var(--ramp-4)", "line": {"color": "var(--surface)", "width": 1.5}},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    ranges = [_line(rows[place].p50_days, rows[place].p90_days, place, place, "var(--ramp-2)", 8) for place in told]
    quotes = [
        _line(row.quoted_days, row.quoted_days, place - QUOTED_HALF, place + QUOTED_HALF, "var(--ink)", 2)
        for place, row in enumerate(rows)
        if row.quoted_days is not None
    ]
    names = [_beside(place, _cut(name, width), "left", -width) for place, name in enumerate(called)]
    rates = [_beside(place, *_rate_words(row, locale)) for place, row in enumerate(rows)]
    heads = _heads(rows[told[0]], end, APART) if told else []
    heads_narrow = _heads(rows[told[0]], end, APART_NARROW) if told else []
    layout = {
        "margin": {"l": width, "r": RATES_WIDTH, "t": 20, "b": 24},
        "xaxis": {
            "range": [0, end],
            "showgrid": True,
            "gridcolor": "var(--hairline)",
            "tickvals": ticks,
            "ticktext": [f"{tick}{' d' if tick == ticks[-1] else ''}" for tick in ticks],
        },
        "yaxis": {
            "range": [max(len(rows), ROWS_AT_LEAST) - 0.5, -0.5],
            "showticklabels": False,
        },
        "shapes": [*ranges, *quotes],
        "annotations": [*names, *rates, *heads],
    }
    narrow = {
        "layout": {
            "margin": {"l": NARROW_WIDTH, "r": RATES_WIDTH_NARROW},
            "annotations": [
                *({"text": _cut(name, NARROW_WIDTH), "xshift": -NARROW_WIDTH} for name in called),
                *(
                    {"xshift": RATES_WIDTH_NARROW, **({} if row.enough_data else {"text": "too little data"})}
                    for row in rows
                ),
                *({"visible": head["visible"]} for head in heads_narrow[:-1]),
                *({"xshift": RATES_WIDTH_NARROW} for _ in heads[-1:]),
            ],
        }
    }
    return {"data": [hover, medians], "layout": layout, "narrow": narrow}


def trend(panel: LeadTimesPanel, *, locale: str) -> Figure:
    """What came when promised, three months at a time."""
    points = panel.trend
    places = [(point.last.year * 12 + point.last.month) for point in points]
    shares = [point.on_time_rate for point in points]
    last = percent(shares[-1], locale=locale)
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": places,
                "y": shares,
                "line": {"width": 2, "color": "var(--ramp-4)"},
                "marker": {"size": 5, "color": "var(--ramp-4)"},
                "hovertext": [stretch_sentence(point, locale=locale) for point in points],
                "hoverinfo": "text",
                "cliponaxis": False,
            },
            {
                "type": "scatter",
                "mode": "markers+text",
                "x": places[-1:],
                "y": shares[-1:],
                "marker": {"size": 8, "color": "var(--ramp-4)"},
                "text": [f" {last}"],
                "textposition": "middle right",
                "textfont": {"size": 12.5, "weight": 700, "color": "var(--ink)"},
                "cliponaxis": False,
                "hoverinfo": "skip",
            },
        ],
        "layout": {
            "margin": {"l": 34, "r": 22 + 8 * len(last), "t": 14, "b": 26},
            "xaxis": {"range": [places[0], max(places[-1], places[0] + 1)], "showticklabels": False},
            "yaxis": {
                "range": [0, 1.06],
                "showgrid": True,
                "tickvals": [0, 0.5, 1],
                "ticktext": ["0", "50", f"100{NO_BREAK}%"],
                "tickfont": {"size": 11, "color": "var(--ink-3)"},
            },
            "annotations": [
                {
                    "x": places[at],
                    "xanchor": anchor,
                    "y": 0,
                    "yref": "paper",
                    "yanchor": "top",
                    "yshift": -9,
                    "text": month_and_year(points[at].last, locale=locale),
                    "font": {"size": 11, "color": "var(--ink-3)"},
                }
                for at, anchor in ((0, "left"), (-1, "right"))[: len(points)]
            ],
        },
    }


def sentence(row: SupplierRow, *, locale: str) -> str:
    """What a line says when pointed at."""
    who = row.name if row.sku is None else f"{row.name}, from {row.supplier_name}"
    quoted = f" Quoted: {days(row.quoted_days, locale=locale)}." if row.quoted_days is not None else ""
    if not row.enough_data:
        return f"{who}: {too_little_data(row.observations)}.{quoted}"
    rate = row.on_time_rate
    kept = (
        "Nothing was due in the last 12 months."
        if rate is None
        else f"{percent(rate, locale=locale)} of what was due in the last 12 months came when promised."
    )
    return (
        f"{who}: half of {quantity(row.observations, locale=locale)} deliveries came by day {_day(row.p50_days)}, "
        f"nine of ten by day {_day(row.p90_days)}.{quoted} {kept}"
    )


def stretch_sentence(point: Stretch, *, locale: str) -> str:
    """What a point of the trend says."""
    came, due = (quantity(units, locale=locale) for units in (point.units_on_time, point.units_due))
    return (
        f"{month_and_year(point.first, locale=locale)} to {month_and_year(point.last, locale=locale)}: {came} of {due} "
        f"units came when promised, {percent(point.on_time_rate, locale=locale)}."
    )


def _day(value: float | None) -> str:
    """41, or 41.5."""
    return f"{value:.1f}".removesuffix(".0") if value is not None else ""


def _days_of(row: SupplierRow) -> list[float]:
    """Every day that a line shows."""
    shown = [row.quoted_days, *([row.p50_days, row.p90_days] if row.enough_data else [])]
    return [value for value in shown if value is not None]


def _line(x0: Any, x1: Any, y0: float, y1: float, colour: str, width: int) -> dict[str, Any]:
    return {
        "type": "line", "layer": "between", "x0": x0, "x1": x1, "y0": y0, "y1": y1,
        "line": {"color": colour, "width": width},
    }  # fmt: skip


def _beside(
    place: int, text: str, side: str, shift: int, colour: str = "var(--ink)", weight: int = 400
) -> dict[str, Any]:
    """Words at the left or the right of a line."""
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "xanchor": side,
        "xshift": shift,
        "y": place,
        "yanchor": "middle",
        "text": text,
        "font": {"size": 12.5, "color": colour, "weight": weight},
    }


def _rate_words(row: SupplierRow, locale: str) -> tuple[str, str, int, str, int]:
    """The rate at the right of a line, or why there is none, as `_beside` takes it."""
    if not row.enough_data:
        return too_little_data(row.observations), "right", RATES_WIDTH, "var(--ink-3)", 400
    if row.on_time_rate is None:
        return "nothing due", "right", RATES_WIDTH, "var(--ink-3)", 400
    colour = "var(--late)" if row.on_time_rate < ON_TIME_HALF else "var(--ink)"
    return percent(row.on_time_rate, locale=locale), "right", RATES_WIDTH, colour, 700


def _heads(row: SupplierRow, end: float, apart: float) -> list[dict[str, Any]]:
    """The parts of a line, named over the first one that has them: no legend is needed. What would touch stays away."""
    heads, taken = [], [end * BESIDE_THE_RATES]
    for word, at in (("half by", row.p50_days), ("quoted", row.quoted_days), ("9 of 10 by", row.p90_days)):
        free = at is not None and all(abs(at - other) >= apart * end for other in taken)
        heads.append(_head(word, at or 0, {"visible": free}))
        taken += [at] if free and at is not None else []
    return [*heads, _head("on time", 1, {"xref": "paper", "xanchor": "right", "xshift": RATES_WIDTH})]


def _head(word: str, at: float, place: dict[str, Any]) -> dict[str, Any]:
    return {
        "x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 3, "text": word,
        "font": {"size": 11.5, "color": "var(--ink-3)"}, **place,
    }  # fmt: skip


def _cut(name: str, width: int) -> str:
    letters = round(width / LETTER_WIDTH)
    return name if len(name) <= letters else f"{name[: letters - 1].rstrip()}…"
