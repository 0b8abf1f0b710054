"""`flask intake`: what is printed, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask

from dashboard import models
from dashboard.cli import intake
from dashboard.database import db

Run = Callable[..., Result]

FILES = {
    "customers": "customer_id,name\nC1,Ada\nC2,Grace\n",
    "skus": "sku,name,price,currency\nCHAIR,Chair,10.00,EUR\n",
    "orders": "order_id,customer_id,placed_at\nA,C1,2026-03-01\nB,C2,2026-03-02\n",
    "order_lines": "order_id,line_no,sku,qty\nA,1,CHAIR,6\nB,1,CHAIR,4\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small shop as files."""
    for name, content in FILES.items():
        (tmp_path / f"{name}.csv").write_text(content)
    return tmp_path


@pytest.fixture
def flask(app: Flask) -> Run:
    """Runs a command of `flask` as a shell would."""

    def run(*words: str | Path) -> Result:
        return app.test_cli_runner().invoke(args=[str(word) for word in words])

    return run


def test_a_load_prints_counts_plans_and_ends_with_0(flask: Run, folder: Path) -> None:
    done = flask("intake", "load", folder)
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].split() == ["file", "rows", "new", "changed", "unchanged", "faulty", "left", "out"]
    assert lines[3].split() == ["orders.csv", "2", "2", "0", "0", "0", "0"]
    assert lines[-1].startswith("2 open lines planned in")
    assert lines[-1].endswith("2 wait for 10 units.")
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(models.Waiting)) == 2


def test_a_second_load_says_that_nothing_changed(flask: Run, folder: Path) -> None:
    flask("intake", "load", folder)
    again = flask("intake", "load", folder)
    assert again.exit_code == 0
    assert again.output.splitlines()[-1].startswith("Nothing changed: the desk knew all of it")


def test_faults_are_a_line_each_and_the_command_ends_with_1(flask: Run, folder: Path) -> None:
    (folder / "orders.csv").write_text(FILES["orders"] + "N,C9,2026-03-02\n")
    (folder / "customers.csv").write_text("customer_id,name,hat\nC1,Ada,\nC2,Grace,\n")
    for command in ("check", "load"):
        done = flask("intake", command, folder)
        assert done.exit_code == 1
        assert done.output.splitlines()[:2] == [
            "orders.csv:4: customer_id: customer 'C9' is nowhere",
            "remark: customers.csv:1: -: the kit has no such column, it is ignored: 'hat'",
        ]
        assert "1 fault." in done.output
    again = flask("intake", "load", folder).output.splitlines()[-1]
    assert again.startswith("Nothing changed, in"), "what is at fault the desk does not know"
    db.session.rollback()
    assert db.session.scalars(sa.select(models.Order.number).order_by(models.Order.number)).all() == ["A", "B"]


def test_a_check_writes_nothing_and_says_so(flask: Run, folder: Path) -> None:
    done = flask("intake", "check", folder)
    assert done.exit_code == 0
    assert done.output.splitlines()[-1] == "This would change the desk; nothing was written."
    db.session.rollback()
    for model in (models.Order, models.IntakeLoad, models.Act):
        assert db.session.scalar(sa.select(sa.func.count()).select_from(model)) == 0


@pytest.mark.parametrize(
    "words",
    [("load", "nowhere"), ("load", ".", "--format", "papyrus"), ("check",), ("load", ".", "--forget-it")],
)
def test_wrong_usage_ends_with_2(flask: Run, words: tuple[str, ...]) -> None:
    done = flask("intake", *words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_many_remarks_are_counted_rather_than_printed(
    flask: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "REMARKS_PRINTED", 1)
    (folder / "orders.csv").write_text(
        "order_id,customer_id,placed_at,promised_date\nA,C1,2026-03-01,2026-02-01\nB,C2,2026-03-02,2026-02-01\n"
    )
    output = flask("intake", "load", folder).output
    assert output.count("remark: orders.csv") == 1
    assert "remark: … and 1 more" in output
