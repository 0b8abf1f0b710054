"""A demo merchant that is small enough for tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.demo import simulation


@pytest.fixture
def small_is_tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same simulation with a hundredth of the orders and a month of stock history."""
    tiny = replace(simulation.SIZES["small"], backorders=17, level=1.0, stock_days=30)
    monkeypatch.setitem(simulation.SIZES, "small", tiny)
