"""The overview in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard import clock
from dashboard.database import db
from dashboard.panels.aging.about import drawn as draw_aging
from dashboard.panels.cancellation_risk.about import drawn as draw_cancellation_risk
from dashboard.panels.expiring_payments.about import drawn as draw_expiring_payments
from dashboard.panels.fast_movers.about import drawn as draw_fast_movers
from dashboard.panels.lead_times.about import drawn as draw_lead_times
from dashboard.panels.orders.addresses import line_addresses
from dashboard.panels.overview.panel import load
from dashboard.panels.row_acts import acts_at_rows
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("overview", __name__)


@blueprint.get("/overview")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The day at a glance, as page or fragment."""
    overview = load(db.session(), clock.today())
    return fragments.show(
        "panels/overview/page.html",
        "panels/overview/_panel.html",
        overview=overview,
        acts=acts_at_rows(),
        line_url=line_addresses(),
        aging=draw_aging(overview.aging),
        cancellation_risk=draw_cancellation_risk(overview.cancellation_risk),
        expiring_payments=draw_expiring_payments(overview.expiring_payments),
        fast_movers=draw_fast_movers(overview.fast_movers),
        lead_times=draw_lead_times(overview.lead_times),
    )
