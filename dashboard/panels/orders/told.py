"""What a customer was written about an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from dashboard.database import rows_of
from dashboard.models import Message

# Who looks further back finds them among the messages.
TOLD_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """One message about an order, and how it stands."""

    id: int
    kind: str
    state: str
    attempts: int
    subject: str
    at: datetime  # when it was sent; before that, when it was written


# To write this statement takes longer than to answer it, so it is written once.
_TOLD = (
    select(
        Message.id,
        Message.kind,
        Message.state,
        Message.attempts,
        Message.subject,
        func.coalesce(Message.sent_at, Message.created_at),
    )
    .where(Message.order_id == bindparam("order"))
    .order_by(Message.id.desc())
    .limit(TOLD_AT_MOST)
)


def messages_about(session: Session, order_id: int) -> list[ToldMessage]:
    """The last messages about an order, the newest first."""
    return [ToldMessage(*row) for row in rows_of(session, _TOLD, {"order": order_id})]
