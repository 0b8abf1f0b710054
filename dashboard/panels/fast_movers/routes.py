"""The fast-movers panel in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu, show_panel, show_views
from dashboard.panels.fast_movers.about import PANEL, drawn
from dashboard.panels.fast_movers.panel import load
from dashboard.panels.row_acts import acts_of_skus
from dashboard.permissions import Permission
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = PANEL.blueprint


@blueprint.get("/fast-movers")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return show_panel(
        PANEL,
        "panels/fast_movers/page.html",
        "panels/fast_movers/_panel.html",
        view=panel.view,
        acts=acts_of_skus(),
        **drawn(panel),
    )


@blueprint.get("/fast-movers/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/fast-movers/views")
@requires(Permission.SEE_DESK)
def views() -> Response:
    """The menu of the views that somebody keeps of it."""
    return show_views(PANEL)


@blueprint.get("/fast-movers/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `fast-movers` of the same selection."""
    return export_rows(PANEL)
