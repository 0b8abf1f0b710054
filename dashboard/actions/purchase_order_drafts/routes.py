"""Drafting purchase orders in a browser: of one SKU at its row, or of those that are chosen."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.outcomes import Outcome
from dashboard.actions.purchase_order_drafts.action import draft_orders, foresee_drafts
from dashboard.actions.purchase_order_drafts.forms import draft_form
from dashboard.actions.purchase_order_drafts.queries import DraftableSku, read_skus, sku_named
from dashboard.database import db
from dashboard.domain.purchase_plans import DRAFTED_AT_MOST
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("purchase_order_drafts", __name__)

FORM = "actions/purchase_order_drafts/_form.html"
SKU = "/skus/<identifier:code>/purchase-order-drafts"
CHOSEN = "/purchase-order-drafts"
LONGEST_KEY = 18  # digits of a row's key that a page wrote


@blueprint.get(f"{SKU}/new")
@requires(Permission.ORDER_SUPPLY)
def new_of_sku(code: str) -> Response:
    """The form for one SKU."""
    return _new(_sku(code), url_for(".create_of_sku", code=code))


@blueprint.post(f"{SKU}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview_of_sku(code: str) -> Response:
    """Who would get a date by it."""
    return _preview(_sku(code), url_for(".create_of_sku", code=code))


@blueprint.post(SKU)
@requires(Permission.ORDER_SUPPLY)
def create_of_sku(code: str) -> Response:
    """Draft an order over one SKU."""
    return _create(_sku(code), url_for(".create_of_sku", code=code))


@blueprint.get(f"{CHOSEN}/new")
@requires(Permission.ORDER_SUPPLY)
def new() -> Response:
    """The form for the SKUs that the address names."""
    return _new(_rows(), url_for(".create"))


@blueprint.post(f"{CHOSEN}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview() -> Response:
    """Who would get a date by them."""
    return _preview(_rows(), url_for(".create"))


@blueprint.post(CHOSEN)
@requires(Permission.ORDER_SUPPLY)
def create() -> Response:
    """Draft an order to each supplier."""
    return _create(_rows(), url_for(".create"))


def _new(rows: Sequence[DraftableSku], here: str) -> Response:
    form = draft_form(answers.found(rows or None), back=fragments.page_asked_from())
    return answers.hand_out(FORM, form, here=here)


def _preview(rows: Sequence[DraftableSku], here: str) -> Response:
    return answers.foresee(FORM, draft_form(answers.found(rows or None), back=""), foresee_drafts, here=here)


def _create(rows: Sequence[DraftableSku], here: str) -> Response:
    return answers.post(
        FORM, draft_form(answers.found(rows or None), back=""), draft_orders, undo=_address_of_undo, here=here
    )


def _address_of_undo(outcome: Outcome) -> str:
    return url_for("purchase_order_cancellations.create", number=outcome.made)


def _sku(code: str) -> tuple[DraftableSku, ...]:
    sku_id = answers.found(sku_named(db.session(), code))
    return read_skus(db.session(), [sku_id])


def _rows() -> tuple[DraftableSku, ...]:
    words = " ".join(request.values.getlist("rows")).split()
    keys = {int(word) for word in words if word.isdecimal() and len(word) <= LONGEST_KEY}
    return read_skus(db.session(), sorted(keys)[:DRAFTED_AT_MOST])
