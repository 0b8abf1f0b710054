"""The picture of the panel: a bar for each bucket of age, and the line of the last twelve weeks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard.domain.aging import BUCKETS, REFERENCE_DAYS
from dashboard.panels.aging.panel import AgingPanel, BucketTotal, TrendPoint
from dashboard.panels.charts import LABEL_GAP, Bar, Figure, Reference, Scale, bar_chart, round_numbers
from dashboard.web.formats import MICROS, compact_money, day, money, quantity

# The line of the last weeks is drawn so many pixels wide at least, with numbers of this size at its left.
TREND_WIDTH, TICK_CHARACTER_WIDTH = 160, 5.6
# Of that width the numbers may take so much before three days have no room beneath the line.
TAKEN_BESIDE_THREE_DAYS = 0.26
# So many letters have room under a bar; on a phone, counts from here on are written short.
LETTERS_BENEATH, IN_FULL_BELOW = 24, 10_000
# A line of the grid may lie so much of the trend's span below its lowest point.
TREND_FLOOR = 0.3
# The reference stands between the last bucket up to it and the next one.
_REFERENCE_AT = next(place for place, bucket in enumerate(BUCKETS) if bucket.first > REFERENCE_DAYS) - 0.5


def figure(panel: AgingPanel, address: Callable[[BucketTotal], str], *, locale: str) -> Figure:
    """Bars by bucket; `address` is where a bar leads, the same as its link in the text beside."""
    bars = [
        Bar(
            height=_height(panel, total),
            fill=f"var(--ramp-{place}{'' if total.chosen else '-pale'})",
            is_chosen=total.chosen,
            address=address(total),
            sentence=_sentence(total, locale),
            name=_range(total),
            beneath=_counts(panel, total, locale),
            narrow={"beneath": _count_beneath(panel, total, locale, is_narrow=True)},
        )
        for place, total in enumerate(panel.buckets, 1)
    ]
    currency = next((value.currency for total in panel.buckets for value in total.values), "")
    scale = Scale(currency if panel.measure == "value" else None, locale)
    return bar_chart(bars, scale, Reference(_REFERENCE_AT, "two weeks", "left"))


def trend(panel: AgingPanel, *, locale: str) -> Figure:
    """All waiting lines, week by week up to today."""
    counts = [point.lines for point in panel.trend]
    places = [(point.day - panel.today).days / 7 for point in panel.trend]
    low, high = min(counts), max(counts)
    span = max(high - low, 1)
    ticks = round_numbers(low - span * TREND_FLOOR, high, span=span)
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
                "mode": "lines+markers",
                "x": places,
                "y": counts,
                "line": {"width": 2, "color": "var(--ramp-4)"},
                "marker": {"size": 5, "color": "var(--ramp-4)"},
                "hovertext": [trend_sentence(panel, point, locale=locale) for point in panel.trend],
                "hoverinfo": "text",
                "cliponaxis": False,
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


def trend_sentence(panel: AgingPanel, point: TrendPoint, *, locale: str) -> str:
    """What a point of the line says."""
    lines = _number_of(point.lines, "line", locale)
    if point.day == panel.today:
        return f"Today: {lines} {'waits' if point.lines == 1 else 'wait'}."
    return f"{day(point.day, today=panel.today, locale=locale)}: {lines} waited when the day ended."


def _height(panel: AgingPanel, total: BucketTotal) -> int:
    if panel.measure == "value":
        return sum(value.value for value in total.values)  # at most one currency, else the measure is another
    return total.units if panel.measure == "units" else total.lines


def _range(total: BucketTotal) -> str:
    bucket = total.bucket
    return f"{bucket.first}+ d" if bucket.last is None else f"{bucket.first}–{bucket.last} d"


def _counts(panel: AgingPanel, total: BucketTotal, locale: str) -> str:
    """What stands under a bar: both counts where they have room and the bar shows neither."""
    both = f"{_number_of(total.lines, 'line', locale)} · {_number_of(total.units, 'unit', locale)}"
    return both if panel.measure == "value" and len(both) <= LETTERS_BENEATH else _count_beneath(panel, total, locale)


def _count_beneath(panel: AgingPanel, total: BucketTotal, locale: str, *, is_narrow: bool = False) -> str:
    """What stands under a bar where there is room for one count: not the one that the bar shows already."""
    count, noun = (total.units, "unit") if panel.measure == "lines" else (total.lines, "line")
    if is_narrow and count >= IN_FULL_BELOW:
        return f"{compact_money(int(count * MICROS), None, locale=locale)} {noun}s"
    return _number_of(count, noun, locale)


def _number_of(count: int, noun: str, locale: str) -> str:
    return f"{quantity(count, locale=locale)} {noun}{'' if count == 1 else 's'}"


def _sentence(total: BucketTotal, locale: str) -> str:
    """What a bar says when pointed at."""
    if not total.lines:
        return f"Nothing has waited {_range(total)}."
    worth: Sequence[str] = [money(value.value, value.currency, locale=locale) for value in total.values]
    waits = "has" if total.lines == 1 else "have"
    of_orders = "" if total.orders is None else f" of {_number_of(total.orders, 'order', locale)}"
    return (
        f"{_number_of(total.lines, 'line', locale)}{of_orders} {waits} waited "
        f"{_range(total)}:<br>{_number_of(total.units, 'unit', locale)}, {' and '.join(worth)}."
    )
