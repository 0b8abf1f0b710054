"""Undoing a load in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.load_undos.action import undo_load
from dashboard.actions.load_undos.forms import UndoForm
from dashboard.actions.load_undos.queries import UndoableLoad, find_undoable
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("load_undos", __name__)

FORM = "actions/load_undos/_form.html"
LOAD = "/intake/loads/<int:load_id>/load-undos"


@blueprint.get(f"{LOAD}/new")
@requires(Permission.LOAD_FILES)
def new(load_id: int) -> Response:
    """The form."""
    load = _load(load_id)
    return answers.hand_out(FORM, UndoForm(load, back=fragments.page_asked_from()), load=load)


@blueprint.post(f"{LOAD}/preview")
@requires(Permission.LOAD_FILES)
def preview(load_id: int) -> Response:
    """What would be taken back, what would stay, and who would gain or lose."""
    load = _load(load_id)
    return answers.foresee(FORM, UndoForm(load, back=""), undo_load, load.id, load=load)


@blueprint.post(LOAD)
@requires(Permission.LOAD_FILES)
def create(load_id: int) -> Response:
    """Take it back."""
    load = _load(load_id)
    form = UndoForm(load, back="")
    return answers.post(FORM, form, undo_load, load.id, anew=lambda: {"load": _load(load_id)}, load=load)


def _load(load_id: int) -> UndoableLoad:
    return answers.found(find_undoable(db.session(), load_id))
