"""The views that somebody sees of a list."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from dashboard.domain.saved_views import KeptView
from dashboard.models import SavedView, User


@dataclass(frozen=True, slots=True)
class ShownView:
    """A view as its form shows it."""

    id: int
    list: str
    view: KeptView
    owner: str
    version: int


def find_view(session: Session, view_id: int, person_id: int) -> ShownView | None:
    """A view that the person sees, or saw before it was removed."""
    row = session.execute(
        select(SavedView, func.coalesce(User.name, User.email).label("owner"))
        .join(User, User.id == SavedView.owner_id)
        .where(SavedView.id == view_id, or_(SavedView.owner_id == person_id, SavedView.shared))
    ).first()
    if row is None:
        return None
    found = row.SavedView
    return ShownView(found.id, found.list, as_rules_see(found, person_id), row.owner, found.version)


def views_beside(session: Session, word: str, person_id: int, *, but: int | None = None) -> list[KeptView]:
    """The views of a list that the person sees, without one of them."""
    rows = session.scalars(
        select(SavedView).where(
            SavedView.list == word,
            SavedView.removed_at.is_(None),
            or_(SavedView.owner_id == person_id, SavedView.shared),
        )
    )
    return [as_rules_see(row, person_id) for row in rows if row.id != but]


def as_rules_see(row: SavedView, person_id: int) -> KeptView:
    """A row as a view of one's own or of somebody else's."""
    return KeptView(row.name, row.kept, row.shared, row.owner_id == person_id)
