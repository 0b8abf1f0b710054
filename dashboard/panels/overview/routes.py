"""The overview in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from dashboard import clock
from dashboard.database import db
from dashboard.panels.addresses import view_addresses
from dashboard.panels.aging.chart import figure
from dashboard.panels.orders.addresses import line_addresses
from dashboard.panels.overview.panel import load
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("overview", __name__)


@blueprint.get("/overview")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The day at a glance, as page or fragment."""
    overview = load(db.session(), clock.today())
    view = overview.aging.view
    address = view_addresses("aging.show")
    bucket_urls = {
        total.bucket: address(view.filtered(view.selection.having("age", total.bucket.key)))
        for total in overview.aging.buckets
    }
    return fragments.show(
        "panels/overview/page.html",
        "panels/overview/_panel.html",
        overview=overview,
        line_url=line_addresses(),
        aging_url=address,
        bucket_urls=bucket_urls,
        aging_figure=figure(
            overview.aging, lambda total: bucket_urls[total.bucket], locale=current_app.config["SHOP_LOCALE"]
        ),
    )
