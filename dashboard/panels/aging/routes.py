"""The aging panel in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.aging.chart import figure, trend
from dashboard.panels.aging.panel import MEASURES, AgingPanel, BucketTotal, load
from dashboard.panels.aging.queries import DEFAULT_SORT, SORTS
from dashboard.panels.aging.report import BACKORDERS
from dashboard.panels.anatomy import Panel, export_rows, show_menu
from dashboard.panels.filters import COMMON_FILTERS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.panels.pages import View
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("aging", __name__)

PANEL = Panel(
    word="aging",
    name="Aging",
    question="How long have they waited?",
    icon="hourglass-high",
    blueprint=blueprint,
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=("age", *COMMON_FILTERS),
    measures=MEASURES,
    report=BACKORDERS,
)


@blueprint.get("/aging")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return fragments.show("panels/aging/page.html", "panels/aging/_panel.html", **drawn(panel))


def drawn(panel: AgingPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    locale = current_app.config["SHOP_LOCALE"]
    address = PANEL.addresses()
    bucket_urls = {total.bucket: address(_bucket_view(panel, total)) for total in panel.buckets}
    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "line_url": line_addresses(),
        "bucket_urls": bucket_urls,
        "figure": figure(panel, lambda total: bucket_urls[total.bucket], locale=locale),
        "trend": trend(panel, locale=locale) if panel.trend else None,
    }


@blueprint.get("/aging/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/aging/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `backorders` of the same selection."""
    return export_rows(PANEL)


def _bucket_view(panel: AgingPanel, total: BucketTotal) -> View:
    """Only this bucket; if it is that already, all of them."""
    selection = panel.view.selection
    alone = selection.of("age") == (total.bucket.key,)
    selection = selection.without("age") if alone else selection.having("age", total.bucket.key)
    return panel.view.filtered(selection)
