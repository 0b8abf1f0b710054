"""The acts that can be done to a selection, by their words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.actions.assignments.action import assign_line
from dashboard.actions.cancellations.action import cancel_rest
from dashboard.actions.card_requests.action import request_card
from dashboard.actions.cause_corrections.action import correct_cause
from dashboard.actions.delay_notices.action import tell_customers
from dashboard.actions.holds.action import fix_what_is_here
from dashboard.actions.incentive_offers.action import offer_incentive
from dashboard.actions.notes.action import write_note
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.releases.action import release_line
from dashboard.actions.selections.forms import (
    AssignmentsForm,
    CancellationsForm,
    CardRequestsForm,
    CausesForm,
    DelayNoticesForm,
    HoldsForm,
    NotesForm,
    OffersForm,
    PrioritiesForm,
    ReleasesForm,
    SelectionForm,
    SplitsForm,
    TiesForm,
)
from dashboard.actions.selections.queries import SelectedRow
from dashboard.actions.shipment_splits.action import split_what_is_here
from dashboard.actions.ties.action import tie_to_order
from dashboard.domain.incentive_offers import refuse_mixed_money
from dashboard.permissions import Permission


@dataclass(frozen=True, slots=True)
class SelectionAct:
    """One act for many rows: what it is called in the form, what is typed for it, and who may."""

    title: str
    button: str
    icon: str
    permission: Permission
    act: Callable[..., Any]
    form: type[SelectionForm]
    of_orders: bool = False  # once for each order, else for each line
    at_once: bool = False  # `act` takes all the orders in one transaction (`act_on_all`)
    is_one_letter: bool = False  # what it writes of several lines of an order is one message
    refuse: Callable[[Sequence[SelectedRow], dict[str, Any]], None] | None = None  # what cannot be said to all of them


def _refuse_mixed_money(rows: Sequence[SelectedRow], said: dict[str, Any]) -> None:
    refuse_mixed_money(said["kind"], {row.currency for row in rows})


SELECTION_ACTS: dict[str, SelectionAct] = {
    "incentive-offers": SelectionAct(
        "Offer",
        "Offer",
        icon="rosette-discount",
        permission=Permission.OFFER_INCENTIVES,
        act=offer_incentive,
        form=OffersForm,
        is_one_letter=True,
        refuse=_refuse_mixed_money,
    ),
    "delay-notices": SelectionAct(
        "Tell the customers",
        "Tell the customers",
        icon="mail-exclamation",
        permission=Permission.CONTACT_CUSTOMERS,
        act=tell_customers,
        form=DelayNoticesForm,
        of_orders=True,
        at_once=True,
    ),
    "shipment-splits": SelectionAct(
        "Split",
        "Pack what is here",
        icon="arrows-split",
        permission=Permission.SPLIT_SHIPMENTS,
        act=split_what_is_here,
        form=SplitsForm,
    ),
    "priorities": SelectionAct(
        "Priority",
        "Set class",
        icon="arrow-up",
        permission=Permission.CHANGE_PRIORITIES,
        act=change_priority,
        form=PrioritiesForm,
        of_orders=True,
    ),
    "assignments": SelectionAct(
        "Assign",
        "Assign",
        icon="user-check",
        permission=Permission.ASSIGN_LINES,
        act=assign_line,
        form=AssignmentsForm,
    ),
    "notes": SelectionAct(
        "Note",
        "Write it down",
        icon="note",
        permission=Permission.CONTACT_CUSTOMERS,
        act=write_note,
        form=NotesForm,
        of_orders=True,
    ),
    "card-requests": SelectionAct(
        "Ask for a new card",
        "Ask the customers",
        icon="credit-card",
        permission=Permission.CONTACT_CUSTOMERS,
        act=request_card,
        form=CardRequestsForm,
        of_orders=True,
    ),
    "holds": SelectionAct(
        "Fix what is here",
        "Fix what is here",
        icon="lock",
        permission=Permission.FIX_LINES,
        act=fix_what_is_here,
        form=HoldsForm,
    ),
    "ties": SelectionAct(
        "Tie to a purchase order",
        "Tie",
        icon="link",
        permission=Permission.FIX_LINES,
        act=tie_to_order,
        form=TiesForm,
    ),
    "releases": SelectionAct(
        "Release holds and ties",
        "Release",
        icon="lock-open",
        permission=Permission.FIX_LINES,
        act=release_line,
        form=ReleasesForm,
    ),
    "cause-corrections": SelectionAct(
        "Correct the cause",
        "Correct the cause",
        icon="message-question",
        permission=Permission.CORRECT_CAUSES,
        act=correct_cause,
        form=CausesForm,
    ),
    "cancellations": SelectionAct(
        "Cancel the rest",
        "Cancel the rest",
        icon="x",
        permission=Permission.CANCEL_LINES,
        act=cancel_rest,
        form=CancellationsForm,
    ),
}
