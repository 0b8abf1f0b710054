"""Drafts purchase orders over what is to be bought: nobody has them, and they supply nothing, until they are sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from dashboard import audit, clock, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.numbers import save_numbered
from dashboard.actions.outcomes import Outcome, consequences, sent_before
from dashboard.actions.purchase_order_drafts.queries import DraftableSku, drafts_of, read_skus, version_of
from dashboard.actions.purchase_order_sendings.sending import send_order
from dashboard.database import transaction
from dashboard.domain.purchase_plans import Chosen, choose, drafted_in_words
from dashboard.models import Act, PurchaseOrder, PurchaseOrderLine

LETTER = "P"  # of the numbers of purchase orders that are drafted here


@dataclass(frozen=True, slots=True)
class Drafted:
    """A purchase order that was drafted."""

    order: PurchaseOrder
    supplier: str
    rows: tuple[DraftableSku, ...]
    quantities: Mapping[int, int]  # by SKU (id)

    @property
    def qty(self) -> int:
        return sum(self.quantities[row.sku_id] for row in self.rows)

    @property
    def costs(self) -> Mapping[str | None, int]:
        """Micro-units by currency, of what has a known cost; those of two are never added."""
        found: dict[str | None, int] = {}
        for row in self.rows:
            if row.unit_cost is not None:
                cost = self.quantities[row.sku_id] * row.unit_cost
                found[row.currency] = found.get(row.currency, 0) + cost
        return found

    @property
    def is_cost_known(self) -> bool:
        return all(row.unit_cost is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class OnceSent(Outcome):
    """What drafts would do once they are sent, beside what they are."""

    drafts: tuple[Drafted, ...] = ()


@planning.repeated
def draft_orders(
    wanted: Mapping[int, int],
    *,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """One draft a supplier over so many units of each SKU (by id), from whom it is usually bought."""
    with transaction() as session:
        planning.keep_still(wanted, planned_later=True)
        if repeated := sent_before(submission):
            return repeated
        drafts = _draft(session, wanted, version=version)
        notice = drafted_in_words([(one.order.number, one.supplier, len(one.rows), one.qty) for one in drafts])
        acts = [_record(one, why=why, actor=actor) for one in drafts]
        audit.record_submission(submission, acts[0], notice)
        # Lists of what is to be bought say what is drafted of it.
        topics.bump(session.connection(), topics.WORK)
        made = drafts[0].order.number if len(drafts) == 1 else ""
        return Outcome(notice, tuple(wanted), made=made, moves_lines=False)


@planning.repeated
def foresee_drafts(
    wanted: Mapping[int, int],
    *,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> OnceSent:
    """Who would get which date once the drafts are sent today; refused as drafting would be. Whoever calls takes back
    what this does.
    """
    with transaction() as session:
        planning.keep_still(wanted)
        drafts = _draft(session, wanted, version=None)
        for one in drafts:
            send_order(session, one.order, promised=None, actor=actor)
        skus = [row.sku_id for one in drafts for row in one.rows]
        moved = consequences(session, planning.replan(skus).moves)
        return OnceSent("", tuple(skus), moved, drafts=tuple(drafts))


def _draft(session: Session, wanted: Mapping[int, int], *, version: str | None) -> list[Drafted]:
    rows = read_skus(session, sorted(wanted))
    subjects = [f"purchase-order {number}" for number in drafts_of(session, sorted(wanted))]
    refuse_if_changed(version, version_of(rows), *subjects)
    chosen = [row.chosen(wanted[row.sku_id]) for row in rows]
    ordered = _by_supplier(rows, choose(chosen))
    return [_save(session, one, wanted) for one in ordered]


def _by_supplier(rows: Sequence[DraftableSku], ordered: Sequence[Chosen]) -> list[list[DraftableSku]]:
    codes = {one.sku for one in ordered}
    found: dict[int | None, list[DraftableSku]] = {}
    for row in rows:
        if row.sku in codes:
            found.setdefault(row.supplier_id, []).append(row)
    return list(found.values())


def _save(session: Session, rows: Sequence[DraftableSku], wanted: Mapping[int, int]) -> Drafted:
    assert rows[0].supplier is not None  # nobody's were refused
    order = PurchaseOrder(
        supplier_id=rows[0].supplier_id, ordered_at=clock.now(), ordered_on=clock.today(), status="draft"
    )
    save_numbered(session, order, LETTER)
    session.add_all(
        PurchaseOrderLine(
            purchase_order_id=order.id,
            line_no=place,
            sku_id=row.sku_id,
            qty=wanted[row.sku_id],
            qty_promised=wanted[row.sku_id],
            qty_open=0,
            unit_cost=row.unit_cost,
        )
        for place, row in enumerate(rows, start=1)
    )
    session.flush()
    return Drafted(order, rows[0].supplier, tuple(rows), wanted)


def _record(one: Drafted, *, why: str | None, actor: Any) -> Act:
    return audit.record(
        "purchase-order-drafted",
        f"purchase-order {one.order.number}",
        after={
            "purchase_order": one.order.number,
            "status": one.order.status,
            "lines": {row.sku: one.quantities[row.sku_id] for row in one.rows},
            "qty": one.qty,
        },
        why=why,
        actor=actor,
    )
