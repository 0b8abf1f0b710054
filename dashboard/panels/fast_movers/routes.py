"""The fast-movers panel in a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app, request
from werkzeug.datastructures import MultiDict

from dashboard import clock
from dashboard.database import db
from dashboard.domain.fast_movers import OUT, PRESSING, STATUSES
from dashboard.panels.aging.routes import PANEL as AGING
from dashboard.panels.anatomy import Panel, export_rows, show_menu
from dashboard.panels.fast_movers.chart import figure
from dashboard.panels.fast_movers.panel import FastMoversPanel, load
from dashboard.panels.fast_movers.queries import COLUMNS, COUNTING, DEFAULT_SORT, SORTS
from dashboard.panels.fast_movers.report import FAST_MOVERS
from dashboard.panels.filters import Selection
from dashboard.panels.pages import View
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("fast_movers", __name__)

PANEL = Panel(
    word="fast-movers",
    name="Fast movers",
    question="What runs out next?",
    icon="flame",
    blueprint=blueprint,
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    report=FAST_MOVERS,
    filters=tuple(COLUMNS),
    counting=COUNTING,
)


@blueprint.get("/fast-movers")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return fragments.show("panels/fast_movers/page.html", "panels/fast_movers/_panel.html", **drawn(panel))


def drawn(panel: FastMoversPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    view = panel.view
    address, lines_address = PANEL.addresses(), AGING.addresses()
    lines = AGING.view(MultiDict())

    def alone(sku: str) -> str:
        return address(view.filtered(Selection().having("sku", sku)))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "pressing_url": address(_of_status(view, *PRESSING)),
        "out_url": address(_of_status(view, STATUSES[OUT])),
        "order_url": address(replace(view.from_start(), sort="order", descending=True)),
        "sku_url": alone,
        "lines_url": lambda sku: lines_address(lines.filtered(Selection().having("sku", sku))),
        "figure": figure(panel, alone, locale=current_app.config["SHOP_LOCALE"]),
    }


@blueprint.get("/fast-movers/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/fast-movers/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `fast-movers` of the same selection."""
    return export_rows(PANEL)


def _of_status(view: View, *statuses: str) -> View:
    return view.filtered(view.selection.having("status", *statuses))
