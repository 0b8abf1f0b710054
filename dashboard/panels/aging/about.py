"""What the panel is, and what its templates are given: on its own page, and on the overview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from dashboard.panels.aging.chart import figure, trend, trend_sentence
from dashboard.panels.aging.panel import MEASURES, AgingPanel, BucketTotal, all_ticked
from dashboard.panels.aging.queries import DEFAULT_SORT, SORTS
from dashboard.panels.aging.report import BACKORDERS
from dashboard.panels.anatomy import Panel
from dashboard.panels.filters import COMMON_FILTERS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.panels.pages import View
from dashboard.web import formats

PANEL = Panel(
    word="aging",
    name="Aging",
    question="How long have they waited?",
    icon="hourglass-high",
    blueprint=Blueprint("aging", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=("age", *COMMON_FILTERS),
    measures=MEASURES,
    report=BACKORDERS,
    ticked=all_ticked,
    columns={
        "order": "Order",
        "product": "Product",
        "waiting": "Waiting",
        "age": "Age",
        "value": "Value",
        "ships": "Ships",
        "deadline": "Next deadline",
        "due": "Due",
    },
)


def drawn(panel: AgingPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    locale = formats.locale_in_use()
    address = PANEL.addresses()
    bucket_urls = {total.bucket: address(_bucket_view(panel, total)) for total in panel.buckets}
    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "line_url": line_addresses(),
        "bucket_urls": bucket_urls,
        "figure": figure(panel, lambda total: bucket_urls[total.bucket], locale=locale),
        "trend_sentence": lambda point: trend_sentence(panel, point, locale=locale),
        "trend": trend(panel, locale=locale) if panel.trend else None,
    }


def _bucket_view(panel: AgingPanel, total: BucketTotal) -> View:
    """Only this bucket; if it is that already, all of them."""
    selection = panel.view.selection
    alone = selection.of("age") == (total.bucket.key,)
    selection = selection.without("age") if alone else selection.having("age", total.bucket.key)
    return panel.view.filtered(selection)
