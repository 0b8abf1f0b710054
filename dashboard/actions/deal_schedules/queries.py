"""A way of dealing with its schedule, as forms show it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from dashboard.domain.deal_schedules import Times, times_kept
from dashboard.models import DealSchedule, DealVariant


@dataclass(frozen=True, slots=True)
class ShownSchedule:
    """A way of dealing, and when it is run by itself; `times` is None where it never is."""

    variant_id: int
    name: str
    times: Times | None
    reason: str
    is_paused: bool
    version: int  # 0 where there is no schedule yet


def find_schedule(session: Session, variant_id: int) -> ShownSchedule | None:
    """The way of dealing of that number, with its schedule if it has one."""
    variant = session.get(DealVariant, variant_id) if variant_id < 2**63 else None
    if variant is None:
        return None
    row = session.get(DealSchedule, variant_id)
    if row is None:
        return ShownSchedule(variant_id, variant.name, None, "", is_paused=False, version=0)
    times = times_kept(row.weekdays, row.at_minute)
    return ShownSchedule(variant_id, variant.name, times, row.reason, row.paused_at is not None, row.version)
