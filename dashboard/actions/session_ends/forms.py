"""What one types to end a session: at most why."""

from __future__ import annotations

from dashboard.actions.forms import ActForm, reason_field
from dashboard.actions.session_ends.queries import ListedSession


class SessionEndForm(ActForm):
    """Ends it."""

    title = "End a session"

    why = reason_field("Why", required=False)

    def __init__(self, listed: ListedSession, *, back: str) -> None:
        super().__init__(listed.id, version=listed.is_open, back=back)
