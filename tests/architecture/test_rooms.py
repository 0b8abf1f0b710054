"""Each room keeps to what it may know (the table in docs/architecture.md)."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.architecture.source import calls_of, files, imports_of, is_of, name_of

WEB_LIBRARIES = ("flask", "werkzeug", "jinja2", "wtforms", "flask_wtf", "flask_security", "flask_htmx")
# The settings of the app that runs, as distinct from the request that it answers.
SETTINGS = "flask.current_app"


@dataclass(frozen=True)
class Room:
    """Files of the project by a glob, what they never import, and why."""

    where: str
    never: tuple[str, ...]
    because: str
    may: tuple[str, ...] = ()


ROOMS = (
    Room(
        "dashboard/models/**/*.py",
        (
            *(library for library in WEB_LIBRARIES if library != "flask_security"),
            *(f"dashboard.{room}" for room in ("clock", "config", "domain", "planning", "panels", "actions", "web")),
        ),
        "models are columns, constraints and relationships; they know no request, no clock and no rule.",
    ),
    Room(
        "dashboard/planning/**/*.py",
        (*WEB_LIBRARIES, *(f"dashboard.{room}" for room in ("web", "panels", "actions", "intake", "demo", "cli"))),
        "planning turns facts into derived rows, whoever wrote the facts and whoever shows the rows.",
        may=(SETTINGS,),
    ),
    Room(
        "dashboard/estimates/**/*.py",
        (*WEB_LIBRARIES, *(f"dashboard.{room}" for room in ("web", "panels", "actions", "intake", "demo", "cli"))),
        "estimates are learnt from facts, whoever wrote them.",
        may=(SETTINGS,),
    ),
    Room(
        "dashboard/intake/**/*.py",
        (*WEB_LIBRARIES, *(f"dashboard.{room}" for room in ("web", "panels", "actions", "demo", "cli"))),
        "intake is called by a command, a page and a folder watch alike.",
        may=(SETTINGS,),
    ),
    Room(
        "dashboard/demo/**/*.py",
        (*WEB_LIBRARIES, *(f"dashboard.{room}" for room in ("web", "panels", "actions", "cli"))),
        "the demo merchant comes in by the way that real data takes.",
        may=(SETTINGS,),
    ),
    Room(
        "dashboard/panels/**/*.py",
        ("dashboard.actions", "dashboard.database.transaction", "dashboard.audit", "dashboard.planning.plan"),
        "panels read; what writes is an action.",
    ),
    Room(
        "dashboard/panels/**/queries.py",
        (*WEB_LIBRARIES, "dashboard.web"),
        "queries turn a selection into rows and know no request: the command line asks them too.",
    ),
    Room(
        "dashboard/panels/**/panel.py",
        (*WEB_LIBRARIES, "dashboard.web"),
        "load() assembles one dataclass from queries and rules; page, fragment, overview and CSV share it.",
    ),
    Room(
        "dashboard/panels/**/report.py",
        (*WEB_LIBRARIES,),
        "the command and the export button write the same bytes.",
    ),
    Room(
        "dashboard/**/routes.py",
        ("sqlalchemy", "dashboard.database.transaction", "dashboard.models"),
        "a route guards, parses, calls load() or an action, and renders: questions stand in queries.py, "
        "writing in action.py.",
    ),
    Room(
        "dashboard/actions/**/*.py",
        ("dashboard.panels",),
        "an action announces that something changed; panels read again by themselves.",
    ),
    Room(
        "dashboard/actions/**/action.py",
        (*WEB_LIBRARIES, "dashboard.web"),
        "an action is one verb that a route, a command or a job may call.",
        may=(SETTINGS,),
    ),
    Room(
        "dashboard/web/**/*.py",
        ("dashboard.panels", "dashboard.actions", "dashboard.planning", "dashboard.intake"),
        "web is plumbing that panels and actions share; it knows none of them.",
    ),
)


def modules(where: str) -> list[Path]:
    """The files that a room's glob means; `**` also means no folder, which Path.match learns only in Python 3.13."""
    folder, _, last = where.partition("/**/")
    return [path for path in files(".py", under=folder) if path.match(last)]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.where)
def test_a_room_imports_nothing_that_it_may_not_know(room: Room) -> None:
    broken = [
        f"{name_of(path)}:{line} imports {name}"
        for path in modules(room.where)
        for line, name in imports_of(path)
        if name not in room.may and any(is_of(name, banned) for banned in room.never)
    ]
    assert broken == [], f"Move it to the room that may: {room.because}"


def test_every_rule_about_a_room_that_stands_has_files_to_hold() -> None:
    empty = [
        room.where for room in ROOMS if files(".py", under=room.where.partition("/**/")[0]) and not modules(room.where)
    ]
    assert empty == [], "These rules hold nothing: the room has moved, so correct its glob in ROOMS."


def test_the_domain_needs_only_python_and_numpy() -> None:
    allowed = {*sys.stdlib_module_names, "numpy", "dashboard.domain"}
    broken = [
        f"{name_of(path)}:{line} imports {name}"
        for path in files(".py", under="dashboard/domain")
        for line, name in imports_of(path)
        if not any(is_of(name, module) for module in allowed)
    ]
    assert broken == [], "dashboard/domain is what is true of any shop: pass in what it needs, `today` included."


def test_only_the_transaction_commits() -> None:
    # The sign-in extension saves its own tables and nothing else.
    allowed = {"dashboard/database.py": {"session.commit"}}
    sign_in_saves = 'current_app.extensions["security"].datastore.commit'.replace('"', "'")
    broken = [
        f"{name_of(path)}:{line} calls {called}()"
        for path in files(".py", under="dashboard")
        for line, called in calls_of(path)
        if called.rpartition(".")[2] == "commit"
        and called not in allowed.get(name_of(path), ())
        and called != sign_in_saves
    ]
    assert broken == [], "Write inside `with transaction():` and let it commit, or half a change may be saved."


def test_only_the_settings_read_the_environment() -> None:
    broken = [
        f"{name_of(path)}:{line} imports {name}" if name.startswith("os.") else f"{name_of(path)}:{line} calls {name}()"
        for path in files(".py", under="dashboard")
        if path.name != "config.py"
        for line, name in [*imports_of(path), *calls_of(path)]
        if name in ("os.getenv", "os.environ", "os.environ.get")
    ]
    assert broken == [], "Declare a Setting in dashboard/config.py, so that it is validated and documented."


def test_only_the_clock_knows_what_time_it_is() -> None:
    clocks = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.localtime"}
    broken = [
        f"{name_of(path)}:{line} calls {called}()"
        for path in files(".py", under="dashboard")
        if name_of(path) != "dashboard/clock.py"
        for line, called in calls_of(path)
        if any(called == clock or called.endswith("." + clock) for clock in clocks)
    ]
    assert broken == [], "Ask dashboard.clock, or take `today` as an argument: BUSINESS_DATE pins the day."


def test_no_room_is_a_drawer_for_what_found_no_place() -> None:
    drawers = {"util", "utils", "helper", "helpers", "common", "misc", "service", "services", "manager", "managers"}
    broken = [name_of(path) for path in files(".py", ".html", ".js", ".css") if drawers & set(name_parts(path))]
    assert broken == [], "A function without a home means a noun not yet found: name the file after that noun."


def name_parts(path: Path) -> list[str]:
    return [*Path(name_of(path)).parts[:-1], path.name.partition(".")[0].strip("_")]


def test_every_advisory_lock_has_a_number_of_its_own() -> None:
    found: dict[str, list[str]] = {}
    for path in files(".py", under="dashboard"):
        for number in re.findall(r"\b7_\d{3}_\d{3}\b", path.read_text(encoding="utf-8")):
            found.setdefault(number, []).append(name_of(path))
    twice = {number: places for number, places in found.items() if len(places) > 1}
    assert found, "Locks are numbered otherwise now: correct this test."
    assert twice == {}, "Two locks of one number wait for each other for ever: take the next free number."


def test_tests_stand_on_the_real_thing() -> None:
    broken = [
        f"{name_of(path)}:{line} imports {name}"
        for path in files(".py", under="tests")
        for line, name in imports_of(path)
        if is_of(name, "unittest.mock") or is_of(name, "pytest_mock")
    ]
    assert broken == [], "Build the world with tests/factories.py, or run the action: a mock proves only itself."


def test_nothing_is_left_for_later() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
    broken = [
        f"{name_of(path)}:{number}: {line.strip()}"
        for path in files(".py", ".html", ".js", ".css", "Makefile")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if any(mark in line for mark in marks)
    ]
    assert broken == [], "Do it, or write an issue; a mark in the code is neither."
