"""A waiting quantity bound to one purchase-order line, and to nothing else until it is untied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.allocation import HELD_NAMES
from dashboard.domain.holds import HoldEnd
from dashboard.domain.order_lines import HeldUnits, LineUnits, be, take_in_turn
from dashboard.domain.quantities import units
from dashboard.domain.refusals import Refused


class TieRefused(Refused):
    """Units that cannot be tied to a purchase order."""


def purchase_order(number: str) -> str:
    """How a sentence speaks of a purchase order; many a merchant's own number begins with PO already."""
    return number if number.upper().startswith("PO") else f"PO {number}"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A line of a purchase order as a tie sees it."""

    id: int
    purchase_order: str
    line_no: int
    same_sku: bool
    supplies: bool  # sent or confirmed; else nothing of it is expected
    open: int
    tied: int  # by live holds of any order line

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return purchase_order(self.purchase_order)


@dataclass(frozen=True, slots=True)
class NewTie:
    """Units of a part to be tied."""

    part: int
    qty: int


def tie(line: LineUnits, qty: int, *, to: Incoming | None, sku: str) -> tuple[NewTie, ...]:
    """Which parts' units wait for that purchase-order line alone: those not here yet before those that are."""
    if line.open == 0:
        raise TieRefused(f"Nothing of {line.name} is open.", "Nothing of it waits.")
    if to is None:
        raise TieRefused("There is no such line of a purchase order.", "Choose one of the list.", field="supply")
    if not to.same_sku:
        raise TieRefused(
            f"Line {to.line_no} of {to.name} does not bring {sku}.", "Choose one that does.", field="supply"
        )
    if not to.supplies or to.open == 0:
        raise TieRefused(f"{to.name} brings nothing more.", "Choose one that is still to come.", field="supply")
    if qty < 1:
        raise TieRefused("A tie has at least 1 unit.", "Write how many.", field="qty")
    loose = line.open - line.held
    if loose <= 0:
        raise TieRefused(f"Every open unit of {line.name} is held already.", "Release some first.")
    if qty > loose:
        raise TieRefused(
            f"Only {units(loose)} of {line.name} {be(loose)} open and not held otherwise.",
            f"Write {loose} or fewer.",
            field="qty",
        )
    left = max(0, to.open - to.tied)
    if qty > left:
        raise TieRefused(
            f"{to.name} brings {units(to.open)}"
            + (f", of which {to.tied} {be(to.tied)} tied to other lines." if to.tied else "."),
            f"Write {left} or fewer." if left else "Choose another one.",
            field="qty",
        )
    return _by_part(line, qty)


def chosen_order(number: str | None) -> str:
    """The purchase order that somebody chose."""
    if not number:
        raise TieRefused("No purchase order is chosen.", "Order what is missing first.", field="purchase_order")
    return number


def still_to_tie(line: LineUnits, *, to: Incoming | None, number: str, sku: str) -> int:
    """The units of a line that are not here and wait for nothing in particular, or what the order has left of them."""
    if to is None:
        raise TieRefused(f"{purchase_order(number)} brings no {sku}.", "Choose one that does.", field="purchase_order")
    waiting = line.open - line.here - sum(one.qty for one in line.holds if one.is_tie)
    if waiting <= 0:
        raise TieRefused(f"Nothing of {line.name} waits that is not tied already.", "Untie it first.")
    return min(waiting, max(to.open - to.tied, 0)) or waiting


def arrived(ties: Sequence[HeldUnits], qty: int) -> list[HoldEnd]:
    """Which ties end because so many units of their purchase-order line came: the firmest first, then the oldest."""
    by_turn = sorted(ties, key=lambda one: (HELD_NAMES.index(one.kind), one.id))
    taken = take_in_turn([one.qty for one in by_turn], qty)
    return [HoldEnd(one, some) for one, some in zip(by_turn, taken, strict=True) if some]


def came_in_words(number: str) -> str:
    """Why units that were tied are held on the shelf: the receipt that they came with."""
    return f"came with {number}"


def supply_in_words(number: str, line_no: int, *, qty_open: int, stated: date | None, today: date) -> str:
    """A purchase-order line as one chooses it: when its supplier says that it comes, and what is open of it."""
    when = "no date yet" if stated is None else f"{'' if stated >= today else 'due '}{stated.day} {stated:%b}"
    return f"{purchase_order(number)} / {line_no} · {when} · {qty_open} open"


def tied_in_words(line: LineUnits, qty: int, to: Incoming) -> str:
    """What was tied, and what that means."""
    return f"{units(qty)} of {line.name} {be(qty)} tied to {to.name}: filled from it alone until untied."


def _by_part(line: LineUnits, qty: int) -> tuple[NewTie, ...]:
    loose = {part.part: part.left - sum(one.qty for one in line.holds if one.part == part.part) for part in line.parts}
    here = {part: sum(one.qty for one in line.reserved if one.part == part and not one.held) for part in loose}
    parts = sorted(loose)
    waiting = take_in_turn([max(0, loose[part] - here[part]) for part in parts], qty)
    rest = take_in_turn([loose[part] - some for part, some in zip(parts, waiting, strict=True)], qty - sum(waiting))
    return tuple(
        NewTie(part, one + other) for part, one, other in zip(parts, waiting, rest, strict=True) if one + other
    )
