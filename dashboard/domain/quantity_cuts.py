"""The customer wants fewer of a line: which units are no longer wanted, and what may not be cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.domain.order_lines import LineUnits, be, take_in_turn
from dashboard.domain.quantities import named, units
from dashboard.domain.refusals import Refused


class QuantityCutRefused(Refused):
    """A line that cannot be cut to that quantity."""


@dataclass(frozen=True, slots=True)
class PartUnitsGone:
    """Units of a part that are open no more."""

    part: int
    qty: int


def cut(line: LineUnits, *, wanted: int) -> tuple[PartUnitsGone, ...]:
    """What is cancelled of each part so that the customer gets `wanted` units in all, those shipped included."""
    if line.open == 0:
        raise QuantityCutRefused(f"Nothing of {line.name} is open any more.", "There is nothing left to cut.")
    if wanted < 0:
        raise QuantityCutRefused("Nobody gets fewer than none.", "Write 0 or more.", field="wanted")
    if wanted < line.shipped:
        raise QuantityCutRefused(
            f"{units(line.shipped)} of {line.name} {be(line.shipped)} shipped already.",
            f"Write {line.shipped} or more.",
            field="wanted",
        )
    if wanted >= line.shipped + line.open:
        raise QuantityCutRefused(
            f"The customer gets {units(line.shipped + line.open)} as it stands, and a cut is to fewer.",
            "What is wanted besides is a new order.",
            field="wanted",
        )
    return without(line, line.shipped + line.open - wanted)


def without(line: LineUnits, qty: int) -> tuple[PartUnitsGone, ...]:
    """So many open units less: those that still wait before those that are here, of the last part first."""
    parts = sorted(line.parts, key=lambda part: part.part, reverse=True)
    here = {part.part: sum(one.qty for one in line.reserved if one.part == part.part) for part in parts}
    waiting = take_in_turn([part.left - here[part.part] for part in parts], qty)
    reserved = take_in_turn([here[part.part] for part in parts], qty - sum(waiting))
    gone = {part.part: one + other for part, one, other in zip(parts, waiting, reserved, strict=True)}
    return tuple(PartUnitsGone(part, gone[part]) for part in sorted(gone) if gone[part])


def cut_in_words(line: LineUnits, *, qty: int, reserved: Sequence[tuple[str, int]], more: int) -> str:
    """What a cut did: how many fewer, and who has what was held for them."""
    left = line.shipped + line.open - qty
    words = f"{line.name[:1].upper()}{line.name[1:]} is cut to {left}: {units(qty)} cancelled."
    return words + freed_in_words(reserved, more=more)


def freed_in_words(reserved: Sequence[tuple[str, int]], *, more: int) -> str:
    """Who has now what others gave up; nothing where nobody got any."""
    return f" Now reserved: {named(reserved, more=more)}." if reserved else ""
