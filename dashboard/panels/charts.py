"""What the pictures of panels are drawn with: bars over a calm grid, their words, and lines that say what matters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.web.formats import compact_money, quantity, whole_money

# A picture is calm with at most this many lines across it.
GRID_LINES = 4
# Above the highest bar there is room for its number, below the name of the reference.
HEADROOM = 1.16
# The number of a line of the grid stands at its right end, unless the last bar reaches this near to it.
CLEAR_OF_LAST_BAR = 1.25
NAME_SHIFT, BENEATH_SHIFT = -8, -25
# What a label under a bar takes at its size, in pixels: below this the shorter labels are drawn.
CHARACTER_WIDTH, LABEL_GAP = 4.9, 12

Figure = dict[str, Any]  # {data, layout, narrow, narrowBelow}, as static/js/charts.js reads them

QUIET = {"size": 11, "color": "var(--ink-3)"}


@dataclass(frozen=True, slots=True)
class Scale:
    """What heights mean: a value in a currency, or a count where there is none."""

    currency: str | None
    locale: str

    def label(self, height: int) -> str:
        """A height in full, as it stands on a bar; nothing on a bar that is not there."""
        if not height:
            return ""
        if self.currency is None:
            return quantity(height, locale=self.locale)
        return whole_money(height, self.currency, locale=self.locale)

    def short(self, height: int) -> str:
        """A height where there is little room."""
        if self.currency is None:
            return quantity(height, locale=self.locale)
        return compact_money(height, self.currency, locale=self.locale)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and its words."""

    height: int
    fill: str
    is_chosen: bool  # False: the filters leave it out, and its words are paled
    address: str  # where it leads, as the link of it in the text beside
    sentence: str  # what it says when pointed at
    name: str  # stands under it
    beneath: str  # and this under its name
    narrow: dict[str, str]  # where there is little room: {"name", "beneath"}, those that differ
    inner: tuple[int, str] | None = None  # the height and the fill of the part of it that is meant

    @property
    def ink(self) -> str:
        return "var(--ink)" if self.is_chosen else "var(--ink-3)"


@dataclass(frozen=True, slots=True)
class Reference:
    """The line between two bars from which on something is different, and its name."""

    place: float
    name: str
    side: str  # of the line, where its name stands: left or right
    narrow_name: str | None = None  # where there is little room


def bar_chart(bars: Sequence[Bar], scale: Scale, reference: Reference) -> Figure:
    """Bars side by side, each with its number on it and two words under it."""
    heights = [bar.height for bar in bars]
    top = max(*heights, 1)
    ticks = round_numbers(0, top)[1:] if any(heights) else []
    places = list(range(len(bars)))
    says = {
        "x": places,
        "customdata": [bar.address for bar in bars],
        "hovertext": [bar.sentence for bar in bars],
        "hoverinfo": "text",
    }
    drawn = {
        "type": "bar",
        "y": heights,
        "marker": {"color": [bar.fill for bar in bars]},
        "text": [scale.label(height) for height in heights],
        "textposition": "outside",
        "textfont": {"size": 12.5, "weight": 700, "color": [bar.ink for bar in bars]},
        "textangle": 0,
        "constraintext": "none",
        "cliponaxis": False,
        **says,
    }
    meant = {
        "type": "bar",
        "y": [bar.inner[0] if bar.inner else 0 for bar in bars],
        "marker": {"color": [bar.inner[1] if bar.inner else bar.fill for bar in bars]},
        **says,
    }
    names = [
        under(place, bar.name, NAME_SHIFT, {"size": 12, "color": bar.ink})
        for place, bar in zip(places, bars, strict=True)
    ]
    beneath = [
        under(place, bar.beneath, BENEATH_SHIFT, {**QUIET, "size": 11.5})
        for place, bar in zip(places, bars, strict=True)
    ]
    numbers = grid_numbers((tick for tick in ticks if tick > heights[-1] * CLEAR_OF_LAST_BAR), scale.short)
    side = reference.side
    named = beside_line(reference.place, reference.name, side, "var(--ink-3)")
    layout = {
        "barmode": "overlay",
        "margin": {"l": 0, "r": 0, "t": 22, "b": 46},
        **axes(len(bars) - 0.5, top, ticks),
        "shapes": [line_between(reference.place)],
        "annotations": [*names, *beneath, *numbers, named],
    }
    narrow = {
        "data": [{"text": [scale.short(height) if height else "" for height in heights]}],
        "layout": {
            "annotations": [
                *(_instead(bar.narrow.get("name")) for bar in bars),
                *(_instead(bar.narrow.get("beneath")) for bar in bars),
                *({"visible": False} for _ in numbers),
                _instead(reference.narrow_name),
            ]
        },
    }
    room = len(bars) * (max(len(bar.beneath) for bar in bars) * CHARACTER_WIDTH + LABEL_GAP)
    has_parts = any(bar.inner for bar in bars)
    return {
        "data": [drawn, meant] if has_parts else [drawn],
        "layout": layout,
        "narrow": narrow,
        "narrowBelow": round(room),
    }


def _instead(text: str | None) -> dict[str, str]:
    return {} if text is None else {"text": text}


def axes(right: float, top: int, ticks: Sequence[int]) -> dict[str, Any]:
    """The ground that bars stand on, and the grid behind them; words and numbers are annotations of their own."""
    return {
        "xaxis": {"range": [-0.5, right], "showticklabels": False},
        "yaxis": {
            "range": [0, top * HEADROOM],
            "showgrid": True,
            "tickvals": ticks,
            "showticklabels": False,
            "zeroline": True,
            "zerolinecolor": "var(--line-firm)",
            "zerolinewidth": 1,
        },
    }


def grid_numbers(ticks: Iterable[int], said: Callable[[int], str]) -> list[dict[str, Any]]:
    """The numbers of the grid, each at the right end of its line."""
    return [
        {
            "x": 1,
            "xref": "paper",
            "xanchor": "right",
            "y": tick,
            "yanchor": "bottom",
            "yshift": 2,
            "text": said(tick),
            "font": QUIET,
        }
        for tick in ticks
    ]


def under(place: float, text: str, shift: int, font: dict[str, Any]) -> dict[str, Any]:
    """A word under a bar."""
    return {"x": place, "y": 0, "yref": "paper", "yanchor": "top", "yshift": shift, "text": text, "font": font}


DOTTED = {"color": "var(--ink-3)", "width": 1, "dash": "2px,3px"}


def line_between(place: float, line: dict[str, Any] = DOTTED) -> dict[str, Any]:
    """An upright line between two bars."""
    return {"type": "line", "x0": place, "x1": place, "y0": 0, "y1": 1.1, "yref": "paper", "line": line}


def beside_line(place: float, text: str, side: str, colour: str) -> dict[str, Any]:
    """The name of such a line, at its top, on one side of it."""
    return {
        "x": place,
        "y": 1,
        "yref": "paper",
        "xanchor": "left" if side == "right" else "right",
        "yanchor": "bottom",
        "xshift": 6 if side == "right" else -6,
        "text": text,
        "font": {"size": 11.5, "color": colour},
    }


def round_numbers(low: float, high: float, *, span: float | None = None, at_most: int = GRID_LINES) -> list[int]:
    """Round numbers from low to high, so that at most so many steps fit between them (or into another span)."""
    span = high - low if span is None else span
    steps = (factor * 10**power for power in range(20) for factor in (1, 2, 5))
    step = next(step for step in steps if span / step <= at_most)
    return list(range(int(-(-low // step)) * step, int(high) + 1, step))
