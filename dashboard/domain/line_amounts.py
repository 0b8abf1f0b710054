"""What a line is worth, and each part of it: goods, tax, and the line's share of what shipping cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from dashboard.domain.order_lines import PartUnits


@dataclass(frozen=True, slots=True)
class Amounts:
    """Money in micro-units of the order's currency; None where it is not known."""

    goods: int | None  # units × price, less their share of the discount
    tax: int | None
    shipping: int | None

    @property
    def total(self) -> int | None:
        """What a customer pays for it. Unknown without a price; what else nobody stated was not asked for."""
        return None if self.goods is None else self.goods + (self.tax or 0) + (self.shipping or 0)


NOT_KNOWN = Amounts(None, None, None)


@dataclass(frozen=True, slots=True)
class PartMoney:
    """What was written of a part when it was made; None where nothing was."""

    tax: int | None = None
    shipping: int | None = None


@dataclass(frozen=True, slots=True)
class LineMoney:
    """What an order says of a line in money: micro-units of its currency, None where it says nothing."""

    unit_price: int | None
    discount: int | None
    tax: int | None
    shipping: int | None  # the line's share of what shipping the order cost
    coin: int  # the currency's smallest unit, in micro-units


def shares(total: int, weights: Sequence[int], *, coin: int = 1) -> tuple[int, ...]:
    """A total divided by weights, so that the shares sum to it exactly: in whole coins where it is a number of these,
    so that also what is printed sums to it; else to the micro-unit.
    """
    if not any(weights):
        weights = [1] * len(weights)
    step = coin if total % coin == 0 else 1
    whole = sum(weights)
    ends = [total // step * upto // whole for upto in accumulate(weights)]
    return tuple((end - begin) * step for begin, end in pairwise((0, *ends)))


def shipping_shares(total: int | None, lines: Sequence[tuple[int, int | None]], *, coin: int) -> tuple[int | None, ...]:
    """Each line's share of an order's shipping, by the value of its goods (units, unit price); by units where the price
    of one is not known.
    """
    if total is None:
        return (None,) * len(lines)
    priced = all(price is not None for _, price in lines)
    return shares(total, [qty * (price or 0) if priced else qty for qty, price in lines], coin=coin)


def of_line(line: LineMoney, qty: int) -> Amounts:
    """What the whole line is worth."""
    goods = None if line.unit_price is None else qty * line.unit_price - (line.discount or 0)
    return Amounts(goods, line.tax, line.shipping)


def of_parts(line: LineMoney, parts: Sequence[PartUnits], written: Sequence[PartMoney] = ()) -> tuple[Amounts, ...]:
    """What each part of a line is worth; together they are worth what the line is.

    What was written of the parts counts as long as it sums to what the line says; a file that changed the line is
    shared out anew.
    """
    units = [part.qty for part in parts]
    discounts = shares(line.discount or 0, units, coin=line.coin)
    taxes = _kept_or_shared(line.tax, [one.tax for one in written], units, line.coin)
    shipping = _kept_or_shared(line.shipping, [one.shipping for one in written], units, line.coin)
    return tuple(
        Amounts(None if line.unit_price is None else qty * line.unit_price - discount, tax, freight)
        for qty, discount, tax, freight in zip(units, discounts, taxes, shipping, strict=True)
    )


def of_units(part: Amounts, qty: int, *, gone: int, units: int, coin: int) -> Amounts:
    """What `units` units of a part of `qty` are worth, after `gone` of it were valued like this before: whatever the
    steps, all of them sum to the part.
    """

    def step(total: int | None) -> int | None:
        return None if total is None else shares(total, [gone, units, qty - gone - units], coin=coin)[1]

    return Amounts(step(part.goods), step(part.tax), step(part.shipping))


def summed(amounts: Sequence[Amounts]) -> Amounts:
    """Several together; unknown where one of them is."""

    def add(values: Sequence[int | None]) -> int | None:
        known = [value for value in values if value is not None]
        return sum(known) if len(known) == len(values) else None

    return Amounts(
        add([one.goods for one in amounts]), add([one.tax for one in amounts]), add([one.shipping for one in amounts])
    )


def _kept_or_shared(
    total: int | None, written: Sequence[int | None], units: Sequence[int], coin: int
) -> Sequence[int | None]:
    if total is None:
        return [None] * len(units)
    known = [one for one in written if one is not None]
    if len(known) == len(units) and sum(known) == total:
        return known
    return shares(total, units, coin=coin)
