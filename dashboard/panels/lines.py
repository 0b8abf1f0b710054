"""Which line a row is about, as the panels of lines say it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from dashboard.domain.incentive_offers import ACCEPTED, LIVE
from dashboard.models import Customer, IncentiveOffer, OrderLine, Waiting
from dashboard.models.customers import DEFAULT_PRIORITY_CLASS

# The key of a waiting part in any order of lines: no two rows tie.
IDENTITY = (Waiting.order_number, Waiting.line_no, Waiting.part)


class LineOfRow(NamedTuple):
    """A backordered line, or of a divided line one of its parts."""

    line_id: int
    part: int
    is_divided: bool
    order_number: str
    line_no: int
    has_siblings: bool  # its order has other lines
    tier: str  # empty where it is not known, or gives no better place than anybody has
    customer: str
    offer: str | None = None  # the state of what its customer is offered, while it is open, or was accepted


def lines_with(*columns: Any) -> Select:
    """What a row says of its line, and these columns; the caller joins what else they need, and names the rows."""
    sibling, other_part = aliased(OrderLine), aliased(Waiting)
    has_siblings = exists().where(sibling.order_id == Waiting.order_id, sibling.id != Waiting.line_id)
    has_other_parts = exists().where(other_part.line_id == Waiting.line_id, other_part.part != Waiting.part)
    offer = (
        select(IncentiveOffer.state)
        .where(
            IncentiveOffer.line_id == Waiting.line_id,
            IncentiveOffer.part == Waiting.part,
            IncentiveOffer.state.in_((*LIVE, ACCEPTED)),
        )
        .order_by(IncentiveOffer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return select(
        Waiting.line_id,
        Waiting.part,
        Waiting.order_number,
        Waiting.line_no,
        Waiting.tier,
        Waiting.priority_class,
        Customer.name.label("customer_name"),
        Customer.code.label("customer_code"),
        has_siblings.label("has_siblings"),
        has_other_parts.label("has_other_parts"),
        offer.label("offer"),
        *columns,
    ).outerjoin(Customer, Customer.id == Waiting.customer_id)


def found_among(shown: Select, narrow: Select) -> Select:
    """What is shown of the few rows that were found by their keys, with their places in the order."""
    found = narrow.subquery()
    places = (column for column in found.c if column.name not in ("line_id", "part"))
    return shown.add_columns(*places).join(found, (found.c.line_id == Waiting.line_id) & (found.c.part == Waiting.part))


def line_of(row: Any) -> LineOfRow:
    """The line of a row that was read by `lines_with`."""
    return LineOfRow(
        line_id=row.line_id,
        part=row.part,
        is_divided=row.part > 1 or row.has_other_parts,
        order_number=row.order_number,
        line_no=row.line_no,
        has_siblings=row.has_siblings,
        tier=row.tier if row.priority_class < DEFAULT_PRIORITY_CLASS else "",
        customer=row.customer_name or row.customer_code,
        offer=row.offer,
    )
