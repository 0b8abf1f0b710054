"""What every panel is made of: its word, its question, its orders, its filters and their menus, its CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from dashboard import clock
from dashboard.database import db
from dashboard.domain.selections import SELECTED_AT_MOST
from dashboard.panels.addresses import view_addresses
from dashboard.panels.choices import LINES, Choices, Counting, days_chosen, load_choices
from dashboard.panels.filters import FILTERS, VALUES_AT_MOST, Filter, FilterRefused, Selection
from dashboard.panels.pages import Sort, View
from dashboard.panels.report import Report
from dashboard.panels.row_acts import acts_at_rows, acts_of_selections
from dashboard.panels.saved_views import KeptViews, kept_views
from dashboard.panels.ticked import TICKED_AT_MOST, Ticked, rows_matching, rows_written, sums_of_rows
from dashboard.permissions import Permission, can
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
    # What all lines of a selection come to, where rows are lines and can be ticked.
    ticked: Callable[[Session, Selection, date], Ticked] | None = None
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

    def kept_view(self, kept: str) -> View:
        """What the query of a kept address says today: what is no longer known of it is left out."""
        found: dict[str, list[str]] = {}
        for key, value in parse_qsl(kept):
            values = found.setdefault(key, [])
            if len(values) < VALUES_AT_MOST and (key not in self.filters or self._takes(key, value)):
                values.append(value)
        return self.view(MultiDict(found)).from_start()

    def _takes(self, key: str, value: str) -> bool:
        try:
            Selection.read([(key, value)], allowed=self.filters)
        except FilterRefused:
            return False
        return True

    def choices(self, session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
        """The menu of a filter among the rows that the other filters leave."""
        return load_choices(session, key, selection, today, sought, counting=self.counting)

    def choices_url(self, key: str, **given: Any) -> str:
        """Where the menu of a filter is."""
        return url_for(self.endpoint("choices"), key=key, **given)

    def addresses(self) -> Callable[[View], str]:
        """The address of the panel by what is to be seen in it."""
        return view_addresses(self.endpoint("show"))


def show_panel(about: Panel, page: str, fragment: str, /, *, view: View, **drawn: Any) -> Response:
    """The panel, as page or fragment. The page alone brings somebody's views: a fragment is the same for many."""
    if about.ticked is not None:
        drawn["acts"] = acts_at_rows(about.word)
    if fragments.is_fragment_request():
        return fragments.answer(fragment, **drawn)
    kept = _kept_views(about, shown=about.addresses()(view.from_start()))
    return fragments.answer(page, kept=kept, **drawn)


def show_views(about: Panel) -> Response:
    """The menu of the views that somebody sees of the panel."""
    return fragments.show("panels/views.html", "components/_views.html", about=about, kept=_kept_views(about))


def show_ticked(about: Panel) -> Response:
    """What the ticked rows come to (`rows`), or all that match the filters of the address (`all`)."""
    assert about.ticked is not None
    view = about.view(request.args)
    rows = rows_written(request.values.getlist("rows"))
    is_all = "all" in request.values
    ticked = None
    if is_all:
        ticked = about.ticked(db.session(), view.selection, clock.today())
    elif len(rows) <= TICKED_AT_MOST:
        ticked = sums_of_rows(db.session(), rows)
    return fragments.show(
        "panels/ticked.html",
        "components/_ticked.html",
        about=about,
        view=view,
        view_url=about.addresses(),
        ticked=ticked,
        is_all=is_all,
        at_most=TICKED_AT_MOST,
        acts=acts_of_selections(),
        acted_on=_acted_on(view.selection, rows, is_all=is_all),
        acts_at_most=SELECTED_AT_MOST,
    )


def _acted_on(selection: Selection, rows: frozenset[tuple[int, int]], *, is_all: bool) -> str:
    """The rows that an act would be done to, as an address names them; nothing where they are too many for one."""
    if is_all:
        rows = rows_matching(db.session(), selection, clock.today(), at_most=SELECTED_AT_MOST + 1)
    if len(rows) > SELECTED_AT_MOST:
        return ""
    return " ".join(f"{line_id}-{part}" for line_id, part in sorted(rows))


def _kept_views(about: Panel, *, shown: str = "") -> KeptViews:
    address = about.addresses()
    return kept_views(
        db.session(),
        about.word,
        current_user.id,
        address=lambda kept: address(about.kept_view(kept)),
        shown=shown,
        may_share=can(current_user, Permission.SHARE_VIEWS),
    )


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
            return make_response(redirect(about.addresses()(view.filtered(selection)), code=303))
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
