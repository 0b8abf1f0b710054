"""The way out: what waits in the outbox leaves by a mail server, once, and is seen when it cannot."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import or_, select, update

from dashboard import clock
from dashboard.database import db, rows_touched, transaction
from dashboard.domain.mail_to_me import REPORT
from dashboard.domain.messages import FAILED, QUEUED, SENDING, SENT
from dashboard.domain.purchase_order_sendings import LETTER_KIND
from dashboard.messages.announcing import announce_messages
from dashboard.messages.letters_to_staff import carried_by, drop_file
from dashboard.messages.outbox import SIGN_IN
from dashboard.messages.supplier_letters import file_with
from dashboard.models import Message

SMTP_PORT, SMTPS_PORT = 25, 465
SMTP_SECONDS = 20
# A server may look at a letter for viruses before it takes it.
LETTER_SECONDS = 180
# Waits double from here, 1, 2, 4 … minutes, up to four hours; the last attempt is half a day after the first. Greylists
# let in who comes again after some minutes, and a full mailbox is often empty the next morning.
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
MOST_ATTEMPTS = 11
# Longer than any delivery takes: what still says "sending" then was cut off by a kill.
SENDING_IS_LOST_AFTER = timedelta(minutes=10)
SENT_SECRET = "(The link that this message carried is not kept after it was sent.)"
NO_LETTER = "The address or the subject is none that a letter can carry."
# Whoever sent it again by itself might write twice; a person can ask, or look.
MAY_HAVE_IT = "The connection broke just as the mail server took the letter: it may have arrived. Send it again if not."
GO_AHEAD, TAKEN = 354, 250
ALSO_TAKEN = (251, 252)  # an address that the server will see to
END_OF_LETTER = b".\r\n"
FOR_GOOD = 500  # from here on a server's answer is not to be asked again
WRONG_PASSWORD = "The mail server refused the user or password of MAIL_URL."
SENDER_REFUSED = "refused the address of MAIL_FROM"
REFUSED_BY_SERVER = "The mail server {what} ({code})."


@dataclass(frozen=True)
class Delivered:
    """What one round of the outbox did."""

    sent: int
    failed: int


class NotTaken(Exception):
    """The server did not take the letter, or it cannot be known; `words` say why, without anything of the letter."""

    def __init__(
        self, words: str, *, for_good: bool = False, may_have_it: bool = False, of_the_way: bool = False
    ) -> None:
        super().__init__(words)
        self.words = words
        self.is_final = for_good or may_have_it
        # Nothing is wrong with this letter: the others of the round would fare as it did.
        self.is_of_the_way = of_the_way


def deliver(limit: int = 100) -> Delivered:
    """Send what waits, each message once; without `MAIL_URL` everything stays where it is.

    A message is claimed before it is sent, and marked as handed over before its last byte is. Whatever a kill cuts off
    before that is sent again later; after it nobody can know, so that a person decides.
    """
    if not current_app.config["MAIL_URL"]:
        return Delivered(0, 0)
    changed = _take_back_what_was_cut_off()
    sent = failed = 0
    for message_id in _waiting(limit):
        row = _claim(message_id)
        if row is None:
            continue
        try:
            _hand_over(row)
        except NotTaken as refused:
            _note_failure(message_id, refused)
            failed += 1
            if refused.is_of_the_way:
                break
        else:
            sent += 1
    if changed or sent or failed:
        with transaction() as work:
            announce_messages(work)
    return Delivered(sent, failed)


def _take_back_what_was_cut_off() -> int:
    lost = (Message.state == SENDING, Message.not_before < clock.real_now() - SENDING_IS_LOST_AFTER)
    if db.session.scalar(select(Message.id).where(*lost).limit(1)) is None:
        db.session.rollback()
        return 0
    with transaction() as work:
        unsure = work.execute(
            update(Message)
            .where(*lost, Message.handed_over_at.is_not(None))
            .values(state=FAILED, not_before=None, failure=MAY_HAVE_IT)
            .execution_options(synchronize_session=False)
        )
        again = work.execute(
            update(Message)
            .where(*lost, Message.handed_over_at.is_(None))
            .values(state=QUEUED)
            .execution_options(synchronize_session=False)
        )
        return rows_touched(unsure) + rows_touched(again)


def _waiting(limit: int) -> list[int]:
    due = or_(Message.not_before.is_(None), Message.not_before <= clock.real_now())
    ids = list(
        db.session.scalars(select(Message.id).where(Message.state == QUEUED, due).order_by(Message.id).limit(limit))
    )
    db.session.rollback()
    return ids


def _claim(message_id: int) -> Any:
    """The message's row, now this worker's to send; None when another one was first, or it was withdrawn."""
    with transaction() as work:
        claimed = work.execute(
            update(Message)
            .where(Message.id == message_id, Message.state == QUEUED)
            .values(state=SENDING, attempts=Message.attempts + 1, not_before=clock.real_now(), handed_over_at=None)
            .execution_options(synchronize_session=False)
        )
        if rows_touched(claimed) != 1:
            return None
        return work.execute(
            select(
                Message.id, Message.message_id, Message.to_address, Message.subject, Message.body, Message.kind
            ).where(Message.id == message_id)
        ).one()


def _hand_over(row: Any) -> None:
    """Give the letter to the server, and note that it has it as soon as it says so. Raises `NotTaken`."""
    try:
        letter = _letter(row)
        written = letter.as_bytes(policy=SMTP_POLICY)
        sender_address, to_address = (parseaddr(str(letter[header]))[1] for header in ("From", "To"))
    except (ValueError, UnicodeError) as failure:
        raise NotTaken(NO_LETTER, for_good=True) from failure
    with _connection() as smtp:
        try:
            _announce(smtp, sender_address, to_address)
        except UnicodeError as failure:
            raise NotTaken(NO_LETTER, for_good=True) from failure
        except (smtplib.SMTPException, OSError) as failure:
            raise _broken(failure) from failure
        try:
            smtp.send(_as_data(written))
        except (smtplib.SMTPException, OSError) as failure:
            raise _broken(failure) from failure
        _note_handing_over(row.id)
        _wait_at_most(smtp, LETTER_SECONDS)
        try:
            smtp.send(END_OF_LETTER)
            code, _ = smtp.getreply()
        except (smtplib.SMTPException, OSError) as failure:
            raise NotTaken(MAY_HAVE_IT, may_have_it=True) from failure
        if code != TAKEN:
            raise _refused(code, "refused the letter")
        _note_sent(row)


def _announce(smtp: smtplib.SMTP, sender_address: str, to_address: str) -> None:
    """From whom and to whom, up to where the server asks for the letter."""
    for said, what in (
        (lambda: smtp.mail(sender_address), SENDER_REFUSED),
        (lambda: smtp.rcpt(to_address), "refused the address"),
        (lambda: smtp.docmd("DATA"), "refused the letter"),
    ):
        code, _ = said()
        if code not in (TAKEN, *ALSO_TAKEN, GO_AHEAD):
            raise _refused(code, what)


def _as_data(written: bytes) -> bytes:
    """The letter as it stands between DATA and the full stop that ends it, without which no server takes it."""
    lines = written.removesuffix(b"\r\n").split(b"\r\n")
    return b"\r\n".join(b"." + line if line.startswith(b".") else line for line in lines) + b"\r\n"


def _refused(code: int, what: str) -> NotTaken:
    if what == SENDER_REFUSED:  # what MAIL_FROM says is wrong with every letter
        return NotTaken(REFUSED_BY_SERVER.format(what=what, code=code), of_the_way=True)
    return NotTaken(REFUSED_BY_SERVER.format(what=what, code=code), for_good=code >= FOR_GOOD)


def _broken(failure: Exception) -> NotTaken:
    """The way to the server failed: not this letter's fault, and nothing of it was taken."""
    if isinstance(failure, smtplib.SMTPAuthenticationError):
        return NotTaken(WRONG_PASSWORD, of_the_way=True)
    if isinstance(failure, smtplib.SMTPResponseException):
        return NotTaken(REFUSED_BY_SERVER.format(what="answered", code=failure.smtp_code), of_the_way=True)
    return NotTaken(f"The mail server could not be reached ({type(failure).__name__}).", of_the_way=True)


def _letter(row: Any) -> EmailMessage:
    """The message as it travels; a `ValueError` where an address or subject would smuggle in a header."""
    letter = EmailMessage()
    letter["From"] = sender()
    letter["To"] = row.to_address
    letter["Subject"] = row.subject
    letter["Message-ID"] = row.message_id
    letter["Date"] = clock.real_now()
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(row.body, cte="quoted-printable")  # every server takes what needs no eight bits
    look = {LETTER_KIND: file_with, REPORT: carried_by}.get(row.kind)
    if look is not None and (carried := look(row.id)):
        db.session.rollback()  # nothing is kept open while the server is talked to
        name, text = carried
        letter.add_attachment(text.encode(), maintype="text", subtype="csv", filename=name, params={"charset": "utf-8"})
    return letter


def _note_handing_over(message_id: int) -> None:
    with transaction() as work:
        work.execute(
            update(Message)
            .where(Message.id == message_id)
            .values(handed_over_at=clock.real_now())
            .execution_options(synchronize_session=False)
        )


def _note_sent(row: Any) -> None:
    with transaction() as work:
        message = work.get_one(Message, row.id, populate_existing=True)
        message.state = SENT
        message.sent_at = clock.real_now()
        message.not_before = None
        message.failure = None
        if message.kind == SIGN_IN:
            message.body = SENT_SECRET
        if message.kind == REPORT:
            drop_file(work, message.id)


def _note_failure(message_id: int, refused: NotTaken) -> None:
    with transaction() as work:
        message = work.get_one(Message, message_id, populate_existing=True)
        message.failure = refused.words
        if refused.is_final or (message.attempts >= MOST_ATTEMPTS and not refused.is_of_the_way):
            message.state = FAILED
            message.not_before = None
        else:
            message.state = QUEUED
            message.not_before = clock.real_now() + wait_after(message.attempts)


def wait_after(attempts: int) -> timedelta:
    """For how long a message waits after so many attempts."""
    return FIRST_WAIT * min(2 ** (attempts - 1), LONGEST_WAIT // FIRST_WAIT)


@contextmanager
def _connection() -> Iterator[smtplib.SMTP]:
    """A connection to the server that `MAIL_URL` names: encrypted where the server offers it, signed in where it
    names a user. A password never goes over an open line.
    """
    address = urlsplit(current_app.config["MAIL_URL"])
    host = address.hostname or "localhost"
    smtp: smtplib.SMTP | None = None
    try:
        if address.scheme == "smtps":
            context = ssl.create_default_context()
            smtp = smtplib.SMTP_SSL(host, address.port or SMTPS_PORT, timeout=SMTP_SECONDS, context=context)
        else:
            smtp = smtplib.SMTP(host, address.port or SMTP_PORT, timeout=SMTP_SECONDS)
        smtp.ehlo_or_helo_if_needed()
        if address.scheme == "smtp" and smtp.has_extn("starttls"):
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if address.username:
            smtp.login(unquote(address.username), unquote(address.password or ""))
    except (smtplib.SMTPException, OSError) as failure:
        if smtp is not None:
            smtp.close()
        raise _broken(failure) from failure
    try:
        yield smtp
    except BaseException:
        smtp.close()
        raise
    _part(smtp)


def _part(smtp: smtplib.SMTP) -> None:
    """Take leave of a server that has the letter: how it answers to that changes nothing."""
    try:
        _wait_at_most(smtp, SMTP_SECONDS)
        smtp.quit()
    except (smtplib.SMTPException, OSError):
        smtp.close()


def sender() -> str:
    """The address that mail comes from."""
    host = urlsplit(current_app.config["BASE_URL"]).hostname or "localhost"
    return current_app.config["MAIL_FROM"] or f"Backorder Desk <desk@{host}>"


def _wait_at_most(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:  # a server that hung up has none; the next command says so
        smtp.sock.settimeout(seconds)
