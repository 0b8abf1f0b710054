"""Who leaves, learnt from the shop's own history: what it learns, from what, and what it says when it cannot."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import delete, select, update

from dashboard import clock, models, planning
from dashboard.bulk import columns, number
from dashboard.database import day_number, day_of, db, transaction
from dashboard.domain.cancellation_model import Coded, Input, as_record, chance, constant_points, of_record
from dashboard.domain.columns import NONE
from dashboard.estimates import cancellation
from dashboard.estimates.cancellation import fitting, training
from dashboard.intake.load import load
from dashboard.jobs import learn_risk, table
from dashboard.panels.filters import Selection
from dashboard.panels.reports import report_named
from dashboard.web.csv_response import csv_bytes
from tests.conftest import same_on_both

TODAY = date(2026, 3, 12)
ORDERS, DAYS_OF_ORDERS, WAITS = 1_800, 300, 45
LEAVES_A_DAY = {"marketplace": 0.02, "web": 0.004}


def write_shop(
    folder: Path, *, seed: int = 1, a_day: dict[str, float] = LEAVES_A_DAY, tag: str = "gift", wait: int = WAITS
) -> None:
    """A shop in which every line waits for so many days unless its customer leaves, each day with the chance of its
    channel; a tag trebles it.
    """
    draw = np.random.default_rng(seed)
    orders, lines, shipments, cancellations = [], [], [], []
    for place in range(ORDERS):
        order_id, placed = f"{place + 1:05}", TODAY - timedelta(days=1 + int(draw.integers(DAYS_OF_ORDERS)))
        channel, tagged = list(a_day)[int(draw.integers(len(a_day)))], draw.random() < 0.2
        waits = int(draw.geometric(min(a_day[channel] * (3 if tagged and tag else 1), 1)))
        orders.append((order_id, "C", placed, "EUR", channel))
        lines.append((order_id, 1, "CHAIR", 1, "50", f"{tag}:yes" if tagged and tag else ""))
        if waits < wait and placed + timedelta(days=waits) < TODAY:
            cancellations.append((order_id, 1, 1, placed + timedelta(days=waits), "customer"))
        elif placed + timedelta(days=wait) < TODAY:
            shipments.append((f"S{order_id}", order_id, 1, 1, placed + timedelta(days=wait)))
    for name, head, rows in (
        ("customers", "customer_id,name", [("C", "Ada")]),
        ("skus", "sku,name", [("CHAIR", "Chair")]),
        ("orders", "order_id,customer_id,placed_at,currency,channel", orders),
        ("order_lines", "order_id,line_no,sku,qty,unit_price,tags", lines),
        ("shipments", "shipment_id,order_id,line_no,qty,shipped_at", shipments),
        ("cancellations", "order_id,line_no,qty,cancelled_at,reason", cancellations),
    ):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(head.split(","))
            writer.writerows(rows)


@pytest.fixture
def shop(app, tmp_path):
    """The shop, loaded and planned."""
    write_shop(tmp_path)
    assert load(tmp_path).fault_count == 0
    planning.plan()
    db.session.rollback()
    return app


def risk(app, *args):
    answer = app.test_cli_runner().invoke(args=["risk", *args])
    db.session.rollback()
    return answer


def report():
    db.session.rollback()
    found = report_named("cancellation-risk")
    data = b"".join(csv_bytes(found.columns, found.read(Selection.read((), allowed=found.filters), TODAY)))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def test_a_shop_learns_who_leaves_and_says_why(shop, manager):
    assert {row["model"] for row in report()} == {"prior"}
    answer = risk(shop, "train")
    assert answer.exit_code == 0, answer.output
    assert "learnt-1 scores from now on." in answer.output
    rows = report()
    assert {row["model"] for row in rows} == {"learnt-1"}
    riskiest, safest = rows[0], rows[-1]
    assert "gift: yes" in riskiest["reasons"]
    assert "channel marketplace" in riskiest["reasons"]
    assert "channel web (lowers it)" in safest["reasons"]
    assert "tier not known" in safest["reasons"], "what is missing is named"
    assert float(riskiest["cancel_risk"]) > 3 * float(safest["cancel_risk"])
    assert list(planning.check()) == []
    assert "learnt-1" in manager.panel("/cancellation-risk").text
    page = manager.get("/cancellation-risk/model")
    assert page.status_code == 200
    assert "tag gift" in page.text

    figures = dict(line.split(" ") for line in risk(shop, "evaluate").stdout.splitlines())
    assert list(figures) == [
        "rows", "base_rate", "auc", "brier", "brier_skill", "calibration_slope", "calibration_intercept",
    ]  # fmt: skip
    assert float(figures["auc"]) > 0.65
    assert float(figures["brier_skill"]) > 0
    assert 0.6 < float(figures["calibration_slope"]) < 1.5

    # The same history once more: the same model, to the last digit, and nothing of the plan moves.
    with transaction():
        before = cancellation.scoring(db.session().connection()).model
    assert risk(shop, "train").exit_code == 0
    assert as_record(cancellation.scoring(db.session().connection()).model) == as_record(before)


def test_what_happens_after_a_day_changes_nothing_that_is_said_of_it(shop):
    cut = day_number(TODAY) - 60
    connection = db.session().connection()
    before = training.train(connection, cut, None)
    late = clock.start_of(TODAY - timedelta(days=60))
    shipped, cancelled = models.ShipmentLine, models.Cancellation
    order = models.Order
    db.session.rollback()
    with transaction() as session:
        session.execute(delete(cancelled).where(cancelled.cancelled_at >= late))
        session.execute(update(shipped).where(shipped.shipped_at >= late).values(shipped_at=late))
        session.execute(update(order).where(order.placed_on >= TODAY - timedelta(days=60)).values(channel="elsewhere"))
    connection = db.session().connection()
    after = training.train(connection, cut, None)
    assert before.model is not None
    assert before.trained_on == after.trained_on
    assert as_record(before.model) == as_record(after.model)
    history = training.read_history(connection, cut, mornings=[cut])
    assert history.found.day.tolist() == [cut] * len(history.found.day)
    assert not history.found.cancelled.any(), "on the morning itself nobody knows who will leave"
    db.session.rollback()


def test_a_line_whose_tags_change_and_one_that_is_new_are_scored_with_the_next_plan(shop, world):
    assert risk(shop, "train").exit_code == 0
    open_line = db.session.scalar(select(models.Waiting).order_by(models.Waiting.risk_order).limit(1))
    number_, before = open_line.order_number, open_line.cancel_risk
    world.tag(number_, "gift:yes")
    world.order("NEW", "CHAIR", 1, placed=TODAY - timedelta(days=1), currency="EUR", channel="marketplace")
    world.plan()
    assert world.waiting(number_).cancel_risk > 1.5 * before
    (new,) = (row for row in report() if row["order_id"] == "NEW")
    assert new["model"] == "learnt-1"
    assert list(planning.check()) == []


def test_without_cancels_enough_the_prior_stays(app, tmp_path):
    write_shop(tmp_path, a_day={"web": 0.0001})
    load(tmp_path)
    planning.plan()
    refused = risk(app, "train")
    assert refused.exit_code == 1
    assert "Too few cancels to learn from" in refused.output
    assert risk(app, "evaluate").exit_code == 1
    assert {row["model"] for row in report()} == {"prior"}


def test_a_better_model_is_not_replaced(shop):
    connection = db.session().connection()
    today = day_number(TODAY)
    good = training.train(connection, today, None)
    assert good.verdict == "in-force"
    # The one before it knew the same, and was surer of it in the right direction than chance allows: it stays.
    history = training.read_history(connection, today)
    worse = replace(good.examined, base=good.examined.base - 3_000_000)
    assert training.train(connection, today, worse).verdict == "in-force", "a worse one goes"
    late = history.found.day >= np.unique(history.found.day)[-4]
    better = fitted_on(history, history.found.of(np.flatnonzero(late)))
    assert training.train(connection, today, better).verdict == "worse", "what does better on the same fortnights stays"
    db.session.rollback()


def fitted_on(history, found):
    """A model that has seen the very fortnights that it is judged by."""
    inputs = [Input("channel", (), ("marketplace", "web"), (), 0), Input("tag:gift", (), ("yes",), (), 0)]
    per_row = {
        name: Coded(history.columns[name].places[found.line], history.columns[name].words)
        for name in ("channel", "tag:gift")
    }
    levels = {one.name: one.levels(per_row[one.name]) for one in inputs}
    return fitting.fit(inputs, levels, found.cancelled, {})


@same_on_both
def test_by_night_a_desk_learns_in_a_process_of_its_own_once_a_week(shop, monkeypatch):
    assert learn_risk.is_due() == (clock.real_now().hour in learn_risk.NIGHT), "by day nobody is disturbed"
    monkeypatch.setattr(learn_risk, "NIGHT", range(24))
    assert "learnt-1 scores from now on." in table.learn_risk()
    db.session.rollback()
    assert {row["model"] for row in report()} == {"learnt-1"}
    assert table.learn_risk() is None, "not again within the week"
    shop.config["BUSINESS_DATE"] = TODAY + timedelta(days=7)
    assert learn_risk.is_due()
    shop.config["BUSINESS_DATE"] = TODAY


def offered(rows):
    """Offers of 10 %, mailed at noon: of lines (ids) on days."""
    with transaction() as session:
        for line_id, day in rows:
            at = clock.start_of(day_of(day)) + timedelta(hours=12)
            message = models.Message(
                kind="offer", state="sent", message_id=f"<{line_id}-{day}>", subject="s", body="b", created_at=at
            )
            session.add(message)
            session.flush()
            session.add(
                models.IncentiveOffer(
                    line_id=line_id,
                    kind="percent",
                    percent=1_000,
                    state="expired",
                    offered_at=at,
                    message_id=message.id,
                )
            )


@same_on_both
@pytest.mark.parametrize(
    ("leavers_left_out", "verdict"), [(0.0, "no-difference"), (0.9, "keep")], ids=["by lot", "and keep"]
)
def test_what_offers_did_is_told_beside_like_lines(shop, viewer, leavers_left_out, verdict):
    """One line of five gets an offer, by lot. That offers keep lines is played by taking it from most who left."""
    today, draw = day_number(TODAY), np.random.default_rng(3)
    connection = db.session().connection()
    history = training.read_history(connection, today, mornings=[today - 120, today - 90, today - 60, today - 30])
    db.session.rollback()
    chosen: dict[int, int] = {}
    for line, day, left in zip(history.found.line, history.found.day, history.found.cancelled, strict=True):
        if draw.random() < 0.2 and not (left and draw.random() < leavers_left_out):
            chosen.setdefault(int(history.lines.id[line]), int(day))
    offered([*chosen.items(), (next(iter(chosen)), today - 3)])
    answer = risk(shop, "train")
    assert answer.exit_code == 0, answer.output
    report_of = report_named("offer-outcomes")
    text = b"".join(csv_bytes(report_of.columns, report_of.read(Selection.read((), allowed=()), TODAY)))
    rows = {row["risk"]: row for row in csv.DictReader(io.StringIO(text.decode("utf-8-sig")))}
    assert rows["all"]["verdict"] == verdict
    assert (
        int(rows["all"]["offers"])
        == len(chosen)
        == sum(int(row["offers"]) for key, row in rows.items() if key != "all")
    )
    stayed = float(rows["all"]["like_stayed_share"])
    assert float(rows["all"]["difference"]) == pytest.approx(float(rows["all"]["stayed_share"]) - stayed, abs=2e-4)
    page = viewer.get("/cancellation-risk/model").text
    assert "What offers did" in page
    assert ("Offers keep orders" in page) == (verdict == "keep")


@same_on_both
def test_where_nothing_tells_who_leaves_the_share_of_all_is_shown(app, tmp_path, viewer):
    write_shop(tmp_path, a_day={"web": 0.008}, tag="", wait=2 * DAYS_OF_ORDERS)
    assert load(tmp_path).fault_count == 0
    planning.plan()
    answer = risk(app, "train")
    assert answer.exit_code == 0, answer.output
    assert "No useful signal" in answer.output
    shown = {(row["cancel_risk"], row["reasons"]) for row in report()}
    assert len(shown) == 1, "the same of every line"
    ((chance_shown, why),) = shown
    assert "nothing in this shop's history tells who leaves" in why
    rate = cancellation.latest(db.session().connection()).trained_on["rate"]
    assert float(chance_shown) == pytest.approx(rate, abs=0.002)
    assert "No useful signal" in viewer.get("/cancellation-risk/model").text
    assert "share of all lines" in viewer.panel("/cancellation-risk").text
    db.session.rollback()


def test_points_say_what_the_learner_says():
    draw = np.random.default_rng(7)
    rows = 4_000
    numbers = np.where(draw.random(rows) < 0.1, NONE, draw.integers(-5, 40, rows))
    words = Coded(draw.integers(0, 4, rows), ["", "a", "b", "seldom"])
    inputs = [Input("lead", (0, 5, 10, 30), None, (), 0), Input("channel", (), ("a", "b"), (), 0)]
    asked = {"lead": numbers, "channel": words}
    levels = {one.name: one.levels(asked[one.name]) for one in inputs}
    cancelled = draw.random(rows) < np.where(words.places == 1, 0.4, 0.1)
    designed = fitting.design(inputs, levels)
    learner = fitting.learn(designed, cancelled)
    model = of_record(as_record(fitting.as_points(learner, inputs, levels, {})))
    said = chance(constant_points(model, asked, rows))
    assert np.abs(said - learner.predict_proba(designed)[:, 1]).max() < 1e-5


def test_the_web_never_imports_what_it_is_learnt_with(app):
    import subprocess
    import sys

    asked = "import sys, dashboard.planning, dashboard.panels, dashboard.jobs, wsgi; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_only_what_differs_is_written(shop):
    assert risk(shop, "train").exit_code == 0
    connection = db.session().connection()
    kept = columns(connection, select(number(models.CancelRisk.line_id), number(models.CancelRisk.points)))
    assert len(kept[0]) == len(columns(connection, select(number(models.Waiting.line_id)))[0])
    db.session.rollback()
