"""What waits, counted by the state of its means of payment and the day on which they end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, case, func, literal_column, select
from sqlalchemy.orm import Session

from dashboard.database import day_number, day_of
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.models import PaymentDay, Waiting
from dashboard.models.plans import AFTER_ALL_DAYS
from dashboard.panels.columns import columns_of, sum_in
from dashboard.panels.filters import Selection, conditions
from dashboard.panels.pages import number
from dashboard.panels.sums import (
    STATEMENTS_KEPT,
    Groups,
    Summary,
    currencies_in_all,
    divided_parts,
    of_summary,
    summary_with_days,
    whole_sum,
)

# The filters that say which part of the picture is meant; it keeps all of its parts, and pales the others.
PICTURED = ("state", "expires")
# How `payment_days` writes that no last good day is known.
NO_DAY_KEPT = 0


@dataclass(frozen=True, slots=True)
class PaymentGroup:
    """What waits in one currency with means in one state that end in one stretch of days."""

    currency: str  # empty where not known
    state: str
    first: date | None  # the stretch, both ends counted in; None: no limit
    last: date | None
    is_known: bool  # False: no last good day is known, and there is no stretch
    parts: int  # of lines
    units: int
    value: int  # micro-units


def payment_groups(session: Session, selection: Selection, today: date, starts: Sequence[date]) -> Groups[PaymentGroup]:
    """What waits in the selection, whatever its states and last good days, in stretches that begin on these days."""
    selection = selection.without(*PICTURED)
    cuts = tuple(sorted({day_number(start) for start in starts}))
    summary = summary_with_days(session, selection, today)
    if summary is None:
        found = _counted(session, selection, today, cuts)
    else:
        found = {tuple(key): sums for *key, sums in _kept(session, summary, cuts)}
    edges = [None, *map(day_of, cuts), None]
    groups = {
        (currency, state, place): PaymentGroup(
            currency,
            state,
            edges[place] if place < len(cuts) + 1 else None,
            day_of(cuts[place] - 1) if place < len(cuts) else None,
            place <= len(cuts),
            *sums,
        )
        for (currency, state, place), sums in sorted(found.items())
    }
    where = conditions(session, selection, today, walked=True)
    divided = divided_parts(
        session,
        where,
        Waiting.currency,
        Waiting.payment_state,
        _stretch(Waiting.last_good_order, cuts, AFTER_ALL_DAYS).label("place"),
    )
    return Groups(
        tuple(groups.values()),
        tuple((row.line_id, groups[row.currency, row.payment_state, row.place]) for row in divided),
    )


_Sums = tuple[int, int, int]  # parts of lines, units, value
_Found = dict[tuple[str, str, int], _Sums]  # by currency, state and place of the stretch; one after the last: not known


def _kept(session: Session, summary: Summary, cuts: tuple[int, ...]) -> Iterator[tuple[Any, ...]]:
    """As planning keeps them ready."""
    for currency, state, place, *sums in session.execute(_kept_sums(summary, cuts)):
        yield currency, state, place, tuple(sums)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _kept_sums(summary: Summary, cuts: tuple[int, ...]) -> Select:
    place = _stretch(number(PaymentDay.last_good_day), cuts, NO_DAY_KEPT)
    sums = select(
        PaymentDay.currency,
        PaymentDay.state,
        place,
        whole_sum(PaymentDay.lines),
        whole_sum(PaymentDay.units),
        whole_sum(PaymentDay.value),
    )
    return of_summary(sums, PaymentDay, summary).group_by(PaymentDay.currency, PaymentDay.state, place)


def _stretch(day: SQLColumnExpression[int], cuts: tuple[int, ...], unknown: int) -> ColumnElement[int]:
    """The place of the stretch in which a day lies: how many cuts are not after it."""
    # Numbers are written out: PostgreSQL takes an expression with other parameters for another expression.
    places: list[tuple[Any, Any]] = [
        (day < literal_column(str(cut)), literal_column(str(place))) for place, cut in enumerate(cuts)
    ]
    is_unknown: tuple[Any, Any] = (day == literal_column(str(unknown)), literal_column(str(len(cuts) + 1)))
    return case(is_unknown, *places, else_=literal_column(str(len(cuts))))


def _counted(session: Session, selection: Selection, today: date, cuts: tuple[int, ...]) -> _Found:
    """Counted here: a database takes longer to group so many rows."""
    currencies = currencies_in_all(session)
    if not currencies:
        return {}
    currency, state, day, units, value = columns_of(
        session,
        select(
            case({name: place for place, name in enumerate(currencies)}, value=Waiting.currency),
            case({name: place for place, name in enumerate(PAYMENT_STATES)}, value=Waiting.payment_state),
            func.coalesce(number(Waiting.last_good_day), AFTER_ALL_DAYS),
            Waiting.qty_backordered,
            Waiting.value,
        ).where(*conditions(session, selection, today)),
    )
    stretches = len(cuts) + 2
    place = np.where(day == AFTER_ALL_DAYS, len(cuts) + 1, np.searchsorted(np.array(cuts), day, side="right"))
    group = (currency * len(PAYMENT_STATES) + state) * stretches + place
    count = len(currencies) * len(PAYMENT_STATES) * stretches
    sums = zip(
        np.bincount(group, minlength=count).tolist(),
        sum_in(group, units, count=count).tolist(),
        sum_in(group, value, count=count).tolist(),
        strict=True,
    )
    keys = ((name, state, place) for name in currencies for state in PAYMENT_STATES for place in range(stretches))
    return {key: counted for key, counted in zip(keys, sums, strict=True) if counted[0]}
