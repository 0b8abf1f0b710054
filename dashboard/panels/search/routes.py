"""The search in a browser: what is found while somebody types, and a page of its own."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for

from dashboard.database import db
from dashboard.panels.search.panel import SHOWN_ON_PAGE, SHOWN_WHILE_TYPING, load_found
from dashboard.panels.search.queries import OrderHit, ProductHit, PurchaseOrderHit
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
@requires(Permission.SEE_DESK)
def show() -> Response:
    """What is found by what was typed; where only one thing can be meant, that."""
    is_typing = fragments.is_fragment_request()
    typed = request.args.get("q", "")
    found = load_found(db.session(), typed, shown=SHOWN_WHILE_TYPING if is_typing else SHOWN_ON_PAGE)
    if found.only is not None and not is_typing:
        return make_response(redirect(_page_of(found.only)))
    return fragments.show("panels/search/page.html", "panels/search/_found.html", found=found, search_text=found.typed)


def _page_of(hit: OrderHit | ProductHit | PurchaseOrderHit) -> str:
    """Where a hit leads; a product to the orders that have it."""
    match hit:
        case OrderHit():
            return url_for("orders.order", number=hit.number)
        case PurchaseOrderHit():
            return url_for("purchase_orders.order", number=hit.number)
        case ProductHit():
            return url_for("orders.index", search=hit.code)
