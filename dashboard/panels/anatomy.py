"""What every panel is made of: its word, its question, its orders, its filters and their menus, its CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import db
from dashboard.panels.addresses import view_addresses
from dashboard.panels.choices import LINES, Choices, Counting, days_chosen, load_choices
from dashboard.panels.filters import FILTERS, Filter, Selection
from dashboard.panels.pages import Sort, View
from dashboard.panels.report import Report
from dashboard.web import fragments
from dashboard.web.csv_response import report_response


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: what its routes, its templates and `PANELS` know of it."""

    word: str  # in addresses and ids; with underscores the folder and the blueprint
    name: str
    question: str
    icon: str
    blueprint: Blueprint
    sorts: Mapping[str, Sort]
    default_sort: str
    filters: tuple[str, ...]  # what its address takes, its own first
    report: Report  # the CSV of exactly its rows
    measures: tuple[str, ...] = ()  # what its picture can show
    counting: Counting = LINES  # what the menus of its filters count
    # Those of its table, by key, as they are called; the first says what a row is about, and always stays.
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def root_id(self) -> str:
        return f"{self.word}-panel"

    @property
    def offered(self) -> tuple[Filter, ...]:
        """The filters, in the order of their menus."""
        return tuple(FILTERS[key] for key in self.filters)

    def endpoint(self, name: str) -> str:
        return f"{self.blueprint.name}.{name}"

    def view(self, given: Any) -> View:
        """What an address says. Raises `FilterRefused`."""
        return View.read(
            given,
            sorts=self.sorts,
            default_sort=self.default_sort,
            measures=self.measures,
            filters=self.filters,
            columns=tuple(self.columns),
        )

    def shown(self, view: View) -> frozenset[str]:
        """The columns that a view shows."""
        return frozenset(view.columns or self.columns)

    def choices(self, session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
        """The menu of a filter among the rows that the other filters leave."""
        return load_choices(session, key, selection, today, sought, counting=self.counting)

    def choices_url(self, key: str, **given: Any) -> str:
        """Where the menu of a filter is."""
        return url_for(self.endpoint("choices"), key=key, **given)

    def addresses(self) -> Callable[[View], str]:
        """The address of the panel by what is to be seen in it."""
        return view_addresses(self.endpoint("show"))


def show_menu(about: Panel, key: str) -> Response:
    """The menu of one filter, as page or fragment; `q` is what was typed to find a value, `from` and `to` are days."""
    if key not in about.filters or FILTERS[key].has_no_menu:
        abort(404)
    view = about.view(request.args).from_start()
    days, typed = None, None
    if FILTERS[key].is_of_days and not {"from", "to"}.isdisjoint(request.args):
        days, typed = days_chosen(request.args.get("from", ""), request.args.get("to", ""))
        if days is not None:
            selection = view.selection.having(key, days) if days else view.selection.without(key)
            return redirect(about.addresses()(view.filtered(selection)), code=303)  # type: ignore[return-value]
    sought = request.args.get("q", "")
    menu = about.choices(db.session(), key, view.selection, clock.today(), sought)
    answer = fragments.show if typed is None else fragments.invalid
    return answer(
        "panels/choices.html",
        "components/_choices.html",
        about=about,
        menu=menu if typed is None else replace(menu, days=typed),
        menu_id=f"{about.word}-choices-{key}",
        view=view,
        view_url=about.addresses(),
    )


def export_rows(about: Panel) -> Response:
    """All rows of the panel's selection as CSV."""
    today = clock.today()
    selection = about.view(request.args).selection
    return send_report(about.report, selection, today)


def send_report(report: Report, selection: Selection, today: date) -> Response:
    """The report of a selection as a download."""
    rows = report.read(selection, today)
    return report_response(report.name, selection.parameters(), report.file_name(today), report.columns, rows)
