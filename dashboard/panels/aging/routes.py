"""The aging panel in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.aging.about import PANEL, drawn
from dashboard.panels.aging.panel import load
from dashboard.panels.anatomy import export_rows, show_menu, show_panel, show_ticked, show_views
from dashboard.permissions import Permission
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = PANEL.blueprint


@blueprint.get("/aging")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return show_panel(PANEL, "panels/aging/page.html", "panels/aging/_panel.html", view=panel.view, **drawn(panel))


@blueprint.get("/aging/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/aging/views")
@requires(Permission.SEE_DESK)
def views() -> Response:
    """The menu of the views that somebody keeps of it."""
    return show_views(PANEL)


@blueprint.route("/aging/ticked", methods=["GET", "POST"])
@requires(Permission.SEE_DESK)
def ticked() -> Response:
    """What the ticked rows come to. Their keys are too many for an address: a page with scripts posts them."""
    return show_ticked(PANEL)


@blueprint.get("/aging/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `backorders` of the same selection."""
    return export_rows(PANEL)
