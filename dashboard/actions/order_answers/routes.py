"""Answers by mail in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, url_for

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.order_answers.action import send_answer
from dashboard.actions.order_answers.forms import AnswerForm
from dashboard.actions.order_queries import ShownOrder, find_order
from dashboard.actions.outcomes import Outcome
from dashboard.database import db
from dashboard.messages.order_answers import answer_about
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("order_answers", __name__)

FORM = "actions/order_answers/_form.html"
ORDER = "/orders/<identifier:number>/order-answers"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(number: str) -> Response:
    """The form, with the answer as facts make it."""
    order = _order(number)
    says = answer_about(db.session(), order.id, clock.today()).text
    return answers.hand_out(FORM, AnswerForm(order, back=fragments.page_asked_from(), says=says), order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(number: str) -> Response:
    """The letter as it would read."""
    order = _order(number)
    return answers.foresee(FORM, AnswerForm(order, back=""), send_answer, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.CONTACT_CUSTOMERS)
def create(number: str) -> Response:
    """Send it."""
    order = _order(number)
    return answers.post(FORM, AnswerForm(order, back=""), send_answer, order.id, undo=_undo, order=order)


def _undo(outcome: Outcome) -> str:
    return url_for("message_withdrawals.create", message_id=int(outcome.made))


def _order(number: str) -> ShownOrder:
    return answers.found(find_order(db.session(), number))
