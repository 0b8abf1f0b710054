"""The views that people keep of a panel, and those that everybody sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboard.models import SavedView


@dataclass(frozen=True, slots=True)
class ListedView:
    """A view as a menu leads to it."""

    id: int
    name: str
    url: str
    may_change: bool


@dataclass(frozen=True, slots=True)
class KeptViews:
    """The views of a panel that somebody sees, by name."""

    plain_url: str  # as the panel opens by itself
    shown: str  # the address that is shown, without a place in it; empty where the panel is not shown
    own: tuple[ListedView, ...]
    shared: tuple[ListedView, ...]

    @property
    def shown_name(self) -> str:
        """What the view that is shown is called; empty where it is none of them."""
        return next((view.name for view in (*self.own, *self.shared) if view.url == self.shown), "")


def kept_views(
    session: Session,
    word: str,
    person_id: int,
    *,
    address: Callable[[str], str],
    shown: str = "",
    may_share: bool,
) -> KeptViews:
    """The views of a list that a person sees; `address` turns what is kept of one into where it leads today."""
    rows = session.scalars(
        select(SavedView).where(
            SavedView.list == word,
            SavedView.removed_at.is_(None),
            or_(SavedView.owner_id == person_id, SavedView.shared),
        )
    )
    views = sorted(rows, key=lambda row: (row.name.casefold(), row.id))
    own, shared = (
        tuple(
            ListedView(row.id, row.name, address(row.kept), may_share or row.owner_id == person_id)
            for row in views
            if row.shared == is_shared
        )
        for is_shared in (False, True)
    )
    return KeptViews(address(""), shown, own, shared)
