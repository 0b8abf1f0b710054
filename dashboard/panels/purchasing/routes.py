"""The purchasing panel in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu, show_panel, show_views
from dashboard.panels.purchasing.about import PANEL, drawn
from dashboard.panels.purchasing.panel import load, pick, pick_all
from dashboard.panels.ticked import keys_written
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = PANEL.blueprint


@blueprint.get("/purchasing")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return show_panel(
        PANEL, "panels/purchasing/page.html", "panels/purchasing/_panel.html", view=panel.view, **drawn(panel)
    )


@blueprint.get("/purchasing/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/purchasing/views")
@requires(Permission.SEE_DESK)
def views() -> Response:
    """The menu of the views that somebody keeps of it."""
    return show_views(PANEL)


@blueprint.route("/purchasing/ticked", methods=["GET", "POST"])
@requires(Permission.SEE_DESK)
def ticked() -> Response:
    """What ticked rows of the plan come to, or all that match; and the way to draft them."""
    view = PANEL.view(request.args)
    is_all = "all" in request.values
    session = db.session()
    picked = (
        pick_all(session, view.selection, clock.today())
        if is_all
        else pick(session, keys_written(request.values.getlist("rows")))
    )
    return fragments.show(
        "panels/purchasing/ticked.html",
        "panels/purchasing/_ticked.html",
        about=PANEL,
        view=view,
        view_url=PANEL.addresses(),
        picked=picked,
        is_all=is_all,
    )


@blueprint.get("/purchasing/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `purchase-plan` of the same selection."""
    return export_rows(PANEL)
