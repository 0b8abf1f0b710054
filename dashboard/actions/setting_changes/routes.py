"""Setting a rule of the house, in a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from dashboard.actions import answers
from dashboard.actions.setting_changes.action import change_setting, undo_change
from dashboard.actions.setting_changes.forms import SettingForm
from dashboard.actions.setting_changes.queries import find_earlier, find_setting
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.settings import Standing
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("setting_changes", __name__)

FORM = "actions/setting_changes/_form.html"
SETTING = "/settings/<key>/setting-changes"


@blueprint.get(f"{SETTING}/new")
@requires(Permission.CHANGE_SETTINGS)
def new(key: str) -> Response:
    """The form, with what holds now; or with what held before an act of its history, or by default."""
    standing = _setting(key)
    earlier = find_earlier(db.session(), standing.subject, request.args.get("before", type=int))
    value = standing.default if "default" in request.args else standing.value if earlier is None else earlier
    form = SettingForm(standing, value=value, back=fragments.page_asked_from())
    return answers.hand_out(FORM, form, standing=standing)


@blueprint.post(f"{SETTING}/preview")
@requires(Permission.CHANGE_SETTINGS)
def preview(key: str) -> Response:
    """What would follow from it."""
    standing = _setting(key)
    return answers.foresee(FORM, _typed(standing), change_setting, key, standing=standing)


@blueprint.post(SETTING)
@requires(Permission.CHANGE_SETTINGS)
def create(key: str) -> Response:
    """Set it; or set back what an act did, by the undo of its notice."""
    standing = _setting(key)
    if "undo" in request.form:
        act_id = answers.found(request.args.get("act", type=int))
        answers.found(find_earlier(db.session(), standing.subject, act_id))
        return answers.undo(undo_change, act_id, back=fragments.page_asked_from())
    return answers.post(
        FORM,
        _typed(standing),
        change_setting,
        key,
        undo=lambda outcome: url_for("setting_changes.create", key=key, act=outcome.made),
        anew=lambda: {"standing": _setting(key)},
        standing=standing,
    )


def _typed(standing: Standing) -> SettingForm:
    return SettingForm(standing, value=standing.value, back="")


def _setting(key: str) -> Standing:
    return answers.found(find_setting(db.session(), key))
