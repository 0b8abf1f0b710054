"""A fact that somebody posts, and what follows from it, saved together."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from sqlalchemy import ARRAY, BigInteger, any_, func, literal, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError

from dashboard import clock, estimates, models, settings, topics
from dashboard.bulk import Among, Words, columns, number, remembering
from dashboard.database import day_number, db, in_transaction, require_transaction, transaction
from dashboard.planning import summaries
from dashboard.planning.derive import Plan, derive
from dashboard.planning.moves import Moves, Standings, find_moves, stored_standings
from dashboard.planning.neighbourhood import read_neighbourhood, read_whole
from dashboard.planning.state import PLANNING_LOCK, close_days, keep_sums, planned_day, say_planned
from dashboard.planning.stock_figures import changed_figures, write_figures
from dashboard.planning.supply_figures import find_owed_difference, write_owed
from dashboard.planning.whole import plan_alone
from dashboard.planning.writing import Difference, find_difference, write_difference

# An act that clashes with others is done again so often, after pauses that grow from the first to the last.
ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 0.01

# What the databases say when two transactions cannot both go on: PostgreSQL of serialisation, dead-lock and lock;
# SQLite of its one writer.
CLASHES = {"40001", "40P01", "55P03", "SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_LOCKED"}

# So often the circle of SKUs is drawn wider before everything is planned instead.
MOST_ROUNDS = 12

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


class Collision(RuntimeError):
    """Others hold what this act turns out to need as well; done again from its beginning, it waits for them: for those
    of some SKUs, or for all of them.
    """

    def __init__(self, skus: np.ndarray, *, alone: bool = False) -> None:
        super().__init__("Others are changing what this hangs on.")
        self.skus = skus
        self.alone = alone


@dataclass(frozen=True, slots=True)
class Replanned:
    """What a fact changed."""

    moves: Moves


@dataclass(slots=True)
class _Kept:
    """What a transaction keeps still, and how lines stood that it has touched."""

    skus: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # from everybody
    coupled: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # from whoever would change their facts
    orders: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))  # ship-complete ones
    before: list[Standings] = field(default_factory=list)
    noted: set[int] = field(default_factory=set)


_kept_by: WeakKeyDictionary[Any, _Kept] = WeakKeyDictionary()


def repeated(act: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    """An act that is done again, a few times at most, when it clashed with other people's."""

    @wraps(act)
    def tried(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        if in_transaction():
            return act(*args, **kwargs)  # the outermost act begins again, with all that is in it
        wanted = db.session().info
        try:
            for attempt in range(1, ATTEMPTS):
                try:
                    return act(*args, **kwargs)
                except Collision as collision:
                    wanted["skus_wanted"] = np.union1d(collision.skus, wanted.get("skus_wanted", collision.skus))
                    wanted["alone_wanted"] = collision.alone or wanted.get("alone_wanted", False)
                except StaleDataError:
                    pass  # A file brought the row another state; begun again, the act sees it.
                except OperationalError as error:
                    if not _is_clash(error):
                        raise
                time.sleep(FIRST_PAUSE_SECONDS * 2**attempt * random.random())
            return act(*args, **kwargs)
        finally:
            wanted.pop("skus_wanted", None)
            wanted.pop("alone_wanted", None)

    return tried


def keep_still(skus: Collection[int], *, planned_later: bool = False) -> None:
    """Nobody else changes facts of these SKUs (ids), nor of those that ship-complete orders couple to them, until the
    transaction ends: the first statement of every act that changes any, before it reads what it decides upon. Who
    leaves the planning to a later run (`planned_later`) looks at no coupled ones, and need not wait for them.
    """
    require_transaction()
    session = db.session()
    connection, kept = session.connection(), _kept()
    own = coupled = np.array(sorted(skus), np.int64)
    if not planned_later:
        # Found first, then looked up: asked for at once, PostgreSQL would read every order there is.
        orders = read_whole(connection, columns(connection, _orders_query(), skus=own)[0])
        coupled = columns(connection, _skus_of_orders_query(), orders=orders)[0] if len(orders) else orders
        kept.orders = np.union1d(kept.orders, orders)
    if not len(kept.skus):
        _lock_first(connection, kept, np.union1d(own, session.info.get("skus_wanted", own)))
    _lock_further(connection, kept, own, coupled)


def note_standings(lines: Collection[int]) -> None:
    """Remembers how lines (ids) stand, before an act touches what the stored plan says of them."""
    kept = _kept()
    fresh = sorted(set(lines) - kept.noted)
    if fresh:
        kept.noted.update(fresh)
        kept.before += stored_standings(db.session().connection(), np.array(fresh, np.int64))


def replan(skus: Collection[int], *, history: bool = False) -> Replanned:
    """Re-derives what hangs on the facts of these SKUs (ids), in the transaction that changed them: the last statement
    of an act. What moved comes back.

    `history` says that estimates have something to learn from the change (an order, a receipt of an earlier day):
    then everything is learnt and planned anew.
    """
    require_transaction()
    session = db.session()
    session.flush()
    connection, kept = session.connection(), _kept()
    shop_day = planned_day(connection)
    if history or shop_day is None:
        _keep_others_out(connection, kept)
        _, moves = plan_alone(connection, kept.before, history=history)
        topics.bump(connection, topics.FACTS, *([topics.HISTORY] if history else []))
        if history:
            estimates.has_learnt_last_change(connection)
        return Replanned(moves)
    return Replanned(_derive_some(connection, np.array(sorted(set(skus)), np.int64), shop_day, topics.FACTS))


@repeated
def replan_step(skus: np.ndarray) -> None:
    """Re-derives some SKUs by the facts of this moment, in a transaction of its own."""
    with transaction() as session:
        keep_still(skus.tolist())
        connection = session.connection()
        _derive_some(connection, skus, planned_day(connection))


def save_difference(connection, plan: Plan, difference: Difference, words: Words, shop_day: date) -> None:
    """Writes a difference and what it changes for sums; these are of the day of the stored plan, which a run moves on
    (the first of a day). `words` are those of the plan. Who calls keeps the SKUs still.
    """
    changes = summaries.Changes(connection, plan, difference, words)
    write_difference(connection, plan, difference)
    if not changes.is_empty:
        # From here to the end of the transaction others wait for the sums: so all else is written first.
        keep_sums(connection)
        changes.add(day=day_number(shop_day))
    say_planned(connection, shop_day)


def _derive_some(connection, skus, shop_day, *changed) -> Moves:
    """Derives SKUs and, with them, all that their ship-complete orders reach; writes what differs, and says at the end
    that these topics changed.
    """
    kept, today, region = _kept(), clock.today(), settings.clock_rule()
    with remembering(connection) as read:
        for _ in range(MOST_ROUNDS):
            near = read_neighbourhood(connection, skus, kept.orders, today=today, region=region)
            if _lock_further(connection, kept, skus, near.companions.sku_id):
                read.clear()  # somebody may have changed it until now
            plan = derive(near.facts, lambda asked, days: estimates.judge_spikes(connection, asked, days))
            flipped = _flipped(plan, near.companions)
            if not len(flipped):
                break
            skus = np.union1d(skus, flipped)
    if len(flipped):
        _keep_others_out(connection, kept)
        _, moves = plan_alone(connection, kept.before)
        topics.bump(connection, *changed)
        return moves
    lines = np.union1d(near.line_id, near.companions.line_id)
    difference = find_difference(connection, plan, near.facts.shelf.reserved, skus=skus, lines=lines)
    figures = changed_figures(connection, near.facts, plan, skus)
    owed = find_owed_difference(connection, near.facts, plan, skus)
    moves = find_moves(connection, plan, difference, kept.before)
    if not difference.is_empty or not figures.is_empty or not owed.is_empty or len(plan.spikes.sku_id):
        close_days(connection, shop_day)
        write_figures(connection, figures)
        estimates.keep_spikes(connection, plan.spikes)
        save_difference(connection, plan, difference, near.facts.words, shop_day)
        write_owed(connection, owed)
        changed = *changed, topics.PLAN
    topics.bump(connection, *changed)
    return moves


def _flipped(plan, companions):
    """SKUs of companions that the plan gives other than they have: their orders' decisions turned."""
    if not len(companions.line_id):
        return companions.sku_id
    span = 1 + max(int(companions.part.max()), int(plan.reserved.part.max(initial=1)))
    keys = plan.reserved.line_id * span + plan.reserved.part
    by = np.argsort(keys)
    wanted = companions.line_id * span + companions.part
    given = np.zeros(len(wanted), np.int64)
    if len(keys):
        at = by[np.minimum(np.searchsorted(keys, wanted, sorter=by), len(keys) - 1)]
        given = np.where(keys[at] == wanted, plan.reserved.qty_reserved[at], 0)
    return np.unique(companions.sku_id[given != companions.reserved])


def _kept() -> _Kept:
    return _kept_by.setdefault(db.session().get_transaction(), _Kept())


@cache
def _orders_query():
    line = models.OrderLine
    return select(number(line.order_id)).where(Among(line.sku_id, "skus"), line.qty_open > 0).distinct()


@cache
def _skus_of_orders_query():
    line = models.OrderLine
    return select(number(line.sku_id)).where(Among(line.order_id, "orders"), line.qty_open > 0).distinct()


def _lock_first(connection, kept, skus):
    """Whoever has nothing yet may wait: for one SKU after the other, in the order of their ids."""
    if connection.dialect.name == "postgresql":
        alone = db.session().info.get("alone_wanted", False)
        beside = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(beside(PLANNING_LOCK)))
        connection.execute(_locking(skus).with_for_update(key_share=True))
    kept.skus = np.union1d(kept.skus, skus)


def _lock_further(connection, kept, skus, coupled):
    """Whoever has some may not wait for more: for SKUs of its own, and for those that ship-complete orders couple to
    them. The latter others may read as well: what two acts write of one order, neither does without a SKU of its own
    in it, which the other has as a coupled one. Whether there were any that it had not.
    """
    further = np.setdiff1d(skus, kept.skus)
    beside = np.setdiff1d(coupled, np.concatenate((kept.skus, kept.coupled, further)))
    if connection.dialect.name == "postgresql":
        _take(connection, further, key_share=True)
        _take(connection, beside, read=True)
    kept.skus = np.union1d(kept.skus, further)
    kept.coupled = np.union1d(kept.coupled, beside)
    return len(further) + len(beside) > 0


def _take(connection, skus, **how):
    if len(skus):
        taken = connection.scalars(_locking(skus).with_for_update(skip_locked=True, **how)).all()
        if len(taken) < len(skus):
            raise Collision(np.setdiff1d(skus, taken))


def _keep_others_out(connection, kept):
    """No other act is under way until the transaction ends. Two that each waited here for the end of the other, with
    their SKUs kept still, would wait for ever: whoever cannot have it at once begins again, and waits before it keeps
    anything.
    """
    if connection.dialect.name != "postgresql":
        return
    if not connection.scalar(select(func.pg_try_advisory_xact_lock(PLANNING_LOCK))):
        raise Collision(kept.skus, alone=True)


def _locking(skus):
    sku = models.Sku.__table__
    return select(sku.c.id).where(sku.c.id == any_(literal(skus.tolist(), ARRAY(BigInteger)))).order_by(sku.c.id)


def _is_clash(error: OperationalError) -> bool:
    cause = error.orig
    return getattr(cause, "sqlstate", None) in CLASHES or getattr(cause, "sqlite_errorname", None) in CLASHES
