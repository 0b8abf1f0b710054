"""A model of who leaves is learnt from all fortnights that are over, after it has been examined on the latest of them.

Examined is a model that never saw these fortnights; what is put in force is learnt from all of them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from dashboard.database import day_of
from dashboard.domain.cancellation_model import (
    TAG,
    Coded,
    Column,
    Input,
    Model,
    Money,
    chance,
    constant_points,
    daily_points,
)
from dashboard.domain.cancellation_risk import DAYS
from dashboard.domain.columns import NONE
from dashboard.domain.model_quality import auc, bands, log_losses, quality
from dashboard.estimates.cancellation.asked import (
    Lines,
    Which,
    absent,
    as_numbers,
    money_columns,
    read_columns,
    read_ends,
    read_lines,
    usual_money,
)
from dashboard.estimates.cancellation.periods import Periods, daily_columns, lives, periods
from dashboard.estimates.cancellation.verdicts import IN_FORCE, NO_SIGNAL, TOO_LITTLE, WORSE

# Beyond so many rows only the latest fortnights are read, and of these an even sample of lines is learnt from: more
# would cost memory and say no more.
MOST_READ, MOST_ROWS = 4_000_000, 400_000
# A chance is learnt from those who left: with fewer of them, in the fortnights it is learnt from or in those it is
# examined on, it would be luck.
FEWEST_CANCELS, FEWEST_EXAMINED = 60, 15
# What is examined on: the latest fifth of all fortnights, a quarter of a year at most.
EXAMINED_SHARE, MOST_EXAMINED = 5, 7


@dataclass(frozen=True, slots=True)
class History:
    """All fortnights up to a day, and what was known on the first morning of each."""

    lines: Lines
    columns: dict[str, Column]  # of lines
    found: Periods


@dataclass(frozen=True, slots=True)
class Trained:
    """A model that was learnt, or why there is none."""

    verdict: str
    model: Model | None  # learnt from all fortnights
    examined: Model | None  # learnt from those before it was examined
    trained_on: dict[str, Any]
    examination: dict[str, Any]


def read_history(
    connection: Any, today: int, *, mornings: list[int] | None = None, money: Mapping[str, Money] | None = None
) -> History:
    """Everything up to the evening before a day; of its fortnights those that begin on given mornings, else all that
    are over, back to the day of the first parcel (before, nobody kept a record of what ended).
    """
    lines = read_lines(connection, Which.EVER)
    lines = lines.of(np.flatnonzero(lines.placed_on < today))
    ends = read_ends(connection, lines, today)
    if mornings is None:
        first = int(ends.day.min()) if len(ends.day) else today
        mornings = list(range(today - DAYS, first, -DAYS))
    life = lives(lines, ends)
    # From the latest on, until there are enough.
    kept = [periods(connection, lines, ends, [], life)]
    rows = 0
    for morning in mornings:
        kept.append(periods(connection, lines, ends, [morning], life))
        rows += len(kept[-1].line)
        if rows > MOST_READ:
            break
    found = Periods(*(np.concatenate([getattr(one, name) for one in kept]) for name in ("line", "day", "cancelled")))
    if rows > MOST_ROWS:
        found = found.of(np.flatnonzero(_drawn(lines.id[found.line], MOST_ROWS / rows)))
    usual = usual_money(lines) if money is None else money
    return History(lines, read_columns(connection, lines, usual, Which.EVER), found)


def _drawn(ids: np.ndarray, share: float) -> np.ndarray:
    """An even sample of lines, the same in every run: whole lives, so that no line is half known."""
    spread = ids.astype(np.uint64) * np.uint64(11_400_714_819_323_198_485)  # Knuth's multiplicative hash
    return (spread >> np.uint64(40)).astype(np.float64) < share * 2**24


def train(connection: Any, today: int, before: Model | None) -> Trained:
    """Learn from everything before a day. `before` is the model in force as it was when it was examined: it is kept
    where it does better on the same fortnights.
    """
    from dashboard.estimates.cancellation import fitting

    history = read_history(connection, today)
    days = np.unique(history.found.day)
    trained_on = _said_of(history, history.found)
    examined_days = days[-max(min(len(days) // EXAMINED_SHARE, MOST_EXAMINED), 1) :]
    late = np.isin(history.found.day, examined_days)
    cancels, cancels_late = (int(history.found.cancelled[rows].sum()) for rows in (~late, late))
    if cancels < FEWEST_CANCELS or cancels_late < FEWEST_EXAMINED:
        return Trained(TOO_LITTLE, None, None, trained_on, {})
    early_rows, late_rows = history.found.of(np.flatnonzero(~late)), history.found.of(np.flatnonzero(late))
    # Not even what is usual in the examined fortnights is known to who is examined on them.
    earlier = history.lines.of(np.flatnonzero(history.lines.placed_on < examined_days[0]))
    money, money_then = usual_money(history.lines), usual_money(earlier)

    examined = _fitted(fitting, history, early_rows, money_then)
    said = chances(examined, history, late_rows)
    happened = late_rows.cancelled
    usual = np.full(len(happened), early_rows.cancelled.mean())
    gains = log_losses(usual, happened) - log_losses(said, happened)
    verdict = IN_FORCE if gains.mean() > gains.std() / np.sqrt(len(gains)) else NO_SIGNAL
    if before is not None and verdict == IN_FORCE:
        theirs = log_losses(chances(before, history, late_rows), happened)
        if theirs.mean() < log_losses(said, happened).mean():
            verdict = WORSE
    examination = _said_of(history, late_rows) | asdict(quality(said, happened))
    examination["single"] = _best_single(examined, history, early_rows, late_rows)
    examination["bands"] = [asdict(band) for band in bands(said, happened)]
    if verdict == NO_SIGNAL:
        flat = fitting.base_rate_model(early_rows.cancelled, money_then)
        return Trained(verdict, fitting.base_rate_model(history.found.cancelled, money), flat, trained_on, examination)
    return Trained(verdict, _fitted(fitting, history, history.found, money), examined, trained_on, examination)


def evaluate(connection: Any, today: int, model: Model, since: int) -> tuple[History, np.ndarray] | None:
    """The fortnights that began on or after a day and are over, with what a model says of them; None without any."""
    mornings = list(range(today - DAYS, since - 1, -DAYS))
    if not mornings:
        return None
    history = read_history(connection, today, mornings=mornings, money=model.money)
    if not len(history.found.line):
        return None
    return history, chances(model, history, history.found)


def chances(model: Model, history: History, found: Periods) -> np.ndarray:
    """What a model says of rows."""
    asked = asked_columns(model.inputs, _columns_by(history, model.money), len(history.lines.id))
    constant = constant_points(model, asked, len(history.lines.id))
    return chance(daily_points(model, daily_columns(history.lines, found), constant[found.line]))


def asked_columns(inputs: tuple[Input, ...], known: dict[str, Column], rows: int) -> dict[str, Column]:
    """The columns that a model asks for: a tag that no line has any more is one that all lack."""
    found = {}
    for one in inputs:
        if one.name in known or one.name.startswith(TAG):
            column = known[one.name] if one.name in known else absent(one.name, rows)
            if one.words is None and isinstance(column, Coded):
                numbers = as_numbers(column)
                column = np.full(rows, NONE) if numbers is None else numbers
            found[one.name] = column
    return found


def _columns_by(history: History, money: Mapping[str, Money]) -> dict[str, Column]:
    """What is asked of each line, with amounts beside what was usual when a model was learnt."""
    return history.columns | money_columns(history.lines, money)


def _fitted(fitting: Any, history: History, found: Periods, money: Mapping[str, Money]) -> Model:
    per_row: dict[str, Column] = dict(daily_columns(history.lines, found))
    for name, column in _columns_by(history, money).items():
        per_row[name] = (
            Coded(column.places[found.line], column.words) if isinstance(column, Coded) else column[found.line]
        )
    inputs, kept = fitting.describe(per_row, found.line)
    levels = {one.name: one.levels(kept[one.name]) for one in inputs}
    return fitting.fit(inputs, levels, found.cancelled, money)


def _best_single(examined: Model, history: History, early: Periods, late: Periods) -> dict[str, Any]:
    """Of all inputs the one that tells most by itself, by the rows that are learnt from; and how far it comes."""
    known = asked_columns(examined.inputs, _columns_by(history, examined.money), len(history.lines.id))
    daily = [daily_columns(history.lines, part) for part in (early, late)]
    best: tuple[float, str, np.ndarray] = (0.0, "", np.zeros(0))
    base = early.cancelled.mean()
    for one in examined.inputs:
        if one.name in known:
            of_line = one.levels(known[one.name])
            first, then = of_line[early.line], of_line[late.line]
        else:
            first, then = (one.levels(part[one.name]) for part in daily)
        levels = len(one.points)
        rate = (np.bincount(first, early.cancelled, levels) + base * PRIOR_ROWS) / (
            np.bincount(first, minlength=levels) + PRIOR_ROWS
        )
        reached = auc(rate[first], early.cancelled) or 0.0
        if reached > best[0]:
            best = reached, one.name, rate[then]
    if not best[1]:
        return {}
    found = quality(best[2], late.cancelled)
    return {"input": best[1], "auc": found.auc, "brier": found.brier}


PRIOR_ROWS = 20  # a level that few rows have is held to what is usual by so many


def _said_of(history: History, found: Periods) -> dict[str, Any]:
    if not len(found.line):
        return {"periods": 0, "lines": 0, "cancels": 0}
    return {
        "periods": len(found.line),
        "lines": len(np.unique(found.line)),
        "cancels": int(found.cancelled.sum()),
        "first_day": day_of(int(found.day.min())).isoformat(),
        "last_day": day_of(int(found.day.max()) + DAYS - 1).isoformat(),
        "rate": float(found.cancelled.mean()),
    }
