"""Runs in a browser: having one simulated, committing it, undoing it."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request, url_for

from dashboard.actions import answers
from dashboard.actions.deal_runs.action import ask_for_run, commit_run, undo_run
from dashboard.actions.deal_runs.forms import CommitForm, RunForm, UndoForm
from dashboard.actions.deal_runs.queries import RunnableVariant, ShownRun, find_run, find_runnable
from dashboard.actions.outcomes import Outcome
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("deal_runs", __name__)

SIMULATION = "actions/deal_runs/_simulation.html"
FORM = "actions/deal_runs/_form.html"
FORESEEN = "actions/deal_runs/_foreseen.html"
UNDO = "actions/deal_runs/_undo.html"
VARIANT = "/deals/variants/<int:variant_id>/deal-runs"
COMMIT = "/deals/<int:run_id>/commits"
TAKEN_BACK = "/deals/<int:run_id>/undos"
JOB = "simulate_deals"


@blueprint.get(f"{VARIANT}/new")
@requires(Permission.DEAL_AGAIN)
def new(variant_id: int) -> Response:
    """The form that has a way of dealing simulated."""
    variant = _variant(variant_id)
    return answers.hand_out(SIMULATION, RunForm(variant, back=fragments.page_asked_from()), variant=variant)


@blueprint.post(f"{VARIANT}/preview")
@requires(Permission.DEAL_AGAIN)
def preview(variant_id: int) -> Response:
    """That nothing moves by a simulation."""
    variant = _variant(variant_id)
    return answers.foresee(SIMULATION, RunForm(variant, back=""), ask_for_run, variant_id, variant=variant)


@blueprint.post(VARIANT)
@requires(Permission.DEAL_AGAIN)
def create(variant_id: int) -> Response:
    """Have it simulated."""
    variant = _variant(variant_id)
    response = answers.post(
        SIMULATION,
        RunForm(variant, back=""),
        ask_for_run,
        variant_id,
        anew=lambda: {"variant": _variant(variant_id)},
        variant=variant,
    )
    current_app.extensions["wake"](JOB)
    return response


@blueprint.get(f"{COMMIT}/new")
@requires(Permission.DEAL_AGAIN)
def new_commit(run_id: int) -> Response:
    """The form that puts a run in force."""
    run = _run(run_id)
    return answers.hand_out(FORM, CommitForm(run, back=fragments.page_asked_from()), run=run)


@blueprint.post(f"{COMMIT}/preview")
@requires(Permission.DEAL_AGAIN)
def preview_commit(run_id: int) -> Response:
    """What it would do, as it was simulated."""
    run = _run(run_id)
    return fragments.show(answers.PAGE, FORESEEN, form=CommitForm(run, back=""), form_template=FORM, run=run)


@blueprint.post(COMMIT)
@requires(Permission.DEAL_AGAIN)
def create_commit(run_id: int) -> Response:
    """Put it in force."""
    run = _run(run_id)
    return answers.post(
        FORM, CommitForm(run, back=""), commit_run, run_id, undo=_undo, anew=lambda: {"run": _run(run_id)}, run=run
    )


@blueprint.get(f"{TAKEN_BACK}/new")
@requires(Permission.DEAL_AGAIN)
def new_undo(run_id: int) -> Response:
    """The form that takes a run back."""
    run = _run(run_id)
    return answers.hand_out(UNDO, UndoForm(run, back=fragments.page_asked_from()), run=run)


@blueprint.post(f"{TAKEN_BACK}/preview")
@requires(Permission.DEAL_AGAIN)
def preview_undo(run_id: int) -> Response:
    """Who would gain or lose by its being undone."""
    run = _run(run_id)
    return answers.foresee(UNDO, UndoForm(run, back=""), undo_run, run_id, run=run)


@blueprint.post(TAKEN_BACK)
@requires(Permission.DEAL_AGAIN)
def create_undo(run_id: int) -> Response:
    """Take it back: by its form, or by the button of the notice that said it was committed."""
    run = _run(run_id)
    if "undo" in request.form:
        return answers.undo(undo_run, run_id, why=None, back=fragments.page_asked_from())
    return answers.post(UNDO, UndoForm(run, back=""), undo_run, run_id, anew=lambda: {"run": _run(run_id)}, run=run)


def _undo(outcome: Outcome) -> str:
    return url_for("deal_runs.create_undo", run_id=int(outcome.made))


def _variant(variant_id: int) -> RunnableVariant:
    return answers.found(find_runnable(db.session(), variant_id))


def _run(run_id: int) -> ShownRun:
    return answers.found(find_run(db.session(), run_id))
