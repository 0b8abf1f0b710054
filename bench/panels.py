"""Rows 5 and 6: what a panel asks the database, unfiltered and filtered, and what its fragment costs beside that."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.panels.aging.panel import MEASURES, load
from dashboard.panels.aging.queries import DEFAULT_SORT, SORTS
from dashboard.panels.choices import load_choices
from dashboard.panels.filters import LINE_FILTERS, Selection
from dashboard.panels.pages import View
from dashboard.permissions import Permission
from dashboard.web.guards import requires
from dashboard.web.live import KeptAnswers

TIMES = 7  # each panel is read; the middle one counts
FRAGMENT = {"HX-Request": "true", "HX-Request-Type": "partial"}
EMPTY = "/empty-view-of-the-bench"
VIEWER = "viewer-of-the-bench"
# Filters set together: common values, which leave much to sum, and rare ones, which leave much to look through.
COMBINATIONS = (
    (("channel", "web"), ("tier", "not-known")),
    (("channel", "web"), ("currency", "EUR"), ("dated", "yes")),
    (("channel", "phone"), ("tier", "vip"), ("currency", "USD"), ("age", "61+")),
    (("location", "east"), ("cause", "not-ordered"), ("planned", "no")),
    (("planned", "no"), ("dated", "yes")),
    (("tag", "gift:yes"), ("tag", "campaign:spring"), ("dated", "yes")),
)

Desk = Callable[[str], AbstractContextManager[None]]


def report_panels(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints the rows of the aging panel, on every database: by the clock, and of this process's processor."""
    found = {name: _measured(urls[name, lines], desk) for name in databases}
    head = f"aging at {lines:,} lines, median of {TIMES}, clock (processor of this process)"
    print(f"\n| # | {head} | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    for place, (number_of, what, _, mark) in enumerate(found[databases[0]]):
        cells = " | ".join(found[name][place][2] for name in databases)
        print(f"| {number_of} | {what} | {cells} | {mark} |")


def _measured(url: str, desk: Desk) -> list[tuple[str, str, str, str]]:
    with desk(url):
        busiest = _busiest_values()
        unfiltered = {sort: _times(partial(_load, (), sort)) for sort in SORTS}
        single = {key: _times(partial(_load, pairs)) for key, pairs in busiest.items()}
        combined = {_said(pairs): _times(partial(_load, pairs)) for pairs in COMBINATIONS}
        menus = {key: _times(partial(_load_menu, key)) for key in LINE_FILTERS}
        fragment, queries, empty = _fragment()
    ratios = [
        fragment.clock / (queries.clock + empty.clock),
        fragment.processor / (queries.processor + empty.processor),
    ]
    tags = single.pop("tag", None)
    return [
        ("5", "unfiltered, all queries of the panel, sorted as usual", str(unfiltered[DEFAULT_SORT]), "≤ 20 ms"),
        ("5", "the same, slowest of all columns to sort by", _slowest(unfiltered), "≤ 20 ms"),
        ("5", "one filter at its most frequent value, the slowest but for tags", _slowest(single), "≤ 50 ms"),
        ("5", "the most frequent tag, which no index leads to few of", str(tags or "no tags"), "≤ 500 ms"),
        ("5", "several filters, the slowest", _slowest(combined), "≤ 500 ms"),
        ("", "the menu of a filter, its lines counted, the slowest", _slowest(menus), ""),
        ("6", "fragment ÷ (its queries + an empty view)", "{:.2f}× ({:.2f}×)".format(*ratios), "≤ 2.0×"),
    ]


def _said(pairs: tuple[tuple[str, str], ...]) -> str:
    return " ".join(f"{key}={value}" for key, value in pairs)


def _load(pairs: Any, sort: str = DEFAULT_SORT) -> None:
    given = MultiDict([*pairs, ("sort", sort)])
    db.session.rollback()
    load(db.session(), View.read(given, sorts=SORTS, default_sort=DEFAULT_SORT, measures=MEASURES), clock.today())


def _load_menu(key: str) -> None:
    db.session.rollback()
    load_choices(db.session(), key, Selection(), clock.today())


def _busiest_values() -> dict[str, tuple[tuple[str, str]]]:
    """Of every filter the value with most lines behind it."""
    found = {}
    for key in LINE_FILTERS:
        menu = load_choices(db.session(), key, Selection(), clock.today())
        if menu.found:
            found[key] = ((key, max(menu.found, key=lambda choice: choice.lines).value),)
    return found


def _fragment() -> list[Times]:
    """The fragment, its queries, and a view that says nothing, in turn; the same person is signed in."""
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

    def answered(address: str) -> None:
        assert browser.get(address, headers=FRAGMENT).status_code == 200

    def written() -> None:
        """Anew each time: what was written for others is another row's measure."""
        app.extensions["kept_answers"] = KeptAnswers()
        answered("/aging")

    written()
    return _in_turn(written, lambda: _load(()), lambda: answered(EMPTY))


class Times:
    """How long a call took, the middle of several, in seconds."""

    def __init__(self, times: list[tuple[float, float]]) -> None:
        self.clock, self.processor = (statistics.median(column) for column in zip(*times, strict=True))

    def __str__(self) -> str:
        return f"{self.clock * 1000:.1f} ms ({self.processor * 1000:.1f} ms)"


def _times(do: Callable[[], object]) -> Times:
    (times,) = _in_turn(do)
    return times


def _in_turn(*calls: Callable[[], object]) -> list[Times]:
    """Each call several times, one after the other, so that whatever else the machine does touches all of them."""
    times: list[list[tuple[float, float]]] = [[] for _ in calls]
    for _ in range(TIMES):
        for do, found in zip(calls, times, strict=True):
            clock_before, processor_before = time.perf_counter(), time.process_time()
            do()
            found.append((time.perf_counter() - clock_before, time.process_time() - processor_before))
    return [Times(found) for found in times]


def _slowest(times: dict[str, Times]) -> str:
    key = max(times, key=lambda key: times[key].clock)
    return f"{times[key]}, {key}"
