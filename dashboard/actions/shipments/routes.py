"""Shipments in a browser: of a line, or of an order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.order_queries import find_line, find_order
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.shipments.forms import LineShipmentForm, OrderShipmentForm
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("shipments", __name__)

FORM = "actions/shipments/_form.html"
ORDER = "/orders/<identifier:number>/shipments"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/shipments"


@blueprint.get(f"{LINE}/new")
@requires(Permission.SHIP_GOODS)
def new(number: str, line_no: int) -> Response:
    """The form for a line, with all that is reserved filled in."""
    shown = _line(number, line_no)
    return answers.hand_out(FORM, LineShipmentForm(shown["line"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.SHIP_GOODS)
def preview(number: str, line_no: int) -> Response:
    """What the shipment of a line would do."""
    shown = _line(number, line_no)
    form = LineShipmentForm(shown["line"], back="")
    return answers.foresee(FORM, form, ship_reserved, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.SHIP_GOODS)
def create(number: str, line_no: int) -> Response:
    """Ship units of a line."""
    shown = _line(number, line_no)
    form = LineShipmentForm(shown["line"], back="")
    return answers.post(
        FORM, form, ship_reserved, shown["order"].id, line_no, anew=lambda: _line(number, line_no), **shown
    )


@blueprint.get(f"{ORDER}/new")
@requires(Permission.SHIP_GOODS)
def new_of_order(number: str) -> Response:
    """The form for all that is reserved of an order."""
    shown = _order(number)
    return answers.hand_out(FORM, OrderShipmentForm(shown["order"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.SHIP_GOODS)
def preview_of_order(number: str) -> Response:
    """What the shipment of an order would do."""
    shown = _order(number)
    order = shown["order"]
    return answers.foresee(FORM, OrderShipmentForm(order, back=""), ship_reserved, order.id, **shown)


@blueprint.post(ORDER)
@requires(Permission.SHIP_GOODS)
def create_of_order(number: str) -> Response:
    """Ship all that is reserved of an order."""
    shown = _order(number)
    order = shown["order"]
    form = OrderShipmentForm(order, back="")
    return answers.post(FORM, form, ship_reserved, order.id, anew=lambda: _order(number), **shown)


def _order(number: str) -> dict[str, Any]:
    order = answers.found(find_order(db.session(), number))
    return {"order": order, "line": None, "today": clock.today()}


def _line(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line, "today": clock.today()}
