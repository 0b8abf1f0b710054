"""The commands: each parses, calls, prints, and ends with 0 done, 1 the input is at fault, 2 wrong usage."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any

import click
from flask import Flask
from flask_migrate.cli import db as migrations

from dashboard.cli.faults import tell_in_words

# Each command and where it lives: the module holds it under the same name.
COMMANDS: dict[str, str] = {
    "backup": "dashboard.cli.copies",
    "check": "dashboard.cli.plan",
    "dates": "dashboard.cli.dates",
    "demand": "dashboard.cli.demand",
    "demo": "dashboard.cli.demo",
    "intake": "dashboard.cli.intake",
    "plan": "dashboard.cli.plan",
    "report": "dashboard.cli.report",
    "restore": "dashboard.cli.copies",
    "risk": "dashboard.cli.risk",
    "serve": "dashboard.cli.serve",
    "users": "dashboard.cli.users",
    "worker": "dashboard.cli.worker",
}


def register(app: Flask) -> None:
    """Add every command to `flask`."""
    tell_in_words(migrations)
    for name, module in COMMANDS.items():
        app.cli.add_command(LateCommand(name, module))


class LateCommand(click.Command):
    """A command whose module is imported when it is run or listed: the web process never pays for one."""

    def __init__(self, name: str, module: str) -> None:
        super().__init__(name)
        self._module = module

    @cached_property
    def command(self) -> click.Command:
        """The command itself; what goes wrong in it is told in words."""
        return tell_in_words(getattr(import_module(self._module), self.name or ""))

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Parse as the command itself does."""
        return self.command.make_context(*args, **kwargs)

    def get_short_help_str(self, limit: int = 45) -> str:
        """What the command itself says of itself."""
        return self.command.get_short_help_str(limit)
