"""The means of payment of what waits: until when each is good, and when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from dashboard import clock
from dashboard.database import day_of, instant_of
from dashboard.domain.expiring_payments import PAYMENT_STATES, good_through
from dashboard.domain.messages import WITHDRAWN
from dashboard.models import Authorization, CardRequest, Customer, Message, Order, PaymentMethod, Waiting
from dashboard.models.authorizations import SPENT_STATES
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.lines import IDENTITY, LineOfRow, found_among, line_of, lines_with
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE

DEFAULT_SORT = "until"
SORTS: dict[str, Sort] = {
    "order": Sort(IDENTITY),
    "value": Sort((Waiting.currency, Waiting.value, *IDENTITY), largest_first=True),
    "until": Sort((Waiting.last_good_order, *IDENTITY)),
    "needed": Sort((Waiting.needed_order, *IDENTITY)),
    "state": Sort((Waiting.payment_state, Waiting.last_good_order, *IDENTITY)),
}


class PaymentLine(NamedTuple):
    """A backordered line with its means of payment as the table shows it; of a divided line, one of its parts."""

    line: LineOfRow
    kind: str | None  # card, paypal, bank, invoice; None: not known
    brand: str | None
    last4: str | None
    good_through: date | None  # the last day of a card's month
    authorized_until: date | None  # the shop's date of the live authorisation that lasts longest
    last_good_day: date | None  # the earlier of the two
    needed_on: date | None
    days_short: int | None  # how long it would have to live longer, when it dies before it is needed
    currency: str
    value: int | None  # micro-units; None where the price is not known
    state: str
    asked_on: date | None  # the shop's day on which the customer was last asked for another means of payment


def payment_page(session: Session, view: View, today: date, *, walked: bool = True) -> Page[PaymentLine]:
    """One page of the table."""
    selection, sort = view.selection, SORTS[view.sort]
    where = conditions(session, selection, today, walked=walked, sort=view.sort)
    states = selection.of("state")
    if walked and len(states) == 1 and sort in (SORTS["until"], SORTS["state"]):
        # Of one state, both orders are the same stretch of one index, which leads to it.
        where = conditions(session, selection.without("state"), today, walked=True, sort="until")
        where.append(Waiting.payment_state == states[0])
        sort = SORTS["state"]
    narrow = select(Waiting.line_id, Waiting.part).where(*where)
    return read_page(
        session, narrow, sort, view, widen=lambda found: found_among(_SHOWN, found), make=_payment_line, walked=walked
    )


def _payment_line(row: Any) -> PaymentLine:
    needed_on = row.late_eta or row.eta
    return PaymentLine(
        line=line_of(row),
        kind=row.kind,
        brand=row.brand,
        last4=row.last4,
        good_through=_end_of_month(row.exp_year, row.exp_month),
        authorized_until=day_of(row.authorized_until) if row.authorized_until is not None else None,
        last_good_day=row.last_good_day,
        needed_on=needed_on,
        days_short=days_short(row.payment_state, row.last_good_day, needed_on),
        currency=row.currency,
        value=row.value if row.priced else None,
        state=row.payment_state,
        asked_on=None if row.asked_at is None else clock.shop_day(instant_of(row.asked_at)),
    )


def days_short(state: str, last_good_day: date | None, needed_on: date | None) -> int | None:
    """How long it would have to live longer, when it dies before it is needed."""
    if state != "dies" or needed_on is None or last_good_day is None:
        return None
    return (needed_on - last_good_day).days


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
        return days_short(self.state, self.last_good_day, self.needed_on)


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


# The first default of a customer by its id, where there are several.
_default = aliased(PaymentMethod)
_DEFAULT_ID = (
    select(_default.id)
    .where(_default.customer_id == Waiting.customer_id, _default.is_default.is_(True))
    .order_by(_default.code)
    .limit(1)
    .scalar_subquery()
)
_IS_LIVE = func.lower(func.coalesce(Authorization.state, "")).not_in(SPENT_STATES)


def _shown() -> Select:
    # Looked up for each of a page's rows: joined, it would be summed over all orders that ever were.
    authorized_until = (
        select(func.max(number(Authorization.expires_on)))
        .where(Authorization.order_id == Waiting.order_id, _IS_LIVE)
        .scalar_subquery()
    )
    asked_at = (
        select(func.max(number(CardRequest.asked_at)))
        .join(Message, Message.id == CardRequest.message_id)
        .where(CardRequest.order_id == Waiting.order_id, Message.state != WITHDRAWN)
        .scalar_subquery()
    )
    return (
        lines_with(
            PaymentMethod.kind,
            PaymentMethod.brand,
            PaymentMethod.last4,
            PaymentMethod.exp_year,
            PaymentMethod.exp_month,
            authorized_until.label("authorized_until"),
            Waiting.last_good_day,
            Waiting.eta,
            Waiting.late_eta,
            Waiting.currency,
            Waiting.priced,
            Waiting.value,
            Waiting.payment_state,
            asked_at.label("asked_at"),
        )
        .join(Order, Order.id == Waiting.order_id)
        .outerjoin(PaymentMethod, PaymentMethod.id == func.coalesce(Order.payment_method_id, _DEFAULT_ID))
    )


_SHOWN = _shown()


def _rows() -> Select:
    authorised = (
        select(Authorization.order_id, func.max(Authorization.expires_at).label("expires_at"))
        .where(Authorization.expires_at.is_not(None), _IS_LIVE)
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
        .outerjoin(PaymentMethod, PaymentMethod.id == func.coalesce(Order.payment_method_id, _DEFAULT_ID))
        .outerjoin(authorised, authorised.c.order_id == Waiting.order_id)
        .order_by(
            Waiting.last_good_order,
            Waiting.order_number,
            Waiting.line_no,
            Waiting.part,
        )
    )


_ROWS = _rows()
