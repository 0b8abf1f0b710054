"""Every report that somebody may have mailed: whole, or filtered as a view that they keep."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import current_app
from flask_security import current_user
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboard.models import SavedView
from dashboard.panels.anatomy import Panel
from dashboard.panels.reports import REPORTS
from dashboard.permissions import can

# A choice: how it is called, the report's name, and its filters as in an address.
Choice = tuple[str, str, str]


def report_choices(session: Session, person_id: int) -> Mapping[str, Choice]:
    """What may be chosen, by a key that a form carries: the reports, and after them the views of lists."""
    found: dict[str, Choice] = {
        f"report {name}": (report.title, name, "")
        for name, report in REPORTS.items()
        if can(current_user, report.permission)
    }
    panels: Mapping[str, Panel] = current_app.extensions["panels"]
    views = session.scalars(
        select(SavedView)
        .where(SavedView.removed_at.is_(None), or_(SavedView.owner_id == person_id, SavedView.shared))
        .order_by(SavedView.list, SavedView.name, SavedView.id)
    )
    for view in views:
        panel = panels.get(view.list)
        if panel is None or panel.report.name not in REPORTS or not can(current_user, panel.report.permission):
            continue
        selection = panel.kept_view(view.kept).selection.only(panel.report.filters)
        filters = urlencode(selection.parameters(), doseq=True)
        found[f"view {view.id}"] = (f"{panel.name}: {view.name}", panel.report.name, filters)
    return found
