"""Letters to people of the staff: news that they chose, and reports that they asked for, with their file."""

from __future__ import annotations

from typing import Any

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import db, require_transaction
from dashboard.domain.mail_to_me import ALERT, DIGEST, REPORT
from dashboard.messages.announcing import announce_messages
from dashboard.messages.outbox import new_message_id
from dashboard.models import Message, MessageFile, User

# What is written to the staff: nothing of it is a customer's, and whoever reads the list of messages need not see it.
TO_STAFF = (DIGEST, ALERT, REPORT)


def write_to(person: User, *, kind: str, subject: str, body: str, file: tuple[str, str] | None = None) -> int:
    """Write to somebody of the staff, in the transaction that remembers that it was said; the message's id.

    It leaves with the next delivery. `file` is a name and a text.
    """
    require_transaction()
    session = db.session()
    message = Message(
        kind=kind,
        message_id=new_message_id(),
        to_address=person.email,
        subject=subject,
        body=body,
        created_at=clock.real_now(),
    )
    session.add(message)
    session.flush()
    if file is not None:
        name, content = file
        session.add(MessageFile(message_id=message.id, name=name, content=content))
        session.flush()
    announce_messages(session)
    return message.id


def carried_by(message_id: int) -> tuple[str, str] | None:
    """The name and the text of the file that a letter to the staff carries."""
    row = db.session.execute(
        select(MessageFile.name, MessageFile.content).where(MessageFile.message_id == message_id)
    ).first()
    return None if row is None else (row.name, row.content)


def drop_file(session: Session, message_id: int) -> None:
    """A server has the letter: its file is kept no longer."""
    session.execute(delete(MessageFile).where(MessageFile.message_id == message_id))


def page_address(endpoint: str, **values: Any) -> str:
    """A page's address for mail that no request is behind; without `BASE_URL` its path."""
    path = current_app.url_map.bind("desk").build(endpoint, values)
    return f"{current_app.config['BASE_URL']}{path}"
