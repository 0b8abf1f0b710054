"""When a colleague was faster: what a form stood on has changed since it was opened."""

from __future__ import annotations

from collections.abc import Collection

from dashboard import audit


class ChangedMeanwhile(Exception):
    """What the form shows is no longer so; `version` is that of the new state, `seen` who changed it, if by hand."""

    def __init__(self, version: str, seen: audit.Seen | None) -> None:
        super().__init__("Changed meanwhile.")
        self.version = version
        self.seen = seen


def refuse_if_changed(opened: str | None, now: object, *subjects: str, among: Collection[str] = ()) -> None:
    """Refuse a form that was opened on another state than stands now; None was no form. Called with the lock held.

    `subjects` are what may have changed, as the history names it; `among` the acts that change such a state, where
    others are done to the same subjects.
    """
    if opened is not None and opened != str(now):
        raise ChangedMeanwhile(str(now), audit.last_act(*subjects, among=among))
