"""The lead times panel in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from dashboard import clock
from dashboard.database import db
from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS, ON_TIME_HALF
from dashboard.panels.anatomy import Panel, export_rows, show_menu
from dashboard.panels.filters import Selection
from dashboard.panels.lead_times.chart import figure, sentence, stretch_sentence, trend
from dashboard.panels.lead_times.panel import LeadTimesPanel, load
from dashboard.panels.lead_times.queries import COUNTING, DEFAULT_SORT, FILTERED_BY, SORTS, SupplierRow
from dashboard.panels.lead_times.report import LEAD_TIMES
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("lead_times", __name__)

PANEL = Panel(
    word="lead-times",
    name="Supplier lead times",
    question="Whom can we trust?",
    icon="truck-delivery",
    blueprint=blueprint,
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    report=LEAD_TIMES,
    filters=FILTERED_BY,
    counting=COUNTING,
)


@blueprint.get("/lead-times")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return fragments.show("panels/lead_times/page.html", "panels/lead_times/_panel.html", **drawn(panel))


def drawn(panel: LeadTimesPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    locale = current_app.config["SHOP_LOCALE"]
    address = PANEL.addresses()

    def opened(row: SupplierRow) -> str:
        """Where a row leads: a supplier to its SKUs, a SKU to all who deliver it."""
        narrowed = Selection().having(*(("supplier", row.supplier_id) if row.sku is None else ("sku", row.sku)))
        return address(panel.view.filtered(narrowed))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "opened": opened,
        "sentence": lambda row: sentence(row, locale=locale),
        "stretch_sentence": lambda point: stretch_sentence(point, locale=locale),
        "enough": ENOUGH_OBSERVATIONS,
        "half": ON_TIME_HALF,
        "figure": figure(panel, opened, locale=locale) if panel.pictured else None,
        "trend": trend(panel, locale=locale) if panel.trend else None,
    }


@blueprint.get("/lead-times/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/lead-times/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `lead-times` of the same selection."""
    return export_rows(PANEL)
