"""What one is mailed, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from flask_security import current_user

from dashboard.database import db
from dashboard.domain.mail_to_me import SENT_WORDS
from dashboard.panels.mail_to_me.panel import load_mail
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("mail_to_me", __name__)


@blueprint.get("/mail-to-me")
@requires(Permission.SEE_DESK)
def show() -> Response:
    """One's own choices: nobody sees or changes another's."""
    return fragments.show(
        "panels/mail_to_me/page.html",
        "panels/mail_to_me/_panel.html",
        page=load_mail(db.session(), current_user.id, current_user.email),
        address=current_user.email,
        sent_words=SENT_WORDS,
        is_set_up=bool(current_app.config["MAIL_URL"]),
    )
