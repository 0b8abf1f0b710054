"""What the forms of a run show of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.models import DealFinding, DealRun, DealSku, DealVariant


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as somebody decides upon it."""

    id: int
    name: str
    state: str
    gaining: int  # lines
    losing: int
    missing: int  # lines that newly miss a promise, a legal date or their card
    exceptions: int  # lines that should win and do not
    held: int  # units that would be held
    skus: int


@dataclass(frozen=True, slots=True)
class RunnableVariant:
    """A way of dealing that can be simulated."""

    id: int
    name: str
    version: int


def find_run(session: Session, run_id: int) -> ShownRun | None:
    """The run of that number, once it is simulated."""
    run = session.get(DealRun, run_id) if run_id < 2**63 else None
    if run is None or run.figures is None:
        return None
    figures: list[dict[str, Any]] = json.loads(run.figures)
    total = {name: sum(row[name] for row in figures) for name in ("gaining", "losing", "missing", "exceptions")}
    held = session.scalar(select(DealFinding.held).where(DealFinding.run_id == run_id))
    skus = session.scalar(select(func.count()).select_from(DealSku).where(DealSku.run_id == run_id))
    return ShownRun(
        run.id,
        run.name,
        run.state,
        total["gaining"],
        total["losing"],
        total["missing"],
        total["exceptions"],
        held or 0,
        int(skus or 0),
    )


def find_runnable(session: Session, variant_id: int) -> RunnableVariant | None:
    """The way of dealing of that number."""
    row = session.get(DealVariant, variant_id) if variant_id < 2**63 else None
    return None if row is None else RunnableVariant(row.id, row.name, row.version)
