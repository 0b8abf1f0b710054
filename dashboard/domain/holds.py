"""Units that planning may not move: fixing and picking them, and how their holds end with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.domain.allocation import HELD_NAMES
from dashboard.domain.order_lines import (
    HeldUnits,
    LineUnits,
    ReservedUnits,
    be,
    by_whom,
    firmness,
    moment,
    take_in_turn,
)
from dashboard.domain.quantities import NAMED_IN_A_SENTENCE, units
from dashboard.domain.refusals import Refused

FIXED, PICKED = "fixed", "picked"
KINDS_BY_HAND = (FIXED, PICKED)

# Why holds ended that nobody released.
UNITS_CANCELLED = "its units were cancelled"
UNITS_SHIPPED = "its units shipped"
UNITS_PICKED = "its units were picked"
ORDER_ENDED = "its order ended"
OTHER_SKU = "its line is of another SKU since"


class HoldRefused(Refused):
    """Units that cannot be held."""


@dataclass(frozen=True, slots=True)
class FreeUnits:
    """Units of a SKU at a location that nobody holds, for whomever they are reserved now."""

    location_id: int
    location: str
    qty: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has units of a SKU on a shelf that planning may not move."""

    order: str
    qty: int
    kind: str
    at: datetime  # in the shop's own time
    who: str | None


@dataclass(frozen=True, slots=True)
class NewHold:
    """Units of a part to be held at a location."""

    part: int
    location_id: int
    location: str
    qty: int


@dataclass(frozen=True, slots=True)
class HoldEnd:
    """Units of a hold that end; the others, if any, stay held."""

    hold: HeldUnits
    qty: int


def fix(
    line: LineUnits,
    qty: int,
    *,
    free: Sequence[FreeUnits],
    holders: Sequence[Holder],
    usual_location_id: int | None,
    today: date,
) -> tuple[NewHold, ...]:
    """Where the units stand that are fixed to the line: those reserved for it first, then others that nobody holds.

    `holders` have the SKU's other units, the newest first; a refusal names them.
    """
    _refuse_without_open_units(line, qty)
    loose = line.open - line.held
    if loose <= 0:
        raise HoldRefused(f"Every open unit of {line.name} is held already.", "Release some first.")
    if qty > loose:
        raise HoldRefused(
            f"Only {units(loose)} of {line.name} {be(loose)} open and not held yet.", _or_fewer(loose), field="qty"
        )
    there = sum(one.qty for one in free)
    if there == 0:
        raise HoldRefused(
            f"No unit on the shelf is free.{_held_by(holders, today)}", "Release some first.", field="qty"
        )
    if qty > there:
        raise HoldRefused(
            f"Only {units(there)} on the shelf {be(there)} free.{_held_by(holders, today)}",
            _or_fewer(there),
            field="qty",
        )
    return _summed(_places(line, free, qty, usual_location_id))


def all_that_is_here(line: LineUnits) -> int:
    """The units reserved for a line that nothing keeps for it yet."""
    loose = sum(one.qty for one in line.reserved if not one.held)
    if not loose:
        raise HoldRefused(
            f"Nothing is reserved for {line.name} that is not held already.", "Fix it when units have come."
        )
    return loose


def pick(line: LineUnits, qty: int) -> tuple[tuple[NewHold, ...], tuple[HoldEnd, ...]]:
    """What is picked of a line's reserved units, and the holds of another kind that turn into it: those come first."""
    _refuse_without_open_units(line, qty)
    here = [one for one in line.reserved if one.held != PICKED]
    there = sum(one.qty for one in here)
    if there == 0:
        raise HoldRefused(
            f"Nothing is reserved for {line.name} that is not picked yet.", "Fix units to it first.", field="qty"
        )
    if qty > there:
        raise HoldRefused(
            f"Only {units(there)} of {line.name} {be(there)} reserved and not picked yet.",
            _or_fewer(there),
            field="qty",
        )
    here.sort(key=lambda one: (firmness(one.held), -one.qty, one.location, one.part))
    new, ends = [], []
    for one, some in zip(here, take_in_turn([one.qty for one in here], qty), strict=True):
        if some:
            new.append(NewHold(one.part, one.location_id, one.location, some))
            if one.held:
                ends += ended_at(line.holds, part=one.part, kind=one.held, location_id=one.location_id, qty=some)
    return _summed(new), tuple(ends)


def ended_at(holds: Iterable[HeldUnits], *, part: int, kind: str, location_id: int, qty: int) -> list[HoldEnd]:
    """The ends of holds whose units left their place, the oldest hold first."""
    mine = sorted(
        (one for one in holds if (one.part, one.kind, one.location_id) == (part, kind, location_id)),
        key=lambda one: one.id,
    )
    return _ends(mine, qty)


def ended_by_cut(holds: Iterable[HeldUnits], left: Mapping[int, int]) -> list[HoldEnd]:
    """The ends of holds of parts that have fewer units open (`left`, by part) than are held: the least firm end first,
    then the youngest.
    """
    every = sorted(holds, key=lambda one: (HELD_NAMES.index(one.kind), one.id), reverse=True)
    ends = []
    for part, qty in left.items():
        mine = [one for one in every if one.part == part]
        ends += _ends(mine, max(0, sum(one.qty for one in mine) - qty))
    return ends


def ended_by_leaving(holds: Iterable[HeldUnits], qty: int) -> list[HoldEnd]:
    """The ends of holds of a line of which so many units left, nobody says from where: what is picked leaves first,
    then what is held on a shelf for other reasons, the oldest first. A tie holds nothing that could leave.
    """
    mine = sorted((one for one in holds if not one.is_tie), key=lambda one: (firmness(one.kind), one.id))
    return _ends(mine, qty)


def held_in_words(line: LineUnits, kind: str, holds: Sequence[NewHold], *, others: int) -> str:
    """What was held, where; `others` are units that were reserved for somebody else until now."""
    qty = sum(one.qty for one in holds)
    places = " and ".join(f"{sum(h.qty for h in holds if h.location == place)} at {place}" for place in
                          dict.fromkeys(one.location for one in holds))  # fmt: skip
    done = "picked for" if kind == PICKED else "fixed to"
    words = f"{units(qty)} {be(qty)} {done} {line.name}: {places}."
    return words + (f" {units(others)} of it stood for others." if others else "")


def _refuse_without_open_units(line: LineUnits, qty: int) -> None:
    if line.open == 0:
        raise HoldRefused(f"Nothing of {line.name} is open.", "Nothing can be held for it any more.")
    if line.dropship:
        raise HoldRefused(f"The supplier sends {line.name} straight to the customer.", "It takes no stock from here.")
    if qty < 1:
        raise HoldRefused("A hold has at least 1 unit.", "Write how many.", field="qty")


def _or_fewer(qty: int) -> str:
    return f"Write {qty} or fewer." if qty > 1 else "Write 1."


def _held_by(holders: Sequence[Holder], today: date) -> str:
    words = [
        f"{one.qty} {be(one.qty)} {one.kind} for order {one.order}, {moment(one.at, today=today)}{by_whom(one.who)}"
        for one in holders[:NAMED_IN_A_SENTENCE]
    ]
    rest = len(holders[NAMED_IN_A_SENTENCE:])
    if rest:
        words.append(f"{rest} more hold{' keeps' if rest == 1 else 's keep'} others")
    return f" {'; '.join(words)}." if words else ""


def _ends(holds: Sequence[HeldUnits], qty: int) -> list[HoldEnd]:
    taken = take_in_turn([one.qty for one in holds], qty)
    return [HoldEnd(one, some) for one, some in zip(holds, taken, strict=True) if some]


def _places(line: LineUnits, free: Sequence[FreeUnits], qty: int, usual_location_id: int | None) -> Iterator[NewHold]:
    """Units by location: what is reserved for the line, the order's usual location, then where most is free."""
    left = {one.location_id: one.qty for one in free}
    wanted = {part.part: part.left - sum(h.qty for h in line.holds if h.part == part.part) for part in line.parts}

    def by_place(one: FreeUnits | ReservedUnits) -> tuple[bool, int, str]:
        return one.location_id != usual_location_id, -one.qty, one.location

    own = [
        (one.part, one.location_id, one.location, one.qty)
        for one in sorted((one for one in line.reserved if not one.held), key=by_place)
    ]
    others = [
        (part, one.location_id, one.location, one.qty) for one in sorted(free, key=by_place) for part in sorted(wanted)
    ]
    for part, location_id, location, at_most in own + others:
        some = min(qty, at_most, left.get(location_id, 0), wanted[part])
        if some > 0:
            left[location_id] -= some
            wanted[part] -= some
            qty -= some
            yield NewHold(part, location_id, location, some)


def _summed(holds: Iterable[NewHold]) -> tuple[NewHold, ...]:
    """One hold a part and location."""
    found: dict[tuple[int, int], NewHold] = {}
    for one in holds:
        key = (one.part, one.location_id)
        before = found[key].qty if key in found else 0
        found[key] = NewHold(one.part, one.location_id, one.location, before + one.qty)
    return tuple(found.values())
