"""What a draft orders, while nobody has it yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.domain.purchase_plans import Chosen, refuse_broken_lot
from dashboard.domain.quantities import LARGEST_QUANTITY, units
from dashboard.domain.refusals import Refused
from dashboard.domain.ties import purchase_order


class RevisionRefused(Refused):
    """A draft that cannot be changed so."""


@dataclass(frozen=True, slots=True)
class RevisableLine:
    """A line of a draft, on its supplier's terms."""

    line_no: int
    sku: str
    supplier: str
    qty: int
    moved_here: int  # units that a reassignment took from another order
    minimum: int | None
    pack: int | None

    @property
    def field(self) -> str:
        """Where its quantity is typed."""
        return f"qty_{self.line_no}"


def revise(number: str, status: str, lines: Sequence[RevisableLine], wanted: Mapping[int, int]) -> dict[int, int]:
    """The new quantity of each line (by number) that changes; 0 takes it off."""
    name = purchase_order(number)
    if status != "draft":
        raise RevisionRefused(f"{name} is {status}.", "Only a draft can be changed; move its date, or cancel it.")
    changed = {line.line_no: wanted[line.line_no] for line in lines if wanted.get(line.line_no, line.qty) != line.qty}
    if not changed:
        raise RevisionRefused("Nothing of it changes.", "Write another quantity.")
    if not any(wanted.get(line.line_no, line.qty) for line in lines):
        raise RevisionRefused(f"{name} would order nothing.", "Cancel it instead.")
    for line in lines:
        if line.line_no in changed:
            _refuse_quantity(line, changed[line.line_no])
    return changed


def revised_in_words(number: str, *, before: int, after: int) -> str:
    """What changed: units of all its lines."""
    return f"{purchase_order(number)} is changed: from {units(before)} to {after}. Nobody has it yet."


def _refuse_quantity(line: RevisableLine, qty: int) -> None:
    if not 0 <= qty <= LARGEST_QUANTITY:
        raise RevisionRefused(f"{qty} of {line.sku} cannot be right.", "Write how many.", field=line.field)
    if qty < line.moved_here:
        raise RevisionRefused(
            f"{units(line.moved_here)} of {line.sku} came here by a reassignment.",
            f"Write {line.moved_here} or more, or undo the reassignment.",
            field=line.field,
        )
    if qty and not line.moved_here:
        refuse_broken_lot(Chosen(line.sku, line.field, qty, line.supplier, True, line.minimum, line.pack))
