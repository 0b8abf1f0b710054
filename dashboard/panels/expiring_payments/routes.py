"""The panel of expiring payments in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import Panel, export_rows, show_menu
from dashboard.panels.expiring_payments.chart import figure, sentence
from dashboard.panels.expiring_payments.panel import MEASURES, PaymentsPanel, PeriodTotal, StateTotal, load
from dashboard.panels.expiring_payments.queries import DEFAULT_SORT, SORTS
from dashboard.panels.expiring_payments.report import EXPIRING_PAYMENTS
from dashboard.panels.filters import COMMON_FILTERS, STATE_WORDS
from dashboard.panels.orders.addresses import line_addresses
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("expiring_payments", __name__)

PANEL = Panel(
    word="expiring-payments",
    name="Expiring payments",
    question="Can we still charge?",
    icon="credit-card",
    blueprint=blueprint,
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=("state", "expires", *COMMON_FILTERS),
    measures=MEASURES,
    report=EXPIRING_PAYMENTS,
)


@blueprint.get("/expiring-payments")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return fragments.show("panels/expiring_payments/page.html", "panels/expiring_payments/_panel.html", **drawn(panel))


def drawn(panel: PaymentsPanel) -> dict[str, Any]:
    """What the templates of the panel are given, here and on the overview."""
    locale = current_app.config["SHOP_LOCALE"]
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


@blueprint.get("/expiring-payments/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/expiring-payments/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `expiring-payments` of the same selection."""
    return export_rows(PANEL)
