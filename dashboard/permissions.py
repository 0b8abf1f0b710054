"""Who may do what: one table from roles to permissions."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class Permission(StrEnum):
    """One thing that somebody may be allowed to do; its text is how people speak of it."""

    SEE_DESK = "see the desk"
    EXPORT_ROWS = "export rows as CSV"
    SHARE_VIEWS = "share views of lists with everybody"
    SEE_HISTORY = "see the history"
    CONTACT_CUSTOMERS = "write to customers and note what they said"
    SPLIT_SHIPMENTS = "split shipments"
    SHIP_GOODS = "send what is reserved"
    TAKE_PAYMENTS = "record what a gateway authorised"
    OFFER_INCENTIVES = "offer incentives"
    CANCEL_LINES = "cancel what a customer no longer wants"
    CORRECT_CAUSES = "correct why a line waits"
    ASSIGN_LINES = "give lines to people and put them away until a day"
    KEEP_LIST = "have a list of their own work and follow orders"
    APPROVE_OFFERS = "approve offers above somebody's limit"
    CHANGE_PRIORITIES = "change who is served first"
    FIX_LINES = "fix stock to a line and release it"
    REASSIGN_SUPPLIERS = "move lines to another supplier"
    ORDER_SUPPLY = "send and change purchase orders"
    RECEIVE_GOODS = "post and reverse receipts and counts"
    DEAL_AGAIN = "deal stock out again"
    LOAD_FILES = "load files"
    WRITE_TEXTS = "write the texts of letters and answers"
    KEEP_PERSONAL_DATA = "take out and erase a customer's personal data"
    CHANGE_SETTINGS = "change the rules of the house"
    MANAGE_PEOPLE = "manage people and their roles"
    SEE_OUTBOX = "see mail that waits in the outbox"
    SEE_METRICS = "read the desk's measurements"


_VIEWER = frozenset({Permission.SEE_DESK, Permission.EXPORT_ROWS})
_AGENT = _VIEWER | {
    Permission.CONTACT_CUSTOMERS,
    Permission.SPLIT_SHIPMENTS,
    Permission.SHIP_GOODS,
    Permission.TAKE_PAYMENTS,
    Permission.OFFER_INCENTIVES,
    Permission.CANCEL_LINES,
    Permission.CORRECT_CAUSES,
    Permission.ASSIGN_LINES,
    Permission.KEEP_LIST,
}
_MANAGER = _AGENT | {
    Permission.SHARE_VIEWS,
    Permission.SEE_HISTORY,
    Permission.APPROVE_OFFERS,
    Permission.CHANGE_PRIORITIES,
    Permission.FIX_LINES,
    Permission.REASSIGN_SUPPLIERS,
    Permission.ORDER_SUPPLY,
    Permission.RECEIVE_GOODS,
    Permission.DEAL_AGAIN,
    Permission.LOAD_FILES,
    Permission.WRITE_TEXTS,
    Permission.KEEP_PERSONAL_DATA,
}

# Each role may do all that the one before it may.
ROLES: dict[str, frozenset[Permission]] = {
    "viewer": _VIEWER,
    "agent": _AGENT,
    "manager": _MANAGER,
    "admin": frozenset(Permission),
}


def roles_that_may(permission: Permission) -> tuple[str, ...]:
    """The roles that may do it, the least of them first."""
    return tuple(role for role, allowed in ROLES.items() if permission in allowed)


def first_role(permission: Permission) -> str:
    """The least of the roles that may do it."""
    return roles_that_may(permission)[0]


def can(user: Any, permission: Permission) -> bool:
    """Whether one of the person's roles allows it; nobody, and a person who left, may do nothing."""
    if user is None or not getattr(user, "is_authenticated", False) or not getattr(user, "active", False):
        return False
    return any(permission in ROLES.get(role.name, ()) for role in user.roles)
