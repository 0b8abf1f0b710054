"""The picture of the panel: a bar for each band of chances, what waits in it and what of that is at risk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.cancellation_risk import LIKELY_BANDS, LIKELY_FROM, UNSCORED
from dashboard.panels.cancellation_risk.panel import BandTotal, RiskPanel
from dashboard.panels.filters import RISK_WORDS
from dashboard.web.formats import compact_money, money, percent, quantity, whole_money

# Above the highest bar there is room for its number.
HEADROOM = 1.16
GRID_LINES = 4
# A part below this is said to be below it: some lines are not none.
LEAST_SAID = 0.01
Figure = dict[str, Any]  # {data, layout, narrow}, as static/js/charts.js reads them


def figure(panel: RiskPanel, address: Callable[[BandTotal], str], *, locale: str) -> Figure:
    """Bars by band; `address` is where a bar leads, the same as its link in the text beside.

    Of a value, a pale bar is what waits, and the strong one in it is what of it is at risk.
    """
    heights = [_height(panel, total) for total in panel.bands]
    top = max(*heights, 1)
    ticks = _ticks(top) if any(heights) else []
    inks = ["var(--ink)" if total.chosen else "var(--ink-3)" for total in panel.bands]
    says = {
        "x": list(range(len(panel.bands))),
        "customdata": [address(total) for total in panel.bands],
        "hovertext": [_sentence(total, locale) for total in panel.bands],
        "hoverinfo": "text",
    }
    bars = {
        "type": "bar",
        "y": heights,
        "marker": {"color": [_fill(panel, place, total) for place, total in enumerate(panel.bands)]},
        "text": [_label(panel, total, locale) for total in panel.bands],
        "textposition": "outside",
        "textfont": {"size": 12.5, "weight": 700, "color": inks},
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        **says,
    }
    at_risk = {
        "type": "bar",
        "y": [sum(value.value for value in total.at_risk) for total in panel.bands],
        "marker": {"color": [_strong(place, total) for place, total in enumerate(panel.bands)]},
        **says,
    }
    names = [
        _under(place, RISK_WORDS[total.band], -8, {"size": 12, "color": inks[place]})
        for place, total in enumerate(panel.bands)
    ]
    counts = [
        _under(place, _beneath(panel, total, locale), -25, {"size": 11.5, "color": "var(--ink-3)"})
        for place, total in enumerate(panel.bands)
    ]
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
    likely_at = next(place for place, total in enumerate(panel.bands) if total.band in LIKELY_BANDS) - 0.5
    reference = {
        "x": likely_at,
        "y": 1,
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "xshift": 6,
        "text": f"{LIKELY_FROM // 100} %: call them",
        "font": {"size": 11.5, "color": "var(--ink-3)"},
    }
    layout = {
        "barmode": "overlay",
        "margin": {"l": 0, "r": 0, "t": 22, "b": 46},
        "xaxis": {"range": [-0.5, len(panel.bands) - 0.5], "showticklabels": False},
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
                "x0": likely_at,
                "x1": likely_at,
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
                *({"text": _short_name(total)} for total in panel.bands),
                *({"text": _short_beneath(panel, total, locale)} for total in panel.bands),
                *({"visible": False} for _ in numbers),
                {"text": f"{LIKELY_FROM // 100} %"},
            ]
        },
    }
    return {"data": [bars, at_risk] if panel.measure == "value" else [bars], "layout": layout, "narrow": narrow}


def _fill(panel: RiskPanel, place: int, total: BandTotal) -> str:
    """Strong where the bar is the figure; pale where it is what the figure is a part of."""
    if total.band == UNSCORED:
        return "var(--unknown-line)" if total.chosen else "var(--hairline)"
    if panel.measure != "value":
        return _strong(place, total)
    return f"var(--ramp-{place + 1}-pale)" if total.chosen else "var(--hairline)"


def _strong(place: int, total: BandTotal) -> str:
    return f"var(--ramp-{min(place + 1, 5)}{'' if total.chosen else '-pale'})"


def _height(panel: RiskPanel, total: BandTotal) -> int:
    if panel.measure == "value":
        return sum(value.value for value in total.values)  # at most one currency, else the measure is another
    return total.lines


def _label(panel: RiskPanel, total: BandTotal, locale: str) -> str:
    height = _height(panel, total)
    if not height:
        return ""
    if panel.measure == "value":
        return whole_money(height, total.values[0].currency, locale=locale)
    return quantity(height, locale=locale)


def _beneath(panel: RiskPanel, total: BandTotal, locale: str) -> str:
    """What stands under a bar: its lines and what of it is at risk; where the bar shows lines, their part of all."""
    if panel.measure == "value" and total.at_risk:
        (value,) = total.at_risk
        return f"{_lines(total, locale)} · {whole_money(value.value, value.currency, locale=locale)} at risk"
    return _lines(total, locale) if panel.measure == "value" else f"{_short_beneath(panel, total, locale)} of lines"


def _short_beneath(panel: RiskPanel, total: BandTotal, locale: str) -> str:
    if panel.measure == "value":
        return quantity(total.lines, locale=locale)
    share = total.lines / max(sum(one.lines for one in panel.bands), 1)
    return f"under {percent(LEAST_SAID, locale=locale)}" if 0 < share < LEAST_SAID else percent(share, locale=locale)


def _short_name(total: BandTotal) -> str:
    """The band's own key says it in the least room: "20-35 %"."""
    return "none" if total.band == UNSCORED else f"{total.band.replace('-', '–')} %"


def _short(panel: RiskPanel, height: int, locale: str) -> str:
    if panel.measure == "value":
        currency = next((value.currency for total in panel.bands for value in total.values), "")
        return compact_money(height, currency, locale=locale)
    return quantity(height, locale=locale)


def _lines(total: BandTotal, locale: str) -> str:
    return f"{quantity(total.lines, locale=locale)} {'line' if total.lines == 1 else 'lines'}"


def _sentence(total: BandTotal, locale: str) -> str:
    """What a bar says when pointed at."""
    words = RISK_WORDS[total.band]
    if not total.lines:
        return f"No line has a chance of {words}."
    worth = " and ".join(money(value.value, value.currency, locale=locale) for value in total.values)
    if total.band == UNSCORED:
        return f"{_lines(total, locale)}, {worth}: {words}."
    at_risk = " and ".join(money(value.value, value.currency, locale=locale) for value in total.at_risk)
    have = "has" if total.lines == 1 else "have"
    return f"{_lines(total, locale)} {have} a chance of {words}:<br>{worth}, of which {at_risk} is at risk."


def _under(place: int, text: str, shift: int, font: dict[str, Any]) -> dict[str, Any]:
    """A word under a bar."""
    return {"x": place, "y": 0, "yref": "paper", "yanchor": "top", "yshift": shift, "text": text, "font": font}


def _ticks(top: int) -> list[int]:
    """Round numbers up to the top, few enough."""
    steps = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if top / step <= GRID_LINES)
    return list(range(step, top + 1, step))
