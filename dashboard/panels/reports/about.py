"""What the page of a report is: its filters and their menus, its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for

from dashboard.panels.addresses import view_addresses
from dashboard.panels.anatomy import Panel
from dashboard.panels.pages import View
from dashboard.panels.report import Report

BLUEPRINT = Blueprint("reports", __name__)


@dataclass(frozen=True, slots=True)
class PageOfReport(Panel):
    """One report before it is taken: exactly the filters that it takes, as on any panel."""

    def choices_url(self, key: str, **given: Any) -> str:
        return url_for("reports.choices", name=self.report.name, key=key, **given)

    def addresses(self) -> Callable[[View], str]:
        return view_addresses("reports.show", name=self.report.name)


def page_of(report: Report) -> PageOfReport:
    """The page of that report."""
    return PageOfReport(
        word="reports",
        name=report.title,
        question=report.title,
        icon="file-spreadsheet",
        blueprint=BLUEPRINT,
        sorts={},
        default_sort="",
        filters=report.filters,
        report=report,
        counting=report.counting,
    )
