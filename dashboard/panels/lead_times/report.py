"""How long suppliers take, and how far they keep what they promise, as CSV."""

from __future__ import annotations

from dashboard.panels.lead_times.queries import COUNTING, FILTERED_BY, lead_times, totals
from dashboard.panels.report import Report
from dashboard.web.csv_response import days, flag, rate, text, whole

COLUMNS = (
    text("supplier_id"),
    text("supplier"),
    text("sku"),
    whole("observations"),
    days("mean_days"),
    days("sd_days"),
    days("p50_days"),
    days("p90_days"),
    days("quoted_days"),
    rate("on_time_rate"),
    whole("open_units"),
    whole("overdue_units"),
    whole("waiting_lines"),
    flag("enough_data"),
)

LEAD_TIMES = Report(
    "lead-times",
    "Supplier lead times",
    "supplier, then supplier and SKU",
    COLUMNS,
    lead_times,
    filters=FILTERED_BY,
    about="How long deliveries took against what is quoted, how much came when promised, and who waits for the rest.",
    counting=COUNTING,
    count=lambda session, selection, today: totals(session, selection, today).rows,
)
