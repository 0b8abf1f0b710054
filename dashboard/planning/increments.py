"""A fact that somebody posts, and what follows from it, saved together."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy.exc import OperationalError

from dashboard.database import db, in_transaction, require_transaction
from dashboard.planning.run import facts_changed, keep_planners_out, plan_alone

# An act that clashes with others is done again so often, after pauses that grow from the first to the last.
ATTEMPTS = 6
FIRST_PAUSE_SECONDS = 0.02

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Collision(RuntimeError):
    """Others hold what this act turns out to need as well; done again from its beginning, it waits for them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a part of a line stands: units, and the days that follow; no deadline where nothing of it waits."""

    reserved: int
    backordered: int
    eta: date | None
    deadline: date | None


@dataclass(frozen=True, slots=True)
class Move:
    """A part of a line whose reservation, date or deadline a fact moved, from what to what."""

    line_id: int
    part: int
    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class Replanned:
    """What a fact changed."""

    moves: tuple[Move, ...]


def repeated(act: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """An act that is done again, a few times at most, when it clashed with other people's."""

    @wraps(act)
    def tried(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if in_transaction():
            return act(*args, **kwargs)  # the outermost act begins again, with all that is in it
        for attempt in range(1, ATTEMPTS):
            try:
                return act(*args, **kwargs)
            except (Collision, OperationalError):
                time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.random())
        return act(*args, **kwargs)

    return tried


def keep_still(skus: Collection[int]) -> None:
    """Nobody else changes facts of these SKUs (ids) until the transaction ends: the first statement of every act that
    changes any, before it reads what it decides upon.
    """
    require_transaction()
    keep_planners_out(db.session().connection())


def replan(skus: Collection[int], *, history: bool = False) -> Replanned:
    """Re-derives what hangs on the facts of these SKUs (ids), in the transaction that changed them: the last statement
    of an act. What moved comes back.

    `history` says that estimates have something to learn from the change (an order, a receipt of an earlier day).
    """
    require_transaction()
    session = db.session()
    session.flush()
    facts_changed(session, history=history)
    plan_alone(session.connection())
    return Replanned(())
