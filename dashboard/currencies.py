"""What currencies are counted in."""

from __future__ import annotations

from babel.numbers import get_currency_precision

MICRO_DECIMALS = 6  # how money is stored: in millionths


def coin_of(currency: str | None) -> int:
    """A currency's smallest coin in micro-units: 10 000 for a cent, a million for a yen; a cent where none is known."""
    return int(10 ** max(0, MICRO_DECIMALS - get_currency_precision(currency or "")))
