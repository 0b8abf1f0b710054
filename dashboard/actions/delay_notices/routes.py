"""Notices of another date in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from dashboard import clock, settings
from dashboard.actions import answers
from dashboard.actions.delay_notices.action import tell_customer
from dashboard.actions.delay_notices.forms import DelayNoticeForm
from dashboard.actions.delay_notices.queries import ShownOrderToTell, find_order_to_tell
from dashboard.database import db
from dashboard.domain.delay_notices import Notice, tell
from dashboard.domain.refusals import Refused
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("delay_notices", __name__)

FORM = "actions/delay_notices/_form.html"
ORDER = "/orders/<identifier:number>/delay-notices"


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(number: str) -> Response:
    """The form; where there is nothing to tell, it says so."""
    order = _order(number)
    form = DelayNoticeForm(order, back=fragments.page_asked_from())
    return answers.hand_out(FORM, form, refused=_nothing_to_tell(order), **_shown(order))


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(number: str) -> Response:
    """What the customer would read."""
    order = _order(number)
    return answers.foresee(FORM, DelayNoticeForm(order, back=""), tell_customer, order.id, **_shown(order))


@blueprint.post(ORDER)
@requires(Permission.CONTACT_CUSTOMERS)
def create(number: str) -> Response:
    """Tell them; taken back while the message waits."""
    order = _order(number)
    return answers.post(
        FORM,
        DelayNoticeForm(order, back=""),
        tell_customer,
        order.id,
        undo=lambda outcome: url_for("message_withdrawals.create", message_id=int(outcome.made)),
        anew=lambda: _shown(_order(number)),
        **_shown(order),
    )


def _order(number: str) -> ShownOrderToTell:
    return answers.found(find_order_to_tell(db.session(), number))


def _shown(order: ShownOrderToTell) -> dict[str, Any]:
    """The order with what would be told of it."""
    return {"order": order, "notices": () if _nothing_to_tell(order) else _notices(order)}


def _nothing_to_tell(order: ShownOrderToTell) -> Refused | None:
    try:
        _notices(order)
    except Refused as refused:
        return refused
    return None


def _notices(order: ShownOrderToTell) -> tuple[Notice, ...]:
    return tell(order.told, region=settings.clock_rule(), today=clock.today())
