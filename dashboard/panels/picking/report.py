"""The pick list as CSV."""

from __future__ import annotations

from dashboard.panels.picking.queries import COUNTING, FILTERED_BY, all_pick_rows
from dashboard.panels.report import Report
from dashboard.web.csv_response import Column, day, text, whole

COLUMNS = (
    text("location"),
    text("sku"),
    text("product"),
    whole("qty"),
    text("order_id", lambda row: row.order),
    whole("line_no"),
    text("customer"),
    Column("place_in_line", lambda row: row.placed_at.isoformat(timespec="seconds")),
    day("not_before"),
    text("held"),
)

PICK_LIST = Report(
    "pick-list",
    "Pick list",
    "reserved part of a line that can be fetched",
    COLUMNS,
    all_pick_rows,
    FILTERED_BY,
    about="What stands on the shelves for orders that may leave: by location, then by product. What is picked is out.",
    counting=COUNTING,
)
