"""Orders in a browser: finding one, the order, and a line of it."""

from __future__ import annotations

from flask import Response, abort, current_app, make_response, redirect, request, url_for
from flask_security import current_user

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import show_menu
from dashboard.panels.orders.about import ORDERS
from dashboard.panels.orders.acts import ORDER_ACTS, acts_in_head, standing_of_order
from dashboard.panels.orders.chart import timeline
from dashboard.panels.orders.kept import is_followed
from dashboard.panels.orders.panel import load_line, load_order, load_orders
from dashboard.panels.orders.queries import find_order
from dashboard.panels.orders.timeline import PARTS_OF_TIME
from dashboard.panels.row_acts import (
    ROW_ACTS,
    acts_at_rows,
    acts_of_lines,
    acts_that_may,
    standing_of_line,
    suiting,
    withheld,
)
from dashboard.permissions import Permission
from dashboard.web import formats, fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = ORDERS.blueprint


@blueprint.get("/orders")
@requires(Permission.SEE_DESK)
@live()
def index() -> Response:
    """The list of orders; a whole order number, typed into the search, leads to its order at once."""
    typed = request.args.get("q", "").strip()
    if typed and not fragments.is_fragment_request() and find_order(db.session(), typed) is not None:
        return make_response(redirect(url_for("orders.order", number=typed)))
    return fragments.show(
        "panels/orders/index.html",
        "panels/orders/_panel.html",
        about=ORDERS,
        panel=load_orders(db.session(), ORDERS.found_by(request.args), clock.today()),
        view_url=ORDERS.addresses(),
        search_text=typed,
    )


@blueprint.get("/order-choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter of the list."""
    return show_menu(ORDERS, key)


@blueprint.get("/orders/<identifier:number>")
@requires(Permission.SEE_DESK)
@live()
def order(number: str) -> Response:
    """One order."""
    page = load_order(db.session(), number, clock.today(), region=current_app.config["SHOP_REGION"])
    if page is None:
        abort(404)
    follows = is_followed(db.session(), page.order.id, current_user.id)
    only = request.args.get("happened", "")
    return fragments.show(
        "panels/orders/page.html",
        "panels/orders/_order.html",
        page=page,
        is_followed=follows,
        at_hand=acts_in_head(standing_of_order(page, is_followed=follows)),
        acts=acts_at_rows(),
        parts_of_time=PARTS_OF_TIME,
        only=only if only in PARTS_OF_TIME else "",
    )


@blueprint.get("/orders/<identifier:number>/acts")
@requires(Permission.SEE_DESK)
def order_acts(number: str) -> Response:
    """All that can be done with an order, for the slot of its page or as a page."""
    page = load_order(db.session(), number, clock.today(), region=current_app.config["SHOP_REGION"])
    if page is None:
        abort(404)
    standing = standing_of_order(page, is_followed=is_followed(db.session(), page.order.id, current_user.id))
    return fragments.show(
        "panels/orders/acts.html",
        "panels/orders/_acts.html",
        page=page,
        line=None,
        standing=standing,
        acts=suiting(acts_that_may(ORDER_ACTS), standing),
        withheld=withheld(ORDER_ACTS, standing),
    )


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
        acts=acts_at_rows(),
        timeline=timeline(found, locale=formats.locale_in_use()),
    )


@blueprint.get("/orders/<identifier:number>/lines/<int:line_no>/acts")
@requires(Permission.SEE_DESK)
def acts(number: str, line_no: int) -> Response:
    """All that can be done with a line, for the slot of its row or as a page."""
    found = load_line(db.session(), number, line_no, clock.today(), region=current_app.config["SHOP_REGION"])
    if found is None:
        abort(404)
    standing = standing_of_line(found.line, found.page.payment.state)
    return fragments.show(
        "panels/orders/acts.html",
        "panels/orders/_acts.html",
        page=found.page,
        line=found.line,
        standing=standing,
        acts=suiting(acts_of_lines(), standing),
        withheld=withheld(ROW_ACTS, standing),
    )
