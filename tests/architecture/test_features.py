"""A feature is whole: what it shows has templates, tests and a place in the documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from dashboard.actions import ACTIONS
from dashboard.audit import ACTS
from dashboard.config import ROOT
from dashboard.panels.report import Report
from dashboard.panels.reports import REPORTS
from tests.architecture.source import files, name_of


def folders(room: str) -> list[Path]:
    """The features of a room: its folders that hold routes."""
    return sorted(path.parent for path in files(".py", under=f"dashboard/{room}") if path.name == "routes.py")


FEATURES = [*folders("panels"), *folders("actions")]


def test_there_is_a_panel_to_copy() -> None:
    assert ROOT / "dashboard" / "panels" / "aging" in FEATURES


@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_a_feature_has_templates_under_its_own_word(feature: Path) -> None:
    templates = ROOT / "templates" / feature.relative_to(ROOT / "dashboard")
    wanted = "_form.html" if feature.parent.name == "actions" else "page.html"
    assert (templates / wanted).is_file(), f"Put its {wanted} into {name_of(templates)}."


@pytest.mark.parametrize("feature", FEATURES, ids=name_of)
def test_a_feature_has_tests_under_its_own_word(feature: Path) -> None:
    tests = files(".py", under=f"tests/{feature.parent.name}")
    named = [path for path in tests if path.name.startswith(f"test_{feature.name}") or feature.name in path.parts]
    assert named, f"Write tests/{feature.parent.name}/test_{feature.name}.py."


@pytest.mark.parametrize("feature", [path for path in FEATURES if (path / "panel.py").is_file()], ids=name_of)
def test_a_panel_asks_its_questions_in_a_file_of_their_own(feature: Path) -> None:
    assert (feature / "queries.py").is_file(), f"Move what {name_of(feature)} asks the database into its queries.py."


def test_every_action_is_registered_under_its_own_word() -> None:
    found = {feature.name.replace("_", "-") for feature in folders("actions")}
    assert found == {action.word for action in ACTIONS}, "List the action in ACTIONS of dashboard/actions/__init__.py."
    misnamed = [action.word for action in ACTIONS if action.blueprint.name != action.word.replace("-", "_")]
    assert misnamed == [], "Its blueprint has the same word, with underscores."


def test_every_act_of_an_action_is_one_that_the_history_knows() -> None:
    unknown = [act for action in ACTIONS for act in action.acts if act not in ACTS]
    assert unknown == [], "Declare it with its particulars in ACTS of dashboard/audit.py."


def test_what_an_action_does_can_be_foreseen_at_an_address_beside_it(sqlite_app: Flask) -> None:
    words = {action.blueprint.name for action in ACTIONS}
    rules = [rule for rule in sqlite_app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in words]
    posted = {rule.rule for rule in rules if "POST" in (rule.methods or ())}
    lonely = [
        address
        for address in sorted(posted)
        if not address.endswith("/preview") and not {f"{address}/preview"} <= posted
    ]
    assert lonely == [], "Every act shows what it would do before it is confirmed: give it a /preview."


@pytest.mark.parametrize("report", REPORTS.values(), ids=lambda report: report.name)
def test_every_column_of_a_report_is_documented_in_its_order(report: Report) -> None:
    text = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    _, heading, section = text.partition(f"## {report.name}\n")
    assert heading, f"Give the report a section `## {report.name}` in docs/reports.md."
    documented = re.findall(r"^\| `([^`]+)` \|", section.partition("\n## ")[0], re.MULTILINE)
    assert documented == [column.name for column in report.columns], "docs/reports.md lists other columns."
