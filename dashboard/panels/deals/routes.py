"""Supply dealt out again, in a browser: ways and runs, one run, its lines as CSV."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from dashboard import clock
from dashboard.database import db
from dashboard.domain.deal_variants import SORT_WORDS, STRATEGY_WORDS
from dashboard.panels.deals.panel import LARGEST_NUMBER, load_deals, load_run
from dashboard.panels.deals.queries import all_results, runs
from dashboard.panels.deals.report import RESULTS, file_name
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.csv_response import csv_response
from dashboard.web.guards import requires

blueprint = Blueprint("deals", __name__)

WORDS = {"strategy_words": STRATEGY_WORDS, "sort_words": SORT_WORDS}


@blueprint.get("/deals")
@requires(Permission.SEE_DESK)
def index() -> Response:
    """Ways of dealing, and the runs."""
    page = load_deals(db.session(), clock.real_now(), before=request.args.get("before", type=int))
    return fragments.show("panels/deals/page.html", "panels/deals/_list.html", page=page, **WORDS)


@blueprint.get("/deals/<int:run_id>")
@requires(Permission.SEE_DESK)
def run(run_id: int) -> Response:
    """One run: what it would do, or did."""
    after = request.args.get("after", default=0, type=int)
    page = load_run(db.session(), run_id, clock.now(), after=after)
    if page is None:
        abort(404)
    return fragments.show("panels/deals/run.html", "panels/deals/_run.html", page=page, **WORDS)


@blueprint.get("/deals/<int:run_id>/export")
@requires(Permission.EXPORT_ROWS)
def export(run_id: int) -> Response:
    """Every line that gains or loses, as CSV."""
    if run_id > LARGEST_NUMBER or not runs(db.session(), run_id=run_id, limit=1):
        abort(404)
    return csv_response(file_name(run_id), RESULTS, all_results(db.session(), run_id))
