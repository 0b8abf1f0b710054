"""A line in parts: what is here leaves by itself, or what waits is divided; what may not be, and what undoes it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dashboard.domain.holds import PICKED
from dashboard.domain.order_lines import (
    OPEN,
    HeldUnits,
    LineUnits,
    PartUnits,
    ReservedUnits,
    be,
    by_whom,
    firmness,
    moment,
    take_in_turn,
)
from dashboard.domain.quantities import units
from dashboard.domain.refusals import Refused
from dashboard.domain.shipments import OrderRules

HERE, DIVIDE = "here", "divide"
MODES = (HERE, DIVIDE)
PARTS_AT_MOST = 50  # parcels of one line; more is a slip of the keyboard
SENT_BY_ITSELF = "leaves by itself"  # why units of a parcel that is to be packed are held


class SplitRefused(Refused):
    """A line that cannot be divided, or not like this."""


@dataclass(frozen=True, slots=True)
class HeldMove:
    """Units of a hold that belong to another part from now on."""

    hold: HeldUnits
    qty: int
    to_part: int


@dataclass(frozen=True, slots=True)
class Division:
    """What becomes of a part of a line."""

    kept: int  # the part that was divided, and stays under its number
    made: tuple[int, ...]  # numbers of those that are new
    open_parts: tuple[int, ...]  # numbers of the parts that its open units are now, in the order in which they leave
    parts: tuple[PartUnits, ...]  # every part of the line from now on, by number
    moved: tuple[HeldMove, ...]
    parcel: tuple[ReservedUnits, ...] = ()  # what leaves now and nothing holds yet, by place
    leaving: tuple[
        tuple[ReservedUnits, int], ...
    ] = ()  # what leaves now, as it was reserved before, and how much of it

    @property
    def further(self) -> tuple[int, ...]:
        """The parts that are a parcel more than before."""
        return self.open_parts[1:]


@dataclass(frozen=True, slots=True)
class Split:
    """A split as it was made, for who would undo it."""

    kept: int
    made: tuple[int, ...]
    shipped_before: int  # of the part that was divided
    undone_at: datetime | None  # in the shop's own time
    undone_by: str | None


def why_not(line: LineUnits, rules: OrderRules, *, channel: str | None) -> SplitRefused | None:
    """Why a line cannot be split at all, and what can be done instead; None where it can."""
    if line.status != OPEN or not line.open:
        return SplitRefused(f"Nothing of {line.name} is open.", "There is nothing to divide.")
    if no := why_not_the_order(
        line.order, may_split=rules.may_split, ship_complete=rules.ship_complete, channel=channel
    ):
        return no
    if line.dropship:
        return SplitRefused(
            f"The supplier sends {line.name} straight to the customer.", "It is divided where it is packed."
        )
    if line.open == 1:
        return SplitRefused(f"Only 1 unit of {line.name} is open.", "One unit cannot be divided.")
    return None


def why_not_the_order(order: str, *, may_split: bool, ship_complete: bool, channel: str | None) -> SplitRefused | None:
    """Why no line of an order can be split; None where that depends on the line."""
    if not may_split:
        # What a marketplace asks for is not the merchant's to grant.
        return SplitRefused(
            f"Order {order} may not be split: {channel or 'its channel'} wants it in one parcel.",
            "It can leave once all of it is here.",
        )
    if ship_complete:
        return SplitRefused(
            f"Order {order} leaves only as a whole: its customer asked for that.",
            "It can be split once the order says otherwise.",
        )
    return None


def usual_part(line: LineUnits) -> int:
    """The part that is meant where nobody says which: the first of which some is here and some waits, else the first of
    several units.
    """
    here = {part.part: _here(line, part.part) for part in line.parts}
    mixed = [part.part for part in line.parts if 0 < here[part.part] < part.left]
    several = [part.part for part in line.parts if part.left > 1]
    return (mixed or several or [part.part for part in line.parts if part.left] or [line.parts[0].part])[0]


def send_now(line: LineUnits, *, qty: int | None, part: int, usual_location_id: int | None) -> Division:
    """What is reserved of a part (or `qty` of it) becomes a parcel of its own, the rest waits on."""
    units_of, here = _part(line, part), _here(line, part)
    if not here:
        raise SplitRefused(
            f"Nothing of {_name(line, part)} is here yet.", "Divide it by quantity, or wait for stock.", field="mode"
        )
    leaving = here if qty is None else qty
    if leaving < 1:
        raise SplitRefused("A parcel has at least 1 unit.", f"Up to {here} can leave.", field="qty")
    if leaving > here:
        raise SplitRefused(
            f"Only {units(here)} of {_name(line, part)} {be(here)} here.", f"Write {_at_most(here)}.", field="qty"
        )
    if leaving == units_of.left:
        raise SplitRefused(
            f"All {units(leaving)} of {_name(line, part)} {be(leaving)} here.",
            "Nothing would wait: ship it whole, or write fewer.",
            field="qty",
        )

    def turn(one: ReservedUnits) -> tuple[int, bool, int, str]:
        return firmness(one.held), one.location_id != usual_location_id, -one.qty, one.location

    reserved = sorted((one for one in line.reserved if one.part == part), key=turn)
    taken = take_in_turn([one.qty for one in reserved], leaving)
    parcel = [(one, some) for one, some in zip(reserved, taken, strict=True) if some]
    numbers = _numbers(line, units_of, 2)
    held = {(one.held, one.location_id): some for one, some in parcel if one.held}
    moved = _moves(line, part, [held, None], [leaving, units_of.left - leaving], numbers)
    loose = tuple(
        ReservedUnits(numbers[0], one.location_id, one.location, "", some) for one, some in parcel if not one.held
    )
    return replace(
        _division(line, units_of, [leaving, units_of.left - leaving], numbers, moved, loose), leaving=tuple(parcel)
    )


def divide(line: LineUnits, quantities: Sequence[int], *, part: int) -> Division:
    """A part in several, by quantity; what the quantities leave over is the last of them."""
    units_of = _part(line, part)
    wanted = list(quantities)
    if not wanted or any(qty < 1 for qty in wanted):
        raise SplitRefused("Every part has at least 1 unit.", "Write the units of each part: 6, 4.", field="parts")
    rest = units_of.left - sum(wanted)
    if rest < 0:
        raise SplitRefused(
            f"That makes {units(sum(wanted))}, and {units_of.left} of {_name(line, part)} {be(units_of.left)} open.",
            f"Take {-rest} away.",
            field="parts",
        )
    if rest:
        wanted.append(rest)
    if len(wanted) < 2:
        raise SplitRefused(
            "That is one part, as it is now.",
            f"Write fewer than {units_of.left}: the rest is the other.",
            field="parts",
        )
    if len(wanted) > PARTS_AT_MOST:
        raise SplitRefused(f"A line has {PARTS_AT_MOST} parts at most.", "Write fewer.", field="parts")
    numbers = _numbers(line, units_of, len(wanted))
    moved = _moves(line, part, [None] * len(wanted), wanted, numbers)
    return _division(line, units_of, wanted, numbers, moved, ())


def check_cost(cost: int) -> None:
    """Refuse a parcel that brings money in."""
    if cost < 0:
        raise SplitRefused("A parcel costs nothing or more.", "Write 0 where it costs nothing.", field="cost")


def refuse_undo(line: LineUnits, split: Split, *, is_last: bool) -> None:
    """Refuse to merge parts that somebody has built upon."""
    if line.status != OPEN:
        raise SplitRefused(f"Order {line.order} is {line.status}: its parts stay as they are.")
    if not is_last:
        raise SplitRefused(f"{_capital(line.name)} was divided once more since.", "Undo that split first.")
    theirs = [part for part in line.parts if part.part in (split.kept, *split.made)]
    gone = sum(part.shipped for part in theirs) - split.shipped_before
    if gone > 0:
        raise SplitRefused(
            f"{units(gone)} of it {'has' if gone == 1 else 'have'} left.", "What has left comes back as a return."
        )
    picked = sum(hold.qty for hold in line.holds if hold.kind == PICKED and hold.part in (split.kept, *split.made))
    if picked:
        raise SplitRefused(f"{units(picked)} of it {be(picked)} picked.", "Release what is picked first.")


def merged(line: LineUnits, split: Split) -> tuple[PartUnits, ...]:
    """Every part of the line once a split of it is undone."""
    theirs = [part for part in line.parts if part.part in (split.kept, *split.made)]
    whole = PartUnits(
        split.kept,
        sum(part.qty for part in theirs),
        sum(part.shipped for part in theirs),
        sum(part.cancelled for part in theirs),
    )
    others = [part for part in line.parts if part not in theirs]
    return tuple(sorted([*others, whole], key=lambda part: part.part))


def split_in_words(line: LineUnits, division: Division, *, mode: str, shipments: Sequence[str]) -> str:
    """What a split did."""
    by_number = {part.part: part for part in division.parts}
    quantities = [by_number[part].qty for part in division.open_parts]
    if mode == DIVIDE:
        return f"{_capital(line.name)} is in {len(quantities)} parts: {_listed(quantities)} units."
    first, rest = quantities[0], sum(quantities[1:])
    waits = f"{rest} {'waits' if rest == 1 else 'wait'} on with {'its' if rest == 1 else 'their'} own date."
    if shipments:
        return f"{units(first)} of {line.name} shipped as {' and '.join(shipments)}. {waits}"
    return f"{units(first)} of {line.name} {'goes' if first == 1 else 'go'} to be packed. {waits}"


def undone_in_words(line: LineUnits, split: Split) -> str:
    """What an undo did."""
    return f"{_capital(line.name)} is together again: {len(split.made) + 1} parts are one."


def undone_before_in_words(line: LineUnits, split: Split, *, today: date) -> str:
    """That somebody was first."""
    assert split.undone_at is not None
    return (
        f"The split of {line.name} was undone on {moment(split.undone_at, today=today)}"
        f"{by_whom(split.undone_by)}. Nothing changed."
    )


def _part(line: LineUnits, part: int) -> PartUnits:
    found = next((one for one in line.parts if one.part == part), None)
    if found is None or not found.left:
        raise SplitRefused(f"Nothing of {_name(line, part)} is open.", "Choose another part.", field="of_part")
    return found


def _here(line: LineUnits, part: int) -> int:
    return sum(one.qty for one in line.reserved if one.part == part)


def _name(line: LineUnits, part: int) -> str:
    return line.name if len(line.parts) == 1 else f"part {part} of {line.name}"


def _numbers(line: LineUnits, divided: PartUnits, count: int) -> list[int]:
    """The numbers of the parts that open units become. What has left or was cancelled stays in the part that it was of,
    which then has nothing open; else that is the first of them.
    """
    last = max(part.part for part in line.parts)
    gone = divided.qty - divided.left
    new = list(range(last + 1, last + 1 + count))
    return new if gone else [divided.part, *new[:-1]]


def _division(
    line: LineUnits,
    divided: PartUnits,
    quantities: Sequence[int],
    numbers: Sequence[int],
    moved: tuple[HeldMove, ...],
    parcel: tuple[ReservedUnits, ...],
) -> Division:
    parts = {part.part: part for part in line.parts}
    if divided.part not in numbers:
        gone = divided.qty - divided.left
        parts[divided.part] = PartUnits(divided.part, gone, divided.shipped, divided.cancelled)
    parts |= {number: PartUnits(number, qty, 0, 0) for number, qty in zip(numbers, quantities, strict=True)}
    made = tuple(number for number in numbers if number != divided.part)
    return Division(divided.part, made, tuple(numbers), tuple(parts[number] for number in sorted(parts)), moved, parcel)


def _moves(
    line: LineUnits,
    part: int,
    claims: Sequence[dict[tuple[str, int], int] | None],
    quantities: Sequence[int],
    numbers: Sequence[int],
) -> tuple[HeldMove, ...]:
    """Where held units go when a part is divided: each stays held as it was. What somebody claims by name (kind and
    place) goes there; of the others those on a shelf to the first part with room, ties to the last.
    """
    mine = sorted((hold for hold in line.holds if hold.part == part), key=lambda hold: (firmness(hold.kind), hold.id))
    room = dict(zip(numbers, quantities, strict=True))
    left = {hold.id: hold.qty for hold in mine}
    moved = []

    def give(hold: HeldUnits, number: int, at_most: int) -> int:
        some = min(left[hold.id], room[number], at_most)
        if some > 0:
            left[hold.id] -= some
            room[number] -= some
            if number != part:
                moved.append(HeldMove(hold, some, number))
        return max(0, some)

    claimed = [(number, claim) for number, claim in zip(numbers, claims, strict=True) if claim is not None]
    for number, claim in claimed:
        for (kind, place), qty in claim.items():
            for hold in _held_at(mine, kind, place):
                qty -= give(hold, number, qty)
        room[number] = 0  # its other units are those that nothing holds
    for hold in mine:
        for number in reversed(numbers) if hold.is_tie else numbers:
            give(hold, number, left[hold.id])
    return tuple(moved)


def _held_at(holds: Sequence[HeldUnits], kind: str, location_id: int) -> Iterator[HeldUnits]:
    return (hold for hold in holds if hold.kind == kind and hold.location_id == location_id)


def _listed(quantities: Sequence[int]) -> str:
    return f"{', '.join(map(str, quantities[:-1]))} and {quantities[-1]}"


def _at_most(qty: int) -> str:
    return f"{qty} or fewer" if qty > 1 else "1"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
