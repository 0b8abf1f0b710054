"""The product's reports equal a stranger's, cell by cell, on both databases: shops by chance and real ones."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from tests.stranger.recompute import Shop
from tests.stranger.small_shops import TODAY, write_shop

SEEDS = range(6)
DEEP_SEEDS = range(6, 62)


def report(app: Flask, name: str) -> list[dict[str, str]]:
    """The report as `flask report` prints it."""
    result = app.test_cli_runner().invoke(args=["report", name])
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout_bytes.decode("utf-8-sig"), newline="")))


def compare(app: Flask, folder: Path, today: date, **shop: str) -> None:
    """Load a kit the public way, and hold the reports against the stranger's."""
    result = app.test_cli_runner().invoke(args=["intake", "load", str(folder)])
    assert result.exit_code == 0, result.output
    stranger = Shop(folder, today, **shop)

    told = report(app, "backorders")
    expected = stranger.backorders()
    assert [(row["order_id"], row["line_no"]) for row in told] == [
        (row["order_id"], row["line_no"]) for row in expected
    ]
    for ours, theirs in zip(told, expected, strict=True):
        assert {name: ours[name] for name in theirs} == theirs
    assert report(app, "aging") == stranger.aging()
    means = report(app, "expiring-payments")
    for row in means:
        row.pop("authorization_expires_at")
    assert means == stranger.expiring_payments()
    assert report(app, "fast-movers") == stranger.fast_movers()
    assert report(app, "lead-times") == stranger.lead_times()
    assert report(app, "purchase-plan") == stranger.purchase_plan()
    reservations = report(app, "reservations")
    assert sorted((r["order_id"], r["line_no"], r["sku"], r["location"], r["qty"]) for r in reservations) == (
        stranger.reservations()
    )
    pegs = report(app, "pegs")
    assert sorted(
        (r["order_id"], r["line_no"], r["sku"], r["po_id"], r["po_line_no"], r["qty"], r["eta"]) for r in pegs
    ) == (stranger.pegs())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_stranger_gets_the_same_figures_of_a_shop_by_chance(app: Flask, tmp_path: Path, seed: int) -> None:
    write_shop(tmp_path, seed)
    compare(app, tmp_path, TODAY)


@pytest.mark.deep
@pytest.mark.parametrize("seed", DEEP_SEEDS)
def test_a_stranger_gets_the_same_figures_of_many_shops_by_chance(app: Flask, tmp_path: Path, seed: int) -> None:
    write_shop(tmp_path, seed)
    compare(app, tmp_path, TODAY)


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Auckland"])
def test_a_stranger_gets_the_same_figures_in_another_zone(
    sqlite_url: str, make_app: Callable[..., Flask], tmp_path: Path, zone: str
) -> None:
    app = make_app(sqlite_url, SHOP_TIMEZONE=zone, SHOP_REGION="EU")
    write_shop(tmp_path, 4)
    with app.app_context():
        compare(app, tmp_path, TODAY, zone=zone, region="EU")


def test_the_same_kit_loaded_twice_gives_the_same_figures(app: Flask, tmp_path: Path) -> None:
    write_shop(tmp_path, 5)
    compare(app, tmp_path, TODAY)
    compare(app, tmp_path, TODAY)
