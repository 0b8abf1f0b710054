"""What is held of a customer, in a browser: looked for, given out, and the way to erase it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, request
from flask_security import current_user

from dashboard import personal_data
from dashboard.database import db
from dashboard.panels.personal_data.queries import FOUND_AT_MOST, customer_of, find_customers
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("personal_data", __name__)


@blueprint.get("/personal-data")
@requires(Permission.KEEP_PERSONAL_DATA)
def index() -> Response:
    """Who is meant."""
    sought = request.args.get("who", "").strip()
    return fragments.show(
        "panels/personal_data/page.html",
        "panels/personal_data/_list.html",
        sought=sought,
        found=find_customers(db.session(), sought),
        at_most=FOUND_AT_MOST,
    )


@blueprint.get("/personal-data/<int:customer_id>")
@requires(Permission.KEEP_PERSONAL_DATA)
def show(customer_id: int) -> Response:
    """What is held of one customer."""
    customer = customer_of(db.session(), customer_id)
    if customer is None:
        abort(404)
    return fragments.show(
        "panels/personal_data/customer.html",
        "panels/personal_data/_customer.html",
        customer=customer,
        kinds=personal_data.HELD,
        counts=personal_data.count_held(db.session(), customer_id),
        open_lines=personal_data.open_lines(db.session(), customer_id),
    )


@blueprint.get("/personal-data/<int:customer_id>/export")
@requires(Permission.KEEP_PERSONAL_DATA)
def export(customer_id: int) -> Response:
    """Everything of one customer as a zip; its name tells nobody whose it is."""
    if customer_of(db.session(), customer_id) is None:
        abort(404)
    rows = sum(personal_data.count_held(db.session(), customer_id).values())
    packed = personal_data.export_customer(db.session(), customer_id)
    personal_data.record_export(customer_id, rows, actor=current_user.id)
    response = make_response(packed)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="customer-{customer_id}.zip"'
    return response
