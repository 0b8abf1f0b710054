"""What is reserved, what is pegged and why each line waits, line by line, as CSV."""

from __future__ import annotations

from operator import attrgetter

from dashboard.panels.orders.explained import explained_lines
from dashboard.panels.orders.held_units import (
    COUNTING_PEGS,
    COUNTING_RESERVATIONS,
    PEG_FILTERS,
    RESERVATION_FILTERS,
    pegs,
    reservations,
)
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, day, text, whole

_place_in_line = attrgetter("place_in_line")

RESERVATION_COLUMNS = (
    text("order_id"),
    whole("line_no"),
    text("sku"),
    text("location"),
    whole("qty"),
    Column("place_in_line", lambda row: _place_in_line(row).isoformat(timespec="seconds")),
    text("held"),
)
RESERVATIONS = Report(
    "reservations",
    "Reservations",
    "reserved part of a line",
    RESERVATION_COLUMNS,
    reservations,
    tuple(RESERVATION_FILTERS),
    about="Units on the shelf that are held for named lines: where they stand, since when, and by which hold.",
    counting=COUNTING_RESERVATIONS,
)

PEG_COLUMNS = (
    text("order_id"),
    whole("line_no"),
    text("sku"),
    text("po_id"),
    whole("po_line_no"),
    whole("qty"),
    day("eta"),
)
PEGS = Report(
    "pegs",
    "Pegs",
    "line and incoming supply",
    PEG_COLUMNS,
    pegs,
    tuple(PEG_FILTERS),
    about="Which incoming purchase order serves which waiting line, with how many units and when.",
    counting=COUNTING_PEGS,
)

EXPLANATION_COLUMNS = (
    text("order_id"),
    whole("line_no"),
    text("sku"),
    whole("qty_open"),
    whole("qty_backordered"),
    day("eta"),
    whole("units_before"),
    whole("orders_before"),
    text("why"),
)
EXPLANATIONS = Report(
    "explanations",
    "Explanations",
    "backordered line",
    EXPLANATION_COLUMNS,
    explained_lines,
    about="Why each line waits, in the words of its page: where its units come from, when, and who is served before.",
)
