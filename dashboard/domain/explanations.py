"""Why a line waits, and until when: sentences from facts, the same for a page, an agent's answer and a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from dashboard.domain.order_lines import be
from dashboard.domain.quantities import units

NO_BREAK_SPACE = "\u00a0"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of a sentence; those that carry the news are said with weight."""

    text: str
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class IncomingUnits:
    """Units of a line that wait for one purchase order."""

    purchase_order: str
    supplier: str
    qty: int
    eta: date | None
    days_overdue: int | None  # how long the supplier's own date has passed; None where it has not


@dataclass(frozen=True, slots=True)
class StandsBefore:
    """What waits for the same SKU and is served first."""

    units: int
    orders: int
    better: int  # of these orders, by their class and not by their age
    by_run: int = 0  # of these orders, because a committed run put them there
    run: int | None = None  # the committed run that decided its own place; None: it stands where its order does
    stands_back: bool = False  # by that run: it takes nothing that is not held for it


@dataclass(frozen=True, slots=True)
class ShortOf:
    """What a ship-complete order lacks on the shelf."""

    line_no: int
    sku: str
    qty: int


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """What the sentences of a line are made of."""

    qty_open: int
    qty_here: int
    qty_waiting: int
    qty_not_ordered: int
    incoming: tuple[IncomingUnits, ...] = ()  # soonest first
    eta: date | None = None
    promise: date | None = None  # as last told
    is_dropship: bool = False
    leaves_whole: bool = False
    before: StandsBefore | None = None  # None: it does not wait, or is not asked
    is_passed_over: bool = False
    short: tuple[ShortOf, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedOrder:
    """What is said once of an order that leaves only as a whole, while something of it waits."""

    lines: int  # that wait
    eta: date | None
    undated: tuple[int, ...] = ()  # numbers of the lines whose own supply has no date
    is_passed_over: bool = False
    short: tuple[ShortOf, ...] = ()


def explain(line: ExplainedLine, *, today: date, to_customer: bool = False) -> tuple[Phrase, ...]:
    """Where a line's units are and where they come from, when, why not sooner, and who is served first.

    "6 of 10 are promised from PO 4711 for 27 March, 3 days after the promise. Before it stand 14 units of 5 older
    orders." Said `to_customer` it is "before you", without the names of suppliers.
    """
    return tuple(_phrases(line, today, to_customer))


def explain_whole(order: ExplainedOrder, *, today: date) -> tuple[Phrase, ...]:
    """Why an order that leaves only as a whole has its date, and why it was passed over on the shelf.

    "The order leaves only as a whole, and lines 2 and 6 have no date yet. It was passed over on the shelf: line 1 lacks
    4 of CHAIR."
    """
    return tuple(_of_whole_order(order, today))


def in_words(phrases: Iterable[Phrase]) -> str:
    """The sentences as plain text."""
    return "".join(phrase.text for phrase in phrases).replace(NO_BREAK_SPACE, " ").strip()


def named_order(number: str) -> str:
    """A merchant who numbers purchase orders "PO-12" reads "PO-12", one who numbers them "12" reads "PO 12"."""
    return number if number[:2].lower() == "po" else f"PO{NO_BREAK_SPACE}{number}"


def _phrases(line: ExplainedLine, today: date, to_customer: bool) -> Iterator[Phrase]:
    if line.qty_here and line.qty_waiting:
        yield Phrase(f"{_share(line.qty_here, line.qty_open)} {be(line.qty_here)} here. ")
    elif line.qty_here:
        yield Phrase(f"{_share(line.qty_here, line.qty_open)} {be(line.qty_here)} here and can leave today. ")
    for one in line.incoming:
        yield from _incoming(line, one, today, to_customer)
    if line.qty_not_ordered:
        yield Phrase(f"{_share(line.qty_not_ordered, line.qty_open)} {be(line.qty_not_ordered)} ")
        yield Phrase("on no purchase order", is_key=True)
        yield Phrase(", so there is no date yet. ")
    if line.is_dropship:
        yield from _dropship(line, today, to_customer)
    elif line.leaves_whole and line.incoming and not line.qty_not_ordered:
        yield from _whole(line, today)
    if line.before is not None:
        yield Phrase(_before(line.before, "you" if to_customer else "it", names_runs=not to_customer))
    if line.is_passed_over:
        yield Phrase(_passed_over(line))


def _incoming(line: ExplainedLine, one: IncomingUnits, today: date, to_customer: bool) -> Iterator[Phrase]:
    yield Phrase(f"{_share(one.qty, line.qty_open)} {be(one.qty)} promised from {named_order(one.purchase_order)}")
    if one.days_overdue is not None:
        yield Phrase(", which is ")
        yield Phrase(f"{_days(one.days_overdue)} late", is_key=True)
        whose = "this supplier" if to_customer else one.supplier
        if one.eta is None:
            yield Phrase("; this supplier’s history is too short to say when")
        else:
            yield Phrase(f"; orders of {whose} this late came by ")
            yield Phrase(_day(one.eta, today), is_key=True)
    elif one.eta is None:
        yield Phrase(", which has no date")
    else:
        yield Phrase(" for ")
        yield Phrase(_day(one.eta, today), is_key=True)
    if one.eta is not None and line.promise is not None and one.eta > line.promise:
        yield Phrase(f", {_days((one.eta - line.promise).days)} after the promise")
    yield Phrase(". ")


def _dropship(line: ExplainedLine, today: date, to_customer: bool) -> Iterator[Phrase]:
    goods = "it" if line.qty_waiting == 1 else "them"
    yield Phrase(f"The supplier sends {goods} straight to {'you' if to_customer else 'the customer'}")
    if line.eta is None:
        yield Phrase("; the day that it quotes has passed, so there is ")
        yield Phrase("no date yet", is_key=True)
    else:
        yield Phrase(", on ")
        yield Phrase(_day(line.eta, today), is_key=True)
    yield Phrase(". ")


def _whole(line: ExplainedLine, today: date) -> Iterator[Phrase]:
    """What its own supply does not say: another line of the order is later."""
    if line.eta is None and all(one.eta is not None for one in line.incoming):
        yield Phrase("The order leaves only as a whole, and another line of it has ")
        yield Phrase("no date yet", is_key=True)
        yield Phrase(". ")
    elif line.eta is not None and line.eta != line.incoming[-1].eta:
        yield Phrase("The order leaves only as a whole, on ")
        yield Phrase(_day(line.eta, today), is_key=True)
        yield Phrase(". ")


def _of_whole_order(order: ExplainedOrder, today: date) -> Iterator[Phrase]:
    yield Phrase("The order leaves only as a whole, ")
    if order.eta is not None:
        yield Phrase("on ")
        yield Phrase(_day(order.eta, today), is_key=True)
    elif order.undated and len(order.undated) < order.lines:
        yield Phrase(f"and {_lines(order.undated)} {'has' if len(order.undated) == 1 else 'have'} ")
        yield Phrase("no date yet", is_key=True)
    else:
        yield Phrase("and there is ")
        yield Phrase("no date yet", is_key=True)
    yield Phrase(". ")
    if order.is_passed_over:
        lacks = _lacks(order.short)
        yield Phrase(f"It was passed over on the shelf{f': {lacks}' if lacks else ''}. ")


def _lines(numbers: tuple[int, ...]) -> str:
    *most, last = map(str, numbers)
    return f"lines {', '.join(most)} and {last}" if most else f"line {last}"


def _before(before: StandsBefore, whom: str, *, names_runs: bool) -> str:
    """How a merchant deals supply out is nothing that customers are told."""
    words = "" if before.run is None or not names_runs else _by_run(before)
    if not before.orders:
        return f"{words}Nobody stands before {whom}. "
    orders = f"{before.orders} order{'' if before.orders == 1 else 's'}"
    age = "" if before.better or before.by_run or before.run is not None else "older "
    words += f"Before {whom} {'stands' if before.units == 1 else 'stand'} {units(before.units)} of "
    words += orders.replace(" ", f" {age}", 1)
    why = [(before.better, "by a better class")] + [(before.by_run, "by a run that dealt supply out")] * names_runs
    for count, because in why:
        if count:
            words += f", {'all' if count == before.orders else count} of "
            words += f"{'it' if before.orders == 1 else 'these'} {because}"
    return words + ". "


def _by_run(before: StandsBefore) -> str:
    if before.stands_back:
        return f"Run {before.run} made it stand back: it takes nothing that is not held for it. "
    return f"Run {before.run} gave it its place. "


def _passed_over(line: ExplainedLine) -> str:
    lacks = _lacks(line.short)
    why = f" and {lacks}" if lacks else ""
    return f"It was passed over on the shelf, because it leaves only as a whole{why}. "


def _lacks(short: tuple[ShortOf, ...]) -> str:
    return ", ".join(f"line {one.line_no} lacks {one.qty} of {one.sku}" for one in short)


def _share(qty: int, of: int) -> str:
    """ "6 of 10", "All 10", "Both", "The one unit"."""
    if qty < of:
        return f"{qty} of {of}"
    return {1: "The one unit", 2: "Both"}.get(of, f"All {of}")


def _days(days: int) -> str:
    return f"{days} day{'' if days == 1 else 's'}"


def _day(day: date, today: date) -> str:
    words = f"{day.day}{NO_BREAK_SPACE}{day:%B}"
    return words if day.year == today.year else f"{words}{NO_BREAK_SPACE}{day.year}"
