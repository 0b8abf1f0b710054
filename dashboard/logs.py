"""What is written down while the desk runs: one line an event, for people or for machines, and nothing private."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request
from flask_security import current_user

HIDDEN = "[hidden]"
# Values under such names are never written, whatever they are.
SECRET_NAMES = re.compile(r"password|secret|token|cookie|authorization|api_?key|database_url|mail_url", re.I)
E_MAIL = re.compile(r"[^\s@<>\"'(),;:=/]+@[^\s@<>\"'(),;:=/]+\.[^\s@<>\"'(),;:=/.]+")
# A run of 14 to 19 digits, spaced or hyphened: only those that Luhn's check passes are hidden.
DIGITS = re.compile(r"(?<!\d)(?:\d[ -]?){13,18}\d(?!\d)")
PASSWORD_IN_ADDRESS = re.compile(r"(\w+://[^\s:/@]*):[^\s@]+@")
QUIET_ENDPOINTS = ("static", "status.healthz", "status.readyz", "status.metrics")


def register(app: Flask) -> None:
    """Log through one formatter, every library included, and one line for each request."""
    _configure(app.config["LOG_LEVEL"], as_json=app.config["LOG_FORMAT"] == "json")
    # The framework would log a fault with its address, which may carry a token; errors.py logs it without.
    app.log_exception = lambda exc_info: None  # type: ignore[method-assign]
    app.before_request(_begin)
    app.after_request(_one_line)


def _configure(level: str, *, as_json: bool) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
        hide_what_is_private,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    renderer: Any = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    handler = _ToStandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.set_name("desk")
    root = logging.getLogger()
    root.handlers = [*(other for other in root.handlers if other.get_name() != "desk"), handler]
    root.setLevel(level)
    for chatty in ("huey", "alembic", "limits", "flask-limiter"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))


class _ToStandardError(logging.StreamHandler):
    """Writes to whatever standard error is at that moment, should somebody turn it elsewhere."""

    @property
    def stream(self) -> Any:
        return sys.stderr

    @stream.setter
    def stream(self, value: Any) -> None:
        """Nothing is kept: it is looked up at each line."""


def hide_what_is_private(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets, card numbers and e-mail addresses out of an event, wherever they stand."""
    for key, value in list(event.items()):
        if key.startswith("_"):
            continue
        event[key] = HIDDEN if SECRET_NAMES.search(key) else _without_private(value)
    return event


def _without_private(value: Any) -> Any:
    if isinstance(value, str):
        return without_private(value)
    if isinstance(value, dict):
        return {k: HIDDEN if SECRET_NAMES.search(str(k)) else _without_private(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_without_private(item) for item in value]
    return value


def without_private(text: str) -> str:
    """The text without e-mail addresses, card numbers, and passwords within addresses."""
    text = PASSWORD_IN_ADDRESS.sub(rf"\1:{HIDDEN}@", text)
    text = E_MAIL.sub(HIDDEN, text)
    return DIGITS.sub(lambda found: HIDDEN if _passes_luhn(found.group()) else found.group(), text)


def _passes_luhn(digits: str) -> bool:
    numbers = [int(digit) for digit in reversed(digits) if digit.isdigit()]
    doubled = (sum(divmod(2 * number, 10)) for number in numbers[1::2])
    return (sum(numbers[::2]) + sum(doubled)) % 10 == 0


def _begin() -> None:
    g.log_began = time.perf_counter()


def _one_line(response: Response) -> Response:
    """The route, never the address: an address may carry a token or what somebody typed."""
    if request.endpoint in QUIET_ENDPOINTS and response.status_code < 500:
        return response
    began = g.get("log_began")
    structlog.get_logger("desk.requests").info(
        "answered",
        method=request.method,
        route=request.url_rule.rule if request.url_rule else None,
        status=response.status_code,
        milliseconds=None if began is None else round((time.perf_counter() - began) * 1000, 1),
        person=_person(),
    )
    return response


def _person() -> int | None:
    """Who asked, by number, if that was looked up anyway: a log line is worth no query."""
    return getattr(current_user, "id", None) if "_login_user" in g else None
