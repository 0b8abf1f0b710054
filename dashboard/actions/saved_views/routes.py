"""Views of lists in a browser: keeping one, changing it, removing it."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.saved_views.action import change_view, remove_view, save_view
from dashboard.actions.saved_views.forms import ChangeForm, RemovalForm, ViewForm
from dashboard.actions.saved_views.queries import ShownView, find_view
from dashboard.database import db
from dashboard.domain.saved_views import LISTS, kept_of
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("saved_views", __name__)

FORM = "actions/saved_views/_form.html"
CHANGE = "actions/saved_views/_change.html"
REMOVAL = "actions/saved_views/_removal.html"
LIST = "/lists/<word>/saved-views"
VIEW = "/saved-views/<int:view_id>"


@blueprint.get(f"{LIST}/new")
@requires(Permission.SEE_DESK)
def new(word: str) -> Response:
    """The form that keeps the page it is opened on."""
    _known(word)
    back = fragments.page_asked_from()
    return answers.hand_out(FORM, ViewForm(word, kept=kept_of(back, word), back=back), word=word)


@blueprint.post(f"{LIST}/preview")
@requires(Permission.SEE_DESK)
def preview(word: str) -> Response:
    """Where the view would stand."""
    return answers.foresee(FORM, _new_view(word), save_view, word, word=word)


@blueprint.post(LIST)
@requires(Permission.SEE_DESK)
def create(word: str) -> Response:
    """Keep it."""
    return answers.post(FORM, _new_view(word), save_view, word, word=word)


@blueprint.get(f"{VIEW}/changes/new")
@requires(Permission.SEE_DESK)
def new_change(view_id: int) -> Response:
    """The form that changes a view, or has it keep the page that it is opened on."""
    shown = _changeable(view_id)
    back = fragments.page_asked_from()
    return answers.hand_out(CHANGE, _change(shown, kept=kept_of(back, shown.list), back=back), shown=shown)


@blueprint.post(f"{VIEW}/changes/preview")
@requires(Permission.SEE_DESK)
def preview_change(view_id: int) -> Response:
    """What the change would do."""
    shown = _changeable(view_id)
    return answers.foresee(CHANGE, _change(shown), change_view, shown.id, shown=shown)


@blueprint.post(f"{VIEW}/changes")
@requires(Permission.SEE_DESK)
def create_change(view_id: int) -> Response:
    """Change it."""
    shown = _changeable(view_id)
    return answers.post(
        CHANGE, _change(shown), change_view, shown.id, anew=lambda: {"shown": _changeable(view_id)}, shown=shown
    )


@blueprint.get(f"{VIEW}/removals/new")
@requires(Permission.SEE_DESK)
def new_removal(view_id: int) -> Response:
    """The form that removes a view."""
    shown = _changeable(view_id)
    return answers.hand_out(REMOVAL, RemovalForm(shown, back=fragments.page_asked_from()), shown=shown)


@blueprint.post(f"{VIEW}/removals/preview")
@requires(Permission.SEE_DESK)
def preview_removal(view_id: int) -> Response:
    """What goes."""
    shown = _changeable(view_id)
    return answers.foresee(REMOVAL, RemovalForm(shown, back=""), remove_view, shown.id, shown=shown)


@blueprint.post(f"{VIEW}/removals")
@requires(Permission.SEE_DESK)
def create_removal(view_id: int) -> Response:
    """Remove it."""
    shown = _changeable(view_id)
    return answers.post(
        REMOVAL,
        RemovalForm(shown, back=""),
        remove_view,
        shown.id,
        anew=lambda: {"shown": _changeable(view_id)},
        shown=shown,
    )


def _known(word: str) -> None:
    if word not in LISTS:
        abort(404)


def _new_view(word: str) -> ViewForm:
    """What was typed; who may not share does not share."""
    _known(word)
    form = ViewForm(word, kept="", back="")
    if form.shared.data and not can(current_user, Permission.SHARE_VIEWS):
        abort(403)
    return form


def _change(shown: ShownView, *, kept: str = "", back: str = "") -> ChangeForm:
    return ChangeForm(shown, kept=kept, back=back, may_share=can(current_user, Permission.SHARE_VIEWS))


def _changeable(view_id: int) -> ShownView:
    """One's own view, or one that everybody sees where the person may share; of others nobody learns that they are."""
    shown = answers.found(find_view(db.session(), view_id, current_user.id))
    if not shown.view.is_own and not can(current_user, Permission.SHARE_VIEWS):
        abort(403)
    return shown
