"""The panel as CSV."""

from __future__ import annotations

from dashboard.panels.purchasing.queries import COLUMNS as FILTERED
from dashboard.panels.purchasing.queries import COUNTING, count_planned, planned_skus
from dashboard.panels.report import Report
from dashboard.web.csv_response import money, text, whole

COLUMNS = (
    text("supplier_id"),
    text("sku"),
    whole("unmet"),
    whole("incoming"),
    whole("suggested_order"),
    whole("min_order_qty"),
    whole("pack_size"),
    money("unit_cost"),
    text("currency"),
    whole("waiting_lines"),
    whole("unmet_lines"),
)

PURCHASE_PLAN = Report(
    "purchase-plan",
    "Purchase plan",
    "supplier and SKU to order, by both",
    COLUMNS,
    planned_skus,
    filters=tuple(FILTERED),
    about="What orders lack and reorder points ask for, by supplier: on which terms, and how many lines wait for it.",
    counting=COUNTING,
    count=count_planned,
)
