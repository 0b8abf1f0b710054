"""Units that are to come from another supplier: which may move, in what lot the other one sells, and at what cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS
from dashboard.domain.order_lines import LineUnits, be
from dashboard.domain.purchase_plans import lot
from dashboard.domain.quantities import LARGEST_QUANTITY, named, units
from dashboard.domain.refusals import Refused
from dashboard.domain.ties import purchase_order


class ReassignmentRefused(Refused):
    """Units that cannot be moved to another supplier, or cannot be moved back."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where units that wait are to come from: a line of a purchase order, or nowhere yet."""

    line_id: int | None  # of the purchase order; None: nobody ordered them
    purchase_order: str
    line_no: int
    supplier_id: int | None
    supplier: str
    open: int
    wanted: int  # of these, what is asked about: all that is open, or what waiting lines need of it
    tied: tuple[tuple[str, int], ...]  # units that wait for it alone, by order
    unit_cost: int | None  # micro-units
    due: date | None
    overdue: bool

    @property
    def name(self) -> str:
        """How a sentence speaks of it."""
        return f"{purchase_order(self.purchase_order)} / {self.line_no}" if self.line_id else "no purchase order"

    @property
    def movable(self) -> int:
        """Units that may go elsewhere: not received, not tied."""
        return max(0, min(self.wanted, self.open - sum(qty for _, qty in self.tied)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A supplier that sells the SKU, on its terms, with what its deliveries say of it."""

    supplier_id: int
    code: str
    name: str
    country: str | None
    active: bool
    sends_to_customers: bool
    unit_cost: int | None  # micro-units
    min_order_qty: int | None
    pack_size: int | None
    quoted_days: int | None
    observations: int
    of_this_sku: bool  # what its deliveries say is of this SKU; else of all that it delivers
    p50_days: float | None
    p90_days: float | None
    units_due: int
    units_on_time: int

    @property
    def enough_data(self) -> bool:
        return self.observations >= ENOUGH_OBSERVATIONS

    @property
    def on_time_rate(self) -> float | None:
        """None where nothing was due; of too few deliveries it says nothing."""
        return self.units_on_time / self.units_due if self.units_due else None

    def lot(self, qty: int) -> int:
        """So many units as it sells at least to cover these: its minimum, and whole packs."""
        return lot(qty, minimum=self.min_order_qty, pack=self.pack_size)


@dataclass(frozen=True, slots=True)
class Moved:
    """Units that leave a source."""

    source: Source
    qty: int

    @property
    def left(self) -> int:
        return self.source.open - self.qty


@dataclass(frozen=True, slots=True)
class Reassignment:
    """What moves from where to whom, and what is ordered there."""

    moved: tuple[Moved, ...]
    to: Candidate
    dropship: bool

    @property
    def qty(self) -> int:
        return sum(one.qty for one in self.moved)

    @property
    def ordered(self) -> int:
        """Straight to a customer goes what the customer ordered; a shop takes the lot."""
        return self.qty if self.dropship else self.to.lot(self.qty)

    @property
    def surplus(self) -> int:
        return self.ordered - self.qty

    @property
    def extra_cost(self) -> int | None:
        """What it costs more than it would have, in micro-units, the surplus among it; None where a price is not known.
        What nobody had ordered yet counts whole.
        """
        if self.to.unit_cost is None or any(one.source.line_id and one.source.unit_cost is None for one in self.moved):
            return None
        saved = sum(one.qty * (one.source.unit_cost or 0) for one in self.moved if one.source.line_id)
        return self.ordered * self.to.unit_cost - saved


@dataclass(frozen=True, slots=True)
class OldLine:
    """A line of the purchase order that units were taken from, as it is left."""

    open: int
    received: int
    first_promise: date | None
    stated: date | None


def reassign(
    sources: Sequence[Source],
    *,
    about: str,
    sku: str,
    qty: int,
    to: Candidate | None,
    line: LineUnits | None = None,
    dropship: bool = False,
) -> Reassignment:
    """Which units leave which source, the worst source first; `about` names what is asked about.

    Straight to the customer goes a whole `line`, with what of it lies on the shelf: that serves the next ones.
    """
    if to is None:
        raise ReassignmentRefused(f"That supplier does not sell {sku}.", "Choose one of the list.", field="to")
    if not to.active:
        raise ReassignmentRefused(f"{to.name} is not active.", "Choose one that is.", field="to")
    if line is not None and line.open == 0:
        raise ReassignmentRefused(f"Nothing of {line.name} is open.", "Nothing of it waits.")
    if line is not None and line.dropship:
        raise ReassignmentRefused(
            f"{line.name} is with its supplier, who sends it straight to the customer.", "Ask that supplier for it."
        )
    if dropship:
        return _straight_to_the_customer(sources, line, to)
    others = [source for source in sources if source.supplier_id != to.supplier_id]
    movable = sum(source.movable for source in others)
    if not movable:
        _refuse_to_move_nothing(sources, others, about, to)
    if qty < 1:
        raise ReassignmentRefused("At least 1 unit has to move.", "Write how many.", field="qty")
    if qty > LARGEST_QUANTITY:
        raise ReassignmentRefused(f"{qty} cannot be right.", f"Write {movable} or fewer.", field="qty")
    if qty > movable:
        raise ReassignmentRefused(
            f"Only {units(movable)} of {about} can move{_because_of_ties(others)}.",
            f"Write {movable} or fewer.",
            field="qty",
        )
    return Reassignment(_take(others, qty), to, dropship=False)


def status_once_emptied(lines: Sequence[OldLine], *, today: date) -> str | None:
    """What becomes of a purchase order of which units were taken: nothing, while any is still to come. Else it is
    cancelled; but it is closed where some of it came, or where its promise is broken already, because a cancelled one
    would count no more and its supplier look more punctual than it was.
    """
    if any(line.open for line in lines):
        return None
    if any(line.received or _is_broken(line, today) for line in lines):
        return "closed"
    return "cancelled"


def refuse_undo(*, number: str, status: str, untouched: bool) -> None:
    """A reassignment is taken back until its purchase order is sent, and while the old one is as it left it."""
    if status in ("sent", "confirmed"):
        raise ReassignmentRefused(f"{purchase_order(number)} is sent.", "Move the units back by another reassignment.")
    if status != "draft":
        raise ReassignmentRefused(f"{purchase_order(number)} is {status}.", "Move the units by another reassignment.")
    if not untouched:
        raise ReassignmentRefused(
            "The purchase order that the units came from has changed since.", "Move them by another reassignment."
        )


def reassigned_in_words(did: Reassignment, *, sku: str, number: str, ended: Sequence[tuple[str, str]]) -> str:
    """What was moved, and what became of both ends; `ended`: old orders of which nothing is left, with their status."""
    words = f"{units(did.qty)} of {sku} {'moves' if did.qty == 1 else 'move'} to {did.to.name}"
    words += ", straight to the customer" if did.dropship else ""
    words += f": {purchase_order(number)} over {did.ordered}"
    words += f", {did.surplus} more than {'moves' if did.qty == 1 else 'move'}. " if did.surplus else ". "
    left = [one for one in did.moved if one.source.line_id]
    words += "".join(f"{one.source.name} goes from {one.source.open} to {one.left}. " for one in left[:2])
    if len(left) > 2:
        words += f"So do {len(left) - 2} more. "
    words += "".join(f"{purchase_order(old)} is {status}. " for old, status in ended)
    return words.strip()


def undone_in_words(number: str, *, qty: int, back_to: Sequence[str]) -> str:
    """What an undo did."""
    words = f"The reassignment is undone: {purchase_order(number)} is cancelled"
    return words + (f", and {units(qty)} {be(qty)} expected from {' and '.join(back_to)} again." if back_to else ".")


def undone_before_in_words(number: str) -> str:
    """What is said of a reassignment that is undone once more."""
    return f"The reassignment to {purchase_order(number)} was undone before: nothing changed."


def _straight_to_the_customer(sources: Sequence[Source], line: LineUnits | None, to: Candidate) -> Reassignment:
    if not to.sends_to_customers:
        raise ReassignmentRefused(f"{to.name} does not send to customers.", "Have it sent here.", field="to")
    if line is None:
        raise ReassignmentRefused(
            "Only a line of an order can go straight to its customer.", "Open the line, and reassign it there."
        )
    if line.held:
        raise ReassignmentRefused(
            f"{units(line.held)} of {line.name} {be(line.held)} held, and would not be needed.", "Release them first."
        )
    ordered = [source for source in sources if source.line_id and source.supplier_id != to.supplier_id]
    moved = _take(ordered, min(line.open, sum(source.movable for source in ordered)))
    rest = line.open - sum(one.qty for one in moved)
    if rest:
        nowhere = Source(None, "", 0, None, "", rest, rest, (), None, None, overdue=False)
        moved += (Moved(nowhere, rest),)
    return Reassignment(moved, to, dropship=True)


def _refuse_to_move_nothing(sources: Sequence[Source], others: Sequence[Source], about: str, to: Candidate) -> None:
    if others and sum(source.open for source in others):
        raise ReassignmentRefused(f"Nothing of {about} can move{_because_of_ties(others)}.", "Untie some first.")
    if sum(source.movable for source in sources):
        raise ReassignmentRefused(f"{to.name} has them already.", "Choose another supplier.", field="to")
    raise ReassignmentRefused(
        f"Nothing of {about} is still to come.", "Only what has not been received can come from somebody else."
    )


def _because_of_ties(sources: Sequence[Source]) -> str:
    tied = [one for source in sources for one in source.tied]
    return f": {named(tied)} {be(sum(qty for _, qty in tied))} tied" if tied else ""


def _take(sources: Sequence[Source], qty: int) -> tuple[Moved, ...]:
    moved = []
    for source in sources:
        some = min(qty, source.movable)
        if some:
            moved.append(Moved(source, some))
            qty -= some
    return tuple(moved)


def _is_broken(line: OldLine, today: date) -> bool:
    """Whether its supplier has promised a day that has passed, or that it has put off since."""
    promise = line.first_promise
    return promise is not None and (promise < today or (line.stated is not None and line.stated > promise))
