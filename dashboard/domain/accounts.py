"""Who may come in, and as what: the rules by which an admin invites people, gives them roles, and lets them go."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from dashboard.domain.refusals import Refused

ADMIN = "admin"
# An invitation is read on the next working day, after a week's holiday too.
INVITATION_LIVES = timedelta(days=7)
LONGEST_NAME = 80
LONGEST_ADDRESS = 255
# Whoever was not there for so long has no session any more that could be ended: the longest is remembered so long.
SESSION_SHOWN = timedelta(days=14)
KNOWN_AS_LENGTH = 16


def known_as(uniquifier: str) -> str:
    """What is kept of the name that a person's sessions and links know them by: it changes with the password."""
    return hashlib.sha256(uniquifier.encode()).hexdigest()[:KNOWN_AS_LENGTH]


class AccountRefused(Refused):
    """Something that cannot be done to an account."""


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """What was somebody's own to do, when they leave."""

    calls: int
    lines: int


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody of the staff, as rules see them."""

    id: int
    name: str
    role: str
    active: bool
    has_password: bool  # else they were invited, and have not come yet
    has_second_factor: bool

    @property
    def version(self) -> str:
        """By which a form says on which state it was opened."""
        return f"{self.role}-{self.active}-{self.has_password}-{self.has_second_factor}"

    @property
    def subject(self) -> str:
        """What the history calls them."""
        return f"person {self.id}"


def refuse_invitation(email: str, *, role: str, roles: Collection[str], taken: bool) -> None:
    """Somebody new, with a role that there is."""
    if taken:
        raise AccountRefused(f"{email} is there already.", "Look for them in the list.", field="email")
    if role not in roles:
        raise AccountRefused(f"{role or 'Nothing'} is no role.", f"Choose one of {', '.join(roles)}.", field="role")


def refuse_role(account: Account, role: str, *, roles: Collection[str], other_admins: int) -> None:
    """Another role; never so that nobody is left who may give roles."""
    if role not in roles:
        raise AccountRefused(f"{role or 'Nothing'} is no role.", f"Choose one of {', '.join(roles)}.", field="role")
    if role == account.role:
        raise AccountRefused(f"{account.name} is {role} already.", "Choose another role.", field="role")
    _refuse_the_last(account, other_admins)


def refuse_leaving(account: Account, *, other_admins: int) -> None:
    """Somebody who is there; never the last who may let people in."""
    if not account.active:
        raise AccountRefused(f"{account.name} is switched off already.", "Nothing changed.")
    _refuse_the_last(account, other_admins)


def refuse_return(account: Account) -> None:
    """Somebody who was switched off."""
    if account.active:
        raise AccountRefused(f"{account.name} may sign in already.", "Nothing changed.")


def refuse_link(account: Account) -> None:
    """No link for somebody who may not come in."""
    if not account.active:
        raise AccountRefused(f"{account.name} is switched off.", "Let them in again first.")


def refuse_factor(account: Account) -> None:
    """Only what is on is taken off."""
    if not account.has_second_factor:
        raise AccountRefused(f"{account.name} signs in by password alone already.", "Nothing changed.")


def _refuse_the_last(account: Account, other_admins: int) -> None:
    if account.role == ADMIN and account.active and other_admins == 0:
        raise AccountRefused(
            f"{account.name} is the last admin: nobody could let people in any more.", "Make somebody else admin first."
        )


# What was done, in words.


def invited_in_words(email: str, role: str, *, is_mail_set_up: bool) -> str:
    return (
        f"{email} is invited as {role}. {_link_in_words(is_mail_set_up)} It is good for {INVITATION_LIVES.days} days."
    )


def role_in_words(account: Account, role: str) -> str:
    return f"{account.name} is now {role} instead of {account.role or 'nothing'}."


def left_in_words(account: Account, sessions: int, left: LeftBehind) -> str:
    return f"{account.name} may not sign in any more. {_ended(sessions)}{_left(left)}"


def returned_in_words(account: Account) -> str:
    return f"{account.name} may sign in again as {account.role or 'nobody'}, by the password of before."


def link_in_words(account: Account, *, is_mail_set_up: bool) -> str:
    what = "set a new password" if account.has_password else "set a password and come in"
    return f"A link by which {account.name} can {what} is written. {_link_in_words(is_mail_set_up)}"


def everywhere_in_words(account: Account, sessions: int) -> str:
    return f"{account.name} is signed out everywhere. {_ended(sessions)}"


def factor_in_words(account: Account) -> str:
    return f"{account.name} signs in by password alone."


def session_ended_in_words(device: str) -> str:
    return f"The session in {device} has ended."


def _left(left: LeftBehind) -> str:
    counted = ((left.calls, "promised call"), (left.lines, "open line"))
    words = " and ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counted if count)
    verb = "stands" if left.calls + left.lines == 1 else "stand"
    return f" {words} of theirs {verb} on the list of everybody who acts, to be taken." if words else ""


def _ended(sessions: int) -> str:
    if not sessions:
        return "No session was open."
    return f"{sessions} session{'' if sessions == 1 else 's'} ended."


def _link_in_words(is_mail_set_up: bool) -> str:
    return "The mail leaves now." if is_mail_set_up else "Mail is not set up: the link stands in the outbox."
