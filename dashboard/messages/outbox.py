"""The outbox: mail that waits, leaves once, and is seen when it cannot."""

from __future__ import annotations

import smtplib
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import or_, select, update

from dashboard import clock
from dashboard.database import db, transaction
from dashboard.models import Message

SMTP_PORT, SMTPS_PORT = 25, 465
SMTP_SECONDS = 20
MOST_ATTEMPTS = 6
# Waits double from here: 1, 2, 4, 8, 16 minutes.
FIRST_WAIT = timedelta(minutes=1)
# Longer than any delivery takes: what still says "sending" then was cut off by a kill.
SENDING_IS_LOST_AFTER = timedelta(minutes=10)
SIGN_IN = "sign-in"
SENT_SECRET = "(The link that this message carried is not kept after it was sent.)"


@dataclass(frozen=True)
class Delivered:
    """What one round of the outbox did."""

    sent: int
    failed: int


def new_message_id() -> str:
    """A Message-ID that stays with a message through every attempt, so that a receiver can tell it is the same."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "backorder-desk.local"
    return f"<{uuid.uuid4().hex}@{host}>"


def deliver(limit: int = 100) -> Delivered:
    """Send what waits, each message once; without `MAIL_URL` everything stays where it is."""
    if not current_app.config["MAIL_URL"]:
        return Delivered(0, 0)
    _take_back_what_was_cut_off()
    sent = failed = 0
    for message_id in _waiting(limit):
        outcome = _deliver_one(message_id)
        sent += outcome is True
        failed += outcome is False
    return Delivered(sent, failed)


def _take_back_what_was_cut_off() -> None:
    lost_before = clock.real_now() - SENDING_IS_LOST_AFTER
    with transaction() as work:
        work.execute(
            update(Message)
            .where(Message.state == "sending", Message.not_before < lost_before)
            .values(state="queued")
            .execution_options(synchronize_session=False)
        )


def _waiting(limit: int) -> list[int]:
    due = or_(Message.not_before.is_(None), Message.not_before <= clock.real_now())
    ids = list(
        db.session.scalars(select(Message.id).where(Message.state == "queued", due).order_by(Message.id).limit(limit))
    )
    db.session.rollback()
    return ids


def _deliver_one(message_id: int) -> bool | None:
    """True when sent, False when not, None when another process has it."""
    row = _claim(message_id)
    if row is None:
        return None
    try:
        letter = _letter(row)
        with _connection() as smtp:
            smtp.send_message(letter)
    except (smtplib.SMTPException, OSError, ValueError) as failure:
        _note_failure(message_id, failure)
        return False
    _note_sent(message_id)
    return True


def _claim(message_id: int) -> Any:
    """The message's row, now this worker's to send; None when another one was first."""
    with transaction() as work:
        claimed = work.execute(
            update(Message)
            .where(Message.id == message_id, Message.state == "queued")
            .values(state="sending", attempts=Message.attempts + 1, not_before=clock.real_now())
            .execution_options(synchronize_session=False)
        )
        if claimed.rowcount != 1:
            return None
        return work.execute(
            select(Message.message_id, Message.to_address, Message.subject, Message.body).where(
                Message.id == message_id
            )
        ).one()


def _letter(row: Any) -> EmailMessage:
    """The message as it travels; a `ValueError` where an address or subject would smuggle in a header."""
    letter = EmailMessage()
    letter["From"] = sender()
    letter["To"] = row.to_address
    letter["Subject"] = row.subject
    letter["Message-ID"] = row.message_id
    letter["Date"] = clock.real_now()
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(row.body)
    return letter


def _note_sent(message_id: int) -> None:
    with transaction() as work:
        message = work.get_one(Message, message_id)
        message.state = "sent"
        message.sent_at = clock.real_now()
        message.not_before = None
        message.failure = None
        if message.kind == SIGN_IN:
            message.body = SENT_SECRET


def _note_failure(message_id: int, failure: Exception) -> None:
    with transaction() as work:
        message = work.get_one(Message, message_id)
        message.failure = _reason(failure)
        if message.attempts >= MOST_ATTEMPTS or _is_final(failure):
            message.state = "failed"
            message.not_before = None
        else:
            message.state = "queued"
            message.not_before = clock.real_now() + FIRST_WAIT * 2 ** (message.attempts - 1)


def _is_final(failure: Exception) -> bool:
    """Whether trying again is no use: the receiver refused the address or the letter for good, or it is no letter."""
    if isinstance(failure, ValueError):
        return True
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in failure.recipients.values())
    return isinstance(failure, smtplib.SMTPResponseException) and failure.smtp_code >= 500


def _reason(failure: Exception) -> str:
    """What went wrong, without the receiver's address or anything of the letter."""
    if isinstance(failure, ValueError):
        return "The address or the subject is none that a letter can carry."
    if isinstance(failure, smtplib.SMTPRecipientsRefused):
        code, _ = next(iter(failure.recipients.values()))
        return f"The mail server refused the address ({code})."
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return "The mail server refused the user or password of MAIL_URL."
    if isinstance(failure, smtplib.SMTPResponseException):
        return f"The mail server answered {failure.smtp_code}."
    return f"The mail server could not be reached ({type(failure).__name__})."


@contextmanager
def _connection() -> Iterator[smtplib.SMTP]:
    """A connection to the server that `MAIL_URL` names: encrypted where the server offers it, signed in where it
    names a user. A password never goes over an open line."""
    address = urlsplit(current_app.config["MAIL_URL"])
    host = address.hostname or "localhost"
    smtp: smtplib.SMTP
    if address.scheme == "smtps":
        context = ssl.create_default_context()
        smtp = smtplib.SMTP_SSL(host, address.port or SMTPS_PORT, timeout=SMTP_SECONDS, context=context)
    else:
        smtp = smtplib.SMTP(host, address.port or SMTP_PORT, timeout=SMTP_SECONDS)
    with smtp:
        smtp.ehlo_or_helo_if_needed()
        if address.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if address.username:
            smtp.login(unquote(address.username), unquote(address.password or ""))
        yield smtp


def sender() -> str:
    """The address that mail comes from."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    return current_app.config["MAIL_FROM"] or f"Backorder Desk <desk@{host}>"
