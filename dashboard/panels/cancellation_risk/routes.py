"""The panel of cancellation risk in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from dashboard import clock
from dashboard.database import db
from dashboard.domain.cancellation_risk import LIKELY_BANDS
from dashboard.panels.anatomy import Panel, export_rows, show_menu
from dashboard.panels.cancellation_risk.chart import figure
from dashboard.panels.cancellation_risk.groups import PICTURED
from dashboard.panels.cancellation_risk.panel import MEASURES, BandTotal, RiskPanel, load
from dashboard.panels.cancellation_risk.queries import DEFAULT_SORT, SORTS
from dashboard.panels.cancellation_risk.report import CANCELLATION_RISK
from dashboard.panels.filters import COMMON_FILTERS, RISK_WORDS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("cancellation_risk", __name__)

PANEL = Panel(
    word="cancellation-risk",
    name="Cancellation risk",
    question="Who is about to leave?",
    icon="user-minus",
    blueprint=blueprint,
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=("risk", *COMMON_FILTERS),
    measures=MEASURES,
    report=CANCELLATION_RISK,
)


@blueprint.get("/cancellation-risk")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return fragments.show("panels/cancellation_risk/page.html", "panels/cancellation_risk/_panel.html", **drawn(panel))


def drawn(panel: RiskPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    view, address = panel.view, PANEL.addresses()

    def band_url(total: BandTotal) -> str:
        """Only this band; if it is that already, all of them."""
        alone = view.selection.of(PICTURED) == (total.band,)
        selection = view.selection.without(PICTURED) if alone else view.selection.having(PICTURED, total.band)
        return address(view.filtered(selection))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "line_url": line_addresses(),
        "band_url": band_url,
        "band_words": RISK_WORDS,
        "likely_url": address(view.filtered(view.selection.having(PICTURED, *LIKELY_BANDS))),
        "figure": figure(panel, band_url, locale=current_app.config["SHOP_LOCALE"]),
    }


@blueprint.get("/cancellation-risk/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/cancellation-risk/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `cancellation-risk` of the same selection."""
    return export_rows(PANEL)
