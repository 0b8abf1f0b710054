"""How SKUs stand against their reorder points: by hand, and beside the same rules one SKU at a time."""

from __future__ import annotations

import math
import random
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from dashboard.domain.columns import NEVER, NONE
from dashboard.domain.fast_movers import (
    MILLIONTHS,
    STATUSES,
    UNKNOWN_FIRST,
    Rules,
    Shelf,
    StockRuleRefused,
    is_within_lead_time,
    reorder_point,
    safety_stock,
    stand,
)

# A SKU that sells one a day and takes ten days to come; it keeps two against surprises, so it is ordered at twelve.
STEADY: dict[str, int] = {
    "on_hand": 20, "reserved": 0, "incoming": 0, "backordered": 0,
    "units": 90, "selling_days": 90, "lead_days": 50, "lead_receipts": 5, "extra_units": 0, "safety_stock": 2,
    "typed_safety_stock": NONE, "typed_reorder_point": NONE, "min_order_qty": NONE, "pack_size": NONE,
}  # fmt: skip


def stood(*skus: dict[str, int]) -> list[dict[str, int]]:
    """How SKUs stand that differ so from the steady one."""
    rows = [STEADY | sku for sku in skus]
    shelf, rules = (
        table(*(np.array([row[field.name] for row in rows], np.int64) for field in fields(table)))
        for table in (Shelf, Rules)
    )
    found = stand(shelf, rules)
    columns = {field.name: getattr(found, field.name).tolist() for field in fields(found)}
    return [{name: column[place] for name, column in columns.items()} for place in range(len(rows))]


def status(**sku: int) -> str:
    return STATUSES[stood(sku)[0]["status"]]


def test_the_statuses_by_hand():
    assert status() == "ok"
    assert status(on_hand=0) == "out"
    assert status(on_hand=5, reserved=5, backordered=1) == "out", "all that is there is somebody's"
    assert status(on_hand=0, units=0, backordered=1) == "out", "nobody ordered it lately, and yet somebody waits"
    assert status(on_hand=0, units=0, safety_stock=0) == "idle"
    assert status(on_hand=11) == "below"
    assert status(on_hand=12) == "ok", "at its point is not under it"
    assert status(on_hand=9, incoming=30) == "soon", "enough is ordered, but what is there lasts nine days of ten"
    assert status(on_hand=10, incoming=30) == "ok"
    assert status(on_hand=NONE) == "out", "where nothing was counted nothing can be taken"


def test_what_is_ordered_fills_up_and_covers_thirty_days_in_whole_packs():
    orders = [
        row["suggested_order"]
        for row in stood(
            {"on_hand": 12},
            {"on_hand": 11},
            {"on_hand": 4, "incoming": 3, "backordered": 2, "reserved": 1},
            {"on_hand": 11, "min_order_qty": 50},
            {"on_hand": 11, "min_order_qty": 50, "pack_size": 12},
            {"on_hand": 11, "pack_size": 31},
            {"on_hand": 3, "units": 0, "typed_reorder_point": 10},
        )
    ]
    assert orders == [0, 12 + 30 - 11, 12 + 30 - 4, 50, 60, 31, 7]


def test_a_typed_value_wins_over_a_computed_one():
    plain, safe, pointed, alone = stood(
        {},
        {"typed_safety_stock": 0},
        {"typed_safety_stock": 0, "typed_reorder_point": 40},
        {"typed_reorder_point": 7, "lead_days": NONE, "safety_stock": NONE},
    )
    assert [row["safety_stock"] for row in (plain, safe, pointed, alone)] == [2, 0, 0, NONE]
    assert [row["reorder_point"] for row in (plain, safe, pointed, alone)] == [12, 10, 40, 7]


def test_what_is_not_known_is_not_taken_for_nothing():
    """No day on which it could be bought; nobody who says how long it takes; no demand."""
    never_there, nobody_says, unsold = stood(
        {"selling_days": 0, "units": 6, "safety_stock": NONE}, {"lead_days": NONE, "safety_stock": NONE}, {"units": 0}
    )
    assert never_there["demand_order"] == UNKNOWN_FIRST
    assert never_there["cover_order"] == NEVER
    assert never_there["reorder_point"] == NONE
    assert nobody_says["lead_order"] == UNKNOWN_FIRST
    assert nobody_says["reorder_point"] == NONE
    assert STATUSES[nobody_says["status"]] == "ok"
    assert unsold["cover_order"] == NEVER, "what nobody buys does not run out"
    assert unsold["demand_order"] == 0


def test_an_event_counts_with_a_day_between_today_and_the_lead_time():
    starts, ends = np.array([-5, -5, 0, 10, 11]), np.array([-1, 0, 0, 20, 20])
    assert is_within_lead_time(starts, ends, 10.0).tolist() == [False, True, True, True, False]


@pytest.mark.parametrize("name", ["demand_per_day", "demand_sd", "lead_days", "lead_sd", "z"])
def test_a_safety_stock_of_less_than_nothing_is_refused(name: str):
    given: dict[str, Any] = {"demand_per_day": 1.0, "demand_sd": 1.0, "lead_days": 4.0, "lead_sd": 1.0, "z": 1.0}
    assert safety_stock(**given) == 3  # √5, rounded up
    with pytest.raises(StockRuleRefused, match="cannot be negative"):
        safety_stock(**given | {name: -0.5})


def test_a_column_with_one_negative_number_is_refused():
    with pytest.raises(StockRuleRefused):
        reorder_point(demand_per_day=np.array([1.0, 2.0]), lead_days=np.array([3.0, -1.0]), safety=np.array([0, 0]))


def test_a_thousand_skus_at_once_stand_as_one_by_one():
    chance = random.Random(46)

    def maybe(low: int, high: int, share: float = 0.7) -> int:
        return chance.randint(low, high) if chance.random() < share else NONE

    skus = []
    for _ in range(1_000):
        on_hand = maybe(0, 60, 0.9)
        skus.append(
            {
                "on_hand": on_hand, "reserved": 0 if on_hand == NONE else chance.randint(0, on_hand),
                "incoming": chance.choice((0, 0, 30)), "backordered": chance.choice((0, 0, 5, 40)),
                "units": chance.choice((0, chance.randint(0, 400))), "selling_days": chance.choice((0, 1, 30, 90, 90)),
                "lead_days": maybe(0, 200), "lead_receipts": chance.choice((0, 5, 7)),
                "extra_units": chance.choice((0, 0, 12)), "safety_stock": maybe(0, 30),
                "typed_safety_stock": maybe(0, 30, 0.2), "typed_reorder_point": maybe(0, 60, 0.2),
                "min_order_qty": maybe(0, 50, 0.3), "pack_size": maybe(0, 12, 0.4),
            }
        )  # fmt: skip
    found = stood(*skus)
    assert {STATUSES[row["status"]] for row in found} == set(STATUSES)
    for sku, row in zip(skus, found, strict=True):
        assert row == alone(sku), sku


def alone(sku: dict[str, int]) -> dict[str, int]:
    """The rules again, for one SKU, as a person would write them down."""
    given = {name: None if value == NONE else value for name, value in sku.items()}
    on_hand = given["on_hand"] or 0
    rate = given["units"] / given["selling_days"] if given["selling_days"] else None
    lead = None if given["lead_days"] is None else given["lead_days"] / (given["lead_receipts"] or 1)
    safety = given["safety_stock"] if given["typed_safety_stock"] is None else given["typed_safety_stock"]
    point = given["typed_reorder_point"]
    if point is None and None not in (rate, lead, safety):
        point = math.ceil(round(rate * lead + safety + given["extra_units"], 9))
    available = on_hand - given["reserved"]
    position = available + given["incoming"] - given["backordered"]
    below, order = point is not None and position < point, 0
    if below:
        order = max(math.ceil(round(point + (rate or 0) * 30 - position, 9)), given["min_order_qty"] or 0)
        pack = given["pack_size"] or 1
        order = math.ceil(order / pack) * pack
    cover = available / rate if rate else None
    if not available and (rate or given["backordered"]):
        name = "out"
    elif below:
        name = "below"
    elif None not in (cover, lead) and round(cover, 9) < round(lead, 9):
        name = "soon"
    else:
        name = "ok" if rate else "idle"
    return {
        "available": available,
        "demand_order": UNKNOWN_FIRST if rate is None else round(rate * MILLIONTHS),
        "cover_order": NEVER if cover is None else round(cover * MILLIONTHS),
        "lead_order": UNKNOWN_FIRST if lead is None else round(lead * MILLIONTHS),
        "safety_stock": NONE if safety is None else safety,
        "reorder_point": NONE if point is None else point,
        "position": position,
        "suggested_order": order,
        "status": STATUSES.index(name),
    }
