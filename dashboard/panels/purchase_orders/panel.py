"""The pages of purchase orders as their templates know them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.models.purchase_orders import SUPPLYING_STATUSES
from dashboard.panels.purchase_orders.came import CameDelivery, deliveries_of
from dashboard.panels.purchase_orders.queries import (
    WAITING_LISTED,
    DraftRow,
    LineRow,
    OrderFacts,
    ReassignmentRow,
    WaitingRow,
    count_drafts,
    drafts,
    find_order,
    lines_of,
    reassignments_of,
    waiting_for,
)
from dashboard.purchase_order_file import WrittenLine


@dataclass(frozen=True, slots=True)
class DraftsPage:
    """What is still to be sent."""

    drafts: tuple[DraftRow, ...]  # the oldest first
    count: int  # of all


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line with the day by which it should come."""

    facts: LineRow
    due: date | None  # as stated, else as quoted
    is_quoted: bool
    days_overdue: int | None  # None where its day has not passed, or nothing is open

    @property
    def cost(self) -> int | None:
        return None if self.facts.unit_cost is None else self.facts.qty * self.facts.unit_cost


@dataclass(frozen=True, slots=True)
class OrderPage:
    """A purchase order."""

    order: OrderFacts
    lines: tuple[ShownLine, ...]
    waiting: tuple[WaitingRow, ...]  # in queue order
    may_be_more: bool  # of these
    reassignments: tuple[ReassignmentRow, ...]  # the newest first
    came: tuple[CameDelivery, ...]  # the newest first

    @property
    def is_draft(self) -> bool:
        return self.order.status == "draft"

    @property
    def is_supplying(self) -> bool:
        """Whether its supplier has it, and something of it may come."""
        return self.order.status in SUPPLYING_STATUSES

    @property
    def undoable(self) -> int | None:
        """The reassignment that made this draft, while it is one."""
        made = [one.id for one in self.reassignments if one.is_to_here and one.undone_at is None]
        return min(made) if made and self.is_draft else None

    @property
    def written_lines(self) -> tuple[WrittenLine, ...]:
        """Its lines as the CSV has them."""
        order = self.order
        return tuple(
            WrittenLine(
                order.number,
                order.supplier_code,
                line.facts.line_no,
                line.facts.sku,
                line.facts.product,
                line.facts.qty,
                line.facts.unit_cost,
                line.facts.currency,
                line.facts.stated,
            )
            for line in self.lines
        )

    @property
    def qty(self) -> int:
        return sum(line.facts.qty for line in self.lines)

    @property
    def qty_open(self) -> int:
        return sum(line.facts.qty_open for line in self.lines)


def load_drafts(session: Session) -> DraftsPage:
    """The list."""
    return DraftsPage(drafts(session), count_drafts(session))


def load_order(session: Session, number: str, today: date) -> OrderPage | None:
    """One of them; None where there is none of that number."""
    order = find_order(session, number)
    if order is None:
        return None
    waiting = waiting_for(session, order.id)
    return OrderPage(
        order,
        tuple(_shown(line, order, today) for line in lines_of(session, order.id)),
        waiting,
        len(waiting) == WAITING_LISTED,
        reassignments_of(session, order.id),
        deliveries_of(session, order.id),
    )


def _shown(line: LineRow, order: OrderFacts, today: date) -> ShownLine:
    quoted = None
    if line.quoted_days is not None and order.status != "draft":
        quoted = clock.shop_day(order.ordered_at) + timedelta(line.quoted_days)
    due = line.stated or quoted
    overdue = (today - due).days if due is not None and due < today and line.qty_open else None
    return ShownLine(line, due, line.stated is None, overdue)
