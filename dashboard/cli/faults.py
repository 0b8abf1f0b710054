"""How a command says that the input is at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

INPUT_AT_FAULT = 1
MISSING_TABLES = ("no such table", "no such column", "does not exist")


def refuse(faults: str | Iterable[str]) -> NoReturn:
    """Print the faults, one a line, and end with 1: no traceback for what a user typed."""
    for fault in [faults] if isinstance(faults, str) else faults:
        click.echo(fault)
    raise click.exceptions.Exit(INPUT_AT_FAULT)


def tell_in_words(command: click.Command) -> click.Command:
    """Have the command, and every command in its group, say in a sentence that the database cannot be used."""
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            tell_in_words(inner)
    elif command.callback is not None and not hasattr(command.callback, "tells_in_words"):
        command.callback = _in_words(command.callback)
    return command


def _in_words(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return callback(*args, **kwargs)
        except (OperationalError, ProgrammingError) as fault:
            sentence = _sentence(fault)
            if sentence is None:
                raise
        refuse(sentence)

    run.tells_in_words = True  # type: ignore[attr-defined]
    return run


def _sentence(fault: DBAPIError) -> str | None:
    """Why the database cannot be used, where it is not a mistake of ours."""
    reason = str(fault.orig)
    if any(words in reason for words in MISSING_TABLES):
        return "The database is not at the newest migration; run flask db upgrade."
    if isinstance(fault, OperationalError):
        return f"The database of DATABASE_URL cannot be used: {reason.strip().splitlines()[0]}"
    return None
