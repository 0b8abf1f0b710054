"""Which lines a run means, by the filters of panels."""

from __future__ import annotations

import pytest

from dashboard.panels.deals.queries import read_line_filters
from dashboard.panels.filters import FilterRefused


def test_filters_are_taken_from_an_address_of_a_panel_or_from_its_end() -> None:
    assert read_line_filters("/aging?tier=vip&sort=age&after=x") == "tier=vip"
    assert read_line_filters("sku=CHAIR&tier=vip") == "tier=vip&sku=CHAIR"
    assert read_line_filters("  ") == ""


@pytest.mark.parametrize("text", ["vip", "colour=red", "age=old"])
def test_what_is_no_filter_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(FilterRefused):
        read_line_filters(text)
