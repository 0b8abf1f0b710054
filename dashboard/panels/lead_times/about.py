"""What the panel is, and what its templates are given: on its own page, and on the overview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS, ON_TIME_HALF
from dashboard.panels.anatomy import Panel
from dashboard.panels.filters import Selection
from dashboard.panels.lead_times.chart import figure, sentence, stretch_sentence, trend
from dashboard.panels.lead_times.panel import LeadTimesPanel
from dashboard.panels.lead_times.queries import COUNTING, DEFAULT_SORT, FILTERED_BY, SORTS, SupplierRow
from dashboard.panels.lead_times.report import LEAD_TIMES
from dashboard.web import formats

PANEL = Panel(
    word="lead-times",
    name="Supplier lead times",
    question="Whom can we trust?",
    icon="truck-delivery",
    blueprint=Blueprint("lead_times", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    report=LEAD_TIMES,
    columns={
        "supplier": "Supplier or SKU",
        "deliveries": "Deliveries",
        "quoted": "Quoted",
        "mean": "Mean",
        "spread": "Spread",
        "median": "Median",
        "nine-of-ten": "9 of 10",
        "on-time": "On time",
        "open": "Open units",
        "overdue": "Overdue",
        "waiting": "Waiting lines",
    },
    filters=FILTERED_BY,
    counting=COUNTING,
)


def drawn(panel: LeadTimesPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    locale = formats.locale_in_use()
    address = PANEL.addresses()

    def opened(row: SupplierRow) -> str:
        """Where a row leads: a supplier to its SKUs, a SKU to all who deliver it."""
        narrowed = Selection().having(*(("supplier", row.supplier_id) if row.sku is None else ("sku", row.sku)))
        return address(panel.view.filtered(narrowed))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "opened": opened,
        "sentence": lambda row: sentence(row, locale=locale),
        "stretch_sentence": lambda point: stretch_sentence(point, locale=locale),
        "enough": ENOUGH_OBSERVATIONS,
        "half": ON_TIME_HALF,
        "figure": figure(panel, opened, locale=locale) if panel.pictured else None,
        "trend": trend(panel, locale=locale) if panel.trend else None,
    }
