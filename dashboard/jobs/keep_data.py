"""Personal data is kept no longer than the shop says, and what was erased does not come back."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from dashboard import audit, clock, personal_data, settings
from dashboard.database import db, transaction
from dashboard.models import RateCount

AT_ONCE = 200  # customers; the next minute does the next ones
KEPT_SECONDS = 86_400


def keep_data() -> str | None:
    """Erase anew what files brought back, and what is older than the house keeps it."""
    did = []
    back = personal_data.brought_back(db.session(), limit=AT_ONCE)
    db.session.rollback()
    if back:
        _erase(back)
        did.append(f"{len(back)} erased again after a file")
    if days := settings.value("retention_customer_days"):
        last = clock.today() - timedelta(days=days)
        old = personal_data.not_seen_since(db.session(), last, limit=AT_ONCE)
        db.session.rollback()
        if old:
            _erase(old)
            did.append(f"{len(old)} customers erased, not seen for {days} days")
    if days := settings.value("retention_message_days"):
        with transaction() as session:
            emptied = personal_data.empty_old_messages(session, clock.real_now() - timedelta(days=days))
        if emptied:
            did.append(f"{emptied} messages older than {days} days emptied")
    _forget_counts()
    return "; ".join(did) or None


def _forget_counts() -> None:
    """What was counted of sign-ins of addresses that nobody has is over within a minute."""
    over = RateCount.ends_at < int(clock.real_now().timestamp()) - KEPT_SECONDS
    is_any = db.session.scalar(select(RateCount.key).where(over).limit(1)) is not None
    db.session.rollback()
    if is_any:
        with transaction() as session:
            session.execute(delete(RateCount).where(over).execution_options(synchronize_session=False))


def _erase(ids: list[int]) -> None:
    with transaction() as session:
        counts = personal_data.erase_customers(session, ids, actor=None)
        audit.record("customers-erased", "customers", after={"customers": len(ids), **counts})
