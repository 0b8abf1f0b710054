"""Somebody's own list in a browser, and what of it is due in the sidebar."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_security import current_user

from dashboard import clock
from dashboard.database import db
from dashboard.panels.my_list.panel import load_my_list
from dashboard.panels.row_acts import acts_at_rows
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("my_list", __name__)


@blueprint.get("/my-list")
@requires(Permission.KEEP_LIST)
@live()
def show() -> Response:
    """The list of whoever asks."""
    panel = load_my_list(
        db.session(),
        current_user.id,
        decides_offers=can(current_user, Permission.APPROVE_OFFERS),
        now=clock.now(),
        today=clock.today(),
    )
    return fragments.show("panels/my_list/page.html", "panels/my_list/_panel.html", panel=panel, acts=acts_at_rows())
