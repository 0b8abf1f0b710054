"""Models as they are kept, and the one that scores."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import insert, select

from dashboard import clock, models
from dashboard.domain.cancellation_model import Model, as_record, of_record
from dashboard.domain.offer_outcomes import OfferOutcome
from dashboard.estimates.cancellation.training import Trained
from dashboard.estimates.cancellation.verdicts import SCORING

ROWS_KEPT = 4  # models that a process has read; a new one comes once in a while


@dataclass(frozen=True, slots=True)
class Scoring:
    """The model that scores, and its number."""

    id: int
    model: Model

    @property
    def version(self) -> str:
        return version_of(self.id)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to learn, as it is told."""

    id: int
    made_at: datetime
    as_of: date
    verdict: str
    trained_on: dict[str, Any]
    examination: dict[str, Any]
    offers: tuple[OfferOutcome, ...]  # of all, then band by band; nothing where no model scored

    @property
    def version(self) -> str:
        return version_of(self.id)


def version_of(model_id: int) -> str:
    """How a model is named wherever its chances are shown."""
    return f"learnt-{model_id}"


def scoring(connection: Any) -> Scoring | None:
    """The model by which lines are scored; None while nothing has been learnt: then the prior does."""
    model_id = connection.scalar(_SCORING_ID)
    return None if model_id is None else Scoring(model_id, _model(connection, model_id))


def examined(connection: Any) -> Model | None:
    """The model in force as it was when it was examined."""
    row = connection.execute(
        select(models.RiskModel.examined)
        .where(models.RiskModel.verdict.in_(SCORING))
        .order_by(models.RiskModel.id.desc())
        .limit(1)
    ).first()
    return None if row is None else of_record(json.loads(row.examined))


def keep(connection: Any, trained: Trained, offers: tuple[OfferOutcome, ...] = ()) -> Attempt:
    """Keeps an attempt to learn, whatever became of it, and what offers did; the caller's transaction saves it."""
    made_at, as_of = clock.now(), clock.today()
    row = {
        "made_at": made_at,
        "as_of": as_of,
        "verdict": trained.verdict,
        "learnt": _as_text(trained.model),
        "examined": _as_text(trained.examined),
        "trained_on": json.dumps(trained.trained_on),
        "examination": json.dumps(trained.examination),
        "offers": json.dumps([asdict(one) for one in offers]) if offers else None,
    }
    (model_id,) = connection.execute(insert(models.RiskModel), row).inserted_primary_key
    return Attempt(model_id, made_at, as_of, trained.verdict, trained.trained_on, trained.examination, offers)


def latest(connection: Any, *, scoring_only: bool = False) -> Attempt | None:
    """The last attempt to learn, or the last one that scores."""
    row_of = models.RiskModel
    cells = (row_of.id, row_of.made_at, row_of.as_of, row_of.verdict)
    query = select(*cells, row_of.trained_on, row_of.examination, row_of.offers).order_by(row_of.id.desc())
    if scoring_only:
        query = query.where(row_of.verdict.in_(SCORING))
    row = connection.execute(query.limit(1)).first()
    if row is None:
        return None
    offers = tuple(OfferOutcome(**one) for one in json.loads(row.offers or "[]"))
    trained_on, examination = json.loads(row.trained_on), json.loads(row.examination)
    return Attempt(row.id, row.made_at, row.as_of, row.verdict, trained_on, examination, offers)


_SCORING_ID = (
    select(models.RiskModel.id)
    .where(models.RiskModel.verdict.in_(SCORING))
    .order_by(models.RiskModel.id.desc())
    .limit(1)
)


def _model(connection: Any, model_id: int) -> Model:
    # By its number and when it was made: another database has another model of the same number.
    made_at, learnt = connection.execute(
        select(models.RiskModel.made_at, models.RiskModel.learnt).where(models.RiskModel.id == model_id)
    ).one()
    return _read(model_id, made_at, learnt)


@lru_cache(maxsize=ROWS_KEPT)
def _read(model_id: int, made_at: datetime, learnt: str) -> Model:
    return of_record(json.loads(learnt))


def _as_text(model: Model | None) -> str | None:
    return None if model is None else json.dumps(as_record(model), ensure_ascii=False)
