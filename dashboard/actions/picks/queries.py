"""Which reserved units a pick list means, and whether they still stand so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from dashboard.domain.picks import PICKED_AT_MOST
from dashboard.models import Customer, Location, Order, OrderLine, Reservation, Sku

VERSION_LETTERS = 24
LONGEST_KEY = 64
Key = tuple[int, int, int]  # line, part, location


@dataclass(frozen=True, slots=True)
class ReservedRow:
    """Units of a line's part that stand at a place for it and are not picked yet."""

    line_id: int
    part: int
    location_id: int
    held: str
    qty: int
    sku_id: int
    sku: str
    product: str
    location: str
    order_id: int
    order: str
    line_no: int
    customer: str

    @property
    def key(self) -> Key:
        return self.line_id, self.part, self.location_id


@dataclass(frozen=True, slots=True)
class PickList:
    """The rows that a form means."""

    asked: tuple[Key, ...]
    rows: tuple[ReservedRow, ...]  # by place, SKU, order

    @property
    def written(self) -> str:
        return " ".join("-".join(map(str, key)) for key in self.asked)

    @property
    def version(self) -> str:
        return version_of(self.rows)

    @property
    def qty(self) -> int:
        return sum(row.qty for row in self.rows)


def version_of(rows: Collection[ReservedRow]) -> str:
    """The state of the rows as one short word: another one once any of them stands otherwise."""
    state = sorted((row.key, row.held, row.qty) for row in rows)
    return sha256(repr(state).encode()).hexdigest()[:VERSION_LETTERS]


def keys_written(text: str) -> tuple[Key, ...]:
    """The rows that a page names: "12-1-3 13-1-3"; what is no such row is left out."""
    found = set()
    for word in text.split():
        numbers = word.split("-")
        if len(word) <= LONGEST_KEY and len(numbers) == 3 and all(one.isdecimal() for one in numbers):
            found.add((int(numbers[0]), int(numbers[1]), int(numbers[2])))
    return tuple(sorted(found))


def find_list(session: Session, written: str | None) -> PickList:
    """The list that a page names; where it names none, the first that can be picked at all."""
    if written is None:
        rows = _rows(session, None)
        return PickList(tuple(sorted({row.key for row in rows})), rows)
    keys = keys_written(written)
    # Few more than are too many: enough to say so.
    return PickList(keys, _rows(session, keys[: PICKED_AT_MOST + 1]))


def _rows(session: Session, keys: Collection[Key] | None) -> tuple[ReservedRow, ...]:
    one, line = Reservation, OrderLine
    query = (
        select(
            one.line_id,
            one.part,
            one.location_id,
            one.held,
            one.qty,
            one.sku_id,
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            Location.code,
            Order.id,
            Order.number,
            line.line_no,
            func.coalesce(Customer.name, Customer.code),
        )
        .join(line, line.id == one.line_id)
        .join(Order, Order.id == line.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Sku, Sku.id == one.sku_id)
        .join(Location, Location.id == one.location_id)
        .where(one.held != "picked")
    )
    if keys is None:
        query = query.order_by(one.line_id, one.part, one.location_id).limit(PICKED_AT_MOST)
    elif keys:
        query = query.where(tuple_(one.line_id, one.part, one.location_id).in_(list(keys)))
    else:
        return ()
    rows = [ReservedRow(*row) for row in session.execute(query)]
    return tuple(sorted(rows, key=lambda row: (row.location, row.sku, row.order, row.line_no, row.part, row.held)))
