"""The track record as its page knows it: how dates held, how forecasts did, and on what both rest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dashboard.domain.demand_forecasts import KINDS, METHODS
from dashboard.domain.kept_dates import LIKELY, PLAIN, Record, holds_better, in_words
from dashboard.panels.track_record.queries import (
    MethodRecord,
    SupplierRecord,
    first_receipt,
    forecast_count,
    judged_as_of,
    judged_origin,
    methods,
    record,
    suppliers,
)

PICTURED_AT_MOST = 8
ENOUGH_TO_PICTURE = 20  # dates judged of a supplier: below, its interval would fill the picture


@dataclass(frozen=True, slots=True)
class KindRecord:
    """How forecasts of one kind of demand did."""

    kind: str
    method: str
    forecasts: int
    off: float  # units missed ÷ units sold, as the next
    average_off: float
    naive_off: float
    covered: float


@dataclass(frozen=True, slots=True)
class TrackRecord:
    """How what was said held."""

    today: date
    as_of: date | None  # None: nothing was judged yet
    since: date | None  # the oldest receipt
    is_shown: bool  # judged by what was shown; else by history replayed
    likely: Record
    plain: Record
    likely_is_shown: bool
    verdict: str
    suppliers: tuple[SupplierRecord, ...]
    pictured: tuple[SupplierRecord, ...]
    kinds: tuple[KindRecord, ...]
    methods: tuple[tuple[str, float], ...]  # each with units missed ÷ units sold, the best first
    chosen_off: float | None
    covered: float | None
    forecasts: int  # SKUs that have one


def load_track_record(session: Session, today: date) -> TrackRecord:
    """Everything that the page shows."""
    origin = judged_origin(session)
    likely, plain = (record(session, origin=origin, rule=rule) for rule in (LIKELY, PLAIN))
    every = tuple(suppliers(session, origin=origin))
    told = methods(session)
    units, missed = sum(one.units for one in told if one.chosen), sum(one.missed for one in told if one.chosen)
    judged = sum(one.forecasts for one in told if one.chosen)
    return TrackRecord(
        today=today,
        as_of=judged_as_of(session),
        since=first_receipt(session),
        is_shown=origin == "shown",
        likely=likely,
        plain=plain,
        likely_is_shown=holds_better(likely, plain),
        verdict=in_words(likely, plain),
        suppliers=every,
        pictured=tuple(one for one in every if one.likely.judged >= ENOUGH_TO_PICTURE)[:PICTURED_AT_MOST],
        kinds=_kinds(told),
        methods=_methods(told),
        chosen_off=missed / units if units else None,
        covered=sum(one.covered for one in told if one.chosen) / judged if judged else None,
        forecasts=forecast_count(session),
    )


def _kinds(told: list[MethodRecord]) -> tuple[KindRecord, ...]:
    found = {(one.kind, one.method): one for one in told if one.units}
    chosen = {one.kind: one for one in found.values() if one.chosen}
    return tuple(
        KindRecord(
            kind,
            chosen[kind].method,
            chosen[kind].forecasts,
            chosen[kind].missed / chosen[kind].units,
            found[kind, "average"].missed / found[kind, "average"].units,
            found[kind, "naive"].missed / found[kind, "naive"].units,
            chosen[kind].covered / chosen[kind].forecasts,
        )
        for kind in KINDS
        if kind in chosen
    )


def _methods(told: list[MethodRecord]) -> tuple[tuple[str, float], ...]:
    off = []
    for method in METHODS:
        units = sum(one.units for one in told if one.method == method)
        if units:
            off.append((method, sum(one.missed for one in told if one.method == method) / units))
    return tuple(sorted(off, key=lambda one: one[1]))
