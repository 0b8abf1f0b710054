"""Orders that somebody follows, to see what becomes of them."""

from __future__ import annotations

from dashboard.domain.refusals import Refused


class OrderFollowRefused(Refused):
    """An order that cannot be followed, or let go, because it is so already."""


def follow(number: str, *, is_followed: bool) -> str:
    """That somebody follows an order from now on, in words."""
    if is_followed:
        raise OrderFollowRefused(f"You follow order {number} already.", "It stands on your list.")
    return f"You follow order {number}: what is done to it shows on your list."


def look_at(number: str, *, is_followed: bool) -> str:
    """That somebody has seen what was done to an order that they follow, in words."""
    _refuse_unless_followed(number, is_followed=is_followed)
    return f"What was done to order {number} up to now, you have seen."


def let_go(number: str, *, is_followed: bool) -> str:
    """That somebody follows an order no longer, in words."""
    _refuse_unless_followed(number, is_followed=is_followed)
    return f"You no longer follow order {number}."


def _refuse_unless_followed(number: str, *, is_followed: bool) -> None:
    if not is_followed:
        raise OrderFollowRefused(f"You do not follow order {number}.", "Nothing changed.")
