"""The means of payment of what waits: until when each is good, and when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Integer, Select, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.database import day_of
from dashboard.domain.expiring_payments import PAYMENT_STATES, good_through
from dashboard.models import Authorization, Customer, Order, PaymentMethod, Waiting
from dashboard.models.authorizations import SPENT_STATES
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.report import ROWS_AT_ONCE


class MeansOfLine(NamedTuple):
    """A backordered line with the means by which it is paid; the parts of a divided line are one."""

    order_id: str
    line_no: int
    customer_id: str
    payment_method_id: str | None  # None: the order names none, and its customer has no default
    kind: str | None
    brand: str | None
    last4: str | None
    good_through: date | None  # the last day of a card's month
    authorization_expires_at: datetime | None  # of the live authorisation that lasts longest, in the shop's zone
    last_good_day: date | None  # the earlier of the two
    needed_on: date | None  # when the last unit can be charged: the late ETA, else the ETA
    state: str

    @property
    def days_short(self) -> int | None:
        """How long it would have to live longer, when it dies before it is needed."""
        if self.state != "dies" or self.needed_on is None or self.last_good_day is None:
            return None
        return (self.needed_on - self.last_good_day).days


def means_of_lines(session: Session, selection: Selection, today: date) -> Iterator[MeansOfLine]:
    """Every backordered line of the selection with its means of payment, the first to end first, unknown ends last."""
    rows = session.execute(
        _ROWS.where(*conditions(session, selection, today)).execution_options(yield_per=ROWS_AT_ONCE)
    )
    # The parts of a line have one means of payment, and stand together.
    for _, parts in groupby(rows, key=lambda row: row.line_id):
        yield _means(list(parts))


def _means(parts: list[Any]) -> MeansOfLine:
    row = parts[0]
    needed = [part.late_eta or part.eta for part in parts]
    expires_at = row.authorization_expires_at
    return MeansOfLine(
        order_id=row.order_number,
        line_no=row.line_no,
        customer_id=row.customer_code,
        payment_method_id=row.payment_method_code,
        kind=row.kind,
        brand=row.brand,
        last4=row.last4,
        good_through=_end_of_month(row.exp_year, row.exp_month),
        authorization_expires_at=None if expires_at is None else expires_at.astimezone(clock.shop_zone()),
        last_good_day=row.last_good_day,
        needed_on=max(needed) if all(needed) else None,
        state=min((part.payment_state for part in parts), key=PAYMENT_STATES.index),
    )


@lru_cache(maxsize=1_000)
def _end_of_month(year: int | None, month: int | None) -> date | None:
    if year is None or month is None:
        return None
    return day_of(int(good_through(np.array([year]), np.array([month]))[0]))


def _rows() -> Select[Any]:
    default = aliased(PaymentMethod)
    # The first by its id, where a customer has several defaults.
    default_id = (
        select(default.id)
        .where(default.customer_id == Waiting.customer_id, default.is_default.is_(True))
        .order_by(default.code)
        .limit(1)
        .scalar_subquery()
    )
    authorised = (
        select(Authorization.order_id, func.max(Authorization.expires_at).label("expires_at"))
        .where(
            Authorization.expires_at.is_not(None),
            func.lower(func.coalesce(Authorization.state, "")).not_in(SPENT_STATES),
        )
        .group_by(Authorization.order_id)
        .subquery()
    )
    return (
        select(
            Waiting.line_id,
            Waiting.order_number,
            Waiting.line_no,
            Customer.code.label("customer_code"),
            PaymentMethod.code.label("payment_method_code"),
            PaymentMethod.kind,
            PaymentMethod.brand,
            PaymentMethod.last4,
            PaymentMethod.exp_year,
            PaymentMethod.exp_month,
            authorised.c.expires_at.label("authorization_expires_at"),
            Waiting.last_good_day,
            Waiting.eta,
            Waiting.late_eta,
            Waiting.payment_state,
        )
        .join(Order, Order.id == Waiting.order_id)
        .join(Customer, Customer.id == Waiting.customer_id)
        .outerjoin(PaymentMethod, PaymentMethod.id == func.coalesce(Order.payment_method_id, default_id))
        .outerjoin(authorised, authorised.c.order_id == Waiting.order_id)
        .order_by(
            Waiting.last_good_day.is_(None),
            type_coerce(Waiting.last_good_day, Integer),
            Waiting.order_number,
            Waiting.line_no,
            Waiting.part,
        )
    )


_ROWS = _rows()
