"""What one says of files: which, and why they are loaded."""

from __future__ import annotations

from wtforms import MultipleFileField

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.loads.queries import LoadableFiles


class FilesForm(ActForm):
    """The files that are to be looked at."""

    title = "Send files"
    part = "files"

    files = MultipleFileField("Files")

    def __init__(self, *, back: str) -> None:
        super().__init__("new", version="", back=back)


class LoadForm(ActForm):
    """That files are loaded, and why: it is seldom said, and stays in the history."""

    why = reason_field(required=False)

    def __init__(self, files: LoadableFiles, *, back: str) -> None:
        self.title = f"Load {files.source}"
        super().__init__(files.upload_id, version=files.version, back=back)
