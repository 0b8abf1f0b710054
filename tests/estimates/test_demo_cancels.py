"""What is learnt of the demo merchant, whose truth is written: it tells who leaves nearly as well as the truth does."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.bulk import Words, columns, number, text
from dashboard.database import day_number, db
from dashboard.demo import cancel_hazard, simulate, simulation, write_kit
from dashboard.demo.world import DEPOSIT, FIRST_ORDER, GIFT, NO_DAY, PAST_DAYS
from dashboard.domain.cancellation_risk import DAYS
from dashboard.domain.model_quality import auc
from dashboard.estimates.cancellation import training
from dashboard.intake.load import load
from tests.conftest import same_on_both

TODAY = date(2026, 3, 12)
# Of how often the truth gives who leaves the higher chance, so much is recovered.
RECOVERED, RECOVERED_OF_FEW = 0.97, 0.93


@same_on_both
@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_three_merchants_the_truth_is_recovered_and_chances_mean_what_they_say(app, tmp_path, seed):
    learnt, true_auc = learn(simulate("small", seed, today=TODAY), tmp_path)
    assert learnt.examination["auc"] >= RECOVERED * true_auc
    assert 0.9 <= learnt.examination["calibration_slope"] <= 1.1


@same_on_both
def test_of_a_few_lines_most_of_the_truth_is_recovered(app, tmp_path, monkeypatch):
    few = replace(simulation.SIZES["small"], backorders=340, level=20.0, stock_days=30)
    monkeypatch.setitem(simulation.SIZES, "small", few)
    learnt, true_auc = learn(simulate("small", 1, today=TODAY), tmp_path)
    assert learnt.verdict == "in-force"
    assert learnt.examination["auc"] >= RECOVERED_OF_FEW * true_auc


def learn(world, folder):
    """What a history teaches, and how good the truth itself is on the fortnights that this is examined on."""
    assert load(write_kit(world, folder)).fault_count == 0
    connection, today = db.session().connection(), day_number(TODAY)
    learnt = training.train(connection, today, None)
    history = training.read_history(connection, today)
    first = day_number(date.fromisoformat(learnt.examination["first_day"]))
    late = history.found.of(np.flatnonzero(history.found.day >= first))
    assert len(late.line) == learnt.examination["rows"]
    chance = truth(world, row_of_lines(connection, world, history.lines.id)[late.line], late.day - today + PAST_DAYS)
    db.session.rollback()
    return learnt, auc(chance, late.cancelled)


def truth(world, line, day):
    """The written chance that lines of the made-up merchant are cancelled within a fortnight."""
    lines, orders = world.lines, world.orders
    order = np.searchsorted(orders["order"], lines["order"][line])
    strength = cancel_hazard.strength(
        value=world.catalogue.price[lines["sku"][line]] * lines["qty"][line].astype(np.int64),
        tier=world.customers.tier(orders["customer"][order]),
        channel=orders["channel"][order],
        gift=lines["tags"][line] & GIFT > 0,
        deposit=lines["tags"][line] & DEPOSIT > 0,
        promised=lines["promise"][line] != NO_DAY,
    )
    return cancel_hazard.chance_within(
        DAYS,
        strength,
        waited=day - orders["day"][order].astype(np.int64),
        past_promise=day - lines["promise"][line].astype(np.int64),
        days_to_last_date=orders["last"][order].astype(np.int64) - day,
    )


def row_of_lines(connection, world, line_ids):
    """The made-up merchant's own row of each line (an id)."""
    order, line = models.Order, models.OrderLine
    ids, line_no, numbers = columns(
        connection, select(number(line.id), number(line.line_no), text(order.number)).join(order)
    )
    words = Words()
    places = words.numbers(numbers)
    made = np.array([int(word or FIRST_ORDER) - FIRST_ORDER for word in words.words], np.int64)[places]
    by = np.argsort(ids)
    key = (made * 64 + line_no)[by][np.searchsorted(ids[by], line_ids)]
    own = world.lines["order"].astype(np.int64) * 64 + world.lines["line"]
    sorted_ = np.argsort(own)
    return sorted_[np.searchsorted(own[sorted_], key)]
