"""The cause of a line, as staff set it and as the facts say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import OrderLine, Waiting


@dataclass(frozen=True, slots=True)
class ShownCause:
    """Why a line waits."""

    by_staff: str | None  # None: what the facts say holds
    in_force: str | None  # None: nothing of it waits


def cause_of(session: Session, line_id: int) -> ShownCause:
    """The cause of a line."""
    row = session.execute(
        select(OrderLine.staff_cause, Waiting.cause)
        .outerjoin(Waiting, Waiting.line_id == OrderLine.id)
        .where(OrderLine.id == line_id)
        .order_by(Waiting.part)
    ).first()
    assert row is not None
    return ShownCause(row.staff_cause, row.cause)
