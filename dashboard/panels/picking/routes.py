"""The pick list in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu
from dashboard.panels.picking.about import LIST
from dashboard.panels.picking.panel import load_picking
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = LIST.blueprint


@blueprint.get("/picking")
@requires(Permission.SEE_DESK)
@live()
def show() -> Response:
    """What can be fetched from the shelves, and what is picked and waits to leave."""
    return fragments.show(
        "panels/picking/page.html",
        "panels/picking/_panel.html",
        about=LIST,
        panel=load_picking(db.session(), LIST.view(request.args), clock.today()),
        view_url=LIST.addresses(),
    )


@blueprint.get("/picking/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(LIST, key)


@blueprint.get("/picking/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The whole list of the same filters, as CSV."""
    return export_rows(LIST)
