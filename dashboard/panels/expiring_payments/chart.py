"""The picture of the panel: a calendar of the last days on which means of payment are good, week by week."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.expiring_payments import CLOSE_WEEKS, Period
from dashboard.panels.charts import (
    NAME_SHIFT,
    QUIET,
    Figure,
    Scale,
    axes,
    beside_line,
    grid_numbers,
    line_between,
    round_numbers,
    under,
)
from dashboard.panels.expiring_payments.panel import PaymentsPanel, PeriodTotal, StateTotal
from dashboard.web.formats import MICROS, compact_money, day, money, quantity

# From the ground up: what is in danger stands on the line, where it can be compared; what is good lies over it.
STACKED = ("dead", "dies", "unknown", "good")
FILLS = {
    "dead": "var(--late)",
    "dies": "var(--ramp-5)",
    "unknown": "var(--line-firm)",
    "good": "var(--ramp-2)",
}
PALE_FILLS = {
    "dead": "var(--late-line)",
    "dies": "var(--ramp-5-pale)",
    "unknown": "var(--hairline)",
    "good": "var(--ramp-2-pale)",
}
SAID = {
    "dead": "cannot be charged any more",
    "dies": "end before their goods ship",
    "unknown": "have goods without a date",
    "good": "last until their goods ship",
}
SAID_OF_ONE = {
    "dead": "cannot be charged any more",
    "dies": "ends before its goods ship",
    "unknown": "has goods without a date",
    "good": "lasts until its goods ship",
}
# From here on a count is written short where weeks stand close together.
IN_FULL_BELOW = 1_000
# What is over is the first bar, and today begins after it. Past the last one there is room for what is later.
TODAY_AT, ROOM_FOR_LATER = 0.5, 0.7
# Where there is little room, a day stands under every so many bars.
DAYS_APART_WHERE_NARROW = 4

Address = Callable[[PeriodTotal, StateTotal], str]


def figure(panel: PaymentsPanel, address: Address, *, locale: str) -> Figure:
    """Bars by week, stacked by state; `address` is where a part of a bar leads, as its link in the text beside."""
    shown, later = panel.periods[:-1], panel.periods[-1]
    tops = [sum(_height(panel, total) for total in period.states) for period in shown]
    top = max(*tops, 1)
    ticks = round_numbers(0, top)[1:] if any(tops) else []
    currency = next((value.currency for total in panel.states for value in total.values), "")
    scale = Scale(currency if panel.measure == "value" else None, locale)
    bars = [_bars(panel, shown, state, address, locale) for state in STACKED]
    counts = {
        "type": "scatter",
        "mode": "text",
        "x": [place for place, height in enumerate(tops) if height],
        "y": [height for height in tops if height],
        "text": [scale.short(height) for height in tops if height],
        "textposition": "top center",
        "textfont": {"size": 12, "weight": 700, "color": "var(--ink)"},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    names = [under(place, _name(period.period, locale), NAME_SHIFT, QUIET) for place, period in enumerate(shown)]
    beyond = under(len(shown), "later", NAME_SHIFT, QUIET)
    beyond_count = {
        **under(
            len(shown), _short(later.lines, locale) if later.lines else "", 3, {**QUIET, "size": 12, "weight": 700}
        ),
        "yanchor": "bottom",
    }
    numbers = grid_numbers(ticks, scale.short)
    layout = {
        "barmode": "stack",
        "bargap": 0.3,
        "margin": {"l": 0, "r": 0, "t": 22, "b": 26},
        **axes(len(shown) + ROOM_FOR_LATER, top, ticks),
        "shapes": [
            line_between(TODAY_AT, {"color": "var(--ink)", "width": 1.5}),
            line_between(TODAY_AT + CLOSE_WEEKS),
        ],
        "annotations": [
            beside_line(TODAY_AT, "today", "right", "var(--ink)"),
            beside_line(TODAY_AT + CLOSE_WEEKS, f"{CLOSE_WEEKS * 7} days", "right", "var(--ink-3)"),
            *names,
            beyond,
            beyond_count,
            *numbers,
        ],
    }
    narrow = {
        "layout": {
            "annotations": [
                {},
                {},
                *(
                    {} if place % DAYS_APART_WHERE_NARROW == DAYS_APART_WHERE_NARROW - 1 else {"visible": False}
                    for place in range(len(names))
                ),
                {},
                {},
                *({"visible": False} for _ in numbers),
            ]
        },
        "data": [
            *({} for _ in bars),
            {
                "textfont": {"size": 10.5},
                "text": [
                    scale.short(height) if panel.measure == "value" else _short(height, locale)
                    for height in tops
                    if height
                ],
            },
        ],
    }
    return {"data": [*bars, counts], "layout": layout, "narrow": narrow}


def _bars(
    panel: PaymentsPanel, shown: tuple[PeriodTotal, ...], state: str, address: Address, locale: str
) -> dict[str, Any]:
    found = [
        (place, period, total) for place, period in enumerate(shown) for total in period.states if total.state == state
    ]
    return {
        "type": "bar",
        "x": [place for place, _, _ in found],
        "y": [_height(panel, total) for _, _, total in found],
        "marker": {"color": [(FILLS if total.chosen else PALE_FILLS)[state] for _, _, total in found]},
        "customdata": [address(period, total) for _, period, total in found],
        "hovertext": [sentence(panel, period, total, locale=locale) for _, period, total in found],
        "hoverinfo": "text",
    }


def sentence(panel: PaymentsPanel, period: PeriodTotal, total: StateTotal, *, locale: str) -> str:
    """What a part of a bar says when pointed at."""
    worth = " and ".join(money(value.value, value.currency, locale=locale) for value in total.values)
    lines = f"{quantity(total.lines, locale=locale)} {'line' if total.lines == 1 else 'lines'}"
    said = (SAID_OF_ONE if total.lines == 1 else SAID)[total.state]
    return f"Good {_when(panel, period.period, locale)}:<br>{lines}, {worth}, {said}."


def _short(lines: int, locale: str) -> str:
    """A count to three digits or so, because two weeks stand side by side."""
    return compact_money(int(lines * MICROS), None, locale=locale) if lines >= IN_FULL_BELOW else str(lines)


def _when(panel: PaymentsPanel, period: Period, locale: str) -> str:
    first, last = (
        None if one is None else day(one, today=panel.today, locale=locale) for one in (period.first, period.last)
    )
    if first is None:
        return f"until {last} or before"
    return f"until {first} or later" if last is None else f"until {first} to {last}"


def _name(period: Period, locale: str) -> str:
    # Three months ahead, a year would say nothing that the order of the weeks does not.
    return "over" if period.first is None else day(period.first, today=period.first, locale=locale)


def _height(panel: PaymentsPanel, total: StateTotal) -> int:
    if panel.measure == "value":
        return sum(value.value for value in total.values)  # at most one currency, else the measure is another
    return total.lines
