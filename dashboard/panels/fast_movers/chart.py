"""The picture of the panel: the stock position of the SKUs that press most, against their reorder points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from dashboard.domain.fast_movers import BELOW, OUT, STATUSES
from dashboard.panels.charts import Figure, round_numbers
from dashboard.panels.fast_movers.panel import FastMoversPanel
from dashboard.panels.fast_movers.queries import SkuStand
from dashboard.web.formats import number, quantity

# What stands left and right of the bars, in pixels: the product, and how it stands with what to order. Where there is
# little room, both are shorter.
NAMES_WIDTH, WORDS_WIDTH = 200, 190
STATUS_AT, DETAIL_AT = 18, 140
NARROW_NAMES_WIDTH, NARROW_WORDS_WIDTH = 118, 44
# A character of a name takes about so many pixels.
CHARACTER_WIDTH = 6.4
# Shares of a row's height: the bar, the pale track up to the reorder point, and half of the point's own mark.
BAR, TRACK, MARK = 0.42, 0.68, 0.36
# Few rows are as high as those of so many.
ROWS_AT_LEAST = 5
# Of what the bars span, so much is left free at either end.
ROOM = 0.04
# The heads over the picture: how wide each is, how near two of them may come, and the bars' room where it is least, in
# pixels.
OWED, POINT, ORDER = "owed", "reorder point", "order"
HEAD_WIDTHS = {OWED: 32, POINT: 76, ORDER: 32}
HEADS_APART = 8
LEAST_PLOT, LEAST_NARROW_PLOT = 230, 120

_STATUS_INKS = {STATUSES[OUT]: "var(--late)", STATUSES[BELOW]: "var(--soon)"}


def figure(panel: FastMoversPanel, address: Callable[[str], str], *, locale: str) -> Figure | None:
    """A bar for each SKU that presses most; `address` is where it leads, the same as its link in the text beside. None
    where none does.
    """
    rows = panel.pictured
    if not rows:
        return None
    places = list(range(len(rows) - 1, -1, -1))  # the first at the top
    low = min(0, *(row.position for row in rows))
    high = max(1, *(max(row.position, row.reorder_point or 0) for row in rows))
    span = high - low
    # No scale where nothing is to be read off it.
    ticks = round_numbers(low, high) if any(row.position or row.reorder_point for row in rows) else []
    marks = {
        "y": places,
        "orientation": "h",
        "customdata": [address(row.sku) for row in rows],
        "hovertext": [sentence(row, locale=locale) for row in rows],
        "hoverinfo": "text",
    }
    track = {
        "type": "bar",
        "x": [row.reorder_point or 0 for row in rows],
        "width": TRACK,
        "marker": {"color": "var(--unknown-soft)"},
        **marks,
    }
    bars = {
        "type": "bar",
        "x": [row.position for row in rows],
        "width": BAR,
        "marker": {"color": ["var(--ramp-5)" if row.position < 0 else "var(--ramp-3)" for row in rows]},
        **marks,
    }
    names = [
        _beside(place, -NAMES_WIDTH, _shortened(row, NAMES_WIDTH), "left")
        for place, row in zip(places, rows, strict=True)
    ]
    statuses = [
        _beside(place, STATUS_AT, row.status, "right", {"size": 11.5, "color": _STATUS_INKS[row.status]}, reads="left")
        for place, row in zip(places, rows, strict=True)
    ]
    details = [
        _beside(place, DETAIL_AT, _detail(row, locale), "right", {"size": 11.5, "color": "var(--ink-2)"})
        for place, row in zip(places, rows, strict=True)
    ]
    orders = [
        _beside(
            place,
            WORDS_WIDTH,
            quantity(row.suggested_order, locale=locale) if row.suggested_order else "–",
            "right",
            {"size": 12.5, "weight": 700, "color": "var(--ink)"},
        )
        for place, row in zip(places, rows, strict=True)
    ]
    numbers = [
        {
            "x": tick,
            "y": 0,
            "yref": "paper",
            "yanchor": "top",
            "yshift": -6,
            "text": ("−" if tick < 0 else "")
            + quantity(abs(tick), locale=locale)
            + (f" unit{'' if tick == 1 else 's'}" if tick == ticks[-1] else ""),
            "font": {"size": 11, "color": "var(--ink-3)"},
        }
        for tick in ticks
    ]
    first, last = low - (span * ROOM if low < 0 else 0), high + span * ROOM
    heads = _heads(low, rows[0].reorder_point, (first, last), LEAST_PLOT, WORDS_WIDTH)
    layout = {
        "margin": {"l": NAMES_WIDTH, "r": WORDS_WIDTH, "t": 22, "b": 26},
        "barmode": "overlay",
        "xaxis": {
            "range": [first, last],
            "showgrid": True,
            "gridcolor": "var(--hairline)",
            "gridwidth": 1,
            "tickvals": ticks,
            "showticklabels": False,
            "zeroline": True,
            "zerolinecolor": "var(--line-firm)",
            "zerolinewidth": 1,
        },
        "yaxis": {
            "range": [min(len(rows) - ROWS_AT_LEAST, 0) - 0.5, len(rows) - 0.5],
            "showgrid": False,
            "showticklabels": False,
        },
        "shapes": [
            {
                "type": "line",
                "x0": row.reorder_point,
                "x1": row.reorder_point,
                "y0": place - MARK,
                "y1": place + MARK,
                "line": {"color": "var(--ink)", "width": 2},
            }
            for place, row in zip(places, rows, strict=True)
            if row.reorder_point is not None
        ],
        "annotations": [*names, *statuses, *details, *orders, *numbers, *heads],
    }
    narrow = {
        "layout": {
            "margin": {"l": NARROW_NAMES_WIDTH, "r": NARROW_WORDS_WIDTH},
            "annotations": [
                *({"text": _shortened(row, NARROW_NAMES_WIDTH), "xshift": -NARROW_NAMES_WIDTH} for row in rows),
                *({"visible": False} for _ in (*statuses, *details)),
                *({"xshift": NARROW_WORDS_WIDTH} for _ in orders),
                *({} for _ in numbers),
                *_heads(low, rows[0].reorder_point, (first, last), LEAST_NARROW_PLOT, NARROW_WORDS_WIDTH),
            ],
        }
    }
    return {"data": [track, bars], "layout": layout, "narrow": narrow, "narrowBelow": 640}


def sentence(row: SkuStand, *, locale: str) -> str:
    """What a bar says when pointed at."""
    there = f"{quantity(row.available, locale=locale)} available, {quantity(row.incoming, locale=locale)} to come"
    waits = f", {quantity(row.backordered, locale=locale)} waited for" if row.backordered else ""
    sells = (
        f"It sells {number(row.demand_per_day, locale=locale)} a day"
        if row.demand_per_day
        else "Nobody ordered it in 90 days"
    )
    lasts = f" and lasts {number(row.days_of_cover, locale=locale)} days" if row.days_of_cover else ""
    point = (
        "it has no reorder point"
        if row.reorder_point is None
        else f"its reorder point is {quantity(row.reorder_point, locale=locale)}"
    )
    return f"{row.product or row.sku}<br>{there}{waits}.<br>{sells}{lasts}; {point}."


def _detail(row: SkuStand, locale: str) -> str:
    if row.backordered and row.status == STATUSES[OUT]:
        return f"{quantity(row.backordered, locale=locale)} waiting"
    if row.days_of_cover is not None:
        return f"{number(row.days_of_cover, 0, locale=locale)} d cover"
    return f"{quantity(row.available, locale=locale)} there"


def _shortened(row: SkuStand, width: int) -> str:
    """The product's name as far as there is room; the markup that Plotly would read in it is none."""
    name, room = row.product or row.sku, int((width - 12) / CHARACTER_WIDTH)
    name = name if len(name) <= room else name[: room - 1].rstrip(" ,") + "…"
    return name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _beside(
    place: int, shift: int, text: str, side: str, font: dict[str, Any] | None = None, *, reads: str = ""
) -> dict[str, Any]:
    """A word left or right of a bar; it reads from the side where it stands, unless said otherwise."""
    return {
        "x": 0 if side == "left" else 1,
        "xref": "paper",
        "xanchor": reads or side,
        "xshift": shift,
        "y": place,
        "text": text,
        "font": font or {"size": 12.5, "color": "var(--ink)"},
    }


def _heads(
    low: float, point: int | None, ends: tuple[float, float], plot: int, words_width: int
) -> list[dict[str, Any]]:
    """What stands over what is owed, the first SKU's reorder point and what to order, none over another; a head for
    which there is no room in a plot of so many pixels is not seen.
    """
    order = _head(1, ORDER, "right", xref="paper", xshift=words_width)
    taken = [(float(plot + words_width - HEAD_WIDTHS[ORDER]), float(plot + words_width))]
    heads = []
    for at, text, anchors in (
        (point or None, POINT, ("center", "right", "left")),
        (low / 2 if low < 0 else None, OWED, ("center", "right")),
    ):
        if at is None:
            continue
        pixel, width = (at - ends[0]) / (ends[1] - ends[0]) * plot, HEAD_WIDTHS[text]
        lefts = {"center": pixel - width / 2, "right": pixel - width, "left": pixel}
        free = next((anchor for anchor in anchors if _is_free(lefts[anchor], width, taken)), None)
        heads.append({**_head(at, text, free or anchors[0]), "visible": free is not None})
        if free:
            taken.append((lefts[free], lefts[free] + width))
    return [*heads, order]


def _is_free(left: float, width: int, taken: list[tuple[float, float]]) -> bool:
    return all(left + width + HEADS_APART <= start or left >= end + HEADS_APART for start, end in taken)


def _head(x: float | None, text: str, anchor: str, *, xref: str = "x", xshift: int = 0) -> dict[str, Any]:
    return {
        "x": x,
        "xref": xref,
        "xanchor": anchor,
        "xshift": xshift,
        "y": 1,
        "yref": "paper",
        "yanchor": "bottom",
        "text": text,
        "font": {"size": 11.5, "color": "var(--ink-3)"},
    }
