"""The reports in a browser: what there is, and each with its filters as a download."""

from __future__ import annotations

import shlex

from flask import Response, abort, request
from flask_security import current_user

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import send_report, show_menu
from dashboard.panels.filters import Selection
from dashboard.panels.report import Report
from dashboard.panels.reports import REPORTS
from dashboard.panels.reports.about import BLUEPRINT as blueprint
from dashboard.panels.reports.about import page_of
from dashboard.panels.reports.panel import load_report, load_reports
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires


@blueprint.get("/reports")
@requires(Permission.SEE_DESK)
def index() -> Response:
    """Every report, with what its rows are and when it was last taken."""
    return fragments.show(
        "panels/reports/page.html",
        "panels/reports/_list.html",
        listed=load_reports(db.session(), clock.today(), but=_not_for_them()),
        page_url=_page_url,
    )


@blueprint.get("/reports/<name>/page")
@requires(Permission.SEE_DESK)
def show(name: str) -> Response:
    """One report, with the filters that it takes."""
    report = _report(name)
    about = page_of(report)
    page = load_report(db.session(), report, about.view(request.args), clock.today())
    return fragments.show(
        "panels/reports/report.html",
        "panels/reports/_panel.html",
        about=about,
        page=page,
        view_url=about.addresses(),
        command=shlex.join(page.command),
    )


@blueprint.get("/reports/<name>/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(name: str, key: str) -> Response:
    """The menu of one filter of a report."""
    return show_menu(page_of(_report(name)), key)


@blueprint.get("/reports/<name>")
@requires(Permission.EXPORT_ROWS)
def export(name: str) -> Response:
    """One report as CSV, with the filters of the address."""
    report = _report(name)
    return send_report(report, page_of(report).view(request.args).selection, clock.today())


def _page_url(report: Report, selection: Selection) -> str:
    about = page_of(report)
    return about.addresses()(about.view(request.args).filtered(selection))


def _report(name: str) -> Report:
    if name not in REPORTS:
        abort(404)
    if name in _not_for_them():
        abort(403)
    return REPORTS[name]


def _not_for_them() -> frozenset[str]:
    """The reports that hold what the person may not see."""
    return frozenset(
        name
        for name, report in REPORTS.items()
        if report.permission is not Permission.EXPORT_ROWS and not can(current_user, report.permission)
    )
