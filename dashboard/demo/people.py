"""Who works at Alder & Quay: one person a role, to sign in as while the demo runs."""

from dataclasses import dataclass

from .world import SHOP_DOMAIN


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo. Passwords are not theirs to know: whoever makes the accounts makes them."""

    name: str
    email: str
    role: str
    does: str


DEMO_PEOPLE = (
    DemoPerson("Ilse Verhoeven", f"ilse@{SHOP_DOMAIN}", "manager", "runs the desk: promises, buying, dealing out"),
    DemoPerson("Tomás Quintero", f"tomas@{SHOP_DOMAIN}", "agent", "answers customers by phone and mail"),
    DemoPerson("Ruth Adeyemi", f"ruth@{SHOP_DOMAIN}", "viewer", "keeps the books and takes the CSV"),
    DemoPerson("Sami Lehtonen", f"sami@{SHOP_DOMAIN}", "admin", "looks after people, settings and backups"),
)
