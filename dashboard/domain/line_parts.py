"""The parts of a divided line, when something is said of the line and not of its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from dashboard.domain.order_lines import PartUnits, take_in_turn


def follow_line(
    parts: Sequence[PartUnits], *, qty: int, shipped: int, cancelled: int, left_from: Mapping[int, int]
) -> tuple[PartUnits, ...]:
    """The parts as they are once so much of their line is ordered, shipped and cancelled in all; none is of no units.

    Units left from the parts that are known to have given them (`left_from`, by part), then from the first. What is
    cancelled or cut goes from the last, and so does what turns out never to have left; more units ordered are its own.
    """
    last, *_ = now = list(reversed(parts))
    now[0] = replace(last, qty=last.qty + max(0, qty - sum(part.qty for part in now)))
    now = _less(now, "shipped", sum(part.shipped for part in now) - shipped)
    now = _less(now, "cancelled", sum(part.cancelled for part in now) - cancelled)

    more = shipped - sum(part.shipped for part in now)
    known = take_in_turn([min(part.left, left_from.get(part.part, 0)) for part in now], more)
    now = [replace(part, shipped=part.shipped + some) for part, some in zip(now, known, strict=True)]
    forward = list(reversed(now))
    others = take_in_turn([part.left for part in forward], more - sum(known))
    now = [replace(part, shipped=part.shipped + some) for part, some in zip(forward, others, strict=True)][::-1]

    gone = take_in_turn([part.left for part in now], cancelled - sum(part.cancelled for part in now))
    now = [replace(part, cancelled=part.cancelled + some) for part, some in zip(now, gone, strict=True)]
    cut = take_in_turn([part.left for part in now], sum(part.qty for part in now) - qty)
    now = [replace(part, qty=part.qty - some) for part, some in zip(now, cut, strict=True)]
    return tuple(part for part in reversed(now) if part.qty)


def _less(parts: Sequence[PartUnits], name: str, fewer: int) -> list[PartUnits]:
    """So many fewer shipped, or cancelled, the first of these parts first."""
    given = take_in_turn([getattr(part, name) for part in parts], max(0, fewer))
    return [replace(part, **{name: getattr(part, name) - some}) for part, some in zip(parts, given, strict=True)]
