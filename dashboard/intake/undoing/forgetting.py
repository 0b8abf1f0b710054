"""How rows stood before a load changed them is kept for the newest loads alone, and then forgotten."""

from __future__ import annotations

from sqlalchemy import delete, select

from dashboard.database import rows_touched, transaction
from dashboard.intake import loads
from dashboard.intake.undoing.ledger import CHANGES

# Removed at once: a fraction of a second for whoever else wants to write.
ROWS_FORGOTTEN_AT_ONCE = 10_000


def forget_old_changes() -> int:
    """Forget what is too old to be undone, a piece at a time; how many rows that was. Broken off, the next load's end
    goes on.
    """
    forgotten = 0
    while some := _forget_some():
        forgotten += some
    return forgotten


def _forget_some() -> int:
    with transaction() as session:
        loads.keep_claims_away()
        old = (
            select(CHANGES.c.id)
            .where(CHANGES.c.load_id < loads.oldest_undoable())
            .order_by(CHANGES.c.load_id)
            .limit(ROWS_FORGOTTEN_AT_ONCE)
        )
        return rows_touched(session.execute(delete(CHANGES).where(CHANGES.c.id.in_(old))))
