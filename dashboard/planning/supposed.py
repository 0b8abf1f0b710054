"""What would follow, were supply other than it is: facts are read once for all suppositions, and nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from sqlalchemy import select

from dashboard import clock, models, settings
from dashboard.bulk import Among, Rows, columns, number
from dashboard.database import db
from dashboard.domain import allocation, promises
from dashboard.domain.columns import NONE
from dashboard.planning.derive import derive
from dashboard.planning.facts import NOBODY, read_lateness
from dashboard.planning.neighbourhood import read_neighbourhood

NOWHERE_STORED = 0  # the id of a purchase-order line that is only supposed; databases count from 1


@dataclass(frozen=True, slots=True)
class Supposition:
    """Fewer units of some purchase-order lines (ids), and an order sent today to a supplier (id), expected on a day (a
    number) or as it quotes; straight to the customer of an order line (id) where one is handed over.
    """

    fewer: Mapping[int, int]
    supplier_id: int
    qty: int
    number: str  # of its purchase order, or how that begins: what ranks it among others of one day
    handed_line_id: int | None = None
    expected: int = NONE


@dataclass(frozen=True, slots=True)
class Supposed:
    """The waiting parts of the SKU, one row each."""

    line_id: np.ndarray
    part: np.ndarray
    customer_id: np.ndarray
    qty: np.ndarray  # backordered
    eta: np.ndarray
    late_eta: np.ndarray
    promise: np.ndarray  # last told
    payment_state: np.ndarray
    last_good_day: np.ndarray
    supply_eta: int = NONE  # of the order that is supposed
    supply_late_eta: int = NONE


def suppose(sku_id: int, suppositions: Sequence[Supposition]) -> list[Supposed]:
    """How the lines that wait for a SKU would stand: first as things are, then by each supposition."""
    connection = db.session().connection()
    near = read_neighbourhood(
        connection,
        np.array([sku_id]),
        np.zeros(0, np.int64),
        today=clock.today(),
        region=settings.clock_rule(),
    )
    facts, suppliers = near.facts, Rows(near.facts.supplier_id)
    named = facts.lines.supplier[facts.lines.supplier != NOBODY]
    asked = suppliers.of(np.array([one.supplier_id for one in suppositions], np.int64))
    concerned = np.unique(np.concatenate((facts.incoming.dates.supplier, named, asked)))
    facts = replace(
        facts, lateness=read_lateness(connection, suppliers, suppliers=facts.supplier_id[concerned[concerned >= 0]])
    )
    numbers = _numbers(connection, facts)
    changed = [facts, *(_with(facts, one, sku_id, numbers) for one in suppositions)]
    return [_waiting(one, sku_id) for one in changed]


def _with(facts, supposition, sku_id, numbers):
    incoming, dates = facts.incoming, facts.incoming.dates
    sku = int(np.flatnonzero(facts.skus.id == sku_id)[0])
    own = incoming.sku == sku
    open_qty = incoming.open_qty.copy()
    for line_id, qty in supposition.fewer.items():
        open_qty[own & (incoming.id == line_id)] -= qty
    supplier = int(np.flatnonzero(facts.supplier_id == supposition.supplier_id)[0])
    # Twice each rank leaves room for one between any two.
    before = np.array([numbers.get(one, "") < supposition.number for one in incoming.id.tolist()], bool)
    rank = 2 * int(dates.number[before].max(initial=-1)) + 1
    new_dates = (
        supplier, rank, supposition.expected, NONE, facts.today,
        int(facts.quoted_days.of(np.array([supplier]), np.array([sku]))[0]), supposition.expected, 0,
    )  # fmt: skip
    told = replace(dates, number=2 * dates.number)
    dates = type(dates)(
        *(np.append(getattr(told, name), new) for name, new in zip(_names(dates), new_dates, strict=True))
    )
    new = (NOWHERE_STORED, NOWHERE_STORED, sku, supposition.qty)
    cells = (incoming.id, incoming.purchase_order_id, incoming.sku, open_qty)
    supplied = replace(
        facts,
        incoming=type(incoming)(*(np.append(cell, one) for cell, one in zip(cells, new, strict=True)), dates),
    )
    if supposition.handed_line_id is None:
        return supplied
    return _handed_over(supplied, supposition.handed_line_id, supplier, supply=len(open_qty))


def _handed_over(facts, line_id, supplier, *, supply):
    """The line leaves from its supplier, all of it tied to what is ordered for it."""
    lines, holds = facts.lines, facts.holds
    rows = np.flatnonzero(lines.id == line_id)
    dropship, named = lines.rules.dropship.copy(), lines.supplier.copy()
    dropship[rows], named[rows] = True, supplier
    ties = (
        rows,
        np.full(len(rows), allocation.FIXED),
        np.full(len(rows), allocation.NOWHERE),
        np.full(len(rows), supply),
        lines.rules.open_qty[rows],
    )
    return replace(
        facts,
        lines=replace(lines, rules=replace(lines.rules, dropship=dropship), supplier=named),
        holds=allocation.Holds(
            *(np.concatenate((getattr(holds, name), tie)) for name, tie in zip(_names(holds), ties, strict=True))
        ),
    )


def _waiting(facts, sku_id):
    plan = derive(facts, _judge_no_spikes)
    waiting = plan.waiting
    rows = np.flatnonzero(waiting.sku_id == sku_id)
    dates = promises.date_supply(facts.incoming.dates, facts.lateness, facts.today)
    supposed = np.flatnonzero(facts.incoming.id == NOWHERE_STORED)
    return Supposed(
        waiting.line_id[rows],
        waiting.part[rows],
        plan.customer_id[rows],
        (waiting.qty_open - waiting.qty_reserved)[rows],
        waiting.eta[rows],
        waiting.late_eta[rows],
        waiting.current_promise[rows],
        waiting.payment_state[rows],
        waiting.last_good_day[rows],
        *(int(day) for column in (dates.eta, dates.late_eta) for day in column[supposed]),
    )


def _numbers(connection, facts):
    """The number of the purchase order of each incoming line (id)."""
    line_id, order_id = columns(connection, _orders_query(), supplies=np.unique(facts.incoming.id))
    words = dict(
        connection.execute(
            select(models.PurchaseOrder.id, models.PurchaseOrder.number).where(
                models.PurchaseOrder.id.in_(np.unique(order_id).tolist())
            )
        ).all()
    )
    return {line: words[order] for line, order in zip(line_id.tolist(), order_id.tolist(), strict=True)}


@cache
def _orders_query():
    line = models.PurchaseOrderLine
    return select(number(line.id), number(line.purchase_order_id)).where(Among(line.id, "supplies"))


def _names(table):
    return list(type(table).__dataclass_fields__)


def _judge_no_spikes(skus, days):
    """Causes are not asked for here."""
    return np.zeros(len(skus), bool)
