"""Choosing one's mail in a browser."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.mail_choices.action import choose_mail
from dashboard.actions.mail_choices.forms import MailChoicesForm
from dashboard.actions.mail_choices.queries import wishes_of
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("mail_choices", __name__)

FORM = "actions/mail_choices/_form.html"
MAIL = "/mail-choices"


@blueprint.get(f"{MAIL}/new")
@requires(Permission.SEE_DESK)
def new() -> Response:
    """The form, with what one chose before."""
    return answers.hand_out(FORM, _form(back=fragments.page_asked_from()))


@blueprint.post(f"{MAIL}/preview")
@requires(Permission.SEE_DESK)
def preview() -> Response:
    """What one would be mailed."""
    return answers.foresee(FORM, _form(back=""), choose_mail)


@blueprint.post(MAIL)
@requires(Permission.SEE_DESK)
def create() -> Response:
    """Choose it."""
    return answers.post(FORM, _form(back=""), choose_mail)


def _form(*, back: str) -> MailChoicesForm:
    return MailChoicesForm(wishes_of(db.session(), current_user.id), back=back)
