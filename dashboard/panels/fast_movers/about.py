"""What the panel is, and what its templates are given: on its own page, and on the overview."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint
from werkzeug.datastructures import MultiDict

from dashboard.domain.fast_movers import OUT, PRESSING, STATUSES
from dashboard.panels.aging.about import PANEL as AGING
from dashboard.panels.anatomy import Panel
from dashboard.panels.fast_movers.chart import figure
from dashboard.panels.fast_movers.panel import FastMoversPanel
from dashboard.panels.fast_movers.queries import COLUMNS, COUNTING, DEFAULT_SORT, SORTS
from dashboard.panels.fast_movers.report import FAST_MOVERS
from dashboard.panels.filters import Selection
from dashboard.panels.pages import View
from dashboard.web import formats

PANEL = Panel(
    word="fast-movers",
    name="Fast movers",
    question="What runs out next?",
    icon="flame",
    blueprint=Blueprint("fast_movers", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    report=FAST_MOVERS,
    columns={
        "sku": "SKU",
        "available": "Available",
        "incoming": "To come",
        "waiting": "Waiting",
        "demand": "Sold a day",
        "cover": "Cover",
        "lead": "Lead time",
        "point": "Reorder point",
        "order": "Order",
        "status": "Status",
    },
    filters=tuple(COLUMNS),
    counting=COUNTING,
)


def drawn(panel: FastMoversPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    view = panel.view
    address, lines_address = PANEL.addresses(), AGING.addresses()
    lines = AGING.view(MultiDict())

    def alone(sku: str) -> str:
        return address(view.filtered(Selection().having("sku", sku)))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "pressing_url": address(_of_status(view, *PRESSING)),
        "out_url": address(_of_status(view, STATUSES[OUT])),
        "order_url": address(replace(view.from_start(), sort="order", descending=True)),
        "sku_url": alone,
        "lines_url": lambda sku: lines_address(lines.filtered(Selection().having("sku", sku))),
        "figure": figure(panel, alone, locale=formats.locale_in_use()),
    }


def _of_status(view: View, *statuses: str) -> View:
    return view.filtered(view.selection.having("status", *statuses))
