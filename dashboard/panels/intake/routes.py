"""Files in, in a browser: every load, each look at files that were sent, and what was said of their rows."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, request, url_for

from dashboard import clock
from dashboard.database import db
from dashboard.intake.loads import all_faults_of
from dashboard.panels.intake.panel import known_load, load_list, load_page
from dashboard.panels.intake.report import FAULTS
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.csv_response import csv_response
from dashboard.web.guards import requires

blueprint = Blueprint("intake", __name__)


@blueprint.get("/intake")
@requires(Permission.SEE_DESK)
def index() -> Response:
    """All loads, the newest first."""
    before = request.args.get("before", type=int)
    page = load_list(db.session(), clock.now(), before=before)
    return fragments.show("panels/intake/page.html", "panels/intake/_list.html", page=page)


@blueprint.get("/intake/loads/<int:load_id>")
@requires(Permission.SEE_DESK)
def load(load_id: int) -> Response:
    """A look at files, or a load of them: how far it is, and what it came to."""
    page = load_page(db.session(), load_id, clock.now(), after_fault=request.args.get("after", default=0, type=int))
    if page is None:
        abort(404)
    if page.loaded_as is not None and fragments.is_fragment_request():
        # Whoever watches the look and has it loaded wants to see the load from then on.
        response = make_response("")
        response.headers["HX-Redirect"] = url_for("intake.load", load_id=page.loaded_as.id)
        return response
    return fragments.show("panels/intake/load.html", "panels/intake/_load.html", page=page)


@blueprint.get("/intake/loads/<int:load_id>/faults")
@requires(Permission.EXPORT_ROWS)
def faults(load_id: int) -> Response:
    """Every fault and remark of a load, as CSV."""
    if known_load(load_id) is None:
        abort(404)
    return csv_response(f"faults-of-load-{load_id}.csv", FAULTS, all_faults_of(load_id))
