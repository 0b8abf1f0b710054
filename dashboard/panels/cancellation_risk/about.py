"""What the panel is, and what its templates are given: on its own page, and on the overview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from dashboard.domain.cancellation_risk import LIKELY_BANDS
from dashboard.panels.anatomy import Panel
from dashboard.panels.cancellation_risk.chart import figure
from dashboard.panels.cancellation_risk.groups import PICTURED
from dashboard.panels.cancellation_risk.panel import MEASURES, BandTotal, RiskPanel, all_ticked
from dashboard.panels.cancellation_risk.points import RiskPoint
from dashboard.panels.cancellation_risk.queries import DEFAULT_SORT, SORTS
from dashboard.panels.cancellation_risk.report import CANCELLATION_RISK
from dashboard.panels.cancellation_risk.scatter import against_value, sentence
from dashboard.panels.filters import COMMON_FILTERS, RISK_WORDS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.web import formats

PANEL = Panel(
    word="cancellation-risk",
    name="Cancellation risk",
    question="Who is about to leave?",
    icon="user-minus",
    blueprint=Blueprint("cancellation_risk", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=("risk", *COMMON_FILTERS),
    measures=MEASURES,
    report=CANCELLATION_RISK,
    ticked=all_ticked,
    columns={
        "order": "Order",
        "product": "Product",
        "why": "Why",
        "age": "Age",
        "ships": "Ships",
        "value": "Value",
        "at-risk": "At risk",
        "risk": "Risk",
    },
)


def drawn(panel: RiskPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    view, address, line_url = panel.view, PANEL.addresses(), line_addresses()
    locale = formats.locale_in_use()

    def band_url(total: BandTotal) -> str:
        """Only this band; if it is that already, all of them."""
        alone = view.selection.of(PICTURED) == (total.band,)
        selection = view.selection.without(PICTURED) if alone else view.selection.having(PICTURED, total.band)
        return address(view.filtered(selection))

    def point_url(point: RiskPoint) -> str:
        return line_url(point.order_number, point.line_no)

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "line_url": line_url,
        "band_url": band_url,
        "band_words": RISK_WORDS,
        "likely_url": address(view.filtered(view.selection.having(PICTURED, *LIKELY_BANDS))),
        "figure": figure(panel, band_url, locale=locale),
        "point_url": point_url,
        "point_sentence": lambda point: sentence(point, locale=locale).replace("<br>", " "),
        "scatter": against_value(panel, point_url, locale=locale),
    }
