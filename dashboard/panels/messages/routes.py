"""Messages in a browser: the list, one of them, and how the texts read."""

from __future__ import annotations

from flask import Response, abort, current_app, request
from flask_security import current_user

from dashboard import clock
from dashboard.database import db
from dashboard.panels.anatomy import export_rows, show_menu
from dashboard.panels.messages.about import LIST
from dashboard.panels.messages.panel import load_message, load_messages, load_texts
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = LIST.blueprint


@blueprint.get("/messages")
@requires(Permission.CONTACT_CUSTOMERS)
def index() -> Response:
    """The list, the newest first."""
    return fragments.show(
        "panels/messages/page.html",
        "panels/messages/_panel.html",
        about=LIST,
        panel=load_messages(db.session(), LIST.view(request.args), clock.today(), with_sign_in=_sees_all()),
        view_url=LIST.addresses(),
        is_set_up=bool(current_app.config["MAIL_URL"]),
    )


@blueprint.get("/messages/choices/<key>")
@requires(Permission.CONTACT_CUSTOMERS)
def choices(key: str) -> Response:
    """The menu of one filter."""
    return show_menu(LIST, key)


@blueprint.get("/messages/export")
@requires(Permission.CONTACT_CUSTOMERS)
def export() -> Response:
    """The messages of the same filters, as CSV."""
    return export_rows(LIST)


@blueprint.get("/messages/<int:message_id>")
@requires(Permission.CONTACT_CUSTOMERS)
def message(message_id: int) -> Response:
    """One message: what it says, and what became of it."""
    page = load_message(db.session(), message_id, with_sign_in=_sees_all())
    if page is None:
        abort(404)
    return fragments.show("panels/messages/message.html", "panels/messages/_message.html", page=page)


@blueprint.get("/messages/texts/<kind>")
@requires(Permission.CONTACT_CUSTOMERS)
def text(kind: str) -> Response:
    """A text, and how it reads on a real order."""
    order, language = (request.args.get(key, "").strip() for key in ("order", "language"))
    page = load_texts(db.session(), kind, order, language)
    if page is None:
        abort(404)
    return fragments.show("panels/messages/texts.html", "panels/messages/_texts.html", page=page)


def _sees_all() -> bool:
    return can(current_user, Permission.SEE_OUTBOX)
