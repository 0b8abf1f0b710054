"""Which lines a run means, by the filters of panels."""

from __future__ import annotations

import pytest

from dashboard.actions.deal_runs.action import ask_for_run
from dashboard.actions.deal_variants.action import save_variant
from dashboard.database import db
from dashboard.domain.deal_variants import Segment
from dashboard.jobs.simulate_deals import simulate_deals
from dashboard.panels.deals.queries import all_results, read_line_filters
from dashboard.panels.filters import FilterRefused
from tests.factories import World


def test_filters_are_taken_from_an_address_of_a_panel_or_from_its_end() -> None:
    assert read_line_filters("/aging?tier=vip&sort=age&after=x") == "tier=vip"
    assert read_line_filters("sku=CHAIR&tier=vip") == "tier=vip&sku=CHAIR"
    assert read_line_filters("  ") == ""


@pytest.mark.parametrize("text", ["vip", "colour=red", "age=old"])
def test_what_is_no_filter_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(FilterRefused):
        read_line_filters(text)


def test_a_line_is_of_the_first_group_that_it_fits_by_its_order_itself_its_sku_or_how_it_waits(world: World) -> None:
    world.stock("CHAIR", 9)
    world.stock("LAMP", 5)
    for number, tier in (("1", "vip"), ("2", "vip"), ("3", None), ("5", None)):
        world.order(number, "CHAIR", 2, placed="2026-03-01", tier=tier, customer=f"C{number}")
    world.tag("2", "gift")
    world.tag("3", "gift")
    world.order("4", "LAMP", 9, placed="2026-03-01")
    world.plan()
    groups = ("tier=vip&tag=gift", "tag=gift", "sku=LAMP&dated=no", "tier=vip")
    assert of_groups(groups) == {"2": 1, "3": 2, "4": 3, "1": 4}
    assert of_groups(groups, scope="sku=LAMP") == {"4": 3}
    assert of_groups(groups, scope="tag=gift&tier=vip") == {"2": 1, "3": 2, "1": 4}, "all lines of its SKUs"
    assert of_groups(groups, scope="dated=no") == {"4": 3}
    assert of_groups(("dated=no", "")) == {"4": 1, "1": 2, "2": 2, "3": 2, "5": 2}
    assert of_groups(("planned=yes",)) == {}


def of_groups(filters: tuple[str, ...], *, scope: str = "") -> dict[str, int]:
    """By order, the group of each line that loses what it has, where every group gives all up."""
    segments = [Segment(one, "queue", "lose") for one in filters]
    name = f"{scope} {filters}"[:60]
    asked = ask_for_run(int(save_variant(name=name, scope=scope, segments=segments, actor=None).made), actor=None)
    assert simulate_deals()
    db.session.rollback()
    return {row.order_number: row.segment for row in all_results(db.session(), int(asked.made))}
