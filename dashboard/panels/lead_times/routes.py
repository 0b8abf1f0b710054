"""The lead times panel in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu, show_panel, show_views
from dashboard.panels.lead_times.about import PANEL, drawn
from dashboard.panels.lead_times.panel import load
from dashboard.permissions import Permission
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = PANEL.blueprint


@blueprint.get("/lead-times")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return show_panel(
        PANEL, "panels/lead_times/page.html", "panels/lead_times/_panel.html", view=panel.view, **drawn(panel)
    )


@blueprint.get("/lead-times/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/lead-times/views")
@requires(Permission.SEE_DESK)
def views() -> Response:
    """The menu of the views that somebody keeps of it."""
    return show_views(PANEL)


@blueprint.get("/lead-times/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `lead-times` of the same selection."""
    return export_rows(PANEL)
