"""A way of dealing as its form shows it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.domain.deal_variants import Segment
from dashboard.models import DealSegment, DealVariant


@dataclass(frozen=True, slots=True)
class ShownVariant:
    """A way of dealing that is kept."""

    id: int
    name: str
    scope: str
    segments: tuple[Segment, ...]
    version: int


def find_variant(session: Session, variant_id: int) -> ShownVariant | None:
    """The way of dealing of that number."""
    row = session.get(DealVariant, variant_id) if variant_id < 2**63 else None
    if row is None:
        return None
    segment = DealSegment
    of = select(segment.filters, segment.sort, segment.strategy).where(segment.variant_id == variant_id)
    segments = tuple(Segment(*one) for one in session.execute(of.order_by(segment.place)))
    return ShownVariant(row.id, row.name, row.scope, segments, row.version)
