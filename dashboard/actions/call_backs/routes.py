"""Promised calls in a browser: one more, put off, and done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_security import current_user

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.call_backs.action import give_call, move_call, note_call, promise_call_back, reopen_call
from dashboard.actions.call_backs.forms import AgainForm, CallBackForm, CallForm, GivingForm, ReopeningForm
from dashboard.actions.call_backs.queries import callers, find_call_back
from dashboard.actions.forms import number_or_nobody
from dashboard.actions.order_queries import ShownOrder, find_order
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("call_backs", __name__)

FORM = "actions/call_backs/_form.html"
DONE = "actions/call_backs/_done.html"
REOPENING = "actions/call_backs/_reopening.html"
AGAIN = "actions/call_backs/_again.html"
GIVING = "actions/call_backs/_giving.html"
ORDER = "/orders/<identifier:number>/call-backs"
CALL = "/call-backs/<int:call_back_id>/calls"
REOPEN = "/call-backs/<int:call_back_id>/call-reopenings"
MOVE = "/call-backs/<int:call_back_id>/call-moves"
GIVE = "/call-backs/<int:call_back_id>/call-givings"
USUALLY_IN = timedelta(hours=1)


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(number: str) -> Response:
    """The form: in an hour, by whoever opens it."""
    order = _order(number)
    form = _form(order, back=fragments.page_asked_from(), **_in_a_while())
    return answers.hand_out(FORM, form, order=order)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(number: str) -> Response:
    """What would be promised."""
    order = _order(number)
    return answers.foresee(FORM, _form(order, back=""), promise_call_back, order.id, order=order)


@blueprint.post(ORDER)
@requires(Permission.CONTACT_CUSTOMERS)
def create(number: str) -> Response:
    """Promise it."""
    order = _order(number)
    return answers.post(FORM, _form(order, back=""), promise_call_back, order.id, order=order)


@blueprint.get(f"{CALL}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new_call(call_back_id: int) -> Response:
    """The form that asks what came of it."""
    shown = _call_back(call_back_id)
    return answers.hand_out(DONE, CallForm(shown["row"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{CALL}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview_call(call_back_id: int) -> Response:
    """What would be noted."""
    shown = _call_back(call_back_id)
    return answers.foresee(DONE, CallForm(shown["row"], back=""), note_call, call_back_id, **shown)


@blueprint.post(CALL)
@requires(Permission.CONTACT_CUSTOMERS)
def create_call(call_back_id: int) -> Response:
    """Note it."""
    shown = _call_back(call_back_id)
    return answers.post(
        DONE,
        CallForm(shown["row"], back=""),
        note_call,
        call_back_id,
        undo=lambda outcome: url_for("call_backs.create_reopening", call_back_id=call_back_id),
        **shown,
    )


@blueprint.get(f"{REOPEN}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new_reopening(call_back_id: int) -> Response:
    """The form that takes back that somebody called."""
    shown = _call_back(call_back_id)
    return answers.hand_out(REOPENING, ReopeningForm(shown["row"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{REOPEN}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview_reopening(call_back_id: int) -> Response:
    """What would be to do again."""
    shown = _call_back(call_back_id)
    return answers.foresee(REOPENING, ReopeningForm(shown["row"], back=""), reopen_call, call_back_id, **shown)


@blueprint.post(REOPEN)
@requires(Permission.CONTACT_CUSTOMERS)
def create_reopening(call_back_id: int) -> Response:
    """It is still to be made: by its form, or by the undo of the notice."""
    shown = _call_back(call_back_id)
    if "undo" in request.form:
        return answers.undo(reopen_call, call_back_id, back=fragments.page_asked_from())
    return answers.post(REOPENING, ReopeningForm(shown["row"], back=""), reopen_call, call_back_id, **shown)


@blueprint.get(f"{MOVE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new_move(call_back_id: int) -> Response:
    """The form that puts it off: for an hour."""
    shown = _call_back(call_back_id)
    return answers.hand_out(AGAIN, AgainForm(shown["row"], back=fragments.page_asked_from(), **_in_a_while()), **shown)


@blueprint.post(f"{MOVE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview_move(call_back_id: int) -> Response:
    """When one would ring again."""
    shown = _call_back(call_back_id)
    return answers.foresee(AGAIN, AgainForm(shown["row"], back=""), move_call, call_back_id, **shown)


@blueprint.post(MOVE)
@requires(Permission.CONTACT_CUSTOMERS)
def create_move(call_back_id: int) -> Response:
    """Ring again by then."""
    shown = _call_back(call_back_id)
    return answers.post(
        AGAIN,
        AgainForm(shown["row"], back=""),
        move_call,
        call_back_id,
        anew=lambda: _call_back(call_back_id),
        **shown,
    )


@blueprint.get(f"{GIVE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new_giving(call_back_id: int) -> Response:
    """The form: to whoever opens it, where it is not theirs."""
    shown = _call_back(call_back_id)
    form = _giving_form(shown, back=fragments.page_asked_from(), person=current_user.id)
    return answers.hand_out(GIVING, form, **shown)


@blueprint.post(f"{GIVE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview_giving(call_back_id: int) -> Response:
    """Who would call."""
    shown = _call_back(call_back_id)
    return answers.foresee(GIVING, _giving_form(shown, back=""), give_call, call_back_id, **shown)


@blueprint.post(GIVE)
@requires(Permission.CONTACT_CUSTOMERS)
def create_giving(call_back_id: int) -> Response:
    """Somebody else calls: by its form, by one press of who takes it, or by the undo of the notice."""
    shown = _call_back(call_back_id)
    if "undo" in request.form:
        whose = number_or_nobody(request.args.get("back_to"))
        return answers.undo(give_call, call_back_id, person=whose, back=fragments.page_asked_from())
    return answers.post(
        GIVING,
        _giving_form(shown, back=""),
        give_call,
        call_back_id,
        undo=lambda outcome: url_for("call_backs.create_giving", call_back_id=call_back_id, back_to=outcome.made),
        anew=lambda: _call_back(call_back_id),
        **shown,
    )


def _giving_form(shown: dict[str, Any], **given: Any) -> GivingForm:
    return GivingForm(shown["row"], callers(db.session()), **given)


def _in_a_while() -> dict[str, Any]:
    due = (clock.now() + USUALLY_IN).astimezone(clock.shop_zone())
    return {"day": due.date(), "at": f"{due:%H:%M}"}


def _form(order: ShownOrder, **given: Any) -> CallBackForm:
    return CallBackForm(order, people=callers(db.session()), person=current_user.id, **given)


def _order(number: str) -> ShownOrder:
    return answers.found(find_order(db.session(), number))


def _call_back(call_back_id: int) -> dict[str, Any]:
    row, number = answers.found(find_call_back(db.session(), call_back_id))
    return {"row": row, "number": number}
