"""Orders in a browser: finding one, the order, and a line of it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for

from dashboard import clock
from dashboard.database import db
from dashboard.panels.orders.chart import timeline
from dashboard.panels.orders.listing import LIST_SORTS, orders_page
from dashboard.panels.orders.panel import load_line, load_order
from dashboard.panels.orders.queries import find_order
from dashboard.panels.pages import View
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("orders", __name__)


@blueprint.get("/orders")
@requires(Permission.SEE_DESK)
@live()
def index() -> Response:
    """Orders that wait, or that match what was typed; a whole order number leads to its order at once."""
    sought = request.args.get("q", "").strip()
    if sought and not fragments.is_fragment_request() and find_order(db.session(), sought) is not None:
        return redirect(url_for("orders.order", number=sought))  # type: ignore[return-value]
    view = View.read(request.args, sorts=LIST_SORTS, default_sort="found" if sought else "-age", filters=())
    page = orders_page(db.session(), view, sought)
    return fragments.show(
        "panels/orders/index.html",
        "panels/orders/_list.html",
        page=page,
        view=view,
        sought=sought,
        search_text=sought,
        today=clock.today(),
    )


@blueprint.get("/orders/<identifier:number>")
@requires(Permission.SEE_DESK)
@live()
def order(number: str) -> Response:
    """One order."""
    page = load_order(db.session(), number, clock.today(), region=current_app.config["SHOP_REGION"])
    if page is None:
        abort(404)
    return fragments.show("panels/orders/page.html", "panels/orders/_order.html", page=page)


@blueprint.get("/orders/<identifier:number>/lines/<int:line_no>")
@requires(Permission.SEE_DESK)
@live()
def line(number: str, line_no: int) -> Response:
    """One line of an order."""
    found = load_line(db.session(), number, line_no, clock.today(), region=current_app.config["SHOP_REGION"])
    if found is None:
        abort(404)
    return fragments.show(
        "panels/orders/line.html",
        "panels/orders/_line.html",
        found=found,
        page=found.page,
        timeline=timeline(found, locale=current_app.config["SHOP_LOCALE"]),
    )
