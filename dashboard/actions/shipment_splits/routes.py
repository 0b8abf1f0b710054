"""Splits in a browser: what is here leaves by itself, or what waits is divided; and taking it back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.shipment_splits.action import split_shipment, undo_split
from dashboard.actions.shipment_splits.forms import ShipmentSplitForm, UndoForm
from dashboard.actions.shipment_splits.queries import UndoableSplit, find_split, find_splittable
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("shipment_splits", __name__)

FORM = "actions/shipment_splits/_form.html"
UNDO = "actions/shipment_splits/_undo.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/shipment-splits"
SPLIT = "/shipment-splits/<int:split_id>/undos"


@blueprint.get(f"{LINE}/new")
@requires(Permission.SPLIT_SHIPMENTS)
def new(number: str, line_no: int) -> Response:
    """The form, with what is here filled in; or why the line may not be split."""
    shown = _shown(number, line_no)
    form = ShipmentSplitForm(shown["found"], back=fragments.page_asked_from())
    return answers.hand_out(FORM, form, refused=shown["found"].cannot, **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.SPLIT_SHIPMENTS)
def preview(number: str, line_no: int) -> Response:
    """What the split would make of the line."""
    shown = _shown(number, line_no)
    form = ShipmentSplitForm(shown["found"], back="")
    return answers.foresee(FORM, form, split_shipment, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.SPLIT_SHIPMENTS)
def create(number: str, line_no: int) -> Response:
    """Split the line."""
    shown = _shown(number, line_no)
    return answers.post(
        FORM,
        ShipmentSplitForm(shown["found"], back=""),
        split_shipment,
        shown["order"].id,
        line_no,
        undo=lambda outcome: url_for("shipment_splits.create_undo", split_id=outcome.made),
        anew=lambda: _shown(number, line_no),
        **shown,
    )


@blueprint.get(f"{SPLIT}/new")
@requires(Permission.SPLIT_SHIPMENTS)
def new_undo(split_id: int) -> Response:
    """The form that puts the parts together again."""
    split = _split(split_id)
    return answers.hand_out(UNDO, UndoForm(split, back=fragments.page_asked_from()), split=split)


@blueprint.post(f"{SPLIT}/preview")
@requires(Permission.SPLIT_SHIPMENTS)
def preview_undo(split_id: int) -> Response:
    """What putting the parts together again would do."""
    split = _split(split_id)
    return answers.foresee(UNDO, UndoForm(split, back=""), undo_split, split.id, split=split)


@blueprint.post(SPLIT)
@requires(Permission.SPLIT_SHIPMENTS)
def create_undo(split_id: int) -> Response:
    """Put the parts together again: by its form, or by the undo of its notice."""
    split = _split(split_id)
    if "undo" in request.form:
        return answers.undo(undo_split, split.id, why=None, back=fragments.page_asked_from())
    return answers.post(
        UNDO, UndoForm(split, back=""), undo_split, split.id, anew=lambda: {"split": _split(split_id)}, split=split
    )


def _shown(number: str, line_no: int) -> dict[str, Any]:
    found = answers.found(find_splittable(db.session(), number, line_no))
    return {"order": found.order, "line": found.line, "found": found}


def _split(split_id: int) -> UndoableSplit:
    return answers.found(find_split(db.session(), split_id))
