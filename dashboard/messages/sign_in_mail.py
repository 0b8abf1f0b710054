"""Mail of the sign-in: a link to set a new password, and word that it was set."""

from __future__ import annotations

from flask import Flask, after_this_request, current_app, has_request_context, url_for

from dashboard import clock
from dashboard.database import db
from dashboard.messages.outbox import SIGN_IN, new_message_id
from dashboard.models import Message


def put_into_outbox(*, to_address: str, subject: str, body: str) -> None:
    """Lay the message into the outbox together with what the sign-in extension saves, and wake the postman."""
    db.session.add(
        Message(
            kind=SIGN_IN,
            message_id=new_message_id(),
            to_address=to_address,
            subject=subject,
            body=body,
            created_at=clock.real_now(),
        )
    )

    @after_this_request
    def save_and_wake(response):
        current_app.extensions["security"].datastore.commit()
        current_app.extensions["wake"]("deliver_mail")
        return response


def register(app: Flask) -> None:
    """Give the mail's templates the address under which people reach the desk."""
    app.jinja_env.globals["mailed_address"] = mailed_address


def mailed_address(endpoint: str, **values: str) -> str:
    """An address for mail: under `BASE_URL` where it is set, since a request's own host may be made up. Jobs have no
    request, and write the path alone where it is not: then nothing is mailed, and the letter is read at the desk.
    """
    base = current_app.config["BASE_URL"]
    if base or not has_request_context():
        return base + current_app.url_map.bind("desk").build(endpoint, values)
    return url_for(endpoint, _external=True, **values)
