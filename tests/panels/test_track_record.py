"""The track record: how dates and forecasts held, on a page, as CSV and by command."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

from dashboard import estimates
from dashboard.cli.dates import evaluate as evaluate_dates
from dashboard.cli.demand import evaluate as evaluate_demand
from tests.estimates.receipts import history


def rows_of(desk, report):
    answer = desk.get(f"/reports/{report}")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_it_says_how_much_held_how_surely_and_what_it_does_not_know(world, today, manager, viewer):
    empty = manager.get("/track-record").text
    assert "No date was judged yet" in empty
    assert "No forecast was judged yet" in empty

    history(world, today, receipts=260)
    for week in range(40):
        for sku in range(3):
            day = today - timedelta(days=7 * week + 1 + sku)
            world.order(f"{week}-{sku}", f"SKU{sku}", 1 + week % 2, placed=day, status="closed")
    world.event("SKU0", 25, starts=today + timedelta(days=3))
    world.plan()
    estimates.judge_anew()
    estimates.forecast_anew()

    page = viewer.get("/track-record").text
    for said in ("of likely late dates held", "What this does not know", "history replayed", "Off by", "S2"):
        assert said in page
    kept = rows_of(viewer, "kept-dates")
    assert [(row["supplier_id"], row["origin"]) for row in kept] == [
        ("S0", "replayed"), ("S1", "replayed"), ("S2", "replayed"),
    ]  # fmt: skip
    for row in kept:
        assert float(row["likely_low"]) <= float(row["likely_held"]) <= float(row["likely_high"])
    forecasts = {row["sku"]: row for row in rows_of(viewer, "demand-forecasts")}
    assert set(forecasts) == {"SKU0", "SKU1", "SKU2"}
    assert forecasts["SKU0"]["event_units"] == "25"
    low, units, high = (float(forecasts["SKU1"][name]) for name in ("low_units", "units", "high_units"))
    assert low <= units <= high
    assert 3 < units < 9, "one or two a week"


def test_commands_print_one_name_and_value_a_line(world, today, app):
    history(world, today, receipts=260)
    for week in range(20):
        world.order(f"W{week}", "SKU0", 2, placed=today - timedelta(days=7 * week + 3))
    world.plan()
    said = app.test_cli_runner().invoke(evaluate_dates)
    lines = dict(line.split(" ", 1) for line in said.output.splitlines())
    assert int(lines["replayed_likely_judged"]) > 100, said.output
    assert float(lines["replayed_likely_held_low"]) < float(lines["replayed_likely_held"])
    assert lines["shown_likely_judged"] == "0"
    said = app.test_cli_runner().invoke(evaluate_demand)
    assert said.exit_code == 0, said.output
    lines = dict(line.split(" ", 1) for line in said.output.splitlines())
    assert int(lines["forecasts"]) > 0
    assert float(lines["average"]) == 0, "two a week, week by week"
