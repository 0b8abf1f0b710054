"""What can be done at the row of a line, the same in every panel: a table of which everybody sees what they may do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_security import current_user

from dashboard.panels.orders.addresses import form_addresses, line_addresses, sku_form_addresses
from dashboard.permissions import Permission, can, first_role

# A row shows so many at once; the others open behind its dots.
SHOWN_IN_A_ROW = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """How a line, or a whole order, stands, as far as it matters to what can be done with it."""

    open_units: int
    here: int  # of them, that can leave
    waiting: int  # of them, that cannot
    payment_state: str | None  # None: nothing waits that must be paid
    is_late_untold: bool = False  # something comes later than its customer was told
    has_link: bool = False  # its customer can open a page about it
    is_followed: bool = False  # by who reads it


@dataclass(frozen=True, slots=True)
class Suits:
    """What a line or an order must have for an act to be of use: the forms refuse the rest in words of their own."""

    here: bool = False  # units that can leave
    waiting: bool = False  # units that cannot
    units: int = 1  # open ones, at least
    unpaid: bool = False  # a means of payment that will not do
    untold: bool = False  # a date that its customer does not know yet
    linked: bool = False  # a page that its customer can open
    unfollowed: bool = False  # nobody but others follow it

    def lacking(self, of: Standing) -> str | None:
        """What is lacking of it, as a word for a template; None where nothing is."""
        checks = (
            ("open", self.units > 0 and not of.open_units),
            ("units", self.units > of.open_units),
            ("here", self.here and not of.here),
            ("waiting", self.waiting and not of.waiting),
            ("unpaid", self.unpaid and of.payment_state in (None, "good")),
            ("untold", self.untold and not of.is_late_untold),
            ("linked", self.linked and not of.has_link),
            ("unfollowed", self.unfollowed and of.is_followed),
        )
        return next((word for word, is_lacking in checks if is_lacking), None)


@dataclass(frozen=True, slots=True)
class RowAct:
    """One thing that can be done at a row: its word in addresses, what it is called, who may, where its form is."""

    word: str
    label: str
    icon: str
    permission: Permission
    endpoint: str
    suits: Suits = Suits()
    of_order: bool = False  # its form is about the whole order
    of_many: bool = False  # it can be done to a selection


ROW_ACTS: tuple[RowAct, ...] = (
    RowAct(
        "shipment-splits",
        "Split",
        icon="arrows-split",
        permission=Permission.SPLIT_SHIPMENTS,
        endpoint="shipment_splits.new",
        suits=Suits(units=2),
        of_many=True,
    ),
    RowAct(
        "incentive-offers",
        "Offer",
        icon="rosette-discount",
        permission=Permission.OFFER_INCENTIVES,
        endpoint="incentive_offers.new",
        suits=Suits(waiting=True),
        of_many=True,
    ),
    RowAct(
        "supplier-reassignments",
        "Reassign",
        icon="truck-return",
        permission=Permission.REASSIGN_SUPPLIERS,
        endpoint="supplier_reassignments.new_of_line",
        suits=Suits(waiting=True),
    ),
    RowAct(
        "delay-notices",
        "Tell the customer",
        icon="mail-exclamation",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="delay_notices.new",
        suits=Suits(waiting=True),
        of_order=True,
        of_many=True,
    ),
    RowAct(
        "consents",
        "Record an answer",
        icon="message-question",
        permission=Permission.CANCEL_LINES,
        endpoint="consents.new",
        suits=Suits(waiting=True),
        of_order=True,
    ),
    RowAct("notes", "Note", icon="note", permission=Permission.CONTACT_CUSTOMERS, endpoint="notes.new", of_many=True),
    RowAct(
        "assignments",
        "Assign",
        icon="user-check",
        permission=Permission.ASSIGN_LINES,
        endpoint="assignments.new",
        of_many=True,
    ),
    RowAct(
        "shipments",
        "Ship",
        icon="truck-delivery",
        permission=Permission.SHIP_GOODS,
        endpoint="shipments.new",
        suits=Suits(here=True),
    ),
    RowAct(
        "card-requests",
        "Ask for a new card",
        icon="credit-card",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="card_requests.new",
        suits=Suits(unpaid=True),
        of_order=True,
        of_many=True,
    ),
    RowAct(
        "authorizations",
        "Authorise",
        icon="credit-card",
        permission=Permission.TAKE_PAYMENTS,
        endpoint="authorizations.new",
        suits=Suits(unpaid=True),
        of_order=True,
    ),
    RowAct(
        "priorities",
        "Priority",
        icon="arrow-up",
        permission=Permission.CHANGE_PRIORITIES,
        endpoint="priorities.new",
        of_order=True,
        of_many=True,
    ),
    RowAct("holds", "Hold", icon="lock", permission=Permission.FIX_LINES, endpoint="holds.new", of_many=True),
    RowAct(
        "ties",
        "Tie",
        icon="link",
        permission=Permission.FIX_LINES,
        endpoint="ties.new",
        suits=Suits(waiting=True),
        of_many=True,
    ),
    RowAct(
        "cause-corrections",
        "Correct the cause",
        icon="message-question",
        permission=Permission.CORRECT_CAUSES,
        endpoint="cause_corrections.new",
        of_many=True,
        suits=Suits(waiting=True),
    ),
    RowAct("quantity-cuts", "Cut", icon="scissors", permission=Permission.CANCEL_LINES, endpoint="quantity_cuts.new"),
    RowAct(
        "cancellations",
        "Cancel the rest",
        icon="x",
        permission=Permission.CANCEL_LINES,
        endpoint="cancellations.new",
        of_many=True,
    ),
)

# What of one line is done hold by hold, where they stand.
OF_MANY_ALONE = (
    RowAct("releases", "Release", icon="lock-open", permission=Permission.FIX_LINES, endpoint="", of_many=True),
)

# What can be done at the row of a SKU: its forms are about all that waits for it, or all that stands of it.
SKU_ACTS: tuple[RowAct, ...] = (
    RowAct(
        "supplier-reassignments",
        "Reassign",
        icon="truck-return",
        permission=Permission.REASSIGN_SUPPLIERS,
        endpoint="supplier_reassignments.new_of_sku",
        suits=Suits(waiting=True),
    ),
    RowAct(
        "stock-counts",
        "Count",
        icon="clipboard-check",
        permission=Permission.RECEIVE_GOODS,
        endpoint="stock_counts.new",
    ),
)

# What a panel is opened for comes first at its rows; the others follow in the order of the table.
FIRST_IN = {
    "expiring-payments": ("card-requests", "shipment-splits", "cancellations"),
}


@dataclass(frozen=True, slots=True)
class PlacedAct:
    """An act that its reader may do, and where its form is by order and line."""

    word: str
    label: str
    icon: str
    suits: Suits
    address: Callable[[str, int], str]


@dataclass(frozen=True, slots=True)
class ActsAtRows:
    """What the reader of a table of lines may do at its rows."""

    first: tuple[PlacedAct, ...]  # those that a row shows
    all_of_line: Callable[[str, int], str] | None  # where all of them are; None where there is none


def acts_at_rows(panel: str = "") -> ActsAtRows:
    """The acts at the rows of a panel, by its word."""
    placed = acts_of_lines(panel)
    address = line_addresses()
    return ActsAtRows(
        placed[:SHOWN_IN_A_ROW], (lambda number, line_no: f"{address(number, line_no)}/acts") if placed else None
    )


@dataclass(frozen=True, slots=True)
class PlacedSkuAct:
    """An act that its reader may do with a SKU, and where its form is by code."""

    word: str
    label: str
    icon: str
    suits: Suits
    address: Callable[[str], str]


def acts_of_skus() -> tuple[PlacedSkuAct, ...]:
    """All that somebody may do at the row of a SKU."""
    return tuple(
        PlacedSkuAct(act.word, act.label, act.icon, act.suits, sku_form_addresses(act.endpoint))
        for act in SKU_ACTS
        if can(current_user, act.permission)
    )


def acts_of_lines(panel: str = "") -> tuple[PlacedAct, ...]:
    """All that somebody may do with a line, in the order of a panel."""
    first = FIRST_IN.get(panel, ())
    ranked = sorted(ROW_ACTS, key=lambda act: first.index(act.word) if act.word in first else len(first))
    return acts_that_may(tuple(ranked))


def acts_that_may(acts: tuple[RowAct, ...]) -> tuple[PlacedAct, ...]:
    """Those of them that their reader may do, each with where its form is."""
    return tuple(_placed(act) for act in acts if can(current_user, act.permission))


def acts_of_selections() -> tuple[RowAct, ...]:
    """What somebody may do with a selection of lines."""
    return tuple(act for act in (*ROW_ACTS, *OF_MANY_ALONE) if act.of_many and can(current_user, act.permission))


def _placed(act: RowAct) -> PlacedAct:
    return PlacedAct(act.word, act.label, act.icon, act.suits, form_addresses(act.endpoint, of_order=act.of_order))


def standing_of_line(line: Any, payment_state: str | None) -> Standing:
    """How a line stands, as its page knows it."""
    return Standing(line.facts.qty_open, line.qty_here, line.qty_waiting, payment_state)


def suiting(acts: tuple[PlacedAct, ...], standing: Standing) -> tuple[PlacedAct, ...]:
    """The acts that are of use for what stands so."""
    return tuple(act for act in acts if act.suits.lacking(standing) is None)


@dataclass(frozen=True, slots=True)
class WithheldActs:
    """Acts that are not offered, all for the same reason."""

    labels: tuple[str, ...]
    lacks: str | None  # what is lacking, as in `Suits.lacking`; None: the reader lacks the right
    role: str | None  # that has the right


def withheld(acts: tuple[RowAct, ...], standing: Standing) -> tuple[WithheldActs, ...]:
    """Why the other acts of a table are not offered: what is lacking first, then what their reader may not do."""
    found: dict[tuple[str | None, str | None], list[str]] = {}
    for act in acts:
        if not can(current_user, act.permission):
            found.setdefault((None, first_role(act.permission)), []).append(act.label)
        elif lacks := act.suits.lacking(standing):
            found.setdefault((lacks, None), []).append(act.label)
    by_reason = sorted(found.items(), key=lambda reason: reason[0][0] is None)
    return tuple(WithheldActs(tuple(labels), lacks, role) for (lacks, role), labels in by_reason)
