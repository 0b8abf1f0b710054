"""Purchase orders in a browser: the drafts, what suppliers owe, and one of them."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.purchase_orders.on_order import COLUMNS as ON_ORDER_COLUMNS
from dashboard.panels.purchase_orders.on_order import Asked, all_on_order, load_on_order
from dashboard.panels.purchase_orders.panel import load_drafts, load_order
from dashboard.permissions import Permission
from dashboard.purchase_order_file import COLUMNS
from dashboard.web import fragments
from dashboard.web.csv_response import report_response
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("purchase_orders", __name__)


@blueprint.get("/purchase-orders")
@requires(Permission.SEE_DESK)
@live()
def index() -> Response:
    """What is still to be sent, and what suppliers owe."""
    session, today = db.session(), clock.today()
    return fragments.show(
        "panels/purchase_orders/page.html",
        "panels/purchase_orders/_list.html",
        page=load_drafts(session),
        owed=load_on_order(session, _asked(), today),
    )


@blueprint.get("/purchasing/purchase-orders/export")
@requires(Permission.EXPORT_ROWS)
def export_all() -> Response:
    """What suppliers owe as CSV, as it is narrowed down."""
    asked, today = _asked(), clock.today()
    filters = {key: [value] for key, value in asked.parameters().items()}
    file_name = f"purchase-orders-{today.isoformat()}.csv"
    return report_response(
        "purchase-orders", filters, file_name, ON_ORDER_COLUMNS, all_on_order(db.session(), asked, today)
    )


@blueprint.get("/purchase-orders/<identifier:number>")
@requires(Permission.SEE_DESK)
@live()
def order(number: str) -> Response:
    """A purchase order: its lines, who waits for them, where units came from or went."""
    page = load_order(db.session(), number, clock.today())
    if page is None:
        abort(404)
    return fragments.show("panels/purchase_orders/order.html", "panels/purchase_orders/_order.html", page=page)


@blueprint.get("/purchase-orders/<identifier:number>/export")
@requires(Permission.EXPORT_ROWS)
def export(number: str) -> Response:
    """Its lines as CSV, for whom it is sent to."""
    today = clock.today()
    page = load_order(db.session(), number, today)
    if page is None:
        abort(404)
    file_name = f"purchase-order-{today.isoformat()}.csv"
    return report_response("purchase-order", {"purchase_order": [number]}, file_name, COLUMNS, page.written_lines)


def _asked() -> Asked:
    said = request.args
    return Asked(said.get("supplier") or None, said.get("state") or None, said.get("after") or None)
