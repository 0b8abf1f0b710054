"""What is learnt of suppliers, kept, shown and judged: equal on both databases to what numpy makes of the same rows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from dashboard import clock, estimates, models, planning
from dashboard.database import day_number, db, transaction
from dashboard.domain.columns import NONE
from dashboard.domain.likely_dates import learn_lateness, likely_days
from dashboard.panels.track_record.queries import record, shows_likely_dates, suppliers
from tests.estimates.receipts import history


def test_a_waiting_line_is_dated_as_numpy_dates_it_from_the_same_receipts(world, today):
    seen = history(world, today)
    lateness, shifts = learn_lateness(seen, seen.none())
    asked = [(0, 0, 12), (1, 1, 3), (2, 1, -9), (2, 0, -30), (0, 1, 25)]
    for number, (supplier, sku, due_in) in enumerate(asked):
        item = f"SKU{sku}" if number < 2 else f"OTHER{number}"
        promised, ordered = today + timedelta(days=due_in), today - timedelta(days=60)
        world.purchase_order(f"P{number}", item, 2, supplier=f"S{supplier}", ordered=ordered, promised=promised)
        world.order(f"O{number}", item, 2, placed=today - timedelta(days=20))
    world.plan()
    for number, (supplier, sku, due_in) in enumerate(asked):
        shift = int(shifts.of(np.array([supplier]), np.array([sku]))[0]) if number < 2 else 0
        due = np.array([day_number(today) + due_in + shift])
        expected = likely_days(due, np.array([supplier]), lateness, day_number(today))
        row = world.waiting(f"O{number}")
        found = [NONE if day is None else day_number(day) for day in (row.likely_eta, row.likely_late_eta)]
        assert found == [int(column[0]) for column in expected], asked[number]
    assert list(planning.check()) == []


def test_lines_of_an_order_that_leaves_as_a_whole_share_the_latest_and_have_none_without_supply(world, today):
    history(world, today)
    for number, (sku, due_in) in enumerate((("A", 5), ("B", 30))):
        promised = today + timedelta(days=due_in)
        world.purchase_order(f"P{number}", sku, 2, supplier="S0", ordered=today, promised=promised)
    world.order("1", lines=[("A", 1), ("B", 1)], placed=today - timedelta(days=2), ship_complete=True)
    world.order("2", lines=[("A", 1), ("C", 1)], placed=today - timedelta(days=1))
    world.plan()
    first, second = world.waiting("1", line=1), world.waiting("1", line=2)
    assert first.likely_late_eta == second.likely_late_eta is not None
    assert world.waiting("2", line=1).likely_eta is not None
    assert world.waiting("2", line=2).likely_eta is None


def test_what_is_shown_is_noted_when_it_differs_one_row_a_day(world, today):
    history(world, today, receipts=60)
    world.purchase_order("P", "SKU0", 3, supplier="S0", ordered=today, promised=today + timedelta(days=9))
    world.plan()
    assert estimates.judge_anew() == 1
    assert estimates.judge_anew() == 0, "nothing differs from what was noted"
    noted = db.session.query(models.ShownDate).one()
    assert (noted.shown_on, noted.eta) == (clock.today(), today + timedelta(days=9))
    assert None not in (noted.late_eta, noted.likely_eta, noted.likely_late_eta)
    world.move("P", expected=today + timedelta(days=20))
    world.plan()
    assert estimates.judge_anew() == 1
    db.session.expire_all()
    assert db.session.query(models.ShownDate).one().eta == today + timedelta(days=20)
    assert estimates.judged_on(db.session.connection()) == clock.today()


def test_what_was_shown_is_judged_by_what_came_of_it(world, today):
    history(world, today, receipts=40)
    shown = [("CAME", -40, -20, -25), ("LATE", -40, -20, -5), ("OPEN", -40, -20, None), ("SOON", -40, 5, None)]
    for number, _, due_in, came_in in shown:
        world.purchase_order(number, "SKU0", 1, supplier="S0", ordered=today - timedelta(60), promised=today)
        if came_in is not None:
            world.receive(number, 1, on=today + timedelta(days=came_in), at=None)
        with transaction() as saving:
            late = today + timedelta(days=due_in)
            saving.add(
                models.ShownDate(
                    purchase_order_line_id=world.po_line(number).id,
                    shown_on=today - timedelta(days=40),
                    eta=late - timedelta(days=3),
                    late_eta=late,
                    likely_eta=late - timedelta(days=6),
                    likely_late_eta=late - timedelta(days=4),
                )
            )
    world.plan()
    estimates.judge_anew()
    for rule in ("plain", "likely"):
        found = db.session.query(models.KeptDates).filter_by(origin=1, rule=("plain", "likely").index(rule))
        first = {row.occasion: (row.judged, row.held) for row in found}[0]
        assert first == (3, 1), "said when they were first known; one is not over yet"
    assert record(db.session(), origin="shown", rule="likely").judged >= 3


def test_history_is_replayed_on_the_first_day_by_what_was_known_then(world, today):
    history(world, today, receipts=260)
    world.plan()
    estimates.judge_anew()
    likely, plain = (record(db.session(), origin="replayed", rule=rule) for rule in ("likely", "plain"))
    assert likely.judged == plain.judged > 100
    before = {one.supplier_id: one.likely.held for one in suppliers(db.session(), origin="replayed")}
    assert sum(one.likely.judged for one in suppliers(db.session(), origin="replayed")) == likely.judged
    assert record(db.session(), origin="shown", rule="likely").judged == 0
    assert isinstance(shows_likely_dates(db.session()), bool)

    # What came after the last cut moves none of the dates that were said before it.
    for number in range(30):
        day = today - timedelta(days=1)
        world.purchase_order(f"N{number}", "SKU0", 1, supplier="S0", ordered=day - timedelta(9), promised=day)
        world.receive(f"N{number}", 1, on=day, at=None)
    world.plan()
    estimates.judge_anew()
    after = {one.supplier_id: one.likely.held for one in suppliers(db.session(), origin="replayed")}
    assert {key: held for key, held in before.items() if key != "S0"} == {
        key: held for key, held in after.items() if key != "S0"
    }
