"""The signed link by which somebody sets a first password, or a new one, and the letter that carries it."""

from __future__ import annotations

from flask import current_app
from flask_security.recoverable import generate_reset_password_token
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.accounts import INVITATION_LIVES, known_as
from dashboard.messages.announcing import announce_messages
from dashboard.messages.outbox import SIGN_IN, new_message_id
from dashboard.messages.sign_in_mail import mailed_address
from dashboard.models import Message, User

SALT = "invitation"


def write_invitation(session: Session, person: User, *, is_new: bool, by: str) -> None:
    """Lay the letter with its link into the outbox, in the transaction of the act."""
    shop = current_app.config["SHOP_NAME"]
    desk = f"the backorder desk of {shop}" if shop else "Backorder Desk"
    url = mailed_address("people.come_in", token=_token(person))
    why = f"{by} invites you to {desk}." if is_new else f"{by} sends you a link to set a new password for {desk}."
    subject = f"Come in to {desk}" if is_new else f"Set a new password for {desk}"
    body = (
        f"{why}\n\nOpen this address within {INVITATION_LIVES.days} days and choose a password; it works once:\n\n"
        f"{url}\n\nYou sign in with {person.email}. If you expected no such letter, do nothing.\n"
    )
    session.add(
        Message(
            kind=SIGN_IN,
            message_id=new_message_id(),
            to_address=person.email,
            subject=subject,
            body=body,
            created_at=clock.real_now(),
        )
    )
    announce_messages(session)


def reset_token(session: Session, token: str) -> str | None:
    """What the page that sets a password takes, for a link that is whole, not old, and not used; else None."""
    try:
        person_id, mark = _serializer().loads(token, max_age=int(INVITATION_LIVES.total_seconds()))
    except (BadSignature, TypeError, ValueError):
        return None
    person = session.scalar(select(User).where(User.id == person_id, User.active.is_(True)))
    if person is None or known_as(person.fs_uniquifier) != mark:
        return None
    written: str = generate_reset_password_token(person)
    return written


def _token(person: User) -> str:
    return str(_serializer().dumps([person.id, known_as(person.fs_uniquifier)]))


def _serializer() -> URLSafeTimedSerializer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return URLSafeTimedSerializer(keys, salt=SALT)
