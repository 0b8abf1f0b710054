"""By which address an act of the history is taken back, where that can be said of what it says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask import url_for


class Done(Protocol):
    """An act as the history shows it."""

    @property
    def subject(self) -> str: ...

    @property
    def particulars(self) -> Mapping[str, Any]: ...


Undo = Callable[[Done], str | None]


def _receipt(act: Done) -> str | None:
    return url_for("receipts.create_reversal", number=act.particulars["receipt"])


def _delivery(act: Done) -> str | None:
    return url_for("deliveries.create_reversal", number=act.particulars["delivery"])


def _split(act: Done) -> str | None:
    """What has left with the split stays so: it is no undo that brings a parcel back."""
    if act.particulars.get("shipments"):
        return None
    return url_for("shipment_splits.create_undo", split_id=act.particulars["split"])


def _message(act: Done) -> str | None:
    return url_for("message_withdrawals.create", message_id=act.particulars["message"])


def _note(act: Done) -> str | None:
    return url_for("notes.create_removal", note_id=act.particulars["note"])


def _reassignment(act: Done) -> str | None:
    """Until its order is sent."""
    if act.particulars["status"] != "draft":
        return None
    return url_for("supplier_reassignments.create_undo", reassignment_id=act.particulars["reassignment"])


def _draft(act: Done) -> str | None:
    """Until it is sent; an act of that order says so."""
    return url_for("purchase_order_cancellations.create", number=act.particulars["purchase_order"])


def _offer(act: Done) -> str | None:
    return url_for("incentive_offers.create_withdrawal", offer_id=act.particulars["offer"])


def _deal(act: Done) -> str | None:
    return url_for("deal_runs.create_undo", run_id=act.particulars["run"])


# An act that is not here is taken back by another act, or never: a cancel is for good.
UNDOS: dict[str, Undo] = {
    "incentive-offered": _offer,
    "goods-received": _receipt,
    "delivery-taken-in": _delivery,
    "shipment-split": _split,
    "supplier-reassigned": _reassignment,
    "purchase-order-drafted": _draft,
    "card-asked-for": _message,
    "answer-sent": _message,
    "customer-told": _message,
    "note-written": _note,
    "deal-committed": _deal,
}
