"""The panel of cancellation risk in a browser."""

from __future__ import annotations

from flask import Response, request

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu, show_panel, show_ticked, show_views
from dashboard.panels.cancellation_risk.about import PANEL, drawn
from dashboard.panels.cancellation_risk.model import calibration, load_model, sentence
from dashboard.panels.cancellation_risk.panel import load
from dashboard.panels.filters import RISK_WORDS
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = PANEL.blueprint


@blueprint.get("/cancellation-risk")
@requires(Permission.SEE_DESK)
@live(shared=True)
def show() -> Response:
    """The panel, as page or fragment."""
    panel = load(db.session(), PANEL.view(request.args), clock.today())
    return show_panel(
        PANEL,
        "panels/cancellation_risk/page.html",
        "panels/cancellation_risk/_panel.html",
        view=panel.view,
        **drawn(panel),
    )


@blueprint.get("/cancellation-risk/model")
@requires(Permission.SEE_DESK)
def model() -> Response:
    """How far what was learnt can be trusted."""
    page = load_model(db.session())
    return fragments.show(
        "panels/cancellation_risk/model.html",
        "panels/cancellation_risk/_model.html",
        page=page,
        figure=calibration(page),
        sentence=sentence,
        band_words=RISK_WORDS,
    )


@blueprint.get("/cancellation-risk/choices/<key>")
@requires(Permission.SEE_DESK)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(PANEL, key)


@blueprint.get("/cancellation-risk/views")
@requires(Permission.SEE_DESK)
def views() -> Response:
    """The menu of the views that somebody keeps of it."""
    return show_views(PANEL)


@blueprint.route("/cancellation-risk/ticked", methods=["GET", "POST"])
@requires(Permission.SEE_DESK)
def ticked() -> Response:
    """What the ticked rows come to. Their keys are too many for an address: a page with scripts posts them."""
    return show_ticked(PANEL)


@blueprint.get("/cancellation-risk/export")
@requires(Permission.EXPORT_ROWS)
def export() -> Response:
    """The rows as CSV: the report `cancellation-risk` of the same selection."""
    return export_rows(PANEL)
