"""Reassignments in a browser: of a purchase order's line, a supplier's SKU, a SKU, an order's line; and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_security import current_user

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.supplier_reassignments.action import reassign_supply, undo_reassignment
from dashboard.actions.supplier_reassignments.forms import ReassignmentForm, UndoForm
from dashboard.actions.supplier_reassignments.outlook import foresee_reassignment
from dashboard.actions.supplier_reassignments.queries import (
    PastReassignment,
    Scope,
    find_line,
    find_of_supplier,
    find_reassignment,
    find_sku,
    find_supply,
)
from dashboard.database import db
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("supplier_reassignments", __name__)

FORM = "actions/supplier_reassignments/_form.html"
UNDO = "actions/supplier_reassignments/_undo.html"
SUPPLY = "/purchase-orders/<identifier:number>/lines/<int:line_no>/supplier-reassignments"
OF_SUPPLIER = "/suppliers/<identifier:supplier>/skus/<identifier:sku>/supplier-reassignments"
SKU = "/skus/<identifier:code>/supplier-reassignments"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/supplier-reassignments"
UNDOS = "/supplier-reassignments/<int:reassignment_id>/undos"


@blueprint.get(f"{SUPPLY}/new")
@requires(Permission.REASSIGN_SUPPLIERS)
def new(number: str, line_no: int) -> Response:
    """The form for a line of a purchase order."""
    return _new(lambda: find_supply(db.session(), number, line_no, clock.today()))


@blueprint.post(f"{SUPPLY}/preview")
@requires(Permission.REASSIGN_SUPPLIERS)
def preview(number: str, line_no: int) -> Response:
    """What each candidate would do to everybody who waits."""
    return _preview(lambda: find_supply(db.session(), number, line_no, clock.today()))


@blueprint.post(SUPPLY)
@requires(Permission.REASSIGN_SUPPLIERS)
def create(number: str, line_no: int) -> Response:
    """Move units of a line of a purchase order."""
    return _create(lambda: find_supply(db.session(), number, line_no, clock.today()))


@blueprint.get(f"{OF_SUPPLIER}/new")
@requires(Permission.REASSIGN_SUPPLIERS)
def new_of_supplier(supplier: str, sku: str) -> Response:
    """The form for all that a supplier owes of a SKU."""
    return _new(lambda: find_of_supplier(db.session(), supplier, sku, clock.today()))


@blueprint.post(f"{OF_SUPPLIER}/preview")
@requires(Permission.REASSIGN_SUPPLIERS)
def preview_of_supplier(supplier: str, sku: str) -> Response:
    """The same outlook, of all that a supplier owes of a SKU."""
    return _preview(lambda: find_of_supplier(db.session(), supplier, sku, clock.today()))


@blueprint.post(OF_SUPPLIER)
@requires(Permission.REASSIGN_SUPPLIERS)
def create_of_supplier(supplier: str, sku: str) -> Response:
    """Move units that a supplier owes of a SKU."""
    return _create(lambda: find_of_supplier(db.session(), supplier, sku, clock.today()))


@blueprint.get(f"{SKU}/new")
@requires(Permission.REASSIGN_SUPPLIERS)
def new_of_sku(code: str) -> Response:
    """The form for all that waits for a SKU."""
    return _new(lambda: find_sku(db.session(), code, clock.today()))


@blueprint.post(f"{SKU}/preview")
@requires(Permission.REASSIGN_SUPPLIERS)
def preview_of_sku(code: str) -> Response:
    """The same outlook, of all that waits for a SKU."""
    return _preview(lambda: find_sku(db.session(), code, clock.today()))


@blueprint.post(SKU)
@requires(Permission.REASSIGN_SUPPLIERS)
def create_of_sku(code: str) -> Response:
    """Move units that wait for a SKU."""
    return _create(lambda: find_sku(db.session(), code, clock.today()))


@blueprint.get(f"{LINE}/new")
@requires(Permission.REASSIGN_SUPPLIERS)
def new_of_line(number: str, line_no: int) -> Response:
    """The form for a line of an order."""
    return _new(lambda: find_line(db.session(), number, line_no, clock.today()))


@blueprint.post(f"{LINE}/preview")
@requires(Permission.REASSIGN_SUPPLIERS)
def preview_of_line(number: str, line_no: int) -> Response:
    """The same outlook, of what a line of an order waits for."""
    return _preview(lambda: find_line(db.session(), number, line_no, clock.today()))


@blueprint.post(LINE)
@requires(Permission.REASSIGN_SUPPLIERS)
def create_of_line(number: str, line_no: int) -> Response:
    """Move units that a line of an order waits for, or hand the line over."""
    return _create(lambda: find_line(db.session(), number, line_no, clock.today()))


@blueprint.get(f"{UNDOS}/new")
@requires(Permission.REASSIGN_SUPPLIERS)
def new_undo(reassignment_id: int) -> Response:
    """The form that takes a reassignment back."""
    past = _past(reassignment_id)
    return answers.hand_out(UNDO, UndoForm(past, back=fragments.page_asked_from()), past=past)


@blueprint.post(f"{UNDOS}/preview")
@requires(Permission.REASSIGN_SUPPLIERS)
def preview_undo(reassignment_id: int) -> Response:
    """What taking it back would do."""
    past = _past(reassignment_id)
    return answers.foresee(UNDO, UndoForm(past, back=""), undo_reassignment, past.id, past=past)


@blueprint.post(UNDOS)
@requires(Permission.REASSIGN_SUPPLIERS)
def create_undo(reassignment_id: int) -> Response:
    """Take it back: by its form, or by the undo of its notice."""
    past = _past(reassignment_id)
    if "undo" in request.form:
        return answers.undo(undo_reassignment, past.id, why=None, back=fragments.page_asked_from())
    form = UndoForm(past, back="")
    return answers.post(
        UNDO, form, undo_reassignment, past.id, anew=lambda: {"past": _past(reassignment_id)}, past=past
    )


def _new(find: Callable[[], Scope | None]) -> Response:
    scope = answers.found(find())
    return answers.hand_out(FORM, ReassignmentForm(scope, back=fragments.page_asked_from()), **_shown(scope))


def _preview(find: Callable[[], Scope | None]) -> Response:
    scope = answers.found(find())
    form = ReassignmentForm(scope, back="")
    return answers.foresee(FORM, form, foresee_reassignment, scope.asked, **_shown(scope))


def _create(find: Callable[[], Scope | None]) -> Response:
    scope = answers.found(find())
    form = ReassignmentForm(scope, back="")
    if form.send_now.data and not can(current_user, Permission.ORDER_SUPPLY):
        abort(403)
    return answers.post(
        FORM,
        form,
        reassign_supply,
        scope.asked,
        undo=lambda outcome: url_for("supplier_reassignments.create_undo", reassignment_id=outcome.made),
        anew=lambda: _shown(answers.found(find())),
        **_shown(scope),
    )


def _shown(scope: Scope) -> dict[str, Any]:
    address = request.path.removesuffix("/new").removesuffix("/preview")
    return {"scope": scope, "here": address}


def _past(reassignment_id: int) -> PastReassignment:
    return answers.found(find_reassignment(db.session(), reassignment_id))
