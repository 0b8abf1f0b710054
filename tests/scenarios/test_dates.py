"""Behaviours 14 to 21: when it will come, and what is due by then."""

from datetime import date

import pytest

from dashboard.database import day_of


def test_a_purchase_order_that_moves_moves_the_eta_and_not_the_first_promise(world):
    world.purchase_order("PO", "CHAIR", 9, promised="2026-03-20", expected="2026-03-20")
    world.order("1", "CHAIR", 4, placed="2026-03-01", promised="2026-03-22")
    world.plan()
    assert (world.waiting("1").eta, world.waiting("1").deadline_kind) == (date(2026, 3, 20), "promise")
    world.move("PO", expected="2026-04-02")
    world.plan()
    row = world.waiting("1")
    assert (row.eta, row.first_promise, row.current_promise) == (date(2026, 4, 2), *[date(2026, 3, 22)] * 2)
    assert (row.deadline, row.deadline_kind) == (date(2026, 3, 21), "delay-notice")


def test_a_partial_receipt_leaves_the_open_balance_its_own_date(world):
    world.order("1", "CHAIR", 10, placed="2026-03-01")
    world.purchase_order("PO", "CHAIR", 10, expected="2026-03-20")
    world.receive("PO", 6)
    world.move("PO", expected="2026-03-27")
    world.plan()
    assert world.reserved("1") == 6
    assert world.pegs("1") == [("PO", 4, date(2026, 3, 27))]
    assert world.waiting("1").eta == date(2026, 3, 27)


def test_purchase_orders_of_five_and_twenty_serve_four_four_four_in_slices(world):
    world.purchase_order("FIVE", "CHAIR", 5, expected="2026-03-20")
    world.purchase_order("TWENTY", "CHAIR", 20, expected="2026-04-20")
    for number in "123":
        world.order(number, "CHAIR", 4, placed=f"2026-03-0{number}")
    world.plan()
    near, far = date(2026, 3, 20), date(2026, 4, 20)
    assert world.pegs("1") == [("FIVE", 4, near)]
    assert world.pegs("2") == [("FIVE", 1, near), ("TWENTY", 3, far)]
    assert world.pegs("3") == [("TWENTY", 4, far)]
    assert [world.waiting(number).eta for number in "123"] == [near, far, far]


def test_no_supply_is_no_date_yet_and_most_urgent_of_its_day(world):
    world.purchase_order("PO", "CHAIR", 4, expected="2026-04-20")
    world.order("dated", "CHAIR", 4, placed="2026-03-01", promised="2026-03-30")
    world.order("undated", "CHAIR", 4, placed="2026-03-02", promised="2026-03-30")
    world.plan()
    row = world.waiting("undated")
    assert (row.eta, row.late_eta, row.eta_basis, row.dated) == (None, None, "not-ordered", 0)
    assert world.waiting("dated").deadline == row.deadline
    assert world.worklist() == ["undated", "dated"]


def test_an_overdue_purchase_order_without_history_gives_no_date(world):
    world.purchase_order("PO", "CHAIR", 4, expected="2026-03-01")
    world.order("1", "CHAIR", 4, placed="2026-02-01")
    world.plan()
    row = world.waiting("1")
    assert (row.eta, row.eta_basis, row.cause) == (None, "late", "supplier-late")
    assert world.pegs("1") == [("PO", 4, None)], "it is still the supply that the line waits for"


def test_an_overdue_purchase_order_is_dated_by_the_suppliers_own_late_orders(world, today):
    world.past_receipts("S", "CHAIR", [0, 0, 0, 20, 22, 24, 26, 40], before="2026-02-01")
    world.purchase_order("PO", "CHAIR", 4, supplier="S", expected="2026-03-01")
    world.order("1", "CHAIR", 4, placed="2026-02-10")
    world.plan()
    row = world.waiting("1")
    # 11 days late today; the receipts later than that came 20, 22, 24, 26, 40 days late: median 24, nine of ten 34.4.
    assert (row.eta, row.late_eta, row.eta_basis) == (date(2026, 3, 25), date(2026, 4, 5), "late-estimate")
    assert row.eta > today
    assert row.cause == "supplier-late"


def test_moving_the_expected_date_does_not_make_history_look_better(world):
    world.past_receipts("S", "CHAIR", [20, 22, 24, 26, 40], before="2026-02-01")
    world.purchase_order("PO", "CHAIR", 4, supplier="S", expected="2026-03-01")
    world.move("PO", expected="2026-03-05")
    world.order("1", "CHAIR", 4, placed="2026-02-10")
    world.plan()
    assert world.waiting("1").eta == date(2026, 3, 25), "still counted from the first promise, 1 March"


def test_supply_never_gives_a_date_before_today(world, today):
    world.past_receipts("S", "CHAIR", [1, 2, 3, 4, 5], before="2026-02-01")
    for number, expected in (("A", "2026-01-10"), ("B", "2026-03-11"), ("C", "2026-03-12"), ("D", None)):
        world.purchase_order(number, "CHAIR", 1, supplier="S", expected=expected)
    world.order("1", "CHAIR", 4, placed="2026-02-10")
    world.plan()
    days = [day for _, _, day in world.pegs("1") if day is not None]
    assert days
    assert min(days) >= today


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Europe/Vienna", "Pacific/Apia", "Asia/Kolkata"])
def test_month_ends_leap_days_and_clock_changes_do_not_shift_a_deadline(make_app, database_url, zone):
    from tests.factories import World

    app = make_app(database_url, SHOP_TIMEZONE=zone)
    with app.app_context():
        world = World()
        placed = ["2026-02-28", "2026-03-07", "2026-03-08", "2026-03-28", "2026-03-29", "2024-01-30", "2025-12-31"]
        for day in placed:
            world.order(day, "CHAIR", 1, placed=day)
        world.order("late in the evening", "CHAIR", 1, placed="2026-03-08T23:59:59")
        world.plan()
        for day in placed:
            due = day_of((date.fromisoformat(day) - date(1970, 1, 1)).days + 29)
            assert world.waiting(day).deadline == due, "30 days after the shop's date of the order, less one to tell"
        assert world.waiting("late in the evening").deadline == date(2026, 4, 6)


def test_a_card_is_needed_on_the_late_date_and_counts_when_it_dies_before(world):
    world.card("PM", month=3, year=2026)
    world.purchase_order("PO", "CHAIR", 1, expected="2026-04-01")
    world.order("1", "CHAIR", 1, placed="2026-03-01", promised="2026-04-10")
    world.plan()
    row = world.waiting("1")
    assert (row.deadline, row.deadline_kind, row.payment_state) == (date(2026, 3, 31), "card", "dies")
    world.move("PO", expected="2026-03-31")
    world.plan()
    row = world.waiting("1")
    assert (row.deadline, row.deadline_kind, row.payment_state) == (date(2026, 4, 10), "promise", "good")


def test_holidays_and_weekends_of_the_supplier_change_the_computed_arrival(world, today):
    from dashboard.actions.purchase_order_sendings.action import send_draft
    from dashboard.actions.supplier_calendars.action import say_calendar

    # Today is Thursday, 12 March. In Portugal nobody works on Saturdays, Sundays, and on Good Friday, 3 April.
    for code, country, days in (("A", None, 16), ("B", "PT", 16), ("C", "PT", 22), ("D", None, 5)):
        world.supplier(code, country=country, lead_time_days=days)
        world.purchase_order(f"PO-{code}", code, 4, supplier=code, status="draft")
        world.order(f"for {code}", code, 4, placed="2026-03-01")
    closed = [(date(2026, 3, 16), date(2026, 3, 20))]
    supplier_id = world.supplier("D").id
    say_calendar(supplier_id, days_off=[5, 6], keeps_holidays=False, closures=closed, actor=None)
    world.plan()
    for code in "ABCD":
        send_draft(world.po_line(f"PO-{code}").purchase_order_id, actor=None)
    rows = {code: world.waiting(f"for {code}") for code in "ABCD"}
    assert (rows["A"].eta, rows["A"].eta_basis) == (date(2026, 3, 28), "quoted"), "nothing is known of its days"
    assert (rows["B"].eta, rows["B"].eta_basis) == (date(2026, 3, 30), "po"), "a Saturday comes on Monday"
    assert rows["C"].eta == date(2026, 4, 6), "a day more for Good Friday, and then past the weekend"
    assert rows["D"].eta == date(2026, 3, 23), "the five days on which it is closed do not count"
    line = world.po_line("PO-B")
    assert (line.expected_date, line.first_promise) == (date(2026, 3, 30), date(2026, 3, 30)), "a fact, for everybody"
