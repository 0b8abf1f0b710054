"""How a command says that the input is at fault."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

import click

INPUT_AT_FAULT = 1


def refuse(faults: str | Iterable[str]) -> NoReturn:
    """Print the faults, one a line, and end with 1: no traceback for what a user typed."""
    for fault in [faults] if isinstance(faults, str) else faults:
        click.echo(fault)
    raise click.exceptions.Exit(INPUT_AT_FAULT)
