"""Letters to suppliers: a purchase order, with its lines as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import db, require_transaction
from dashboard.domain.messages import FAILED, QUEUED
from dashboard.domain.purchase_order_sendings import LETTER_KIND, letter
from dashboard.messages.announcing import announce_messages
from dashboard.messages.outbox import HELD_BACK, SUPPLIER_HAS_NO_ADDRESS, new_message_id, usable_address
from dashboard.models import Message, PurchaseOrder, PurchaseOrderLetter, PurchaseOrderLine, Sku, Supplier
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.purchase_order_file import WrittenLine, file_of

FILE_NAME = "purchase-order.csv"


def write_to_supplier(order_id: int, *, actor: Any = None) -> str:
    """Write a purchase order (id) to its supplier, in the transaction that sends it: what becomes of the letter, in
    words. It leaves a minute later; without an address it is kept as failed, with the reason.
    """
    require_transaction()
    session = db.session()
    lines = written_lines(session, order_id)
    number, name, given = session.execute(
        select(PurchaseOrder.number, Supplier.name, Supplier.email)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.id == order_id)
    ).one()
    address = usable_address(given)
    subject, body = letter(
        number,
        supplier=name,
        lines=[(line.qty, line.sku, line.product) for line in lines],
        shop=current_app.config["SHOP_NAME"],
    )
    message = Message(
        kind=LETTER_KIND,
        message_id=new_message_id(),
        to_address=address,
        subject=subject,
        body=body,
        created_at=clock.real_now(),
        written_by=getattr(actor, "id", actor),
        state=QUEUED if address else FAILED,
        not_before=clock.real_now() + HELD_BACK if address else None,
        failure=None if address else SUPPLIER_HAS_NO_ADDRESS,
    )
    session.add(message)
    session.flush()
    session.add(PurchaseOrderLetter(message_id=message.id, purchase_order_id=order_id, file=file_of(lines)))
    session.flush()
    announce_messages(session)
    if not address:
        return f"It was not mailed: {SUPPLIER_HAS_NO_ADDRESS}"
    if not current_app.config["MAIL_URL"]:
        return "Mail is not set up: the letter to the supplier waits in the outbox."
    return "The supplier has it by mail in a minute."


def file_with(message_id: int) -> tuple[str, str] | None:
    """The name and the text of the file that a message carries; None where it carries none."""
    text = db.session.scalar(select(PurchaseOrderLetter.file).where(PurchaseOrderLetter.message_id == message_id))
    return None if text is None else (FILE_NAME, text)


def written_lines(session: Session, order_id: int) -> Sequence[WrittenLine]:
    """The lines of a purchase order (id), as its supplier reads them."""
    line, order = PurchaseOrderLine, PurchaseOrder
    rows = session.execute(
        select(
            order.number, Supplier.code, line.line_no, Sku.code, Sku.name, line.qty, line.unit_cost, Sku.currency,
            STATED_DATE,
        )
        .join(order, order.id == line.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .join(Sku, Sku.id == line.sku_id)
        .where(line.purchase_order_id == order_id)
        .order_by(line.line_no)
    )  # fmt: skip
    return [WrittenLine(*row) for row in rows]
