"""What people read when something cannot be had: as a page, or as a fragment where a fragment was asked for."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import structlog
from flask import Flask, Response
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, InternalServerError

from dashboard.web import fragments

log = structlog.get_logger()


@dataclass(frozen=True)
class Problem:
    """An error in words: what happened, and what one can do."""

    title: str
    sentence: str
    what_next: str = ""


PROBLEMS: dict[int, Problem] = {
    400: Problem("Not understood", "The desk could not make sense of that request.", "Go back and try again."),
    403: Problem("Not yours to do", "Your role does not allow this.", "An administrator can give you another one."),
    404: Problem("Nothing here", "This address leads nowhere, or what was here is gone."),
    405: Problem("Not this way", "This address answers, but not to that kind of request.", "Go back and use the page."),
    409: Problem("Changed meanwhile", "Somebody changed this while you looked at it.", "Open it again to see it anew."),
    413: Problem("Too large", "That is more than the desk takes at once.", "Load large files by the command line."),
    419: Problem("This page was open too long", "Nothing was saved.", "Load the page again and repeat the last step."),
    429: Problem("Too many requests", "The desk slows down repeated attempts.", "Wait a minute, then try again."),
    500: Problem("Something broke here", "It is our fault and nothing was half saved.", "Try again."),
    503: Problem("Not ready", "The desk is starting or its database does not answer.", "Try again in a minute."),
}


def register(app: Flask) -> None:
    """Answer every error in words."""
    app.register_error_handler(CSRFError, _token_is_over)
    app.register_error_handler(HTTPException, _problem)
    app.register_error_handler(InternalServerError, _our_fault)


def _token_is_over(error: CSRFError) -> Response:
    if not current_user.is_authenticated and fragments.is_htmx_request():
        return fragments.session_is_over()
    return problem(fragments.SESSION_OVER)


def _problem(error: HTTPException) -> Response:
    if error.response is not None:
        return error.response  # type: ignore[return-value]
    return problem(error.code or 500, headers=dict(error.get_headers()))


def _our_fault(error: InternalServerError) -> Response:
    """Log what happened under a number that the person can tell."""
    number = secrets.token_hex(4)
    log.error("request failed", number=number, exc_info=error.original_exception or error)
    return problem(500, number=number)


def problem(code: int, *, number: str = "", headers: dict[str, str] | None = None) -> Response:
    """The answer for a status: page or fragment."""
    words = PROBLEMS.get(code) or PROBLEMS[500 if code >= 500 else 400]
    what_next = f"{words.what_next} If it stays, tell an administrator this number: {number}." if number else None
    response = fragments.failed(
        code,
        title=words.title,
        sentence=words.sentence,
        what_next=what_next or words.what_next,
    )
    for name in ("Allow", "Retry-After"):
        if headers and name in headers:
            response.headers[name] = headers[name]
    return response
