"""The picture of a line: where its units come from, against the calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.database import day_number, day_of
from dashboard.panels.orders.panel import LinePage
from dashboard.web.formats import day, quantity

ROWS_AT_MOST = 4  # more rows than this do not fit its height
NAMES_WIDTH = 150
TICKS = 5  # or so many days on the calendar
SIDE_MARGIN = 0.06  # of the span, so that no label is cut off
ROOM_FROM = 0.6  # of the calendar's width: further right a label of three words is cut off on a phone

Figure = dict[str, Any]  # {data, layout, narrow}, as Plotly reads them


def timeline(found: LinePage, *, locale: str) -> Figure | None:
    """A bar for each slice from its order to its date, with the promise and today; None where nothing has a slice."""
    rows = _rows(found, locale)[:ROWS_AT_MOST]
    if not rows:
        return None
    today, promise = found.page.today, found.line.facts.current_promise
    known = [today, *(row[key] for row in rows for key in ("start", "end", "late") if row[key])]
    if promise is not None:
        known.append(promise)
    low, high = min(known), max(known)
    span = max((high - low).days, 14)
    left, right = day_number(low) - 1, day_number(high) + int(span * SIDE_MARGIN) + 1

    def shown(value: date) -> str:
        return day(value, today=today, locale=locale)

    shapes: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for tick in _ticks(left, right):
        shapes.append(_upright(tick, "var(--hairline)", 1, "below"))
        notes.append(
            {
                "x": tick,
                "y": 0,
                "yref": "paper",
                "yanchor": "top",
                "yshift": -9,
                "text": shown(day_of(tick)),
                "font": {"size": 11, "color": "var(--ink-3)"},
            }
        )
    dots = []
    for place, row in enumerate(reversed(rows)):
        notes += [_name(place, row["name"], 8, True), _name(place, row["detail"], -9, False)]
        start, end = day_number(row["start"]), day_number(row["end"]) if row["end"] else right
        shapes.append(_bar(place, start, end, "var(--ramp-3)" if row["here"] else "var(--ramp-2)"))
        if not row["here"]:
            notes.append(_note(start, place, 13, row["start_text"], {"size": 11.5, "color": "var(--ink-2)"}, "left"))
        if row["here"]:
            # Beside the dot, or over the bar where the calendar ends soon after.
            fits_beside = end - left < (right - left) * ROOM_FROM
            at = (0, "left", 10) if fits_beside else (13, "right", -6)
            notes.append(_note(end, place, at[0], "can leave now", _strong("var(--good)"), *at[1:]))
        elif row["end"] is None:
            notes.append(_note(right, place, 13, "no date yet", _strong("var(--ink)"), "right"))
        else:
            if row["late"] and row["late"] > row["end"]:
                late = day_number(row["late"])
                shapes.append(_bar(place, end, late, "var(--ramp-1)"))
                # Under the bar, where neither the date nor the edge of the picture is in its way.
                notes.append(
                    _note(
                        late, place, -15, f"late {shown(row['late'])}", {"size": 11, "color": "var(--ink-3)"}, "right"
                    )
                )
            notes.append(_note(end, place, 13, shown(row["end"]), _strong("var(--ink)")))
        if row["end"]:
            dots.append((end, place, "var(--good)" if row["here"] else "var(--ramp-4)", row["detail"]))
    if promise is not None:
        kept = found.line.eta is not None and found.line.eta <= promise
        colour = "var(--good)" if kept else "var(--late)"
        shapes.append(_upright(day_number(promise), colour, 2, "between"))
        is_at_the_right = day_number(promise) - left > (right - left) / 2
        notes.append(
            {
                "x": day_number(promise),
                "y": 0,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": "right" if is_at_the_right else "left",
                "xshift": -5 if is_at_the_right else 5,
                "yshift": 1,
                "text": f"promised {shown(promise)}",
                "font": {"size": 11.5, "color": colour},
            }
        )
    shapes.append(_upright(day_number(today), "var(--ink)", 1.5, "between"))
    notes.append(
        {
            "x": day_number(today),
            "y": 1,
            "yref": "paper",
            "yanchor": "bottom",
            "yshift": 2,
            "text": "today",
            "font": _strong("var(--ink)"),
        }
    )
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "x": [x for x, *_ in dots],
                "y": [y for _, y, *_ in dots],
                "marker": {
                    "size": 10,
                    "color": [colour for *_, colour, _ in dots],
                    "line": {"width": 1.5, "color": "var(--surface)"},
                },
                "hovertext": [text for *_, text in dots],
                "hoverinfo": "text",
                "cliponaxis": False,
            }
        ],
        "layout": {
            "margin": {"l": NAMES_WIDTH, "r": 12, "t": 22, "b": 26},
            "xaxis": {"range": [left, right], "showticklabels": False},
            "yaxis": {"range": [-0.75, len(rows) - 0.4], "showticklabels": False},
            "shapes": shapes,
            "annotations": notes,
        },
        # On a phone the names stand in the table beneath.
        "narrow": {
            "layout": {
                "margin": {"l": 0, "r": 12},
                "annotations": [{"visible": False} if note.get("xshift") == -NAMES_WIDTH else {} for note in notes],
            }
        },
    }


def _rows(found: LinePage, locale: str) -> list[dict[str, Any]]:
    """What is here, then what is to come, soonest first."""
    today, order = found.page.today, found.page.order

    def units(count: int) -> str:
        return f"{quantity(count, locale=locale)} unit{'' if count == 1 else 's'}"

    def shown(value: date) -> str:
        return day(value, today=today, locale=locale)

    rows = [
        {
            "name": units(here.qty),
            "detail": f"here, {here.location}",
            "start": order.placed_on,
            "start_text": "",
            "end": today,
            "late": None,
            "here": True,
        }
        for here in found.line.here
    ]
    return rows + [
        {
            "name": units(one.facts.qty),
            "detail": one.facts.purchase_order,
            "start": one.facts.ordered_on,
            "start_text": f"ordered {shown(one.facts.ordered_on)}",
            "end": one.facts.eta,
            "late": one.facts.late_eta,
            "here": False,
        }
        for one in found.line.incoming
    ]


def _ticks(left: int, right: int) -> list[int]:
    """Some days, evenly over the calendar, away from its edges."""
    step = max((right - left) // TICKS, 1)
    return list(range(left + step // 2, right, step))


def _strong(colour: str) -> dict[str, Any]:
    return {"size": 12, "weight": 700, "color": colour}


_NAME = {"size": 12.5, "weight": 600, "color": "var(--ink)"}
_DETAIL = {"size": 11.5, "color": "var(--ink-3)"}


def _name(row: int, text: str, shift: int, first: bool) -> dict[str, Any]:
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "xshift": -NAMES_WIDTH,
        "y": row,
        "yshift": shift,
        "text": text,
        "font": _NAME if first else _DETAIL,
    }


def _note(
    x: int, row: int, up: int, text: str, font: dict[str, Any], anchor: str = "center", shift: int = 0
) -> dict[str, Any]:
    return {"x": x, "xanchor": anchor, "xshift": shift, "y": row, "yshift": up, "text": text, "font": font}


def _bar(row: int, start: int, end: int, colour: str) -> dict[str, Any]:
    return {
        "type": "rect",
        "x0": start,
        "x1": end,
        "yref": "y",
        "ysizemode": "pixel",
        "yanchor": row,
        "y0": -4,
        "y1": 4,
        "layer": "between",
        "line": {"width": 0},
        "fillcolor": colour,
    }


def _upright(x: int, colour: str, width: float, layer: str) -> dict[str, Any]:
    return {
        "type": "line",
        "x0": x,
        "x1": x,
        "y0": 0,
        "y1": 1,
        "yref": "paper",
        "layer": layer,
        "line": {"color": colour, "width": width},
    }
