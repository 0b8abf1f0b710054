"""The whole run, on both databases."""


def test_ten_units_for_six_six_three(world):
    world.stock("CHAIR", 10)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.order("2", "CHAIR", 6, placed="2026-03-02")
    world.order("3", "CHAIR", 3, placed="2026-03-03")
    world.plan()
    assert world.reserved() == {"1": 6, "2": 4, "3": 0}
