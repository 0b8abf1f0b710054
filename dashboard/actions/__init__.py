"""Everything that staff do: one verb each, with a form at the row and a line in the history."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask

from dashboard.actions.receipts.routes import blueprint as receipts_blueprint
from dashboard.permissions import Permission

__all__ = ["ACTIONS", "Action", "register"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that staff do: its word in addresses, ids and folders, its acts in the history, who may, its routes."""

    word: str
    acts: tuple[str, ...]
    permission: Permission
    blueprint: Blueprint


ACTIONS: tuple[Action, ...] = (
    Action("receipts", ("goods-received", "receipt-reversed"), Permission.RECEIVE_GOODS, receipts_blueprint),
)


def register(app: Flask) -> None:
    """Add every action to the app."""
    for action in ACTIONS:
        app.register_blueprint(action.blueprint)
