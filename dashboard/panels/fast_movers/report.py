"""The panel as CSV."""

from __future__ import annotations

from dashboard.panels.fast_movers.queries import COLUMNS as FILTERED
from dashboard.panels.fast_movers.queries import COUNTING, counts, stands
from dashboard.panels.report import Report
from dashboard.web.csv_response import days, rate, text, whole

COLUMNS = (
    text("sku"),
    text("product"),
    whole("on_hand"),
    whole("reserved"),
    whole("available"),
    whole("incoming"),
    whole("backordered"),
    rate("demand_per_day"),
    rate("demand_sd"),
    whole("selling_days"),
    days("days_of_cover"),
    days("lead_time_days"),
    whole("safety_stock"),
    whole("reorder_point"),
    whole("suggested_order"),
    text("status"),
)

FAST_MOVERS = Report(
    "fast-movers",
    "Fast movers",
    "SKU, the most pressing first",
    COLUMNS,
    stands,
    filters=tuple(FILTERED),
    about="Stock against reorder point, SKU by SKU: demand, days of cover, lead time as delivered, and what to order.",
    counting=COUNTING,
    count=lambda session, selection, today: sum(one.skus for one in counts(session, selection, today).values()),
)
