"""What the panel is, and what its templates are given: on its own page, and on the overview."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from dashboard.panels.anatomy import Panel
from dashboard.panels.expiring_payments.chart import figure, sentence
from dashboard.panels.expiring_payments.panel import MEASURES, PaymentsPanel, PeriodTotal, StateTotal, all_ticked
from dashboard.panels.expiring_payments.queries import DEFAULT_SORT, SORTS
from dashboard.panels.expiring_payments.report import EXPIRING_PAYMENTS
from dashboard.panels.filters import COMMON_FILTERS, STATE_WORDS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.web import formats

PANEL = Panel(
    word="expiring-payments",
    name="Expiring payments",
    question="Can we still charge?",
    icon="credit-card",
    blueprint=Blueprint("expiring_payments", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=("state", "expires", *COMMON_FILTERS),
    measures=MEASURES,
    report=EXPIRING_PAYMENTS,
    ticked=all_ticked,
    columns={
        "order": "Order",
        "means": "Means of payment",
        "value": "Value",
        "until": "Last good day",
        "card": "Card through",
        "authorised": "Authorised until",
        "needed": "Needed on",
        "state": "State",
    },
)


def drawn(panel: PaymentsPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    locale = formats.locale_in_use()
    view, address = panel.view, PANEL.addresses()

    def part_url(period: PeriodTotal, total: StateTotal) -> str:
        """Only this part of a bar; if it is that already, all of them."""
        selection = view.selection
        part = {"state": (total.state,), "expires": (period.expires,)}
        if all(selection.of(key) == values for key, values in part.items()):
            return address(view.filtered(selection.without(*part)))
        return address(view.filtered(selection.having("state", total.state).having("expires", period.expires)))

    def state_url(*states: str) -> str:
        """Only these states."""
        return address(view.filtered(view.selection.having("state", *states)))

    return {
        "about": PANEL,
        "panel": panel,
        "view_url": address,
        "line_url": line_addresses(),
        "part_url": part_url,
        "state_url": state_url,
        "state_words": STATE_WORDS,
        "sentence": lambda period, total: sentence(panel, period, total, locale=locale).replace("<br>", " "),
        "figure": figure(panel, part_url, locale=locale),
    }
