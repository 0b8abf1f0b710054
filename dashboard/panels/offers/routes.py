"""The list of offers in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu
from dashboard.panels.offers.about import LIST
from dashboard.panels.offers.panel import load_offers
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = LIST.blueprint


@blueprint.get("/offers")
@requires(Permission.OFFER_INCENTIVES)
@live(shared=True)
def index() -> Response:
    """The list, the newest first."""
    return fragments.show(
        "panels/offers/page.html",
        "panels/offers/_panel.html",
        about=LIST,
        panel=load_offers(db.session(), LIST.view(request.args), clock.today()),
        view_url=LIST.addresses(),
    )


@blueprint.get("/offers/choices/<key>")
@requires(Permission.OFFER_INCENTIVES)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(LIST, key)


@blueprint.get("/offers/export")
@requires(Permission.OFFER_INCENTIVES)
def export() -> Response:
    """The offers of the same filters, as CSV."""
    return export_rows(LIST)
