"""Messages to customers: which are meant, a page of them, and one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.messages.letters_to_staff import TO_STAFF
from dashboard.messages.outbox import SIGN_IN
from dashboard.models import Act, Customer, Message, Order, PurchaseOrder, PurchaseOrderLetter, Supplier, User
from dashboard.panels.filters import Selection
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE

FILTERED_BY = ("mail", "kind", "search")
DEFAULT_SORT = "-written"
SORTS: dict[str, Sort] = {"written": Sort((number(Message.id),), largest_first=True)}


SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class TextChange:
    """One change of a text."""

    id: int
    at: datetime
    who: str  # empty: the desk itself
    why: str | None


@dataclass(frozen=True, slots=True)
class ListedMessage:
    """One message of the list."""

    id: int
    kind: str
    state: str
    subject: str
    to_address: str | None
    created_at: datetime
    sent_at: datetime | None
    not_before: datetime | None  # when it is tried next, or was claimed
    attempts: int
    failure: str | None
    order: str | None  # None: not about an order
    customer: str | None
    written_by: str | None  # None: the desk itself
    purchase_order: str | None  # None: not to a supplier
    supplier: str | None


@dataclass(frozen=True, slots=True)
class WholeMessage:
    """One message with what it says."""

    listed: ListedMessage
    message_id: str
    body: str
    handed_over_at: datetime | None


@dataclass(frozen=True, slots=True)
class DidToMessage:
    """Something that a person did to a message."""

    at: datetime
    who: str | None
    act: str
    why: str | None


def _shown() -> Select:
    return (
        select(
            Message.id,
            Message.kind,
            Message.state,
            Message.subject,
            Message.to_address,
            Message.created_at,
            Message.sent_at,
            Message.not_before,
            Message.attempts,
            Message.failure,
            Order.number,
            func.coalesce(Customer.name, Customer.code).label("customer"),
            func.coalesce(User.name, User.email).label("written_by"),
            PurchaseOrder.number.label("purchase_order"),
            func.coalesce(Supplier.name, Supplier.code).label("supplier"),
        )
        .outerjoin(Order, Order.id == Message.order_id)
        .outerjoin(Customer, Customer.id == Message.customer_id)
        .outerjoin(User, User.id == Message.written_by)
        .outerjoin(PurchaseOrderLetter, PurchaseOrderLetter.message_id == Message.id)
        .outerjoin(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLetter.purchase_order_id)
        .outerjoin(Supplier, Supplier.id == PurchaseOrder.supplier_id)
    )


_SHOWN = _shown()


def where(selection: Selection, *, with_sign_in: bool) -> list[ColumnElement[bool]]:
    """The selection as conditions; what the staff is mailed, secrets of the sign-in too, is for few."""
    found: list[ColumnElement[bool]] = [] if with_sign_in else [Message.kind.not_in((SIGN_IN, *TO_STAFF))]
    if states := selection.of("mail"):
        found.append(Message.state.in_(states))
    if kinds := selection.of("kind"):
        found.append(Message.kind.in_(kinds))
    if sought := selection.of("search"):
        found.append(or_(*(_matching(one) for one in sought)))
    return found


def _matching(sought: str) -> ColumnElement[bool]:
    """The order of that number, or whoever is called or reached so."""
    orders = select(Order.id).where(Order.number == sought)
    called = func.lower(func.coalesce(Customer.name, "")).contains(sought.lower(), autoescape=True)
    people = select(Customer.id).where(or_(Customer.code == sought, called))
    address = func.lower(func.coalesce(Message.to_address, "")).contains(sought.lower(), autoescape=True)
    return or_(Message.order_id.in_(orders), Message.customer_id.in_(people), address)


def count_messages(session: Session, selection: Selection, *, with_sign_in: bool, at_most: int) -> int:
    """How many are meant, up to one more than that many."""
    found = select(Message.id).where(*where(selection, with_sign_in=with_sign_in)).limit(at_most + 1).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def count_states(session: Session, *, with_sign_in: bool) -> dict[str, int]:
    """How many messages are in each state."""
    rows = session.execute(
        select(Message.state, func.count().label("messages"))
        .where(*where(Selection(), with_sign_in=with_sign_in))
        .group_by(Message.state)
    )
    return {row.state: row.messages for row in rows}


def messages_page(session: Session, view: View, *, with_sign_in: bool) -> Page[ListedMessage]:
    """One page, the newest first."""
    narrow = select(Message.id.label("found")).where(*where(view.selection, with_sign_in=with_sign_in))

    def widen(found: Select) -> Select:
        rows = found.subquery()
        return _SHOWN.add_columns(rows.c.place_0).join(rows, rows.c.found == Message.id)

    return read_page(session, narrow, SORTS[view.sort], view, widen=widen, make=lambda row: ListedMessage(*row[:-1]))


def all_messages(session: Session, selection: Selection, today: date) -> Iterator[ListedMessage]:
    """Every message to customers that is meant, the newest first, as the CSV has it."""
    rows = session.execute(
        _SHOWN.where(*where(selection, with_sign_in=False))
        .order_by(Message.id.desc())
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    zone = clock.shop_zone()
    for row in rows:
        listed = ListedMessage(*row)
        sent_at = None if listed.sent_at is None else listed.sent_at.astimezone(zone)
        yield replace(listed, created_at=listed.created_at.astimezone(zone), sent_at=sent_at)


def find_message(session: Session, message_id: int, *, with_sign_in: bool) -> WholeMessage | None:
    """The message of that id."""
    row = session.execute(
        _SHOWN.add_columns(Message.message_id, Message.body, Message.handed_over_at).where(
            Message.id == message_id, *where(Selection(), with_sign_in=with_sign_in)
        )
    ).first()
    return None if row is None else WholeMessage(ListedMessage(*row[:-3]), *row[-3:])


def done_to(session: Session, message_id: int) -> tuple[DidToMessage, ...]:
    """What people did to a message, the first first."""
    rows = session.execute(
        select(Act.at, func.coalesce(User.name, User.email), Act.act, Act.why)
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.subject == f"message {message_id}")
        .order_by(Act.id)
    )
    return tuple(DidToMessage(*row) for row in rows)


def changes_of(session: Session, subject: str) -> tuple[TextChange, ...]:
    """The changes of a text, the newest first."""
    rows = session.execute(
        select(Act.id, Act.at, func.coalesce(User.name, User.email, ""), Act.why)
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.subject == subject)
        .order_by(Act.id.desc())
        .limit(SHOWN_AT_MOST)
    )
    return tuple(TextChange(*row) for row in rows)
