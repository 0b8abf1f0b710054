"""`flask plan` and `flask check`."""

import re

from sqlalchemy import update

from dashboard import models
from dashboard.database import transaction


def test_plan_prints_counts_and_seconds(world, app):
    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 12, placed="2026-03-01")
    ran = app.test_cli_runner().invoke(args=["plan"])
    assert ran.exit_code == 0, ran.output
    counts = {line.rsplit(maxsplit=1)[0]: line.rsplit(maxsplit=1)[1] for line in ran.output.splitlines()}
    assert (counts["open lines"], counts["units reserved"], counts["units backordered"]) == ("1", "10", "2")
    assert re.fullmatch(r"\d+\.\d\d", counts["seconds"])


def test_check_says_clean_or_names_each_finding_and_ends_with_one(world, app):
    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 12, placed="2026-03-01")
    runner = app.test_cli_runner()
    assert runner.invoke(args=["plan"]).exit_code == 0  # with the words by which customers and products are found
    clean = runner.invoke(args=["check"])
    assert (clean.exit_code, clean.output) == (0, "clean\n")
    with transaction() as session:
        session.execute(update(models.Stock.__table__).values(reserved=3))
    found = runner.invoke(args=["check"])
    assert found.exit_code == 1
    assert "stock of CHAIR at MAIN: 3 units are noted as reserved, reservations sum to 10" in found.output
