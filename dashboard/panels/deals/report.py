"""What a run does to each line, as CSV."""

from __future__ import annotations

from dashboard.web.csv_response import day, flag, text, whole

RESULTS = (
    text("order_id", lambda row: row.order_number),
    whole("line_no"),
    whole("part"),
    text("sku"),
    text("product"),
    text("customer"),
    text("strategy"),
    whole("qty_open"),
    whole("reserved_before"),
    whole("reserved_after"),
    day("eta_before"),
    day("eta_after"),
    whole("days"),
    day("promise"),
    flag("misses_promise"),
    flag("misses_law"),
    flag("misses_card"),
    text("exception"),
)


def file_name(run_id: int) -> str:
    """How the download is called."""
    return f"run-{run_id}.csv"
