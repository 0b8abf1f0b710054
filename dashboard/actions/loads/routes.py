"""Files in a browser: sending them to be looked at, and having them loaded."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, request, url_for
from flask_security import current_user

from dashboard.actions import answers
from dashboard.actions.loads.action import load_files, send_files
from dashboard.actions.loads.forms import FilesForm, LoadForm
from dashboard.actions.loads.queries import LoadableFiles, find_files
from dashboard.database import db
from dashboard.domain.refusals import Refused
from dashboard.intake.kit import KIT
from dashboard.intake.uploads import LARGEST_MEGABYTES, LARGEST_UPLOAD, SentFile, take_in
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("loads", __name__)

FILES = "actions/loads/_files.html"
FORM = "actions/loads/_form.html"
FORESEEN = "actions/loads/_foreseen.html"
UPLOAD = "/intake/uploads/<int:upload_id>/loads"
JOB = "load_files"


@blueprint.url_value_preprocessor
def _take_large_files(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Only who may load files may send more than a form holds; said before anything of the request is read."""
    if endpoint == "loads.preview" and can(current_user, Permission.LOAD_FILES):
        request.max_content_length = LARGEST_UPLOAD


@blueprint.get("/intake/loads/new")
@requires(Permission.LOAD_FILES)
def new() -> Response:
    """The form that takes files."""
    return _files(FilesForm(back=fragments.page_asked_from()))


@blueprint.post("/intake/loads/preview")
@requires(Permission.LOAD_FILES)
def preview() -> Response:
    """Have the files looked at; what they would change stands on the page that follows."""
    form = FilesForm(back="")
    sent = [SentFile(file.filename or "", file.save) for file in request.files.getlist("files")]
    try:
        upload_id = send_files(take_in(sent), submission=form.submission.data or None, actor=current_user.id)
    except Refused as refused:
        form.show(refused)
        return _files(form, refused=refused, status=422)
    current_app.extensions["wake"](JOB)
    return make_response(redirect(url_for("intake.load", load_id=upload_id), code=303))


@blueprint.get(f"{UPLOAD}/new")
@requires(Permission.LOAD_FILES)
def new_of_upload(upload_id: int) -> Response:
    """The form that has the files loaded."""
    files = _loadable(upload_id)
    return answers.hand_out(FORM, LoadForm(files, back=fragments.page_asked_from()), files=files)


@blueprint.post(f"{UPLOAD}/preview")
@requires(Permission.LOAD_FILES)
def preview_of_upload(upload_id: int) -> Response:
    """What loading them would do, as it was found when they were looked at."""
    files = _loadable(upload_id)
    form = LoadForm(files, back="")
    return fragments.show(answers.PAGE, FORESEEN, form=form, form_template=FORM, files=files)


@blueprint.post(UPLOAD)
@requires(Permission.LOAD_FILES)
def create(upload_id: int) -> Response:
    """Have the files loaded."""
    files = _loadable(upload_id)
    form = LoadForm(files, back="")
    response = answers.post(
        FORM, form, load_files, upload_id, anew=lambda: {"files": _loadable(upload_id)}, files=files
    )
    current_app.extensions["wake"](JOB)
    return response


def _files(form: FilesForm, *, refused: Refused | None = None, status: int = 200) -> Response:
    shown = {
        "form": form,
        "form_template": FILES,
        "refused": refused,
        "kit": KIT,
        "largest": LARGEST_UPLOAD,
        "largest_megabytes": LARGEST_MEGABYTES,
    }
    if status != 200:
        return fragments.invalid(answers.PAGE, FILES, **shown)
    return fragments.show(answers.PAGE, FILES, **shown)


def _loadable(upload_id: int) -> LoadableFiles:
    return answers.found(find_files(db.session(), upload_id))
