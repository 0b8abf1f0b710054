"""Writing a text anew, in a browser."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.text_changes.action import change_text, undo_change
from dashboard.actions.text_changes.forms import TextForm
from dashboard.actions.text_changes.queries import find_earlier, find_text
from dashboard.database import db
from dashboard.messages.samples import order_to_try
from dashboard.messages.texts import StandingText
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("text_changes", __name__)

FORM = "actions/text_changes/_form.html"
TEXT = "/messages/texts/<name>/<language>/text-changes"


@blueprint.get(f"{TEXT}/new")
@requires(Permission.WRITE_TEXTS)
def new(name: str, language: str) -> Response:
    """The form, with what holds now, or in a language in which nobody wrote it yet with what they read instead; or with
    what held before an act of its history, or as it was shipped.
    """
    text = _text(name, language)
    earlier = find_earlier(db.session(), text.subject, request.args.get("before", type=int))
    written = text.written or text.otherwise if earlier is None else earlier
    if "default" in request.args:
        written = text.shipped
    tried = order_to_try(db.session(), request.args.get("order", ""))
    form = TextForm(text, text=written, order=tried.number if tried else "", back=fragments.page_asked_from())
    return answers.hand_out(FORM, form, text=text)


@blueprint.post(f"{TEXT}/preview")
@requires(Permission.WRITE_TEXTS)
def preview(name: str, language: str) -> Response:
    """How it would read on a real order."""
    text = _text(name, language)
    form = _typed(text)
    tried = order_to_try(db.session(), form.order.data or "")
    act = partial(change_text, tried_on=tried.id if tried else None)
    return answers.foresee(FORM, form, act, name, language, text=text)


@blueprint.post(TEXT)
@requires(Permission.WRITE_TEXTS)
def create(name: str, language: str) -> Response:
    """Write it; or set back what an act did, by the undo of its notice."""
    text = _text(name, language)
    if "undo" in request.form:
        act_id = answers.found(request.args.get("act", type=int))
        answers.found(find_earlier(db.session(), text.subject, act_id))
        return answers.undo(undo_change, act_id, back=fragments.page_asked_from())
    return answers.post(
        FORM,
        _typed(text),
        change_text,
        name,
        language,
        undo=lambda outcome: url_for("text_changes.create", name=name, language=language, act=outcome.made),
        anew=lambda: {"text": _text(name, language)},
        text=text,
    )


def _typed(text: StandingText) -> TextForm:
    return TextForm(text, text="", order="", back="")


def _text(name: str, language: str) -> StandingText:
    return answers.found(find_text(db.session(), name, language))
