"""How often something limited was tried, counted in the database by every web process together."""

from __future__ import annotations

import hashlib
from typing import Any

from limits.storage import Storage
from sqlalchemy import case, delete, select
from sqlalchemy.exc import SQLAlchemyError

from dashboard import clock
from dashboard.bulk import upsert
from dashboard.database import db, transaction
from dashboard.models import RateCount

SCHEME = "desk"  # of the address by which the limiter finds `RateCounts`


def count(key: str, seconds: int, amount: int = 1) -> tuple[int, int]:
    """Count a try; how many there were within the stretch of time, and when that ends, in epoch seconds."""
    with transaction() as work:
        now = _now()
        is_over = RateCount.ends_at <= now
        connection = work.connection()
        hits, ends_at = connection.execute(
            upsert(connection, RateCount)
            .values(key=_hidden(key), hits=amount, ends_at=now + seconds)
            .on_conflict_do_update(
                index_elements=["key"],
                set_={
                    "hits": case((is_over, amount), else_=RateCount.hits + amount),
                    "ends_at": case((is_over, now + seconds), else_=RateCount.ends_at),
                },
            )
            .returning(RateCount.hits, RateCount.ends_at)
        ).one()
    return hits, ends_at


class RateCounts(Storage):
    """The counts as the limiter keeps them."""

    STORAGE_SCHEME = [SCHEME]

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the database raises."""
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count a try."""
        return count(key, expiry, amount)[0]

    def get(self, key: str) -> int:
        """How many there were."""
        row = _standing(key)
        return row.hits if row is not None else 0

    def get_expiry(self, key: str) -> float:
        """When the stretch of time ends."""
        row = _standing(key)
        return float(row.ends_at if row is not None else _now())

    def check(self) -> bool:
        """Whether there is a database; everything else of the desk asks it too."""
        return True

    def reset(self) -> int | None:
        """Counts end by themselves."""
        return None

    def clear(self, key: str) -> None:
        """Begin anew."""
        with transaction() as work:
            work.execute(delete(RateCount).where(RateCount.key == _hidden(key)))


def _standing(key: str) -> Any:
    now = RateCount.ends_at > _now()
    return db.session.execute(
        select(RateCount.hits, RateCount.ends_at).where(RateCount.key == _hidden(key), now)
    ).one_or_none()


def _hidden(key: str) -> str:
    """A key without what it is made of: addresses of people and of their machines are nobody's business."""
    return hashlib.sha256(key.encode()).hexdigest()


def _now() -> int:
    return int(clock.real_now().timestamp())
