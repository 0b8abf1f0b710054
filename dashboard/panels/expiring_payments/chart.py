"""The picture of the panel: a calendar of the last days on which means of payment are good, week by week."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.expiring_payments import CLOSE_WEEKS, Period
from dashboard.panels.expiring_payments.panel import PaymentsPanel, PeriodTotal, StateTotal
from dashboard.web.formats import compact_money, day, money, quantity

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
GRID_LINES = 4
HEADROOM = 1.16
# Where there is little room, a day stands under every so many bars.
DAYS_APART_WHERE_NARROW = 4

Figure = dict[str, Any]  # {data, layout, narrow}, as static/js/charts.js reads them
Address = Callable[[PeriodTotal, StateTotal], str]


def figure(panel: PaymentsPanel, address: Address, *, locale: str) -> Figure:
    """Bars by week, stacked by state; `address` is where a part of a bar leads, as its link in the text beside."""
    shown, later = panel.periods[:-1], panel.periods[-1]
    tops = [sum(_height(panel, total) for total in period.states) for period in shown]
    top = max(*tops, 1)
    ticks = _ticks(top) if any(tops) else []
    bars = [_bars(panel, shown, state, address, locale) for state in STACKED]
    counts = {
        "type": "scatter",
        "mode": "text",
        "x": [place for place, height in enumerate(tops) if height],
        "y": [height for height in tops if height],
        "text": [_short(panel, height, locale) for height in tops if height],
        "textposition": "top center",
        "textfont": {"size": 12, "weight": 700, "color": "var(--ink)"},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }
    names = [_under(place, _name(period.period, locale)) for place, period in enumerate(shown)]
    beyond = _under(len(shown), "later")
    beyond_count = {
        **_under(len(shown), quantity(later.lines, locale=locale)),
        "yanchor": "bottom",
        "yshift": 3,
        "font": {"size": 12, "weight": 700, "color": "var(--ink-3)"},
    }
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
    ]
    layout = {
        "barmode": "stack",
        "bargap": 0.3,
        "margin": {"l": 0, "r": 0, "t": 22, "b": 26},
        "xaxis": {"range": [-0.5, len(shown) + 0.7], "showticklabels": False},
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
            _upright(0.5, {"color": "var(--ink)", "width": 1.5}),
            _upright(0.5 + CLOSE_WEEKS, {"color": "var(--ink-3)", "width": 1, "dash": "2px,3px"}),
        ],
        "annotations": [
            _beside(0.5, "today", "var(--ink)"),
            _beside(0.5 + CLOSE_WEEKS, f"{CLOSE_WEEKS * 7} days", "var(--ink-3)"),
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
        "data": [*({} for _ in bars), {"textfont": {"size": 10.5}}],
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


def _short(panel: PaymentsPanel, height: int, locale: str) -> str:
    if panel.measure == "value":
        currency = next((value.currency for total in panel.states for value in total.values), "")
        return compact_money(height, currency, locale=locale)
    return quantity(height, locale=locale)


def _under(place: int, text: str) -> dict[str, Any]:
    """A word under a bar."""
    return {
        "x": place,
        "y": 0,
        "yref": "paper",
        "yanchor": "top",
        "yshift": -8,
        "text": text,
        "font": {"size": 11, "color": "var(--ink-3)"},
    }


def _upright(place: float, line: dict[str, Any]) -> dict[str, Any]:
    """A line between two bars."""
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1.1, "yref": "paper", "line": line}


def _beside(place: float, text: str, colour: str) -> dict[str, Any]:
    """The name of a line, at its top."""
    return {
        "x": place,
        "y": 1,
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 5,
        "text": text,
        "font": {"size": 11.5, "color": colour},
    }


def _ticks(top: int) -> list[int]:
    """Round numbers up to the top, few enough."""
    steps = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if top / step <= GRID_LINES)
    return list(range(step, top + 1, step))
