"""What the panel is, and what its templates are given."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint
from werkzeug.datastructures import MultiDict

from dashboard.panels.aging.about import PANEL as AGING
from dashboard.panels.anatomy import Panel
from dashboard.panels.filters import NO, NOT_KNOWN, Selection
from dashboard.panels.purchasing.chart import figure, sentence
from dashboard.panels.purchasing.panel import PurchasingPanel
from dashboard.panels.purchasing.queries import COLUMNS, COUNTING, DEFAULT_SORT, SORTS, NamedTotal
from dashboard.panels.purchasing.report import PURCHASE_PLAN
from dashboard.web import formats

PANEL = Panel(
    word="purchasing",
    name="Purchasing",
    question="What is to be bought?",
    icon="shopping-cart",
    blueprint=Blueprint("purchasing", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    report=PURCHASE_PLAN,
    columns={
        "sku": "SKU",
        "supplier": "Supplier",
        "unmet": "Not ordered",
        "waiting": "Lines wait",
        "incoming": "To come",
        "lead": "Lead time",
        "terms": "Sold in",
        "cost": "Unit cost",
        "order": "Order",
        "status": "Status",
    },
    filters=tuple(COLUMNS),
    counting=COUNTING,
)


def drawn(panel: PurchasingPanel) -> dict[str, Any]:
    """What the templates of the panel are given."""
    view, locale = panel.view, formats.locale_in_use()
    address, lines_address = PANEL.addresses(), AGING.addresses()
    lines = AGING.view(MultiDict())

    def of_supplier(one: NamedTotal) -> str:
        return address(view.filtered(view.selection.having("supplier", one.code or NOT_KNOWN)))

    def lines_of(sku: str) -> str:
        """The lines of a SKU that have no date, because nothing of it is ordered for them."""
        return lines_address(lines.filtered(Selection().having("sku", sku).having("dated", NO)))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "waiting_url": address(replace(view.from_start(), sort="waiting", descending=True)),
        "order_url": address(replace(view.from_start(), sort="order", descending=True)),
        "supplier_url": of_supplier,
        "lines_url": lines_of,
        "sentence": lambda one: sentence(one, locale=locale),
        "figure": figure(panel, of_supplier, locale=locale),
    }
