"""How figures stood when a day ended, as the daily snapshot keeps them."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from dashboard.models import DailySnapshot

ONE_DAY = timedelta(days=1)


def at_the_end_of(session: Session, day: date, figure: str, *, currency: str = "") -> int | None:
    """What a figure of everything was when a day ended; None where no snapshot knows it."""
    amount = session.scalar(_AMOUNT, {"on": day, "of": figure, "in_currency": currency})
    return None if amount is None else int(amount)


_AMOUNT = select(DailySnapshot.amount).where(
    DailySnapshot.day == bindparam("on"),
    DailySnapshot.figure == bindparam("of"),
    DailySnapshot.key == "",
    DailySnapshot.currency == bindparam("in_currency"),
)


def change_since_yesterday(session: Session, figure: str, now: int, today: date, *, currency: str = "") -> int | None:
    """By how much a figure of everything is more than when yesterday ended; None where no snapshot knows it."""
    before = at_the_end_of(session, today - ONE_DAY, figure, currency=currency)
    return None if before is None else now - before
