"""Orders that somebody follows, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.order_follows.action import follow_order, let_order_go, look_at_order
from dashboard.actions.order_follows.forms import FollowForm, LetGoForm, LookForm
from dashboard.actions.order_queries import ShownOrder, find_order
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("order_follows", __name__)

FORM = "actions/order_follows/_form.html"
LOOK = "actions/order_follows/_look.html"
END = "actions/order_follows/_end.html"
FOLLOWS = "/orders/<identifier:number>/order-follows"
LOOKS = "/orders/<identifier:number>/order-looks"
ENDS = "/orders/<identifier:number>/follow-ends"


@blueprint.get(f"{FOLLOWS}/new")
@requires(Permission.KEEP_LIST)
def new(number: str) -> Response:
    """Whether to follow it."""
    order = _order(number)
    return answers.hand_out(FORM, FollowForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{FOLLOWS}/preview")
@requires(Permission.KEEP_LIST)
def preview(number: str) -> Response:
    """What following it would do."""
    order = _order(number)
    return answers.foresee(FORM, FollowForm(order, back=""), follow_order, order.id, order=order)


@blueprint.post(FOLLOWS)
@requires(Permission.KEEP_LIST)
def create(number: str) -> Response:
    """Follow it."""
    order = _order(number)
    return answers.post(FORM, FollowForm(order, back=""), follow_order, order.id, order=order)


@blueprint.get(f"{LOOKS}/new")
@requires(Permission.KEEP_LIST)
def new_look(number: str) -> Response:
    """Whether its news are seen."""
    order = _order(number)
    return answers.hand_out(LOOK, LookForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{LOOKS}/preview")
@requires(Permission.KEEP_LIST)
def preview_look(number: str) -> Response:
    """What that would do."""
    order = _order(number)
    return answers.foresee(LOOK, LookForm(order, back=""), look_at_order, order.id, order=order)


@blueprint.post(LOOKS)
@requires(Permission.KEEP_LIST)
def create_look(number: str) -> Response:
    """They are seen."""
    order = _order(number)
    return answers.post(LOOK, LookForm(order, back=""), look_at_order, order.id, order=order)


@blueprint.get(f"{ENDS}/new")
@requires(Permission.KEEP_LIST)
def new_end(number: str) -> Response:
    """Whether to let it go."""
    order = _order(number)
    return answers.hand_out(END, LetGoForm(order, back=fragments.page_asked_from()), order=order)


@blueprint.post(f"{ENDS}/preview")
@requires(Permission.KEEP_LIST)
def preview_end(number: str) -> Response:
    """What letting it go would do."""
    order = _order(number)
    return answers.foresee(END, LetGoForm(order, back=""), let_order_go, order.id, order=order)


@blueprint.post(ENDS)
@requires(Permission.KEEP_LIST)
def create_end(number: str) -> Response:
    """Let it go."""
    order = _order(number)
    return answers.post(END, LetGoForm(order, back=""), let_order_go, order.id, order=order)


def _order(number: str) -> ShownOrder:
    return answers.found(find_order(db.session(), number))
