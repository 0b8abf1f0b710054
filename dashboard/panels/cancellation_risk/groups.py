"""What waits, counted by the chance that its customers cancel it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from dashboard.domain.cancellation_risk import NOT_SCORED, RISK_BANDS, band_of, bands_of
from dashboard.models import RiskBand, Waiting
from dashboard.panels.columns import columns_of, sum_in
from dashboard.panels.filters import Selection, conditions
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

# The filter that says which part of the picture is meant; it keeps all of its parts, and pales the others.
PICTURED = "risk"


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """What waits in one currency with a chance in one band."""

    currency: str  # empty where not known
    band: str  # one of RISK_BANDS
    parts: int  # of lines
    value: int  # micro-units
    value_at_risk: int


_Found = dict[tuple[str, str], tuple[int, int, int]]  # by currency and band: parts of lines, value, value at risk


def risk_groups(session: Session, selection: Selection, today: date) -> Groups[RiskGroup]:
    """What waits in the selection, whatever its chances."""
    selection = selection.without(PICTURED)
    summary = summary_with_days(session, selection, today)
    found = _counted(session, selection, today) if summary is None else _kept(session, summary)
    groups = {key: RiskGroup(*key, *sums) for key, sums in sorted(found.items())}
    where = conditions(session, selection, today, walked=True)
    divided = divided_parts(session, where, Waiting.currency, Waiting.risk_order)
    return Groups(
        tuple(groups.values()),
        tuple((row.line_id, groups[row.currency, band_of(row.risk_order)]) for row in divided),
    )


def units_waiting(session: Session, selection: Selection, today: date) -> dict[str, int]:
    """How many units wait in the selection, by currency: the panel itself shows none."""
    summary = summary_with_days(session, selection.without(PICTURED), today)
    if summary is not None:
        query = of_summary(select(RiskBand.currency, whole_sum(RiskBand.units)), RiskBand, summary)
        bands = selection.of(PICTURED)
        query = query.where(RiskBand.band.in_(bands)) if bands else query
        return dict(session.execute(query.group_by(RiskBand.currency)).all())
    query = select(Waiting.currency, whole_sum(Waiting.qty_backordered))
    where = conditions(session, selection, today)
    return dict(session.execute(query.where(*where).group_by(Waiting.currency)).all())


def _kept(session: Session, summary: Summary) -> _Found:
    """As planning keeps them ready."""
    return {(currency, band): tuple(sums) for currency, band, *sums in session.execute(_kept_sums(summary))}


@lru_cache(maxsize=STATEMENTS_KEPT)
def _kept_sums(summary: Summary) -> Select:
    sums = select(
        RiskBand.currency,
        RiskBand.band,
        whole_sum(RiskBand.lines),
        whole_sum(RiskBand.value),
        whole_sum(RiskBand.value_at_risk),
    )
    return of_summary(sums, RiskBand, summary).group_by(RiskBand.currency, RiskBand.band)


def _counted(session: Session, selection: Selection, today: date) -> _Found:
    """Counted here: a database takes longer to group so many rows."""
    currencies = currencies_in_all(session)
    if not currencies:
        return {}
    currency, chance, value, value_at_risk = columns_of(
        session,
        select(
            case({name: place for place, name in enumerate(currencies)}, value=Waiting.currency),
            func.coalesce(Waiting.cancel_risk, NOT_SCORED),
            Waiting.value,
            Waiting.value_at_risk,
        ).where(*conditions(session, selection, today)),
    )
    count = len(currencies) * len(RISK_BANDS)
    group = currency * len(RISK_BANDS) + bands_of(chance)
    sums = zip(
        np.bincount(group, minlength=count).tolist(),
        sum_in(group, value, count=count).tolist(),
        sum_in(group, value_at_risk, count=count).tolist(),
        strict=True,
    )
    keys = ((name, band) for name in currencies for band in RISK_BANDS)
    return {key: counted for key, counted in zip(keys, sums, strict=True) if counted[0]}
