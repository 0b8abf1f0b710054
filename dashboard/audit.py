"""The history: who did what to which subject, when, from what to what, and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from dashboard import clock
from dashboard.database import db, require_transaction
from dashboard.models import Act

# What an act must say of itself afterwards. Values are ids, quantities, dates and words of ours: no personal data.
ACTS: dict[str, tuple[str, ...]] = {
    "person-added": ("person_id", "role"),
    "password-set": ("person_id",),
    "second-factor-removed": ("person_id",),
    "demo-loaded": ("size", "seed"),
    "database-restored": (),
    "files-loaded": ("load_id", "format", "rows"),
}


class UnknownAct(LookupError):
    """An act that is not in `ACTS`."""


class WrongParticulars(ValueError):
    """An act that does not say what its kind must say, or says more."""


def record(
    act: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str | None = None,
    actor: Any = None,
) -> None:
    """Write an act into the history, in the transaction that does it; `actor` is a person or None for the desk.

    `after` holds exactly the particulars that `ACTS` names, `before` some of them.
    """
    require_transaction()
    if act not in ACTS:
        raise UnknownAct(f"{act!r} is no act; add it to audit.ACTS with its particulars.")
    _check_particulars(act, before or {}, after or {})
    db.session.add(
        Act(
            at=clock.now(),
            actor_id=getattr(actor, "id", actor),
            act=act,
            subject=subject,
            before=_written(before),
            after=_written(after),
            why=why,
        )
    )


def _check_particulars(act: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    required = set(ACTS[act])
    if set(after) != required or not set(before) <= required:
        raise WrongParticulars(
            f"{act!r} must say {sorted(required)}; it says {sorted(after)} after and {sorted(before)} before."
        )


def _written(particulars: Mapping[str, Any] | None) -> str | None:
    return None if particulars is None else json.dumps(particulars, sort_keys=True, ensure_ascii=False, default=str)
