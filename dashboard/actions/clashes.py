"""When a colleague was faster: what a form stood on has changed since it was opened."""

from __future__ import annotations

from dashboard import audit


class ChangedMeanwhile(Exception):
    """What the form shows is no longer so; `version` is that of the new state, `seen` who changed it, if by hand."""

    def __init__(self, version: str, seen: audit.Seen | None) -> None:
        super().__init__("Changed meanwhile.")
        self.version = version
        self.seen = seen


def refuse_if_changed(opened: str | None, now: object, *subjects: str) -> None:
    """Refuse a form that was opened on another state than stands now; None was no form. Called with the lock held."""
    if opened is not None and opened != str(now):
        raise ChangedMeanwhile(str(now), audit.last_act(*subjects))
