"""Numbers that the desk gives to what it makes itself, so that no file of the merchant's means the same."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.intake.kit import DESK_PREFIX

RANDOM_BYTES = 6


def save_numbered(session: Session, row: Any, letter: str) -> str:
    """Save a new row under a number that nothing of its kind has, counted by the database: `DESK-R118`."""
    row.number = f"{DESK_PREFIX}{letter}-{secrets.token_hex(RANDOM_BYTES)}"
    session.add(row)
    session.flush()
    counted = f"{DESK_PREFIX}{letter}{row.id}"
    # A file may have brought that number, with a remark; then the row keeps the one that nobody can guess.
    if session.scalar(select(type(row).id).where(type(row).number == counted)) is None:
        row.number = counted
        session.flush()
    return str(row.number)
