"""Notes in a browser: about an order, about a line, and taking one away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.notes.action import remove_note, write_note
from dashboard.actions.notes.forms import NO_CONTACT, NoteForm, RemovalForm
from dashboard.actions.notes.queries import find_note
from dashboard.actions.order_queries import find_line, find_order
from dashboard.actions.outcomes import Outcome
from dashboard.database import db
from dashboard.domain.notes import CONTACTS
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("notes", __name__)

FORM = "actions/notes/_form.html"
REMOVAL = "actions/notes/_removal.html"
ORDER = "/orders/<identifier:number>/notes"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/notes"
NOTE = "/notes/<int:note_id>/removals"


@blueprint.get(f"{LINE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new(number: str, line_no: int) -> Response:
    """The form for a line."""
    shown = _line(number, line_no)
    return answers.hand_out(FORM, NoteForm(shown["line"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview(number: str, line_no: int) -> Response:
    """What would be noted of a line."""
    shown = _line(number, line_no)
    return answers.foresee(FORM, NoteForm(shown["line"], back=""), write_note, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.CONTACT_CUSTOMERS)
def create(number: str, line_no: int) -> Response:
    """Write it down."""
    shown = _line(number, line_no)
    form = NoteForm(shown["line"], back="")
    return answers.post(FORM, form, write_note, shown["order"].id, line_no, undo=_undo, **shown)


@blueprint.get(f"{ORDER}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new_of_order(number: str) -> Response:
    """The form for an order; with `contact` in its address, to log one."""
    shown = _order(number)
    contact = request.args.get("contact", "")
    form = NoteForm(
        shown["order"],
        back=fragments.page_asked_from(),
        contact=contact if contact in CONTACTS else NO_CONTACT,
    )
    return answers.hand_out(FORM, form, **shown)


@blueprint.post(f"{ORDER}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview_of_order(number: str) -> Response:
    """What would be noted of an order."""
    shown = _order(number)
    return answers.foresee(FORM, NoteForm(shown["order"], back=""), write_note, shown["order"].id, **shown)


@blueprint.post(ORDER)
@requires(Permission.CONTACT_CUSTOMERS)
def create_of_order(number: str) -> Response:
    """Write it down."""
    shown = _order(number)
    return answers.post(FORM, NoteForm(shown["order"], back=""), write_note, shown["order"].id, undo=_undo, **shown)


@blueprint.get(f"{NOTE}/new")
@requires(Permission.CONTACT_CUSTOMERS)
def new_removal(note_id: int) -> Response:
    """The form that asks whether a note may go."""
    shown = _note(note_id)
    return answers.hand_out(REMOVAL, RemovalForm(shown["note"], back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{NOTE}/preview")
@requires(Permission.CONTACT_CUSTOMERS)
def preview_removal(note_id: int) -> Response:
    """What the removal would say."""
    shown = _note(note_id)
    return answers.foresee(REMOVAL, RemovalForm(shown["note"], back=""), remove_note, note_id, **shown)


@blueprint.post(NOTE)
@requires(Permission.CONTACT_CUSTOMERS)
def create_removal(note_id: int) -> Response:
    """Remove a note: by its form, or by the button of the notice that said it was written."""
    shown = _note(note_id)
    if "undo" in request.form:
        return answers.undo(remove_note, note_id, why=None, back=fragments.page_asked_from())
    return answers.post(REMOVAL, RemovalForm(shown["note"], back=""), remove_note, note_id, **shown)


def _undo(outcome: Outcome) -> str:
    return url_for("notes.create_removal", note_id=int(outcome.made))


def _order(number: str) -> dict[str, Any]:
    return {"order": answers.found(find_order(db.session(), number)), "line": None}


def _line(number: str, line_no: int) -> dict[str, Any]:
    order, line = answers.found(find_line(db.session(), number, line_no))
    return {"order": order, "line": line}


def _note(note_id: int) -> dict[str, Any]:
    note, subject = answers.found(find_note(db.session(), note_id))
    return {"note": note, "subject": subject}
