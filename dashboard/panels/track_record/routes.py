"""The track record in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard import clock
from dashboard.database import db
from dashboard.domain.kept_dates import ENOUGH_JUDGED
from dashboard.panels.track_record.chart import (
    METHOD_WORDS,
    dates_figure,
    method_sentence,
    methods_figure,
    supplier_sentence,
)
from dashboard.panels.track_record.panel import load_track_record
from dashboard.permissions import Permission
from dashboard.web import formats, fragments
from dashboard.web.guards import requires
from dashboard.web.live import live

blueprint = Blueprint("track_record", __name__)


@blueprint.get("/track-record")
@requires(Permission.SEE_DESK)
@live()
def show() -> Response:
    """How the dates and the forecasts of the past held."""
    locale = formats.locale_in_use()
    record = load_track_record(db.session(), clock.today())
    return fragments.show(
        "panels/track_record/page.html",
        "panels/track_record/_panel.html",
        record=record,
        words=METHOD_WORDS,
        enough=ENOUGH_JUDGED,
        dates_figure=dates_figure(record, locale=locale) if record.pictured else None,
        methods_figure=methods_figure(record, locale=locale) if record.methods else None,
        supplier_sentence=lambda row: supplier_sentence(row, locale=locale),
        method_sentence=lambda method, off: method_sentence(method, off, locale=locale),
    )
