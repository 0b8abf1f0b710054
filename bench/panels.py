"""Rows 5 and 6: what each panel asks the database, unfiltered and filtered, and what its fragment costs beside that."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from importlib import import_module
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.panels import PANELS, Panel
from dashboard.panels.choices import load_choices
from dashboard.panels.filters import Selection
from dashboard.panels.overview.panel import load as load_overview
from dashboard.permissions import Permission
from dashboard.web.guards import requires
from dashboard.web.kept_answers import KeptAnswers

TIMES = 7  # each panel is read; the middle one counts
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
EMPTY = "/empty-view-of-the-bench"
VIEWER = "viewer-of-the-bench"
# Filters set together: common values, which leave much to sum, and rare ones, which leave much to look through.
COMBINATIONS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("channel", "web"), ("tier", "not-known")),
    (("channel", "web"), ("currency", "EUR"), ("dated", "yes")),
    (("channel", "phone"), ("tier", "vip"), ("currency", "USD"), ("age", "61+")),
    (("location", "east"), ("cause", "not-ordered"), ("planned", "no")),
    (("planned", "no"), ("dated", "yes")),
    (("tag", "gift:yes"), ("tag", "campaign:spring"), ("dated", "yes")),
)

Desk = Callable[[str], AbstractContextManager[None]]


def report_panels(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints the rows of every panel, on every database: by the clock, and of this process's processor."""
    found = {name: _measured(urls[name, lines], desk) for name in databases}
    head = f"panels at {lines:,} lines, median of {TIMES}, clock (processor of this process)"
    print(f"\n| # | {head} | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    for place, (number_of, what, _, mark) in enumerate(found[databases[0]]):
        cells = " | ".join(found[name][place][2] for name in databases)
        print(f"| {number_of} | {what} | {cells} | {mark} |")


def _measured(url: str, desk: Desk) -> list[tuple[str, str, str, str]]:
    with desk(url):
        overview = _times(_load_overview)
        rows = [row for panel in PANELS for row in _rows_of(panel)]
    return [*rows, ("5", "overview: all queries of its panels and of its own", str(overview), "")]


def _rows_of(panel: Panel) -> list[tuple[str, str, str, str]]:
    busiest = _busiest_values(panel)
    combinations = [pairs for pairs in COMBINATIONS if all(key in panel.filters for key, _ in pairs)]
    if not combinations:  # a panel whose rows are no lines: all its filters, each at its most frequent value
        combinations = [tuple(pair for (pair,) in busiest.values())]
    unfiltered = {sort: _times(partial(_load, panel, (), sort)) for sort in panel.sorts}
    single = {key: _times(partial(_load, panel, pairs)) for key, pairs in busiest.items()}
    combined = {_said(pairs): _times(partial(_load, panel, pairs)) for pairs in combinations}
    menus = {key: _times(partial(_load_menu, panel, key)) for key in panel.filters}
    fragment, queries, empty = _fragment(panel)
    ratios = [
        fragment.clock / (queries.clock + empty.clock),
        fragment.processor / (queries.processor + empty.processor),
    ]
    usual = str(unfiltered[panel.default_sort.removeprefix("-")])
    rows = [
        ("5", "unfiltered, all queries of the panel, sorted as usual", usual, "≤ 20 ms"),
        ("5", "the same, slowest of all columns to sort by", _slowest(unfiltered), "≤ 20 ms"),
        ("5", "one filter at its most frequent value, the slowest", _slowest(single), "≤ 50 ms"),
        ("5", "several filters, the slowest", _slowest(combined), "≤ 500 ms"),
        ("", "the menu of a filter, its rows counted, the slowest", _slowest(menus), ""),
        ("6", "fragment ÷ (its queries + an empty view)", "{:.2f}× ({:.2f}×)".format(*ratios), "≤ 2.0×"),
    ]
    return [(number_of, f"{panel.word}: {what}", cell, mark) for number_of, what, cell, mark in rows]


def _said(pairs: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"{key}={value}" for key, value in pairs)


def _load(panel: Panel, pairs: Any, sort: str = "") -> None:
    view = panel.view(MultiDict([*pairs, ("sort", sort or panel.default_sort)]))
    db.session.rollback()
    _folder_of(panel).load(db.session(), view, clock.today())


def _load_overview() -> None:
    db.session.rollback()
    load_overview(db.session(), clock.today())


def _folder_of(panel: Panel) -> Any:
    return import_module(f"dashboard.panels.{panel.word.replace('-', '_')}.panel")


def _load_menu(panel: Panel, key: str) -> None:
    db.session.rollback()
    load_choices(db.session(), key, Selection(), clock.today(), counting=panel.counting)


def _busiest_values(panel: Panel) -> dict[str, tuple[tuple[str, str]]]:
    """Of every filter the value with most rows behind it."""
    found = {}
    for key in panel.filters:
        menu = load_choices(db.session(), key, Selection(), clock.today(), counting=panel.counting)
        if menu.found:
            found[key] = ((key, max(menu.found, key=lambda choice: choice.lines).value),)
    return found


def _fragment(panel: Panel) -> list[Times]:
    """The fragment, its queries, and a view that says nothing, in turn; the same person is signed in."""
    browser = viewer()

    def answered(address: str) -> None:
        assert browser.get(address, headers=FRAGMENT).status_code == 200

    def written() -> None:
        """Anew each time: what was written for others is another row's measure."""
        current_app.extensions["kept_answers"] = KeptAnswers()
        answered(f"/{panel.word}")

    written()
    return in_turn(written, lambda: _load(panel, ()), lambda: answered(EMPTY))


def viewer() -> Client:
    """A browser in which a viewer is signed in; at EMPTY the desk answers nothing."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    if EMPTY not in {str(rule) for rule in app.url_map.iter_rules()}:
        app._got_first_request = False
        app.add_url_rule(EMPTY, "bench_empty", requires(Permission.SEE_DESK)(lambda: ""))
    with transaction() as saving:
        person = saving.scalar(select(models.User).filter_by(fs_uniquifier=VIEWER))
        if person is None:
            role = saving.scalar(select(models.Role).filter_by(name="viewer")) or models.Role(name="viewer")
            person = models.User(email="viewer@bench.example", password="nobody signs in", active=True)
            person.fs_uniquifier, person.roles = VIEWER, [role]
            saving.add(person)
    browser = app.test_client()
    with browser.session_transaction() as kept:
        kept["_user_id"], kept["_fresh"] = VIEWER, True
    return browser


class Times:
    """How long a call took, the middle of several, in seconds."""

    def __init__(self, times: list[tuple[float, float]]) -> None:
        self.clock, self.processor = (statistics.median(column) for column in zip(*times, strict=True))

    def __str__(self) -> str:
        return f"{self.clock * 1000:.1f} ms ({self.processor * 1000:.1f} ms)"


def _times(do: Callable[[], object]) -> Times:
    (times,) = in_turn(do)
    return times


def in_turn(*calls: Callable[[], object]) -> list[Times]:
    """Each call several times, one after the other, so that whatever else the machine does touches all of them."""
    times: list[list[tuple[float, float]]] = [[] for _ in calls]
    for _ in range(TIMES):
        for do, found in zip(calls, times, strict=True):
            clock_before, processor_before = time.perf_counter(), time.process_time()
            do()
            found.append((time.perf_counter() - clock_before, time.process_time() - processor_before))
    return [Times(found) for found in times]


def _slowest(times: dict[str, Times]) -> str:
    if not times:
        return "—"
    key = max(times, key=lambda key: times[key].clock)
    return f"{times[key]}, {key}"
