"""The picture of the panel: what to order of whom, and what of it customers wait for already."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.panels.charts import Figure, round_numbers
from dashboard.panels.purchasing.panel import PurchasingPanel
from dashboard.panels.purchasing.queries import NamedTotal
from dashboard.web.formats import quantity

# What stands left and right of the bars, in pixels: the supplier, and how many units of how many products.
NAMES_WIDTH, WORDS_WIDTH, SKUS_WIDTH = 170, 124, 68
NARROW_NAMES_WIDTH, NARROW_WORDS_WIDTH = 112, 48
# A character of a name takes about so many pixels.
CHARACTER_WIDTH = 6.8
# Shares of a row's height: what is ordered, and in it what is waited for.
ORDERED, WAITED_FOR = 0.62, 0.3
# Few rows are drawn as high as these would be, so that one supplier does not fill the picture.
ROWS_AT_LEAST = 5
HEADROOM = 1.04
NOBODY = "Nobody sells it"


def figure(panel: PurchasingPanel, address: Callable[[NamedTotal], str], *, locale: str) -> Figure | None:
    """A bar for each supplier; `address` is where it leads, the same as its link in the text beside. None where
    nothing is to be ordered.
    """
    rows = panel.pictured
    if not rows:
        return None
    places = list(range(len(rows)))
    ordered = [max(one.total.units, one.total.unmet) for one in rows]
    end = max(*ordered, 1) * HEADROOM
    ticks = round_numbers(0, end)
    says = {
        "y": places,
        "orientation": "h",
        "customdata": [address(one) for one in rows],
        "hovertext": [sentence(one, locale=locale) for one in rows],
        "hoverinfo": "text",
    }
    bars = {"type": "bar", "x": ordered, "width": ORDERED, "marker": {"color": "var(--ramp-2)"}, **says}
    waited_for = {
        "type": "bar",
        "x": [one.total.unmet for one in rows],
        "width": WAITED_FOR,
        "marker": {"color": "var(--ramp-5)"},
        **says,
    }
    names = [_beside(place, _cut(called(one), NAMES_WIDTH), "left", -NAMES_WIDTH) for place, one in enumerate(rows)]
    counts = [
        _beside(place, quantity(units, locale=locale), "right", WORDS_WIDTH - SKUS_WIDTH, weight=700)
        for place, units in enumerate(ordered)
    ]
    products = [
        _beside(place, _skus(one.total.skus, locale), "right", WORDS_WIDTH, colour="var(--ink-2)")
        for place, one in enumerate(rows)
    ]
    heads = [
        *(
            [{**_head("dark: waited for already", 0), "xanchor": "left"}]
            if any(one.total.unmet for one in rows)
            else []
        ),
        {**_head("units", 1), "xref": "paper", "xanchor": "right", "xshift": WORDS_WIDTH - SKUS_WIDTH},
    ]
    numbers = [
        {
            "x": tick, "y": 0, "yref": "paper", "yanchor": "top", "yshift": -6,
            "text": quantity(tick, locale=locale) + (" units" if tick == ticks[-1] else ""),
            "font": {"size": 11, "color": "var(--ink-3)"},
        }
        for tick in ticks
    ]  # fmt: skip
    layout = {
        "margin": {"l": NAMES_WIDTH, "r": WORDS_WIDTH, "t": 22, "b": 26},
        "barmode": "overlay",
        "xaxis": {
            "range": [0, end],
            "showgrid": True,
            "gridcolor": "var(--hairline)",
            "tickvals": ticks,
            "showticklabels": False,
            "zeroline": True,
            "zerolinecolor": "var(--line-firm)",
            "zerolinewidth": 1,
        },
        "yaxis": {"range": [max(len(rows), ROWS_AT_LEAST) - 0.5, -0.5], "showgrid": False, "showticklabels": False},
        "annotations": [*names, *counts, *products, *heads, *numbers],
    }
    narrow = {
        "layout": {
            "margin": {"l": NARROW_NAMES_WIDTH, "r": NARROW_WORDS_WIDTH},
            "annotations": [
                *({"text": _cut(called(one), NARROW_NAMES_WIDTH), "xshift": -NARROW_NAMES_WIDTH} for one in rows),
                *({"xshift": NARROW_WORDS_WIDTH} for _ in counts),
                *({"visible": False} for _ in products),
                *({} for _ in heads[:-1]),
                {"xshift": NARROW_WORDS_WIDTH},
                *({} for _ in numbers),
            ],
        }
    }
    return {"data": [bars, waited_for], "layout": layout, "narrow": narrow, "narrowBelow": 560}


def sentence(one: NamedTotal, *, locale: str) -> str:
    """What a bar says when pointed at."""
    total = one.total
    products = f"{quantity(total.skus, locale=locale)} product{'' if total.skus == 1 else 's'}"
    order = f"{quantity(total.units, locale=locale)} units of {products} to order"
    if not total.unmet:
        return f"{called(one)}: {order}; nobody waits for them yet."
    lines = f"{quantity(total.unmet_lines, locale=locale)} line{'' if total.unmet_lines == 1 else 's'}"
    waits = "waits" if total.unmet_lines == 1 else "wait"
    return f"{called(one)}: {order}; {lines} {waits} for {quantity(total.unmet, locale=locale)} that nobody ordered."


def called(one: NamedTotal) -> str:
    """What stands for a supplier; of what nobody sells, that."""
    return one.name or one.code or NOBODY


def _skus(count: int, locale: str) -> str:
    return f"{quantity(count, locale=locale)} SKU{'' if count == 1 else 's'}"


def _beside(
    place: int, text: str, side: str, shift: int, *, colour: str = "var(--ink)", weight: int = 400
) -> dict[str, Any]:
    """Words at the left or the right of a bar; the markup that Plotly would read in them is none."""
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "xanchor": side,
        "xshift": shift,
        "y": place,
        "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
        "font": {"size": 12.5, "color": colour, "weight": weight},
    }


def _head(word: str, at: float) -> dict[str, Any]:
    return {
        "x": at, "y": 1, "yref": "paper", "yanchor": "bottom", "yshift": 3, "text": word,
        "font": {"size": 11.5, "color": "var(--ink-3)"},
    }  # fmt: skip


def _cut(name: str, width: int) -> str:
    room = int((width - 12) / CHARACTER_WIDTH)
    return name if len(name) <= room else name[: room - 1].rstrip(" ,") + "…"
