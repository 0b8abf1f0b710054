"""How an act meets the browser: the form handed out, sent, refused, overtaken, done; and what it would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Response, abort, render_template, url_for
from flask_security import current_user

from dashboard.actions.clashes import ChangedMeanwhile
from dashboard.actions.forms import ActForm
from dashboard.actions.outcomes import Outcome, foreseen
from dashboard.domain.refusals import Refused
from dashboard.web import fragments

PAGE = "actions/page.html"
FORESEEN = "actions/_foreseen.html"
NOTICE = "actions/notice.txt"
NOT_YET_TYPED = {"why", "reason"}  # what an act does, does not depend on its reason

Act = Callable[..., Outcome]
Row = TypeVar("Row")
Shown = dict[str, Any]  # what a form's template is given besides the form


def found(row: Row | None) -> Row:
    """What an address leads to; 404 where there is none."""
    if row is None:
        abort(404)
    return row


def hand_out(template: str, form: ActForm, **shown: Any) -> Response:
    """The form, for a row's slot or as a page of its own."""
    return fragments.show(PAGE, template, form=form, form_template=template, **shown)


def post(
    template: str,
    form: ActForm,
    act: Act,
    *subject: Any,
    undo: Callable[[Outcome], str] | None = None,
    anew: Callable[[], Shown] | None = None,
    **shown: Any,
) -> Response:
    """Do the act with what was typed. `undo` gives the address that takes it back; `anew` reads once more what is
    shown, since what was read before the act waited for its turn is what a colleague has changed meanwhile.
    """

    def again() -> Shown:
        return {"form": form, "form_template": template, **shown, **(anew() if anew else {})}

    if not form.validate():
        return fragments.invalid(PAGE, template, **again())
    try:
        outcome = act(
            *subject,
            **form.said(),
            version=form.version.data or None,
            submission=form.submission.data or None,
            actor=current_user.id,
        )
    except Refused as refused:
        form.show(refused)
        return fragments.invalid(PAGE, template, refused=refused, **again())
    except ChangedMeanwhile as clash:
        form.stand_on(clash.version)
        return fragments.conflict(PAGE, template, clash=clash.since(form.was_open), **again())
    undone_at = undo(outcome) if undo is not None and outcome.made else None
    return _done(form.root_id, outcome, back=form.back.data, undo=undone_at)


def foresee(template: str, form: ActForm, act: Act, *subject: Any, **shown: Any) -> Response:
    """What the act would do with what is typed; nothing is done."""
    again = {"form": form, "form_template": template, **shown}
    if not form.validate() and set(form.errors) - NOT_YET_TYPED:
        return fragments.invalid(PAGE, FORESEEN, **again)
    try:
        outcome = foreseen(act, *subject, **form.said(), version=None, submission=None, actor=current_user.id)
    except Refused as refused:
        return fragments.invalid(PAGE, FORESEEN, no_because=refused, **again)
    return fragments.show(PAGE, FORESEEN, outcome=outcome, **again)


def undo(act: Act, *subject: Any, back: str, **said: Any) -> Response:
    """Take an act back by the button of its notice, whose place the answer takes."""
    try:
        outcome = act(*subject, **said, version=None, submission=None, actor=current_user.id)
    except Refused as refused:
        return fragments.not_undone(str(refused), to=_on_this_site(back))
    return _done("undone", outcome, back=back)


def _done(slot: str, outcome: Outcome, *, back: str, undo: str | None = None) -> Response:
    return fragments.done(
        slot,
        notice=render_template(NOTICE, outcome=outcome),
        events={
            "backorder-changed": {"skus": list(outcome.skus)},
            **{event: {"target": "body"} for event in outcome.events},
        },
        to=_on_this_site(back),
        undo=undo,
        outcome=outcome,
    )


def _on_this_site(back: str | None) -> str:
    return fragments.path_on_this_site(back) or url_for("start")
