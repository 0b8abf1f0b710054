"""Priorities in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.order_queries import find_order
from dashboard.actions.priorities.action import change_priority
from dashboard.actions.priorities.forms import PriorityForm
from dashboard.actions.priorities.queries import class_of
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("priorities", __name__)

FORM = "actions/priorities/_form.html"
ORDER = "/orders/<identifier:number>/priorities"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CHANGE_PRIORITIES)
def new(number: str) -> Response:
    """The form, with the class as it is."""
    shown = _shown(number)
    return answers.hand_out(FORM, PriorityForm(shown["order"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CHANGE_PRIORITIES)
def preview(number: str) -> Response:
    """Whom the change would move, and each order whose promise it would miss."""
    shown = _shown(number)
    order = shown["order"]
    return answers.foresee(FORM, PriorityForm(order, back=""), change_priority, order.id, **shown)


@blueprint.post(ORDER)
@requires(Permission.CHANGE_PRIORITIES)
def create(number: str) -> Response:
    """Change the class."""
    shown = _shown(number)
    order = shown["order"]
    form = PriorityForm(order, back="")
    return answers.post(FORM, form, change_priority, order.id, anew=lambda: _shown(number), **shown)


def _shown(number: str) -> dict[str, Any]:
    order = answers.found(find_order(db.session(), number))
    return {"order": order, "order_class": class_of(db.session(), order)}
