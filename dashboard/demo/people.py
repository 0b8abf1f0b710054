"""The people of the demo merchant. They exist in demo databases only, and sign in only from the same machine."""

from __future__ import annotations

from dataclasses import dataclass

DEMO_DOMAIN = "demo.example"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who signs in to the demo."""

    email: str
    name: str
    role: str
    password: str


DEMO_PEOPLE = (
    DemoPerson(f"maria@{DEMO_DOMAIN}", "Maria Lindqvist", "manager", "maria-runs-the-desk"),
    DemoPerson(f"amir@{DEMO_DOMAIN}", "Amir Haddad", "agent", "amir-answers-phones"),
    DemoPerson(f"vera@{DEMO_DOMAIN}", "Vera Novak", "viewer", "vera-only-looks"),
    DemoPerson(f"ada@{DEMO_DOMAIN}", "Ada Osei", "admin", "ada-keeps-the-keys"),
)
