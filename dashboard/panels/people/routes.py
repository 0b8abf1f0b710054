"""People in a browser: the list, one of them, oneself, and the door that an invitation opens."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, session, url_for
from flask_security import current_user

from dashboard import clock
from dashboard.database import db
from dashboard.messages.invitations import reset_token
from dashboard.panels.people.panel import load_people, load_person
from dashboard.permissions import Permission
from dashboard.web import fragments, sessions
from dashboard.web.guards import public, requires

blueprint = Blueprint("people", __name__)
# Under the initials at the top, and no part of the list of people: most who have it may not see that.
yours = Blueprint("you", __name__)


@blueprint.get("/people")
@requires(Permission.MANAGE_PEOPLE)
def index() -> Response:
    """Everybody."""
    people = load_people(db.session(), clock.real_now(), reader=current_user.id, key=session.get(sessions.KEY))
    return fragments.show("panels/people/page.html", "panels/people/_list.html", people=people)


@blueprint.get("/people/<int:person_id>")
@requires(Permission.MANAGE_PEOPLE)
def person(person_id: int) -> Response:
    """Somebody, with their sessions."""
    return _person(person_id, is_own=False)


@yours.get("/you")
@requires(Permission.SEE_DESK)
def show() -> Response:
    """Oneself: sessions, second factor, and how one reads the desk."""
    return _person(current_user.id, is_own=True)


@blueprint.get("/invitations/<token>")
@public
def come_in(token: str) -> Response:
    """To the page that sets a password, where the link is whole, young and unused."""
    granted = reset_token(db.session(), token)
    if granted is None:
        return fragments.failed(
            410,
            title="This link is over",
            sentence="It was used, is too old, or is not whole.",
            what_next="Ask whoever runs the desk for another one.",
        )
    return make_response(redirect(url_for("security.reset_password", token=granted)))


def _person(person_id: int, *, is_own: bool) -> Response:
    page = load_person(db.session(), person_id, clock.real_now(), reader=current_user.id, key=session.get(sessions.KEY))
    if page is None:
        abort(404)
    return fragments.show("panels/people/person.html", "panels/people/_person.html", page=page, is_own=is_own)
