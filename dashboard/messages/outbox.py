"""The outbox: what is to be written to people, one message an order, kept until a mail server has it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock, models
from dashboard.database import db, require_transaction
from dashboard.domain.messages import (
    BOUNCED,
    FAILED,
    QUEUED,
    WITHDRAWN,
    MessageRefused,
    Money,
    Said,
    as_json,
    compose,
    from_json,
    kind_of,
    refuse_if_gone,
    refuse_unless_failed,
    refuse_unless_sent,
    written_in_words,
)
from dashboard.messages.announcing import announce_messages
from dashboard.messages.texts import language_of, letter_texts, locale_of
from dashboard.models import (
    Customer,
    Message,
    MessagePart,
    Order,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderLetter,
    Sku,
    Supplier,
)
from dashboard.web import formats

SIGN_IN = "sign-in"
# For so long a message waits before it leaves, so that who presses undo is in time.
HELD_BACK = timedelta(seconds=60)
NO_ADDRESS = "The customer has no e-mail address."
SUPPLIER_HAS_NO_ADDRESS = "The supplier has no e-mail address."
CAME_BACK = "It came back."
DRAFTS = "messages written in this transaction"
MICROS = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Written:
    """A message that an act wrote: its id, to refer to it, what becomes of it in words, for the act's notice, and how
    it reads, for who looks before anything is done.
    """

    message_id: int
    in_words: str
    subject: str
    body: str
    address: str | None


def write(order_id: int, *said: Said, actor: Any = None) -> Written:
    """Write to the customer of an order, in the transaction of the act that has something to say.

        outbox.write(order.id, ParcelLeft(line_no=1, qty=6, carrier="DHL", rest=4, rest_on=eta), actor=actor)

    What several acts (or calls) say within one transaction about one order becomes one message. `said` are the kinds of
    dashboard/domain/messages.py with what they know; product, customer, order and shop are found here. The message
    leaves a minute later, when the transaction is long saved, so that an undo is in time (`take_back`); what is only
    foreseen leaves nothing. Without an address it is kept as failed, with the reason. No personal data belongs into
    what the act writes of it into the history: its id is enough.
    """
    require_transaction()
    session = db.session()
    of = _recipient(session, order_id)
    row = _draft(session, order_id)
    if row is None:
        row = Message(
            order_id=order_id,
            customer_id=of.customer_id,
            kind="",
            subject="",
            body="",
            message_id=new_message_id(),
            created_at=clock.real_now(),
            to_address=of.address,
            written_by=getattr(actor, "id", actor),
            state=QUEUED if of.address else FAILED,
            not_before=clock.real_now() + HELD_BACK if of.address else None,
            failure=None if of.address else NO_ADDRESS,
        )
        session.add(row)
        session.flush()
        _remember(session, order_id, row)
    session.add_all(MessagePart(message_id=row.id, kind=one.kind, says=as_json(one)) for one in said)
    session.flush()
    _compose_anew(session, row, of)
    announce_messages(session)
    return Written(
        row.id,
        written_in_words(has_address=bool(of.address), is_set_up=bool(current_app.config["MAIL_URL"])),
        row.subject,
        row.body,
        of.address,
    )


def take_back(message_id: int, *, kind: str | None = None, line_no: int | None = None) -> bool:
    """Unsay what a message says of this kind or line (or all of it), where it has not left; in the transaction of the
    undo. Whether the message is withdrawn, because nothing is left of it. Refused where it is too late.
    """
    require_transaction()
    session = db.session()
    row = session.get_one(Message, message_id, populate_existing=True, with_for_update=True)
    refuse_if_gone(row.state)
    for part in session.scalars(_parts_of(message_id)).all():
        one = from_json(part.kind, part.says)
        if kind in (None, one.kind) and line_no in (None, one.line_no):
            session.delete(part)
    session.flush()
    announce_messages(session)
    if session.scalar(select(func.count()).select_from(MessagePart).where(MessagePart.message_id == message_id)):
        assert row.order_id is not None
        _compose_anew(session, row, _recipient(session, row.order_id))
        return False
    row.state, row.not_before, row.failure = WITHDRAWN, None, None
    session.flush()
    return True


def send_again(message_id: int) -> str:
    """Have a message that failed or came back leave once more, to the address that is known now; the address.

    Its Message-ID stays: a server that has it after all can tell. Refused where it did not fail, or has no address.
    """
    require_transaction()
    session = db.session()
    row = session.get_one(Message, message_id, populate_existing=True, with_for_update=True)
    refuse_unless_failed(row.state)
    missing = NO_ADDRESS
    if row.customer_id is not None:
        row.to_address = usable_address(session.scalar(select(Customer.email).where(Customer.id == row.customer_id)))
    elif supplier := _supplier_of(session, message_id):
        row.to_address, missing = usable_address(supplier.email), SUPPLIER_HAS_NO_ADDRESS
    address = row.to_address
    if not address:
        raise MessageRefused(missing, "Send it again when the merchant’s files have brought one.")
    row.state, row.attempts, row.failure = QUEUED, 0, None
    row.not_before, row.handed_over_at, row.sent_at = clock.real_now(), None, None
    session.flush()
    announce_messages(session)
    return address


def _supplier_of(session: Session, message_id: int) -> Supplier | None:
    """To whom a letter with a purchase order is."""
    return session.scalar(
        select(Supplier)
        .join(PurchaseOrder, PurchaseOrder.supplier_id == Supplier.id)
        .join(PurchaseOrderLetter, PurchaseOrderLetter.purchase_order_id == PurchaseOrder.id)
        .where(PurchaseOrderLetter.message_id == message_id)
    )


def note_bounce(message_id: int) -> None:
    """Take a message that was sent for one that did not arrive, because it came back. Refused where it was not sent."""
    require_transaction()
    session = db.session()
    row = session.get_one(Message, message_id, populate_existing=True, with_for_update=True)
    refuse_unless_sent(row.state)
    row.state, row.failure = BOUNCED, CAME_BACK
    session.flush()
    announce_messages(session)


def foretell(order_id: int, *said: Said, language: str | None = None) -> tuple[str, str]:
    """Subject and body of the message that would say this; nothing is written. In another language if one is named,
    as far as there are texts in it.
    """
    session = db.session()
    recipient = _recipient(session, order_id)
    if language is None:
        return _composed(session, said, recipient)
    return _composed(session, said, replace(recipient, language=language), half=True)


def new_message_id() -> str:
    """A Message-ID that stays with a message through every attempt, so that a receiver can tell it is the same."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "backorder-desk.local"
    return f"<{uuid.uuid4().hex}@{host}>"


def usable_address(given: str | None) -> str | None:
    """An address that a letter can be sent to, as far as can be told without sending one."""
    address = (given or "").strip()
    name, at, host = address.rpartition("@")
    if not (name and at and host) or any(sign.isspace() or not sign.isprintable() for sign in address):
        return None
    return address


@dataclass(frozen=True, slots=True)
class _Recipient:
    order_id: int
    number: str
    placed_on: date
    customer_id: int
    name: str | None
    address: str | None
    language: str  # theirs, whether or not there are texts in it


def _recipient(session: Session, order_id: int) -> _Recipient:
    row = session.execute(
        select(Order.number, Order.placed_on, Customer.id, Customer.name, Customer.email, Customer.language)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.id == order_id)
    ).one()
    return _Recipient(
        order_id,
        row.number,
        row.placed_on,
        row.id,
        row.name,
        usable_address(row.email),
        language_of(row.language),
    )


def _compose_anew(session: Session, row: Message, of: _Recipient) -> None:
    said = [from_json(part.kind, part.says) for part in session.scalars(_parts_of(row.id))]
    row.kind = kind_of(said)
    row.subject, row.body = _composed(session, said, of)
    session.flush()


def _parts_of(message_id: int) -> Any:
    return select(MessagePart).where(MessagePart.message_id == message_id).order_by(MessagePart.id)


def _composed(session: Session, said: Sequence[Said], of: _Recipient, *, half: bool = False) -> tuple[str, str]:
    language, texts = letter_texts(session, of.language, {one.kind for one in said}, half=half)
    locale = locale_of(language)
    numbers = {one.line_no for one in said} - {None}
    products = session.execute(
        select(OrderLine.line_no, func.coalesce(Sku.name, Sku.code).label("product"), Sku.code.label("sku"))
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(OrderLine.order_id == of.order_id, OrderLine.line_no.in_(numbers))
    )

    def written(value: Any) -> str:
        if isinstance(value, date):
            return formats.written_day(value, locale=locale)
        if isinstance(value, Money):
            return formats.money(value.micros, value.currency, locale=locale)
        return formats.quantity(value, locale=locale)

    return compose(
        said,
        texts=texts,
        order={
            "order": of.number,
            "placed_on": written(of.placed_on),
            "customer": of.name,
            "shop": current_app.config["SHOP_NAME"] or None,
        },
        lines={row.line_no: {"product": row.product, "sku": row.sku} for row in products},
        written=written,
    )


def _draft(session: Session, order_id: int) -> Message | None:
    """The message that this transaction has begun for the order."""
    transaction, drafts = session.info.get(DRAFTS, (None, {}))
    return drafts.get(order_id) if transaction is session.get_transaction() else None


def _remember(session: Session, order_id: int, row: models.Message) -> None:
    transaction, drafts = session.info.get(DRAFTS, (None, {}))
    now = session.get_transaction()
    if transaction is not now:
        drafts = {}
    drafts[order_id] = row
    session.info[DRAFTS] = (now, drafts)
