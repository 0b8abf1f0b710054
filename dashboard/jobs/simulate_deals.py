"""Runs that deal supply out again are simulated, one after the other."""

from __future__ import annotations

from functools import partial

import structlog
from sqlalchemy import Connection

from dashboard import clock, planning
from dashboard.actions.deal_runs.action import claim_next, give_up, simulate
from dashboard.database import db
from dashboard.panels.deals.queries import meant_by
from dashboard.panels.filters import FilterRefused
from dashboard.planning.deals import Meant

log = structlog.get_logger()


def simulate_deals() -> str | None:
    """Simulate every run that waits, the oldest first."""
    done = []
    while (run_id := claim_next()) is not None:
        try:
            if planning.is_behind(db.session.connection()):
                planning.plan()  # what is not planned yet would be found to have moved at the commit
            simulate(run_id, partial(_meant, run_id))
        except FilterRefused as refused:
            db.session.rollback()
            give_up(run_id, str(refused))
        except Exception:
            log.exception("a run could not be simulated", run=run_id)
            db.session.rollback()
            give_up(run_id, "It could not be simulated; the desk's log says why.")
        done.append(f"run {run_id}")
    return ", ".join(done) or None


def _meant(run_id: int, connection: Connection) -> Meant:
    return meant_by(db.session(), connection, run_id, clock.today())
