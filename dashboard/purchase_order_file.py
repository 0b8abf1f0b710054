"""A purchase order as the file that its supplier reads: attached to the letter that sends it, and as its page's CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from dashboard.web.csv_response import csv_bytes, day, money, text, whole


class WrittenLine(NamedTuple):
    """A line as its supplier reads it."""

    po_id: str
    supplier_id: str
    line_no: int
    sku: str
    product: str
    qty: int
    unit_cost: int | None  # micro-units
    currency: str | None
    expected_date: date | None  # as stated; None: no day is

    @property
    def cost(self) -> int | None:
        return None if self.unit_cost is None else self.qty * self.unit_cost


COLUMNS = (
    text("po_id"),
    text("supplier_id"),
    whole("line_no"),
    text("sku"),
    text("product"),
    whole("qty"),
    money("unit_cost"),
    text("currency"),
    money("cost"),
    day("expected_date"),
)


def file_of(lines: Iterable[WrittenLine]) -> str:
    """The whole file as text, its byte order mark with it."""
    return b"".join(csv_bytes(COLUMNS, lines)).decode("utf-8")
