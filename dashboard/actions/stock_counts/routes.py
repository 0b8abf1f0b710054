"""Counting a shelf in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request

from dashboard.actions import answers
from dashboard.actions.stock_counts.action import count
from dashboard.actions.stock_counts.forms import StockCountForm
from dashboard.actions.stock_counts.queries import CountableSku, find_sku
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("stock_counts", __name__)

FORM = "actions/stock_counts/_form.html"
SKU = "/skus/<identifier:code>/stock-counts"


@blueprint.get(f"{SKU}/new")
@requires(Permission.RECEIVE_GOODS)
def new(code: str) -> Response:
    """The form; `at` in the address says which shelf."""
    sku = _sku(code)
    form = StockCountForm(sku, back=fragments.page_asked_from(), at=request.args.get("at"))
    return answers.hand_out(FORM, form, sku=sku)


@blueprint.post(f"{SKU}/preview")
@requires(Permission.RECEIVE_GOODS)
def preview(code: str) -> Response:
    """What the count would do."""
    sku = _sku(code)
    return answers.foresee(FORM, StockCountForm(sku, back=""), count, sku.id, sku=sku)


@blueprint.post(SKU)
@requires(Permission.RECEIVE_GOODS)
def create(code: str) -> Response:
    """Post the count."""
    sku = _sku(code)
    form = StockCountForm(sku, back="")
    return answers.post(FORM, form, count, sku.id, anew=lambda: {"sku": _sku(code)}, sku=sku)


def _sku(code: str) -> CountableSku:
    return answers.found(find_sku(db.session(), code))
