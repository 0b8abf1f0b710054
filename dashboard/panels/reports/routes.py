"""The reports in a browser: what there is, and each as a download."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from dashboard import clock
from dashboard.panels.filters import Selection
from dashboard.panels.reports import REPORTS
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.csv_response import csv_response
from dashboard.web.guards import requires

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports")
@requires(Permission.SEE_DESK)
def index() -> Response:
    """Every report, with what its rows are."""
    return fragments.show("panels/reports/page.html", "panels/reports/_list.html", reports=REPORTS.values())


@blueprint.get("/reports/<name>")
@requires(Permission.EXPORT_ROWS)
def export(name: str) -> Response:
    """One report as CSV, with the filters of the address."""
    report = REPORTS.get(name)
    if report is None:
        abort(404)
    pairs = [(key, value) for key in report.filters for value in request.args.getlist(key)]
    today = clock.today()
    rows = report.read(Selection.read(pairs, allowed=report.filters), today)
    return csv_response(report.file_name(today), report.columns, rows)
