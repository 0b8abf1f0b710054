"""Ways of dealing out: what can be kept, and what is said where not."""

from __future__ import annotations

from tests.conftest import Desk
from tests.factories import World


def test_a_way_is_kept_from_the_address_of_a_panel_and_said_in_words(world: World, manager: Desk) -> None:
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    typed = {
        "name": " VIPs  first ",
        "scope": "",
        "strategy1": "win",
        "filters1": "http://desk.example/aging?tier=vip&sort=age",
        "sort1": "oldest",
        "strategy2": "redistribute",
        "filters2": "",
        "sort2": "queue",
    }
    assert manager.act("/deals/variants", typed).status_code == 200
    listed = manager.panel("/deals").text
    assert "VIPs first" in listed
    assert "Tier: vip" in listed
    assert "everybody else" in listed

    again = manager.act("/deals/variants", typed)
    assert again.status_code == 422
    assert "There is a “VIPs first” already." in again.text
    wrong = manager.act("/deals/variants", {**typed, "name": "B", "filters1": "colour=red"})
    assert wrong.status_code == 422
    assert "There is no filter" in wrong.text
    assert 'value="colour=red"' in wrong.text
    nobody = manager.act("/deals/variants", {**typed, "name": "C", "filters1": ""})
    assert "Group 1 is everybody" in nobody.text
