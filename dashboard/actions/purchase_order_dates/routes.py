"""Moving the date of a purchase order in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.purchase_order_dates.action import move_date
from dashboard.actions.purchase_order_dates.forms import DateForm
from dashboard.actions.purchase_order_dates.queries import DatedLine, find_line
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("purchase_order_dates", __name__)

FORM = "actions/purchase_order_dates/_form.html"
LINE = "/purchase-orders/<identifier:number>/lines/<int:line_no>/purchase-order-dates"


@blueprint.get(f"{LINE}/new")
@requires(Permission.ORDER_SUPPLY)
def new(number: str, line_no: int) -> Response:
    """The form, with the day that stands."""
    line = _line(number, line_no)
    return answers.hand_out(FORM, DateForm(line, back=fragments.page_asked_from()), line=line)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.ORDER_SUPPLY)
def preview(number: str, line_no: int) -> Response:
    """What the new day would do, and who must be told."""
    line = _line(number, line_no)
    return answers.foresee(FORM, DateForm(line, back=""), move_date, line.id, line=line)


@blueprint.post(LINE)
@requires(Permission.ORDER_SUPPLY)
def create(number: str, line_no: int) -> Response:
    """Move the day."""
    line = _line(number, line_no)
    form = DateForm(line, back="")
    return answers.post(FORM, form, move_date, line.id, anew=lambda: {"line": _line(number, line_no)}, line=line)


def _line(number: str, line_no: int) -> DatedLine:
    return answers.found(find_line(db.session(), number, line_no))
