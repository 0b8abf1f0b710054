"""Passwords of the demo's people: known to all, so taken only while the desk listens on its own machine."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.demo.people import DEMO_PEOPLE


@dataclass(frozen=True)
class DemoSignIn:
    """How somebody of the demo signs in."""

    email: str
    password: str
    role: str
    name: str


DEMO_SIGN_INS = tuple(
    DemoSignIn(person.email, f"{person.email.partition('@')[0]}-at-the-desk", person.role, person.name)
    for person in DEMO_PEOPLE
)


def is_demo_address(address: str) -> bool:
    """Whether somebody of the demo signs in with it."""
    return any(address.casefold() == person.email.casefold() for person in DEMO_PEOPLE)
