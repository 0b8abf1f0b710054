"""Panels that read themselves again, answered with what was written for others of the same roles."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from flask import Flask, Request, Response, make_response
from prometheus_client import Counter
from sqlalchemy import bindparam, select
from sqlalchemy.exc import SQLAlchemyError

from dashboard import settings
from dashboard.database import db
from dashboard.models import Role, User
from dashboard.permissions import ROLES, Permission
from dashboard.web import fragments, marks, safety
from dashboard.web.kept_answers import KeptAnswers
from dashboard.web.sessions import has_ended
from dashboard.web.sign_in import is_session_over

LIVE_STATE_PATH = "/live-state"
# A person who left has none, and somebody without a role sees nothing.
_ROLES = (
    select(Role.name, User.id)
    .select_from(User)
    .join(User.roles)
    .where(User.fs_uniquifier == bindparam("person"), User.active.is_(True))
)


class Rereads:
    """Answers what open pages ask by themselves and somebody else was answered already, before the app is troubled.

    When something changes, hundreds of pages read the same few panels again. Each is looked at as the app looks: the
    session's signature and age, the person and their roles, the versions of all topics, anew each time. What is then
    known is answered at once, for a tenth of what the app costs; all else goes on to the app, which also refuses.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._answer_all_else = app.wsgi_app
        self._answered = Counter(
            "desk_rereads", "Panels read again that were written before.", registry=app.extensions["measurements"]
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if _is_asked_by_the_page_itself(environ):
            response = None
            with self._app.app_context(), suppress(SQLAlchemyError):  # the app says so as it says it of all else
                response = self._known(self._app.request_class(environ))
            if response is not None:
                self._answered.inc()
                return response(environ, start_response)
        return self._answer_all_else(environ, start_response)

    def _known(self, request: Request) -> Response | None:
        roles, person = [], self._person(request)
        if person is not None:
            state = self._app.extensions["live_state"](db.session())
            found = db.session.execute(_ROLES, {"person": person}).all()
            roles = [role for role, _ in found]
            reading = settings.reading_of(found[0].id) if found else None
            locale = (reading and reading.locale) or self._app.config["SHOP_LOCALE"]
            db.session.remove()  # what is being written by somebody else is waited for, but not with a connection
        if not any(Permission.SEE_DESK in ROLES.get(role, ()) for role in roles):
            return None
        if request.path == LIVE_STATE_PATH:
            is_shown = state.mark == request.args.get("shown") and not state.is_catching_up
            return self._protected(make_response("", 204)) if is_shown else None
        # Only what the app let somebody of these roles have, at this address and these versions, is kept by this mark.
        mark = marks.mark_of_answer(state.versions, address=request.full_path, roles=roles, locale=locale)
        kept: KeptAnswers = self._app.extensions["kept_answers"]
        written = kept.found(mark)
        if written is None:
            return None
        is_shown = request.headers[fragments.MARK_HEADER] == mark
        return self._protected(fragments.unchanged() if is_shown else fragments.again(written))

    def _person(self, request: Request) -> str | None:
        """Who asks, by the session; None where it is over, or began before anybody counted."""
        session = self._app.session_interface.open_session(self._app, request)
        if not session or not {"_user_id", "began", "seen"} <= session.keys() or is_session_over(session):
            return None
        if has_ended(session):
            return None
        return str(session["_user_id"])

    def _protected(self, response: Response) -> Response:
        response.vary.add("Cookie")
        return safety.protected(response, is_secure=False)


def _is_asked_by_the_page_itself(environ: dict[str, Any]) -> bool:
    if environ.get("REQUEST_METHOD") != "GET" or environ.get("HTTP_HX_REQUEST_TYPE") != "partial":
        return False
    return "HTTP_HX_PTAG" in environ or environ.get("PATH_INFO") == LIVE_STATE_PATH
