"""The rules of the house in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from dashboard.database import db
from dashboard.panels.settings.panel import load_setting, load_settings
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("settings", __name__)


@blueprint.get("/settings")
@requires(Permission.CHANGE_SETTINGS)
def index() -> Response:
    """All of them."""
    return fragments.show("panels/settings/page.html", "panels/settings/_list.html", groups=load_settings(db.session()))


@blueprint.get("/settings/<key>")
@requires(Permission.CHANGE_SETTINGS)
def setting(key: str) -> Response:
    """One, with what it means and who changed it."""
    page = load_setting(db.session(), key)
    if page is None:
        abort(404)
    return fragments.show("panels/settings/setting.html", "panels/settings/_setting.html", page=page)
