"""What customers were told and offered about a part follows its units when it is divided, and when parts are merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, literal, select, update
from sqlalchemy.orm import Session, aliased

from dashboard.domain.shipment_splits import SplitRefused
from dashboard.models import Consent, DelayNotice, IncentiveOffer

LIVE_OFFERS = ("waiting-approval", "offered")
# Told about units of a part: by what the same row of another part is known.
TOLD: tuple[tuple[Any, str], ...] = ((DelayNotice, "message_id"), (Consent, "answered_at"))


def follow_division(session: Session, line_id: int, *, part: int, made: Sequence[int], waits: int) -> None:
    """The new parts were told what their part was told; an offer that nobody answered yet is about the part that waits
    (`waits`).
    """
    for table, _ in TOLD:
        columns = [column for column in table.__table__.c if column.key not in ("id", "part")]
        for number in made:
            told = select(*columns, literal(number)).where(table.line_id == line_id, table.part == part)
            session.execute(insert(table).from_select([*(column.key for column in columns), "part"], told))
    session.execute(
        update(IncentiveOffer)
        .where(IncentiveOffer.line_id == line_id, IncentiveOffer.part == part, IncentiveOffer.state.in_(LIVE_OFFERS))
        .values(part=waits)
    )


def follow_merger(session: Session, line_id: int, *, part: int, made: Sequence[int]) -> None:
    """What was told of the parts was told of what they are together, once."""
    offer = IncentiveOffer
    live = session.scalars(
        select(offer.part).where(offer.line_id == line_id, offer.part.in_((part, *made)), offer.state.in_(LIVE_OFFERS))
    ).all()
    if len(live) > 1:
        raise SplitRefused(
            f"Parts {' and '.join(map(str, sorted(live)))} each have an offer that nobody answered yet.",
            "Withdraw one of them first.",
        )
    session.execute(update(offer).where(offer.line_id == line_id, offer.part.in_(made)).values(part=part))
    for table, key in TOLD:
        other = aliased(table)
        same = select(getattr(other, key)).where(other.line_id == line_id, other.part == part)
        for number in made:
            theirs = table.line_id == line_id, table.part == number
            session.execute(
                delete(table).where(*theirs, getattr(table, key).in_(same)),
                execution_options={"synchronize_session": False},
            )
            session.execute(update(table).where(*theirs).values(part=part))
