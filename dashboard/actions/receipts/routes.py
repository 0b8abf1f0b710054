"""Receipts in a browser: posting one for a line of a purchase order, and taking one back."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.receipts.action import receive, reverse
from dashboard.actions.receipts.forms import ReceiptForm, ReversalForm
from dashboard.actions.receipts.queries import ReceivableLine, ReversibleReceipt, find_line, find_receipt
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("receipts", __name__)

FORM = "actions/receipts/_form.html"
REVERSAL = "actions/receipts/_reversal.html"
LINE = "/purchase-orders/<identifier:number>/lines/<int:line_no>/receipts"
RECEIPT = "/receipts/<identifier:number>/reversals"


@blueprint.get(f"{LINE}/new")
@requires(Permission.RECEIVE_GOODS)
def new(number: str, line_no: int) -> Response:
    """The form, with the open rest filled in."""
    line = _line(number, line_no)
    return answers.hand_out(FORM, ReceiptForm(line, back=fragments.page_asked_from()), line=line)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.RECEIVE_GOODS)
def preview(number: str, line_no: int) -> Response:
    """What the receipt would do."""
    line = _line(number, line_no)
    return answers.foresee(FORM, ReceiptForm(line, back=""), receive, line.id, line=line)


@blueprint.post(LINE)
@requires(Permission.RECEIVE_GOODS)
def create(number: str, line_no: int) -> Response:
    """Post the receipt."""
    line = _line(number, line_no)
    return answers.post(
        FORM,
        ReceiptForm(line, back=""),
        receive,
        line.id,
        undo=lambda outcome: url_for("receipts.create_reversal", number=outcome.made),
        anew=lambda: {"line": _line(number, line_no)},
        line=line,
    )


@blueprint.get(f"{RECEIPT}/new")
@requires(Permission.RECEIVE_GOODS)
def new_reversal(number: str) -> Response:
    """The form that takes a receipt back."""
    receipt = _receipt(number)
    return answers.hand_out(REVERSAL, ReversalForm(receipt, back=fragments.page_asked_from()), receipt=receipt)


@blueprint.post(f"{RECEIPT}/preview")
@requires(Permission.RECEIVE_GOODS)
def preview_reversal(number: str) -> Response:
    """What taking the receipt back would do."""
    receipt = _receipt(number)
    return answers.foresee(REVERSAL, ReversalForm(receipt, back=""), reverse, receipt.id, receipt=receipt)


@blueprint.post(RECEIPT)
@requires(Permission.RECEIVE_GOODS)
def create_reversal(number: str) -> Response:
    """Take the receipt back: by its form, or by the undo of its notice."""
    receipt = _receipt(number)
    if "undo" in request.form:
        return answers.undo(reverse, receipt.id, why=None, back=fragments.page_asked_from())
    form = ReversalForm(receipt, back="")
    return answers.post(
        REVERSAL, form, reverse, receipt.id, anew=lambda: {"receipt": _receipt(number)}, receipt=receipt
    )


def _line(number: str, line_no: int) -> ReceivableLine:
    return answers.found(find_line(db.session(), number, line_no))


def _receipt(number: str) -> ReversibleReceipt:
    return answers.found(find_receipt(db.session(), number))
