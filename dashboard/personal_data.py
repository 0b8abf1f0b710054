"""Everything that the desk knows of one customer: given out whole, and taken away."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    cast,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import String as Text
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, search_words
from dashboard.bulk import upsert
from dashboard.database import require_transaction, rows_touched, transaction
from dashboard.domain.messages import QUEUED, WITHDRAWN
from dashboard.domain.search import CUSTOMER
from dashboard.messages.announcing import announce_messages

ERASED = "(erased)"
EXPORTED = "customer-exported"
MICROS = Decimal(1_000_000)
# Columns that are money, in micro-units as it is stored.
OF_MONEY = frozenset(
    {"amount", "captured_amount", "cost", "discount_amount", "shipping_amount", "tax_amount", "unit_price", "worth"}
)
# Derived from facts and of no use without them, or a secret that opens something.
LEFT_OUT = frozenset({"load_id", "version", "key", "message_id"})
ABOUT = """Everything that the desk holds of one customer, as of {at}.
data.json has all of it; each CSV file has one kind of it. Money is in units of the order's currency, instants are in
the shop's zone. Copies of the database that were made before hold the same and more: they are no part of this.
"""


def _orders(ids: Collection[int]) -> Any:
    return select(models.Order.id).where(models.Order.customer_id.in_(ids))


def _lines(ids: Collection[int]) -> Any:
    return select(models.OrderLine.id).where(models.OrderLine.order_id.in_(_orders(ids)))


def _of_orders(model: Any) -> Callable[[Collection[int]], ColumnElement[bool]]:
    return lambda ids: model.order_id.in_(_orders(ids))


def _of_lines(model: Any) -> Callable[[Collection[int]], ColumnElement[bool]]:
    return lambda ids: model.line_id.in_(_lines(ids))


def _messages(ids: Collection[int]) -> ColumnElement[bool]:
    return or_(models.Message.customer_id.in_(ids), models.Message.order_id.in_(_orders(ids)))


def _changes(ids: Collection[int]) -> ColumnElement[bool]:
    change, method = models.IntakeChange, models.PaymentMethod
    methods = select(method.id).where(method.customer_id.in_(ids))
    return or_(
        and_(change.table == "customers", change.row.in_(ids)),
        and_(change.table == "payment_methods", change.row.in_(methods)),
    )


def _acts(ids: Collection[int]) -> ColumnElement[bool]:
    """The acts on the customer, their orders and lines, as the history calls these."""
    order, line, act = models.Order, models.OrderLine, models.Act
    of_orders = select(literal("order ", Text) + order.number).where(order.customer_id.in_(ids))
    of_lines = (
        select(literal("order-line ", Text) + order.number + "/" + cast(line.line_no, Text))
        .select_from(line)
        .join(order, order.id == line.order_id)
        .where(order.customer_id.in_(ids))
    )
    return or_(
        act.subject.in_(of_orders), act.subject.in_(of_lines), act.subject.in_([f"customer {one}" for one in ids])
    )


@dataclass(frozen=True, slots=True)
class Held:
    """One kind of what is held of a customer."""

    name: str  # of its file
    words: str
    table: Table
    where: Callable[[Collection[int]], ColumnElement[bool]]


def _held(name: str, words: str, model: Any, where: Callable[[Collection[int]], ColumnElement[bool]]) -> Held:
    return Held(name, words, model.__table__, where)


HELD: tuple[Held, ...] = (
    _held("customer", "Name and addresses", models.Customer, lambda ids: models.Customer.id.in_(ids)),
    _held(
        "payment_methods",
        "Means of payment",
        models.PaymentMethod,
        lambda ids: models.PaymentMethod.customer_id.in_(ids),
    ),
    _held("orders", "Orders", models.Order, lambda ids: models.Order.customer_id.in_(ids)),
    _held("order_lines", "Lines of orders", models.OrderLine, _of_orders(models.OrderLine)),
    _held("line_parts", "Parts of lines", models.LinePart, _of_lines(models.LinePart)),
    _held("shipments", "Units that left", models.ShipmentLine, _of_lines(models.ShipmentLine)),
    _held("cancellations", "Cancelled units", models.Cancellation, _of_lines(models.Cancellation)),
    _held("refunds", "Refunds", models.Refund, _of_lines(models.Refund)),
    _held("authorizations", "Authorisations", models.Authorization, _of_orders(models.Authorization)),
    _held("messages", "Messages", models.Message, _messages),
    _held("consents", "Answers to new dates", models.Consent, _of_lines(models.Consent)),
    _held("offers", "Offers", models.IncentiveOffer, _of_lines(models.IncentiveOffer)),
    _held("links", "Links to order pages", models.CustomerLink, _of_orders(models.CustomerLink)),
    _held("notes", "Notes of the staff", models.Note, _of_orders(models.Note)),
    _held("call_backs", "Promised calls", models.CallBack, _of_orders(models.CallBack)),
    _held("former_values", "Values before files changed them", models.IntakeChange, _changes),
    _held("history", "Acts in the history", models.Act, _acts),
)

# What others keep of a customer in tables of their own, and take away with the rest: called with the session and ids.
FORGETTING: list[Callable[[Session, Collection[int]], None]] = []


def count_held(session: Session, customer_id: int) -> dict[str, int]:
    """How many rows of each kind are held."""
    return {
        held.name: session.scalar(select(func.count()).select_from(held.table).where(held.where([customer_id]))) or 0
        for held in HELD
    }


def open_lines(session: Session, customer_id: int) -> int:
    """How many lines of a customer are still to be shipped or cancelled."""
    line = models.OrderLine
    counted = select(func.count()).where(line.order_id.in_(_orders([customer_id])), line.qty_open > 0)
    return session.scalar(counted) or 0


def export_customer(session: Session, customer_id: int) -> bytes:
    """A zip of everything that is held of a customer: all as JSON, each kind as CSV."""
    rows = {held.name: list(_rows(session, held, customer_id)) for held in HELD}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.txt", ABOUT.format(at=clock.real_now().astimezone(clock.shop_zone()).isoformat()))
        archive.writestr("data.json", json.dumps(rows, ensure_ascii=False, indent=1))
        for name, found in rows.items():
            if found:
                archive.writestr(f"{name}.csv", _as_csv(found))
    return packed.getvalue()


def record_export(customer_id: int, rows: int, *, actor: int) -> None:
    """Remember that somebody took everything of a customer."""
    with transaction():
        audit.record(EXPORTED, f"customer {customer_id}", after={"rows": rows}, actor=actor)


def _rows(session: Session, held: Held, customer_id: int) -> Iterator[dict[str, Any]]:
    columns = [column for column in held.table.columns if column.name not in LEFT_OUT]
    found = session.execute(select(*columns).where(held.where([customer_id])).order_by(*held.table.primary_key))
    for row in found:
        yield {column.name: _plain(column.name, value) for column, value in zip(columns, row, strict=True)}


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.shop_zone()).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if name in OF_MONEY and isinstance(value, int):
        return f"{Decimal(value) / MICROS:f}"
    return value


def _as_csv(rows: list[dict[str, Any]]) -> str:
    written = io.StringIO()
    writer = csv.DictWriter(written, rows[0], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + written.getvalue()


def erase_customers(session: Session, ids: Collection[int], *, actor: int | None) -> Mapping[str, int]:
    """Take away what tells who customers are, in a transaction; how many messages and notes lost their text.

    Orders, quantities, money and dates stay, as does the history, which holds ids: figures are the same afterwards.
    """
    require_transaction()
    at = clock.real_now()
    for row in session.execute(select(models.Customer.id, models.Customer.code).where(models.Customer.id.in_(ids))):
        # A platform's customer without a number is its address.
        code = f"erased-{row.id}" if "@" in row.code else row.code
        _set(session, models.Customer, models.Customer.id == row.id, code=code, **_NOTHING_OF_A_PERSON)
    _set(session, models.PaymentMethod, models.PaymentMethod.customer_id.in_(ids), **_NOTHING_OF_A_CARD)
    search_words.keep(
        session.connection(), CUSTOMER, among=select(models.Customer.id).where(models.Customer.id.in_(ids))
    )
    counts = {
        "messages": _erase_messages(session, ids),
        "notes": _set(session, models.Note, models.Note.order_id.in_(_orders(ids)), says=ERASED),
    }
    call = models.CallBack
    _set(session, call, call.order_id.in_(_orders(ids)), about=None)
    _set(session, call, and_(call.order_id.in_(_orders(ids)), call.outcome.is_not(None)), outcome=ERASED)
    _set(session, models.ShipmentLine, models.ShipmentLine.line_id.in_(_lines(ids)), tracking=None)
    _set(session, models.Order, models.Order.customer_id.in_(ids), priority_reason=None)
    _set(session, models.IncentiveOffer, models.IncentiveOffer.line_id.in_(_lines(ids)), reason=None)
    link = models.CustomerLink
    open_links = and_(link.order_id.in_(_orders(ids)), link.revoked_at.is_(None))
    _set(session, link, open_links, revoked_at=at, revoked_by=actor)
    told = select(models.Act.id).where(_acts(ids))
    _set(session, models.Submission, models.Submission.act_id.in_(told), notice=ERASED)
    session.execute(delete(models.IntakeChange).where(_changes(ids)).execution_options(synchronize_session=False))
    for forget in FORGETTING:
        forget(session, ids)
    for one in ids:
        session.execute(
            upsert(session.connection(), models.CustomerErasure)
            .values(customer_id=one, erased_at=at, erased_by=actor)
            .on_conflict_do_nothing()
        )
    announce_messages(session)
    session.expire_all()
    return counts


_NOTHING_OF_A_PERSON = {"name": None, "email": None, "phone": None, "language": None, "marketing_consent": None}
_NOTHING_OF_A_CARD = {"brand": None, "last4": None, "exp_month": None, "exp_year": None}


def _erase_messages(session: Session, ids: Collection[int]) -> int:
    message, part = models.Message, models.MessagePart
    theirs = select(message.id).where(_messages(ids))
    session.execute(delete(part).where(part.message_id.in_(theirs)).execution_options(synchronize_session=False))
    _set(session, message, and_(_messages(ids), message.state == QUEUED), state=WITHDRAWN, not_before=None)
    return _set(session, message, _messages(ids), to_address=None, subject=ERASED, body=ERASED)


def _set(session: Session, model: Any, where: ColumnElement[bool], **values: Any) -> int:
    done = session.execute(
        update(model.__table__).where(where).values(**values).execution_options(synchronize_session=False)
    )
    return rows_touched(done)


def brought_back(session: Session, *, limit: int) -> list[int]:
    """Customers who were erased and of whom a file has brought something back."""
    customer, erasure = models.Customer, models.CustomerErasure
    came = or_(customer.name.is_not(None), customer.email.is_not(None), customer.phone.is_not(None))
    rows = select(customer.id).join(erasure, erasure.customer_id == customer.id).where(came).limit(limit)
    return list(session.scalars(rows))


def not_seen_since(session: Session, day: date, *, limit: int) -> list[int]:
    """Customers with nothing open whose last order is older than a day, and who are not erased."""
    customer, order, line, erasure = models.Customer, models.Order, models.OrderLine, models.CustomerErasure
    newer = select(order.customer_id).where(order.placed_on >= day)
    still = select(order.customer_id).join(line, line.order_id == order.id).where(line.qty_open > 0)
    ever = select(order.customer_id)
    rows = (
        select(customer.id)
        .where(
            customer.id.in_(ever),
            customer.id.not_in(newer),
            customer.id.not_in(still),
            customer.id.not_in(select(erasure.customer_id)),
        )
        .limit(limit)
    )
    return list(session.scalars(rows))


def empty_old_messages(session: Session, before: datetime) -> int:
    """Take text and address from messages that were written before a moment and wait for nothing."""
    require_transaction()
    message = models.Message
    old = and_(
        message.created_at < before,
        message.state.in_(("sent", "failed", "bounced", "withdrawn")),
        message.body != ERASED,
    )
    part = models.MessagePart
    parts = delete(part).where(part.message_id.in_(select(message.id).where(old)))
    session.execute(parts.execution_options(synchronize_session=False))
    return _set(session, message, old, to_address=None, subject=ERASED, body=ERASED)
