"""What it costs to score every waiting line by a learnt model: the points of each, then the chances in the plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import numpy as np
from sqlalchemy import delete

from dashboard import models, planning
from dashboard.database import db, transaction
from dashboard.domain.cancellation_model import AGE, MICRO, TAG, TO_LAST_DATE, TO_PROMISE, Coded, Input, Model
from dashboard.estimates import cancellation
from dashboard.estimates.cancellation.asked import Which, read_columns, read_lines, usual_money
from dashboard.estimates.cancellation.fitting import EDGES
from dashboard.estimates.cancellation.training import Trained
from dashboard.estimates.cancellation.verdicts import IN_FORCE

MARK = "≤ 60 s"
WORDS_ASKED = 200  # at most, of an input of words, as a learnt model has
BASE = -2 * MICRO

Desk = Callable[[str], AbstractContextManager[None]]


def report_scoring(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints how long it takes to score all that waits by a new model, and again when nothing has changed."""
    rows: dict[str, list[str]] = {"anew": [], "again": []}
    for name in databases:
        with desk(urls[name, lines]):
            with transaction() as session:
                cancellation.keep(session.connection(), _made_up())
            for cells in rows.values():
                points, plan = _seconds(_score), _seconds(planning.plan)
                cells.append(f"{points + plan:.1f} s ({points:.1f} points, {plan:.1f} plan)")
            _forget()
            planning.plan()
    print(f"\n| # | scoring {lines:,} lines by a learnt model | " + " | ".join(databases) + " | mark |")
    print("|---|---|" + "---|" * (len(databases) + 1))
    print("| 13 | by a model that is new | " + " | ".join(rows["anew"]) + f" | {MARK} |")
    print("| | by the same again, nothing to write | " + " | ".join(rows["again"]) + " | |")


def _made_up() -> Trained:
    """A model that asks everything that a learnt one may ask; its points are drawn, as costs do not depend on them."""
    connection, draw = db.session().connection(), np.random.default_rng(7)
    lines = read_lines(connection, Which.OPEN)
    money = usual_money(lines)
    known = read_columns(connection, lines, money, Which.OPEN)
    inputs = []
    for name in (AGE, TO_PROMISE, TO_LAST_DATE, *known):
        column = known.get(name)
        words = None
        if isinstance(column, Coded) and (name not in EDGES or name.startswith(TAG)):
            words = tuple(dict.fromkeys(word for word in column.words if word))[:WORDS_ASKED]
        edges = () if words is not None else EDGES[name]
        points = draw.integers(-MICRO, MICRO, len(edges if words is None else words) + 2)
        inputs.append(Input(name, edges, words, tuple(points.tolist()), 0))
    return Trained(IN_FORCE, Model(BASE, tuple(inputs), money), None, {}, {})


def _score() -> None:
    with transaction() as session:
        cancellation.refresh_strengths(session.connection(), all_lines=True)
        planning.facts_changed(session, history=False)


def _seconds(work: Callable[[], object]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _forget() -> None:
    with transaction() as session:
        session.execute(delete(models.CancelRisk))
        session.execute(delete(models.RiskModel))
        planning.facts_changed(session, history=False)
