"""Receiving in a browser: a field for a scanner, and what came."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, request, url_for

from dashboard import clock
from dashboard.database import db
from dashboard.panels.receiving.panel import load_receiving, read_scan
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("receiving", __name__)


@blueprint.get("/receiving")
@requires(Permission.RECEIVE_GOODS)
@live()
def show() -> Response:
    """What should have come by now, and what came last."""
    return fragments.show(
        "panels/receiving/page.html",
        "panels/receiving/_panel.html",
        page=load_receiving(db.session(), clock.today()),
    )


@blueprint.get("/receiving/scan")
@requires(Permission.RECEIVE_GOODS)
def scan() -> Response:
    """What the code means: straight to the form of its purchase order, or of its shelf; or a choice."""
    code = request.args.get("code", "").strip()
    found = read_scan(db.session(), code, counts=request.args.get("what") == "count")
    if found.counts and found.product is not None:
        return make_response(redirect(url_for("stock_counts.new", code=code)))
    if found.order is not None:
        given = {"sku": found.sku} if found.sku else {}
        return make_response(redirect(url_for("deliveries.new", number=found.order, **given)))
    return fragments.show(
        "panels/receiving/found.html", "panels/receiving/_found.html", found=found, today=clock.today()
    )
