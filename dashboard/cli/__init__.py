"""The commands: each parses, calls, prints, and ends with 0 done, 1 the input is at fault, 2 wrong usage."""

from __future__ import annotations

from flask import Flask

from dashboard.cli.users import users
from dashboard.cli.worker import worker


def register(app: Flask) -> None:
    """Add every command to `flask`."""
    for command in (users, worker):
        app.cli.add_command(command)
