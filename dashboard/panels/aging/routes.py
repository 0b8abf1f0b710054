"""The aging panel in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.addresses import view_addresses
from dashboard.panels.aging.chart import figure, trend
from dashboard.panels.aging.panel import MEASURES, AgingPanel, BucketTotal, load
from dashboard.panels.aging.queries import DEFAULT_SORT, SORTS
from dashboard.panels.aging.report import BACKORDERS
from dashboard.panels.choices import load_choices
from dashboard.panels.filters import FILTERS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.panels.pages import View
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.csv_response import csv_response
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("aging", __name__)


@blueprint.get("/aging")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), _view(), clock.today())
    locale = current_app.config["SHOP_LOCALE"]
    address = view_addresses("aging.show")
    bucket_urls = {total.bucket: address(_bucket_view(panel, total)) for total in panel.buckets}
    return fragments.show(
        "panels/aging/page.html",
        "panels/aging/_panel.html",
        panel=panel,
        filters=FILTERS,
        sorts=SORTS,
        view_url=address,
        line_url=line_addresses(),
        bucket_urls=bucket_urls,
        figure=figure(panel, lambda total: bucket_urls[total.bucket], locale=locale),
        trend=trend(panel, locale=locale) if panel.trend else None,
    )


@blueprint.get("/aging/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter, as page or fragment; `q` is what was typed to find a value."""
    if key not in FILTERS:
        abort(404)
    view = _view().from_start()
    menu = load_choices(db.session(), key, view.selection, clock.today(), request.args.get("q", ""))
    return fragments.show(
        "panels/aging/choices.html",
        "panels/aging/_choices.html",
        menu=menu,
        view=view,
        view_url=view_addresses("aging.show"),
    )


@blueprint.get("/aging/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The panel's rows, all of them, as CSV: the report `backorders` of the same selection."""
    today = clock.today()
    rows = BACKORDERS.read(_view().selection, today)
    return csv_response(BACKORDERS.file_name(today), BACKORDERS.columns, rows)


def _view() -> View:
    return View.read(request.args, sorts=SORTS, default_sort=DEFAULT_SORT, measures=MEASURES)


def _bucket_view(panel: AgingPanel, total: BucketTotal) -> View:
    """Only this bucket; if it is that already, all of them."""
    selection = panel.view.selection
    alone = selection.of("age") == (total.bucket.key,)
    selection = selection.without("age") if alone else selection.having("age", total.bucket.key)
    return panel.view.filtered(selection)
