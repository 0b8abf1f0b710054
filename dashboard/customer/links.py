"""Links by which a customer reaches one order: signed, of an end, and each to be taken back by itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import ColumnElement, bindparam, func, select, update
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import Instant
from dashboard.messages.sign_in_mail import mailed_address
from dashboard.models import CustomerLink

KEY_BYTES = 16
SALT = "customer-link"  # what signs these signs nothing else of the desk's
# Somebody looks again at what they accepted; after that the link that lies in a mailbox opens nothing.
STANDS_AFTER = timedelta(days=30)
LONGEST_TOKEN = 120


@dataclass(frozen=True, slots=True)
class FoundLink:
    """What an address leads to; `order_id` is None where it leads nowhere any more."""

    order_id: int | None
    is_over: bool = False  # it was a link of ours, and has ended or was taken back
    last_day: date | None = None  # on which it opens the order


def make(session: Session, order_id: int, *, until: date | None) -> CustomerLink:
    """A new link to an order, that stands a month longer than what it is sent for. By the real clock: a mailbox knows
    no pinned day.
    """
    now = clock.real_now()
    days = max(timedelta(), (until or clock.today()) - clock.today())
    link = CustomerLink(
        key=secrets.token_urlsafe(KEY_BYTES), order_id=order_id, made_at=now, ends_at=now + days + STANDS_AFTER
    )
    session.add(link)
    session.flush()
    return link


def address_of(link: CustomerLink) -> str:
    """The whole address, for mail."""
    return mailed_address("customer.order", token=_signer().dumps(link.key))


def find(session: Session, token: str) -> FoundLink:
    """The order that a token opens; nothing tells a stranger whether there is such an order."""
    if len(token) > LONGEST_TOKEN:
        return FoundLink(None)
    try:
        key = _signer().loads(token)
    except BadSignature:
        return FoundLink(None)
    link = session.scalar(select(CustomerLink).where(CustomerLink.key == str(key)))
    if link is None:
        return FoundLink(None)
    if link.revoked_at is not None or link.ends_at <= clock.real_now():
        return FoundLink(None, is_over=True)
    return FoundLink(link.order_id, last_day=clock.shop_day(link.ends_at))


def revoke(session: Session, message_id: int, *, actor: int | None) -> None:
    """Take back the links that a message carried: whoever has them reads that they are over."""
    _revoke(session, CustomerLink.message_id == message_id, actor=actor)


def revoke_of_order(session: Session, order_id: int, *, actor: int | None) -> None:
    """Take back every link to an order."""
    _revoke(session, CustomerLink.order_id == order_id, actor=actor)


def count_open(session: Session, order_id: int) -> int:
    """How many links to an order still open it."""
    return session.scalar(_COUNT_OPEN, {"order": order_id, "now": clock.real_now()}) or 0


# To write this statement takes longer than to answer it, so it is written once.
_COUNT_OPEN = (
    select(func.count())
    .select_from(CustomerLink)
    .where(
        CustomerLink.order_id == bindparam("order"),
        CustomerLink.revoked_at.is_(None),
        CustomerLink.ends_at > bindparam("now", type_=Instant),
    )
)


def _revoke(session: Session, which: ColumnElement[bool], *, actor: int | None) -> None:
    session.execute(
        update(CustomerLink)
        .where(which, CustomerLink.revoked_at.is_(None))
        .values(revoked_at=clock.real_now(), revoked_by=actor)
        .execution_options(synchronize_session=False)
    )


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key or "", salt=SALT)
