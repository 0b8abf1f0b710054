"""How old the files are that every figure rests on."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.domain.data_ages import DataAge, OverdueData, data_ages, overdue
from dashboard.intake.kit import KIT
from dashboard.intake.loads import arrivals
from dashboard.models import IntakeLoad

# Every page asks, and what came when is read from the list of all loads: each process remembers it for so long, or
# until another load begins.
REMEMBERED_SECONDS = 20

SPOKEN_OF_FIRST = ("orders", "stock", "purchase_orders")


@dataclass(frozen=True, slots=True)
class _Remembered:
    newest_load: int
    read_at: float
    ages: tuple[DataAge, ...]


def overdue_data(session: Session) -> tuple[OverdueData, ...]:
    """What should have come again by files and has not; nothing while the shop's day is pinned, when no time passes."""
    if clock.is_pinned():
        return ()
    return overdue(_ages(session), clock.now())


def ages_by_kind() -> tuple[DataAge, ...]:
    """The age of each kind of file that ever came, those that people speak of first."""
    found = arrivals()
    spoken_of = dict.fromkeys((*SPOKEN_OF_FIRST, *(kit_file.name for kit_file in KIT), *found))
    return data_ages({kind: found[kind] for kind in spoken_of if kind in found})


def _ages(session: Session) -> tuple[DataAge, ...]:
    newest_load = session.scalar(_NEWEST_LOAD) or 0
    kept: _Remembered | None = current_app.extensions.get("data_ages")
    now = time.monotonic()
    if kept is None or kept.newest_load != newest_load or now - kept.read_at >= REMEMBERED_SECONDS:
        kept = _Remembered(newest_load, now, ages_by_kind())
        current_app.extensions["data_ages"] = kept
    return kept.ages


_NEWEST_LOAD = select(func.max(IntakeLoad.id))
