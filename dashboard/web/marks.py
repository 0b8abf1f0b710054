"""Marks: by which a page, and a panel in it, say what they show."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256

from flask import Flask, current_app
from itsdangerous import BadSignature, Signer

from dashboard import clock
from dashboard.config import ROOT

MARK_LENGTH = 32
# What every page is written with, beside what is in the database.
SETTINGS_SHOWN = ("SHOP_NAME", "SHOP_TIMEZONE", "SHOP_REGION", "SHOP_LOCALE", "BUSINESS_DATE")


def signed(app: Flask, text: str) -> str:
    """The text with the desk's signature, so that only who was shown it can ask by it."""
    return _signer(app).sign(text).decode()


def has_signed(app: Flask, shown: str) -> bool:
    """Whether the desk signed what somebody shows."""
    try:
        _signer(app).unsign(shown)
    except BadSignature:
        return False
    return True


def mark_of_answer(
    versions: tuple[int, ...], *, address: str, roles: Iterable[str], locale: str, person: str | None = None
) -> str:
    """The mark of all that an answer is made of: facts and plan, the shop's day, the address, the roles of who asks,
    how they read numbers, the settings, the code; and the person, where something of it is theirs alone.
    """
    made_of = (
        versions,
        clock.today().isoformat(),
        address,
        sorted(roles),
        locale,
        person,
        [str(current_app.config[name]) for name in SETTINGS_SHOWN],
        _edition(),
    )
    return sha256(repr(made_of).encode()).hexdigest()[:MARK_LENGTH]


@cache
def _edition() -> str:
    """Which code and templates write the pages: another edition may write the same facts otherwise."""
    written = sha256()
    for folder, files in (("dashboard", "*.py"), ("templates", "*.html")):
        for path in sorted((ROOT / folder).rglob(files)):
            written.update(path.read_bytes())
    return written.hexdigest()


def _signer(app: Flask) -> Signer:
    keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
    return Signer(keys, salt="live state", digest_method=sha256)
