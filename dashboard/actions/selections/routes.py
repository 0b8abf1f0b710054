"""Acts for selections in a browser."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, request
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.outcomes import Outcome
from dashboard.actions.selections.action import act_on_all, act_on_selection, foresee_all, foresee_selection
from dashboard.actions.selections.acts import SELECTION_ACTS, SelectionAct
from dashboard.actions.selections.forms import SelectionForm
from dashboard.actions.selections.queries import SelectedRow, lines_written, rows_of
from dashboard.database import db
from dashboard.domain.refusals import Refused
from dashboard.domain.selections import refuse_wrong_size
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("selections", __name__)

FORM = "actions/selections/_form.html"
FORESEEN = "actions/selections/_foreseen.html"
SELECTION = "/selections/<word>"


@blueprint.get(f"{SELECTION}/new")
@requires(Permission.SEE_DESK)
def new(word: str) -> Response:
    """The form for the rows that the address names."""
    chosen = _chosen(word)
    written = " ".join(request.args.getlist("rows"))
    form = _form(word, chosen, written, back=fragments.page_asked_from())
    rows = _rows(chosen, written)
    form.know(rows)
    return answers.hand_out(FORM, form, refused=_wrong_size(rows), **_shown(word, chosen, rows))


@blueprint.post(f"{SELECTION}/preview")
@requires(Permission.SEE_DESK)
def preview(word: str) -> Response:
    """What would become of each row."""
    chosen, form, rows = _sent(word)
    again = {"form": form, "form_template": FORM, **_shown(word, chosen, rows)}
    if not form.validate() and set(form.errors) - answers.NOT_YET_TYPED:
        return fragments.invalid(answers.PAGE, FORESEEN, **again)
    said = form.said()
    try:
        _refuse(chosen, rows, said)
        foresee = foresee_all if chosen.at_once else foresee_selection
        outcome = foresee(rows, chosen.act, said=said, actor=current_user.id)
    except Refused as refused:
        return fragments.invalid(answers.PAGE, FORESEEN, no_because=refused, **again)
    return fragments.show(answers.PAGE, FORESEEN, outcome=outcome, **again)


@blueprint.post(SELECTION)
@requires(Permission.SEE_DESK)
def create(word: str) -> Response:
    """Do it to each row."""
    chosen, form, rows = _sent(word)

    def act(*, version: str | None, submission: str | None, actor: Any, **said: Any) -> Outcome:
        _refuse(chosen, rows, said)
        if chosen.at_once:
            return act_on_all(rows, chosen.act, said=said, submission=submission, actor=actor)
        return act_on_selection(
            rows, chosen.act, said=said, submission=submission, actor=actor, is_one_letter=chosen.is_one_letter
        )

    return answers.post(FORM, form, act, **_shown(word, chosen, rows))


def _chosen(word: str) -> SelectionAct:
    chosen = answers.found(SELECTION_ACTS.get(word))
    if not can(current_user, chosen.permission):
        abort(403)
    return chosen


def _sent(word: str) -> tuple[SelectionAct, SelectionForm, list[SelectedRow]]:
    chosen = _chosen(word)
    form = _form(word, chosen, "", back="")
    rows = _rows(chosen, form.rows.data or "")
    form.know(rows)
    return chosen, form, rows


def _form(word: str, chosen: SelectionAct, written: str, *, back: str) -> SelectionForm:
    form = chosen.form(word, written, back=back)
    form.title = chosen.title
    return form


def _refuse(chosen: SelectionAct, rows: list[SelectedRow], said: dict[str, Any]) -> None:
    if chosen.refuse is not None:
        chosen.refuse(rows, said)


def _rows(chosen: SelectionAct, written: str) -> list[SelectedRow]:
    return rows_of(db.session(), lines_written([written]), of_orders=chosen.of_orders)


def _wrong_size(rows: list[SelectedRow]) -> Refused | None:
    try:
        refuse_wrong_size(len(rows))
    except Refused as refused:
        return refused
    return None


def _shown(word: str, chosen: SelectionAct, rows: list[SelectedRow]) -> dict[str, Any]:
    return {"word": word, "chosen": chosen, "rows": rows}
