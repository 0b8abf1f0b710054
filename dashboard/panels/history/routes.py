"""The history in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu
from dashboard.panels.history.about import LIST, subject_url, undo_url
from dashboard.panels.history.panel import load_history
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = LIST.blueprint


@blueprint.get("/history")
@requires(Permission.SEE_HISTORY)
def index() -> Response:
    """Every act, the newest first."""
    return fragments.show(
        "panels/history/page.html",
        "panels/history/_panel.html",
        about=LIST,
        panel=load_history(db.session(), LIST.view(request.args), clock.today()),
        view_url=LIST.addresses(),
        subject_url=subject_url,
        undo_url=undo_url,
    )


@blueprint.get("/history/choices/<key>")
@requires(Permission.SEE_HISTORY)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(LIST, key)


@blueprint.get("/history/export")
@requires(Permission.SEE_HISTORY)
def export() -> Response:
    """The acts of the same filters, as CSV: the report `history`."""
    return export_rows(LIST)
