"""What a split makes of a line, as somebody sees it before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import models
from dashboard.actions.order_lines import LoadedLine, LoadedOrder, load
from dashboard.actions.order_money import Means, load_money
from dashboard.actions.outcomes import Outcome
from dashboard.domain import shipment_splits as splits
from dashboard.domain.authorizations import Capture
from dashboard.domain.line_amounts import NOT_KNOWN, Amounts


@dataclass(frozen=True, slots=True)
class SplitPart:
    """A part of the line as it is from now on."""

    part: int
    qty: int
    shipped: int
    cancelled: int
    here: int  # of its units
    eta: date | None  # of those that wait
    amounts: Amounts
    is_new: bool  # whether the split made it, or left it its open units

    @property
    def waits(self) -> int:
        return self.qty - self.shipped - self.cancelled - self.here


@dataclass(frozen=True, slots=True)
class SplitOutcome(Outcome):
    """What a split makes of a line: its parts in units, money and dates, and what happens to the authorisation."""

    mode: str = splits.HERE
    left: bool = False  # whether the first parcel has left
    parts: tuple[SplitPart, ...] = ()
    qty: int = 0  # of the line
    whole: Amounts = NOT_KNOWN
    currency: str | None = None
    cost: int = 0  # of each further parcel, micro-units
    charged: bool = False
    margin: int | None = None  # of the line, before the further parcels; None where the cost of a unit is not known
    capture: Capture | None = None  # what the first parcel takes, now or when it leaves
    means: Means | None = None

    @property
    def open_parts(self) -> tuple[SplitPart, ...]:
        return tuple(part for part in self.parts if part.is_new)

    @property
    def further(self) -> int:
        """Parcels that are sent besides the first."""
        return len(self.open_parts) - 1

    @property
    def keeps(self) -> int:
        """Units that stay when the first parcel leaves."""
        return sum(part.qty for part in self.open_parts[1:])


def as_shown(
    session: Session,
    outcome: SplitOutcome,
    order_id: int,
    line_no: int,
    division: splits.Division,
    captured: Capture,
) -> SplitOutcome:
    """The outcome with the line as it now stands."""
    order = load(session, order_id)
    line = order.line(line_no)
    money = load_money(session, order)
    amounts = money.of_parts(line.units)
    waiting = models.Waiting
    rows = session.execute(select(waiting.part, waiting.eta).where(waiting.line_id == line.row.id))
    dates = {row.part: row.eta for row in rows}
    parts = tuple(
        SplitPart(
            one.part,
            one.qty,
            one.shipped,
            one.cancelled,
            sum(units.qty for units in line.units.reserved if units.part == one.part),
            dates.get(one.part),
            amounts[one.part],
            one.part in division.open_parts,
        )
        for one in line.units.parts
    )
    whole = money.of_line(line.units)
    return replace(
        outcome,
        parts=parts,
        qty=line.units.qty,
        whole=whole,
        currency=order.row.currency,
        margin=_margin(session, order, line, whole),
        capture=captured,
        means=money.means,
    )


def _margin(session: Session, order: LoadedOrder, line: LoadedLine, whole: Amounts) -> int | None:
    """What the merchant earns with a line, where the cost of a unit is known in the order's currency."""
    cost, currency = session.execute(
        select(models.Sku.cost, models.Sku.currency).where(models.Sku.id == line.row.sku_id)
    ).one()
    if cost is None or whole.goods is None or currency != order.row.currency:
        return None
    return int(whole.goods - line.units.qty * cost)
