"""What the forms of acts on a message show of it: one to a customer about an order, or to a supplier with one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dashboard.domain.messages import customer_of, supplier_of
from dashboard.models import Message, Order, PurchaseOrder, PurchaseOrderLetter


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message, without what it says."""

    id: int
    kind: str
    state: str
    order: str | None
    purchase_order: str | None
    subject: str
    attempts: int
    failure: str | None

    @property
    def name(self) -> str:
        """How the history names it."""
        return f"message {self.id}"

    @property
    def version(self) -> str:
        """Changes with everything that happens to it."""
        return f"{self.state}-{self.attempts}"

    @property
    def whom(self) -> str:
        """To whom it is, in words."""
        if self.purchase_order is not None:
            return supplier_of(self.purchase_order)
        return customer_of(self.order or "")


def find_message(session: Session, message_id: int) -> ShownMessage | None:
    """The message of that id, where it is one to a customer or a supplier."""
    row = session.execute(_SHOWN.where(Message.id == message_id)).first()
    return None if row is None else ShownMessage(*row)


def find_still(session: Session, message_id: int) -> ShownMessage:
    """The same, while nobody else changes it until the transaction ends."""
    session.scalar(select(Message.id).where(Message.id == message_id).with_for_update())
    return ShownMessage(*session.execute(_SHOWN.where(Message.id == message_id)).one())


_SHOWN = (
    select(
        Message.id, Message.kind, Message.state, Order.number, PurchaseOrder.number,
        Message.subject, Message.attempts, Message.failure,
    )
    .outerjoin(Order, Order.id == Message.order_id)
    .outerjoin(PurchaseOrderLetter, PurchaseOrderLetter.message_id == Message.id)
    .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLetter.purchase_order_id)
    .where(or_(Order.id.is_not(None), PurchaseOrder.id.is_not(None)))
)  # fmt: skip
