"""Behaviours 1, 6, 8, 9 and 12: who gets what."""

from datetime import date


def three_orders(world, **second):
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02", **second)
    world.order("3", "CHAIR", 3, placed="2026-03-03")


def test_ten_units_arrive_for_orders_of_six_six_and_three(world):
    three_orders(world)
    world.purchase_order("PO", "CHAIR", 10, expected="2026-03-12")
    world.plan()
    assert world.reserved() == {"1": 0, "2": 0, "3": 0}
    world.receive("PO", 10)
    world.plan()
    assert world.reserved() == {"1": 6, "2": 4, "3": 0}
    assert world.waiting("2").qty_backordered == 2


def test_with_a_ship_complete_second_order_it_is_passed_over_and_says_so(world):
    three_orders(world, ship_complete=True)
    world.stock("CHAIR", 10)
    world.plan()
    assert world.reserved() == {"1": 6, "2": 0, "3": 3}
    assert world.waiting("2").passed_over
    assert world.waiting("1") is None


def test_a_partly_reserved_order_is_topped_up_before_newer_orders(world):
    three_orders(world)
    world.stock("CHAIR", 8)
    world.purchase_order("PO", "CHAIR", 5, expected="2026-03-12")
    world.plan()
    assert world.reserved() == {"1": 6, "2": 2, "3": 0}
    world.receive("PO", 5)
    world.plan()
    assert world.reserved() == {"1": 6, "2": 6, "3": 1}


def test_a_line_that_wants_less_gives_its_surplus_to_the_next(world):
    three_orders(world)
    world.stock("CHAIR", 9)
    world.plan()
    assert world.reserved() == {"1": 6, "2": 3, "3": 0}
    world.cancel("1", 4)
    world.plan()
    assert world.reserved() == {"1": 2, "2": 6, "3": 1}


def test_a_cancelled_order_frees_its_stock_once_and_never_to_itself(world):
    three_orders(world)
    world.stock("CHAIR", 6)
    world.plan()
    world.cancel("1")
    world.plan()
    assert world.reserved() == {"1": 0, "2": 6, "3": 0}
    assert world.waiting("1") is None


def test_two_locations_are_one_queue_and_the_usual_one_comes_first(world):
    world.stock("CHAIR", 2, at="EAST")
    world.stock("CHAIR", 5, at="WEST")
    world.order("1", "CHAIR", 3, placed="2026-03-01", location="EAST", currency="EUR")
    world.order("2", "CHAIR", 5, placed="2026-03-02", currency="USD")
    world.plan()
    assert world.reserved_at("1") == {"EAST": 2, "WEST": 1}
    assert world.reserved_at("2") == {"WEST": 4}


def test_a_line_handed_to_a_drop_shipping_supplier_takes_no_stock_and_has_its_date(world):
    world.supplier("DROP", dropship=True, lead_time_days=14)
    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 4, placed="2026-03-10", supplier="DROP")
    world.plan()
    row = world.waiting("1")
    assert (row.qty_reserved, row.eta, row.eta_basis) == (0, date(2026, 3, 24), "dropship")
    assert row.supplier_id == world.supplier("DROP").id


def test_a_line_tied_to_a_purchase_order_is_not_filled_from_the_shelf(world):
    world.stock("CHAIR", 10)
    world.purchase_order("PO", "CHAIR", 4, expected="2026-03-20")
    world.order("1", "CHAIR", 4, placed="2026-03-01")
    world.order("2", "CHAIR", 4, placed="2026-03-02")
    world.hold("1", 4, po="PO")
    world.plan()
    assert world.reserved() == {"1": 0, "2": 4}
    assert world.pegs("1") == [("PO", 4, date(2026, 3, 20))]


def test_what_is_picked_is_not_dealt_again(world):
    three_orders(world)
    world.stock("CHAIR", 7)
    world.hold("3", 3, kind="picked")
    world.plan()
    assert world.reserved() == {"1": 4, "2": 0, "3": 3}


def patient_order(world, **inbound):
    """An older order that may not ship before 1 April, a younger one that may, and stock for one of them."""
    world.stock("CHAIR", 5)
    world.order("patient", "CHAIR", 5, placed="2026-03-01", not_before="2026-04-01")
    world.order("today", "CHAIR", 5, placed="2026-03-05")
    world.purchase_order("PO", "CHAIR", 5, **inbound)
    world.plan()


def test_an_order_that_ships_no_earlier_than_a_date_leaves_stock_that_another_could_ship_today(world):
    patient_order(world, expected="2026-03-28")
    assert world.reserved() == {"patient": 0, "today": 5}
    assert world.pegs("patient") == [("PO", 5, date(2026, 3, 28))]


def test_it_takes_its_turn_where_inbound_supply_does_not_cover_it_in_time(world):
    patient_order(world, expected="2026-04-02")
    assert world.reserved() == {"patient": 5, "today": 0}


def test_it_keeps_its_place_in_line_for_the_supply_that_covers_it(world):
    patient_order(world, expected="2026-03-28")
    world.order("later", "CHAIR", 5, placed="2026-03-06")
    world.plan()
    assert [po for po, _, _ in world.pegs("patient")] == ["PO"]
    assert world.pegs("later") == []
