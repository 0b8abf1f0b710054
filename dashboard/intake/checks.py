"""What can only be seen in sets: keys that stand twice, ids that are nowhere."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, SQLColumnExpression, String, and_, cast, exists, func, select, union_all, update
from sqlalchemy.sql.elements import ColumnElement

from dashboard import clock, models
from dashboard.database import day_of, db, instant_of
from dashboard.intake import cells
from dashboard.intake.cells import quoted
from dashboard.intake.faults import Fault, Remark
from dashboard.intake.kit import DESK_PREFIX, KIT_FILES, Column, KitFile
from dashboard.intake.staging import BAD_KEYS, FAULTS, STAGED, UNITS, note, stored

OFFENDERS_AT_ONCE = 1_000

# By code point: behind every number that begins with the desk's own prefix.
_AFTER_DESK_PREFIX = DESK_PREFIX[:-1] + chr(ord(DESK_PREFIX[-1]) + 1)

# Where the desk keeps what a file's key names, and how that is called in a sentence.
_KEPT: dict[str, tuple[ColumnElement[str], str]] = {
    "customers": (models.Customer.__table__.c.code, "customer"),
    "payment_methods": (models.PaymentMethod.__table__.c.code, "payment method"),
    "suppliers": (models.Supplier.__table__.c.code, "supplier"),
    "skus": (models.Sku.__table__.c.code, "SKU"),
    "orders": (models.Order.__table__.c.number, "order"),
    "purchase_orders": (models.PurchaseOrder.__table__.c.number, "purchase order"),
}
_HEADS = {"order_id": "orders", "po_id": "purchase_orders"}
_LINES = {"order_id": "order_lines", "po_id": "purchase_order_lines"}


def check_keys(kit_file: KitFile, shown_as: str) -> None:
    """Every row after the first of the same key is a fault."""
    table = STAGED[kit_file.name]
    key = [_comparable(table.c[name]) for name in kit_file.key]
    # Grouped along the index of the key, and joined to what is found: a window over all rows would sort them all.
    twice = (
        select(*(part.label(f"key_{place}") for place, part in enumerate(key)), func.min(table.c.line).label("first"))
        .group_by(*key)
        .having(func.count() > 1)
        .subquery()
    )
    same = and_(*(part == twice.c[f"key_{place}"] for place, part in enumerate(key)))
    later = select(table.c.line, *twice.c).join(twice, same).where(table.c.line > twice.c.first)
    names = ", ".join(kit_file.key)

    def said(row: Any) -> Fault:
        parts = zip(kit_file.key, row[1:-1], strict=True)
        key_text = " ".join(quoted(_written(kit_file.by_name[name], part)) for name, part in parts)
        return Fault(shown_as, row.line, kit_file.key[0], f"{names} {key_text} stands in line {row.first} already")

    _note_all(later, lambda rows: map(said, rows))
    _mark_faulty(kit_file, shown_as)


def check_references(kit_file: KitFile, shown_as: Mapping[str, str], refused: Iterable[str]) -> None:
    """Every id must be somewhere: in a row of these files that is no fault, or in the desk from before.

    `shown_as` has the name of each file that is loaded, `refused` the files that could not be read.
    """
    table = STAGED[kit_file.name]
    for column in kit_file.columns:
        if column.refers_to is None:
            continue
        kept, noun = _KEPT[column.refers_to]
        stated = table.c[column.name]
        named = _staged_key(column.refers_to, stated)
        offenders = (
            select(table.c.line, stated.label("value"))
            .select_from(table.outerjoin(kept.table, kept == stated))
            .where(stated.is_not(None), kept.is_(None), ~named)
        )
        hint = f"; {column.refers_to}.csv could not be read" if column.refers_to in refused else ""

        def said(rows: list[Any], column: Any = column, noun: str = noun, hint: str = hint) -> Iterable[Fault]:
            at_fault = _lines_at_fault(column.refers_to, {row.value for row in rows})
            for row in rows:
                where = at_fault.get(row.value)
                reason = (
                    f"{noun} {quoted(row.value)} is nowhere{hint}"
                    if where is None
                    else f"{noun} {quoted(row.value)} is at fault itself: {shown_as[column.refers_to]}:{where}"
                )
                yield Fault(shown_as[kit_file.name], row.line, column.name, reason)

        _note_all(offenders, said)
    if kit_file.group is not None:
        _check_head(kit_file, shown_as[kit_file.name])
        _check_line(kit_file, shown_as[kit_file.name])
    _mark_faulty(kit_file, shown_as[kit_file.name])


def recognise_cancels(shown_as: str) -> None:
    """A cancel that staff posted at the desk, told again by the merchant's own system, is one and the same: so many
    units of a line on one day. The file's row then means the desk's, and counts no second time.
    """
    staged = STAGED["cancellations"]
    order, line, cancel = (model.__table__ for model in (models.Order, models.OrderLine, models.Cancellation))
    alike = db.session.execute(
        select(staged.c.line, staged.c.cancelled_at, cancel.c.id, stored(cancel.c.cancelled_at))
        .join(order, order.c.number == staged.c.order_id)
        .join(line, and_(line.c.order_id == order.c.id, line.c.line_no == staged.c.line_no))
        .join(cancel, and_(cancel.c.line_id == line.c.id, cancel.c.part == 1, cancel.c.qty == staged.c.qty))
        .where(cancel.c.load_id.is_(None), staged.c.bad == 0)
        .order_by(staged.c.line, cancel.c.id)
    ).all()
    told = {row for row, at, _, posted_at in alike if at == posted_at}
    posted = {cancel_id for _, at, cancel_id, posted_at in alike if at == posted_at}
    for row, at, cancel_id, posted_at in alike:
        same_day = clock.shop_day(instant_of(at)) == clock.shop_day(instant_of(posted_at))
        if same_day and row not in told and cancel_id not in posted:
            told.add(row)
            posted.add(cancel_id)
            db.session.execute(update(staged).where(staged.c.line == row).values(cancelled_at=posted_at))
            reason = "was cancelled at the desk that day already; it counts once"
            note(remarks=[Remark(shown_as, row, "cancelled_at", reason)])


def recognise_shipments(shown_as: str) -> None:
    """A shipment that staff posted at the desk, told again by the merchant's own system, is one and the same: so many
    units of a line, on one day or under one tracking number. The file's row then means the desk's, and counts no second
    time.
    """
    staged = STAGED["shipments"]
    order, line, shipment, left = (
        model.__table__ for model in (models.Order, models.OrderLine, models.Shipment, models.ShipmentLine)
    )
    told_before = shipment.alias("told_before")
    alike = db.session.execute(
        select(
            staged.c.line,
            staged.c.shipped_at,
            staged.c.tracking,
            left.c.id,
            shipment.c.number,
            stored(left.c.shipped_at).label("posted_at"),
            left.c.carrier,
            left.c.tracking.label("posted_tracking"),
        )
        .select_from(shipment)
        .join(left, left.c.shipment_id == shipment.c.id)
        .join(line, line.c.id == left.c.line_id)
        .join(order, order.c.id == line.c.order_id)
        .join(staged, and_(staged.c.order_id == order.c.number, staged.c.line_no == line.c.line_no))
        .where(
            shipment.c.number >= DESK_PREFIX,
            shipment.c.number < _AFTER_DESK_PREFIX,
            left.c.load_id.is_(None),
            left.c.part == 1,
            left.c.qty == staged.c.qty,
            staged.c.bad == 0,
            ~exists().where(told_before.c.number == staged.c.shipment_id),
        )
        .order_by(staged.c.line, left.c.id)
    ).all()
    told: set[int] = set()
    posted: set[int] = set()
    for row in alike:
        same_day = clock.shop_day(instant_of(row.shipped_at)) == clock.shop_day(instant_of(row.posted_at))
        same_parcel = row.tracking is not None and row.tracking == row.posted_tracking
        if (same_day or same_parcel) and row.line not in told and row.id not in posted:
            told.add(row.line)
            posted.add(row.id)
            means = {
                "shipment_id": row.number,
                "shipped_at": row.posted_at,
                "carrier": func.coalesce(staged.c.carrier, row.carrier),
                "tracking": func.coalesce(staged.c.tracking, row.posted_tracking),
            }
            db.session.execute(update(staged).where(staged.c.line == row.line).values(**means))
            reason = "was shipped at the desk already; it counts once"
            note(remarks=[Remark(shown_as, row.line, "shipment_id", reason)])


def block_units(group: str) -> None:
    """Leave out all orders (or purchase orders): a file that may have said something of any of them is unreadable."""
    db.session.execute(update(UNITS[group]).values(bad=1))


def _check_head(kit_file: KitFile, shown_as: str) -> None:
    """A line, a shipment … of an order that is nowhere. Of one that is at fault itself nothing is said twice."""
    assert kit_file.group is not None
    head = _HEADS[kit_file.group]
    if kit_file.name == head:
        return
    table = STAGED[kit_file.name]
    stated = table.c[kit_file.group]
    offenders = select(table.c.line, stated.label("value")).where(~_head_is_known(head, stated))
    noun = _KEPT[head][1]
    _note_all(
        offenders,
        lambda rows: (
            Fault(shown_as, row.line, kit_file.group, f"{noun} {quoted(row.value)} is nowhere") for row in rows
        ),
    )


def _check_line(kit_file: KitFile, shown_as: str) -> None:
    """A shipment, a cancellation, a receipt of a line that its order does not have."""
    assert kit_file.group is not None
    lines, head = _LINES[kit_file.group], _HEADS[kit_file.group]
    if kit_file.name == lines or "line_no" not in kit_file.by_name:
        return
    table, staged = STAGED[kit_file.name], STAGED[lines]
    unit, line_no = table.c[kit_file.group], table.c.line_no
    kept_head = _KEPT[head][0]
    kept_line = (models.OrderLine if head == "orders" else models.PurchaseOrderLine).__table__
    of_head = kept_line.c.order_id if head == "orders" else kept_line.c.purchase_order_id
    known_line = (
        exists().where(staged.c[kit_file.group] == unit, staged.c.line_no == line_no)
        | exists().where(kept_head == unit, of_head == kept_head.table.c.id, kept_line.c.line_no == line_no)
        | exists().where(
            BAD_KEYS.c.file == lines,
            BAD_KEYS.c.key == unit,
            BAD_KEYS.c.second.in_([cast(line_no, String), ""]),
        )
    )
    offenders = select(table.c.line, unit.label("value"), line_no).where(_head_is_known(head, unit), ~known_line)
    noun = _KEPT[head][1]
    _note_all(
        offenders,
        lambda rows: (
            Fault(shown_as, row.line, "line_no", f"{noun} {quoted(row.value)} has no line {row.line_no}")
            for row in rows
        ),
    )


def _head_is_known(head: str, stated: ColumnElement[str]) -> ColumnElement[bool]:
    staged = STAGED[head]
    kept = _KEPT[head][0]
    return (
        exists().where(staged.c[KIT_FILES[head].key[0]] == stated)
        | exists().where(kept == stated)
        | exists().where(BAD_KEYS.c.file == head, BAD_KEYS.c.key == stated)
    )


def _staged_key(file: str, stated: ColumnElement[str]) -> ColumnElement[bool]:
    staged = STAGED[file].alias()
    return exists().where(staged.c[KIT_FILES[file].key[0]] == stated, staged.c.bad == 0)


def _lines_at_fault(file: str, values: set[str]) -> dict[str, int]:
    """By key: the first row of a file that has it and is at fault."""
    staged = STAGED[file]
    key = staged.c[KIT_FILES[file].key[0]]
    faulty = union_all(
        select(key.label("value"), staged.c.line).where(key.in_(values), staged.c.bad == 1),
        select(BAD_KEYS.c.key, BAD_KEYS.c.line).where(BAD_KEYS.c.file == file, BAD_KEYS.c.key.in_(values)),
    ).subquery()
    rows = db.session.execute(select(faulty.c.value, func.min(faulty.c.line)).group_by(faulty.c.value))
    return dict(rows.all())


def _note_all(offenders: Select, said: Callable[[list[Any]], Iterable[Fault]]) -> None:
    """Remember a fault for every row of a select, however many they are."""
    result = db.session.execute(offenders, execution_options={"yield_per": OFFENDERS_AT_ONCE})
    for rows in result.partitions():
        note(list(said(list(rows))))


def _mark_faulty(kit_file: KitFile, shown_as: str) -> None:
    table = STAGED[kit_file.name]
    faulty = select(FAULTS.c.line).where(FAULTS.c.file == shown_as, FAULTS.c.kept == 0, FAULTS.c.of_row == 1)
    db.session.execute(update(table).where(table.c.line.in_(faulty)).values(bad=1))


def _written(column: Column, part: Any) -> str:
    """A part of a key as people write it."""
    if column.is_moment:
        return instant_of(part).astimezone(clock.shop_zone()).isoformat(sep=" ")
    return day_of(part).isoformat() if column.kind in (cells.day, cells.past_day) else str(part)


def _comparable(part: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """A part of a key that may be empty compares as the empty text."""
    return func.coalesce(part, "") if part.name == "name" else part  # type: ignore[attr-defined]


def remark_on_dates(shown_as: Mapping[str, str], present: Mapping[str, Collection[str]]) -> None:
    """What loads all the same: a promise or a receipt before its order; a place in line that a file would move.

    `present` has the columns of each file that is loaded.
    """
    orders, lines = STAGED["orders"], STAGED["order_lines"]
    heads, po_lines, receipts = STAGED["purchase_orders"], STAGED["purchase_order_lines"], STAGED["receipts"]
    kept = models.Order.__table__
    kept_head = models.PurchaseOrder.__table__
    placed_on = func.coalesce(stored(kept.c.placed_on), orders.c.placed_on)
    ordered_on = func.coalesce(heads.c.ordered_on, stored(kept_head.c.ordered_on))
    of_order = lines.outerjoin(orders, orders.c.order_id == lines.c.order_id).outerjoin(
        kept, kept.c.number == lines.c.order_id
    )

    def with_head(table: Any) -> Any:
        return table.outerjoin(heads, heads.c.po_id == table.c.po_id).outerjoin(
            kept_head, kept_head.c.number == table.c.po_id
        )

    early = "is before the day of the order"
    unobserved = f"{early}: its receipts teach nothing of lateness"
    said: list[tuple[str, str, str, Any]] = [
        ("orders", "promised_date", early, select(orders.c.line).where(orders.c.promised_date < orders.c.placed_on)),
        (
            "orders",
            "placed_at",
            "is not when the desk first knew this order to be placed; the place in line stays",
            select(orders.c.line)
            .join(kept, kept.c.number == orders.c.order_id)
            .where(stored(kept.c.placed_at) != orders.c.placed_at),
        ),
        (
            "order_lines",
            "promised_date",
            early,
            select(lines.c.line).select_from(of_order).where(lines.c.promised_date < placed_on),
        ),
        (
            "purchase_orders",
            "promised_date",
            unobserved,
            select(heads.c.line).where(heads.c.promised_date < heads.c.ordered_on),
        ),
        (
            "purchase_order_lines",
            "promised_date",
            unobserved,
            select(po_lines.c.line).select_from(with_head(po_lines)).where(po_lines.c.promised_date < ordered_on),
        ),
        (
            "receipts",
            "received_at",
            f"{early}: it teaches nothing of lead times",
            select(receipts.c.line).select_from(with_head(receipts)).where(receipts.c.received_on < ordered_on),
        ),
    ]
    for file, column, reason, rows in said:
        if column in present.get(file, ()):
            result = db.session.execute(rows, execution_options={"yield_per": OFFENDERS_AT_ONCE})
            for page in result.partitions():
                note(remarks=[Remark(shown_as[file], row.line, column, reason) for row in page])
