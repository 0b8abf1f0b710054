"""The units of an order line as acts decide upon them: by part, and by what holds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dashboard.domain.allocation import HELD_NAMES

OPEN = "open"


@dataclass(frozen=True, slots=True)
class HeldUnits:
    """A live hold: units of a part that planning may not move, on a shelf or of a purchase-order line (a tie)."""

    id: int
    part: int
    kind: str  # picked, fixed, told or dealt
    qty: int
    location_id: int | None
    purchase_order_line_id: int | None

    @property
    def is_tie(self) -> bool:
        return self.purchase_order_line_id is not None


@dataclass(frozen=True, slots=True)
class ReservedUnits:
    """Units of a part that stand at a location for it, with the kind of hold that keeps them (empty: none)."""

    part: int
    location_id: int
    location: str
    held: str
    qty: int


@dataclass(frozen=True, slots=True)
class PartUnits:
    """What was ordered of a part and what became of it; an undivided line is its own part 1."""

    part: int
    qty: int
    shipped: int
    cancelled: int

    @property
    def left(self) -> int:
        """Neither shipped nor cancelled."""
        return self.qty - self.shipped - self.cancelled


@dataclass(frozen=True, slots=True)
class LineUnits:
    """One line of an order."""

    line_id: int
    order: str  # its number
    line_no: int
    status: str  # of the order
    dropship: bool  # handed to a drop-shipping supplier: takes no stock of the house
    parts: tuple[PartUnits, ...]
    reserved: tuple[ReservedUnits, ...]
    holds: tuple[HeldUnits, ...]

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return f"line {self.line_no} of order {self.order}"

    @property
    def qty(self) -> int:
        return sum(part.qty for part in self.parts)

    @property
    def shipped(self) -> int:
        return sum(part.shipped for part in self.parts)

    @property
    def cancelled(self) -> int:
        return sum(part.cancelled for part in self.parts)

    @property
    def open(self) -> int:
        """Nothing is open once the order has ended, whatever the quantities."""
        return sum(part.left for part in self.parts) if self.status == OPEN else 0

    @property
    def here(self) -> int:
        """Units that can ship today."""
        return sum(units.qty for units in self.reserved)

    @property
    def held(self) -> int:
        return sum(hold.qty for hold in self.holds)

    def of_part(self, part: int) -> PartUnits:
        return next(one for one in self.parts if one.part == part)


def firmness(held: str) -> int:
    """How firmly units are kept, by the kind of their hold: the firmest first, those that nothing holds last."""
    return HELD_NAMES.index(held) or len(HELD_NAMES)


def reserved_of_open(reserved: Sequence[ReservedUnits], parts: Sequence[PartUnits]) -> tuple[ReservedUnits, ...]:
    """What is reserved, as far as it is still open: between a file's cancel and the plan that follows from it, more can
    be reserved than is open. The firmest stay.
    """
    kept: dict[ReservedUnits, int] = {}
    for part in parts:
        mine = sorted((one for one in reserved if one.part == part.part), key=lambda one: firmness(one.held))
        kept.update(zip(mine, take_in_turn([one.qty for one in mine], max(0, part.left)), strict=True))
    return tuple(replace(one, qty=kept[one]) for one in reserved if kept.get(one))


def take_in_turn(available: Sequence[int], wanted: int) -> list[int]:
    """How much each gives, in turn, until what is wanted is there."""
    taken = []
    for some in available:
        taken.append(min(some, wanted))
        wanted -= taken[-1]
    return taken


def be(qty: int) -> str:
    """`is` or `are`, after a count."""
    return "is" if qty == 1 else "are"


def moment(at: datetime, *, today: date) -> str:
    """An instant of the shop's own time in a sentence: `12 March, 14:03`, with its year where that is another one."""
    return f"{at.day} {at:%B, %H:%M}" if at.year == today.year else f"{at.day} {at:%B %Y, %H:%M}"


def by_whom(who: str | None) -> str:
    """` by Mara`; nothing where nobody did it by hand."""
    return f" by {who}" if who else ""
