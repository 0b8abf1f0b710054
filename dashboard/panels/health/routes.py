"""How the desk fares, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard import upkeep
from dashboard.database import db
from dashboard.domain.upkeep import troubles
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@requires(Permission.SEE_METRICS)
def show() -> Response:
    """Jobs, queue, mail, disk, files, database and version, and what of it somebody should look after."""
    condition = upkeep.look(db.session())
    return fragments.show(
        "panels/health/page.html",
        "panels/health/_panel.html",
        condition=condition,
        figures=condition.figures,
        troubles=troubles(condition.figures),
    )
