"""Marking a pick list as picked in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request

from dashboard.actions import answers
from dashboard.actions.picks.action import pick_units
from dashboard.actions.picks.forms import PickForm
from dashboard.actions.picks.queries import PickList, find_list
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("picks", __name__)

FORM = "actions/picks/_form.html"
PICKS = "/picks"


@blueprint.get(f"{PICKS}/new")
@requires(Permission.SHIP_GOODS)
def new() -> Response:
    """The form for the rows that the address names; for all that can be picked where it names none."""
    named = request.args.getlist("rows")
    picked = find_list(db.session(), " ".join(named) if "ticked" in request.args or named else None)
    return answers.hand_out(FORM, PickForm(picked, back=fragments.page_asked_from()), picked=picked)


@blueprint.post(f"{PICKS}/preview")
@requires(Permission.SHIP_GOODS)
def preview() -> Response:
    """What marking them would do."""
    picked = _sent()
    return answers.foresee(FORM, PickForm(picked, back=""), pick_units, picked=picked)


@blueprint.post(PICKS)
@requires(Permission.SHIP_GOODS)
def create() -> Response:
    """They are picked."""
    picked = _sent()
    return answers.post(FORM, PickForm(picked, back=""), pick_units, anew=lambda: {"picked": _sent()}, picked=picked)


def _sent() -> PickList:
    return find_list(db.session(), request.form.get("rows", ""))
