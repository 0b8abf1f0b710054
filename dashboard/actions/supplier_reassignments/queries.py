"""What a reassignment is about: where waiting units are to come from, and who else sells the SKU."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from dashboard.actions.order_lines import load
from dashboard.actions.purchase_order_queries import tied_to
from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS, TENTHS
from dashboard.domain.order_lines import LineUnits
from dashboard.domain.supplier_reassignments import Candidate, Source
from dashboard.domain.ties import purchase_order
from dashboard.models import (
    Order,
    OrderLine,
    Peg,
    PurchaseOrder,
    PurchaseOrderLine,
    Sku,
    Supplier,
    SupplierFigures,
    SupplierReassignment,
    SupplierSku,
    User,
    Waiting,
)
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.models.supplier_figures import ALL_SKUS

BY_CUSTOMER = "dropship"  # the basis of the date of a line that its supplier sends


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to come from another supplier, by ids: a line of a purchase order, all that a supplier owes of a SKU, a
    line of an order, or without any of these all that waits for the SKU.
    """

    sku_id: int
    supply_id: int | None = None
    supplier_id: int | None = None
    order_id: int | None = None
    line_no: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reassignment is about, as it stands."""

    asked: Asked
    about: str  # how a sentence speaks of it
    subject: str  # how the history names it
    key: str  # what is unique of it on a page
    sku: str
    product: str
    currency: str | None
    sources: tuple[Source, ...]  # the worst first
    candidates: tuple[Candidate, ...]  # the soonest first
    inactive: tuple[str, ...]  # suppliers that sell it and cannot be chosen
    version: str
    waiting: int  # units that wait for these sources
    line: LineUnits | None = None

    @property
    def movable(self) -> int:
        return sum(source.movable for source in self.sources)

    @property
    def suppliers(self) -> tuple[str, ...]:
        """From whom the units are to come now."""
        return tuple(dict.fromkeys(source.supplier for source in self.sources if source.line_id))

    @property
    def subjects(self) -> tuple[str, ...]:
        """What may have changed, as the history names it."""
        ordered = (one for one in self.sources if one.line_id)
        return self.subject, *(f"purchase-order-line {one.purchase_order}/{one.line_no}" for one in ordered)

    @property
    def only_supplier(self) -> str | None:
        """Who alone sells it and is to bring all of it already, so that there is nobody to choose."""
        theirs = {source.supplier for source in self.sources}
        return self.suppliers[0] if {one.name for one in self.candidates} == theirs and len(theirs) == 1 else None

    @property
    def can_go_straight(self) -> bool:
        """Whether some supplier could send the line to its customer."""
        return self.line is not None and any(one.sends_to_customers for one in self.candidates)

    @property
    def can_choose(self) -> bool:
        return bool(self.candidates) and (self.only_supplier is None or self.can_go_straight)

    def candidate(self, code: str | None) -> Candidate | None:
        return next((one for one in self.candidates if one.code == code), None)


@dataclass(frozen=True, slots=True)
class PastReassignment:
    """A reassignment that was made, by the purchase order that it drafted."""

    id: int
    number: str
    status: str
    sku: str
    product: str
    supplier: str
    qty: int
    ordered: int
    made_at: datetime
    made_by: str | None
    undone_at: datetime | None
    version: int  # of the drafted line
    back_to: tuple[tuple[str, int], ...]  # the lines that it took units from


def find_supply(session: Session, number: str, line_no: int, today: date) -> Scope | None:
    """A line of a purchase order, by the numbers that people know it by."""
    line, order = PurchaseOrderLine, PurchaseOrder
    found = session.execute(
        select(line.id, line.sku_id)
        .join(order, order.id == line.purchase_order_id)
        .where(order.number == number, line.line_no == line_no)
    ).first()
    return None if found is None else read_scope(session, Asked(found.sku_id, supply_id=found.id), today)


def find_of_supplier(session: Session, supplier: str, sku: str, today: date) -> Scope | None:
    """All that a supplier still owes of a SKU."""
    supplier_id = session.scalar(select(Supplier.id).where(Supplier.code == supplier))
    sku_id = session.scalar(select(Sku.id).where(Sku.code == sku))
    if supplier_id is None or sku_id is None:
        return None
    return read_scope(session, Asked(sku_id, supplier_id=supplier_id), today)


def find_sku(session: Session, code: str, today: date) -> Scope | None:
    """All that waits for a SKU."""
    sku_id = session.scalar(select(Sku.id).where(Sku.code == code))
    return None if sku_id is None else read_scope(session, Asked(sku_id), today)


def find_line(session: Session, number: str, line_no: int, today: date) -> Scope | None:
    """A line of an order."""
    found = session.execute(
        select(Order.id, OrderLine.sku_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.number == number, OrderLine.line_no == line_no)
    ).first()
    if found is None:
        return None
    return read_scope(session, Asked(found.sku_id, order_id=found.id, line_no=line_no), today)


def read_scope(session: Session, asked: Asked, today: date) -> Scope:
    """The same by its ids, as it stands."""
    sku, product, currency = session.execute(
        select(Sku.code, func.coalesce(Sku.name, Sku.code), Sku.currency).where(Sku.id == asked.sku_id)
    ).one()
    line, line_version = None, ""
    if asked.order_id is not None:
        loaded = load(session, asked.order_id).line(asked.line_no or 0)
        line, line_version = loaded.units, f"-{loaded.row.version}"
    sources, versions = _sources(session, asked, line, today)
    every = _candidates(session, asked.sku_id)
    about, subject, key = _names(session, asked, sku, sources, line)
    return Scope(
        asked,
        about,
        subject,
        key,
        sku,
        product,
        currency,
        sources,
        candidates=tuple(one for one in every if one.active),
        inactive=tuple(one.name for one in every if not one.active),
        # Versions only grow, so their sum is another one as soon as any is; another line makes another count.
        version=f"{len(versions)}.{sum(versions)}{line_version}",
        waiting=_waiting_for(session, asked, sources, line),
        line=line,
    )


def chosen(session: Session, scope: Scope, code: str | None) -> Candidate | None:
    """The supplier that was chosen, if it sells the SKU; active or not, which a rule judges."""
    known = {one.code: one for one in _candidates(session, scope.asked.sku_id)}
    return known.get(code or "")


def find_reassignment(session: Session, reassignment_id: int) -> PastReassignment | None:
    """A reassignment by its number; those that it took units from more than one line for are one."""
    row, line, order = SupplierReassignment, PurchaseOrderLine, PurchaseOrder
    found = session.execute(
        select(
            row.to_line_id,
            order.number,
            order.status,
            Sku.code,
            func.coalesce(Sku.name, Sku.code),
            func.coalesce(Supplier.name, Supplier.code),
            line.qty,
            row.made_at,
            func.coalesce(User.name, User.email),
            row.undone_at,
            line.version,
        )
        .join(line, line.id == row.to_line_id)
        .join(order, order.id == line.purchase_order_id)
        .join(Sku, Sku.id == row.sku_id)
        .join(Supplier, Supplier.id == row.to_supplier_id)
        .outerjoin(User, User.id == row.made_by)
        .where(row.id == reassignment_id)
    ).first()
    if found is None:
        return None
    to_line_id, number, status, sku, product, supplier, ordered, made_at, made_by, undone_at, version = found
    old_line, old_order = aliased(PurchaseOrderLine), aliased(PurchaseOrder)
    taken = session.execute(
        select(row.qty, old_order.number, old_line.line_no)
        .outerjoin(old_line, old_line.id == row.from_line_id)
        .outerjoin(old_order, old_order.id == old_line.purchase_order_id)
        .where(row.to_line_id == to_line_id)
        .order_by(row.id)
    ).all()
    return PastReassignment(
        reassignment_id,
        number,
        status,
        sku,
        product,
        supplier,
        sum(qty for qty, _, _ in taken),
        ordered,
        made_at,
        made_by,
        undone_at,
        version,
        tuple((f"{purchase_order(old)} / {no}", qty) for qty, old, no in taken if old is not None),
    )


def _sources(
    session: Session, asked: Asked, units: LineUnits | None, today: date
) -> tuple[tuple[Source, ...], list[int]]:
    """Where the units come from, and the versions of these lines."""
    line, order = PurchaseOrderLine, PurchaseOrder
    pegged = dict(
        session.execute(
            select(Peg.purchase_order_line_id, func.sum(Peg.qty)).where(*_pegs_of(asked, units)).group_by(
                Peg.purchase_order_line_id
            )
        ).all()
    )  # fmt: skip
    which: list[ColumnElement[bool]] = [line.sku_id == asked.sku_id, line.qty_open > 0]
    if asked.supply_id is not None:
        which.append(line.id == asked.supply_id)
    elif asked.supplier_id is not None:
        which.append(order.supplier_id == asked.supplier_id)
    else:
        which.append(line.id.in_(pegged))
    quoted = func.coalesce(SupplierSku.lead_time_days, Supplier.lead_time_days)
    rows = session.execute(
        select(
            line.id, order.number, line.line_no, Supplier.id, func.coalesce(Supplier.name, Supplier.code),
            line.qty_open, func.coalesce(line.unit_cost, SupplierSku.unit_cost), STATED_DATE, order.ordered_on, quoted,
            line.version,
        )
        .join(order, order.id == line.purchase_order_id)
        .join(Supplier, Supplier.id == order.supplier_id)
        .outerjoin(SupplierSku, (SupplierSku.supplier_id == Supplier.id) & (SupplierSku.sku_id == line.sku_id))
        .where(*which)
    ).all()  # fmt: skip
    tied = tied_to(session, [row[0] for row in rows])
    found = []
    for line_id, number, line_no, supplier_id, supplier, qty_open, cost, stated, ordered_on, days, _ in rows:
        due = stated or (ordered_on + timedelta(days) if days is not None else None)
        # Of what is asked for as a whole all may move; of what waits, as much as waits for it.
        is_whole = asked.supply_id is not None or asked.supplier_id is not None
        ties = tied.get(line_id, ())
        wanted = qty_open if is_whole else max(0, int(pegged[line_id]) - sum(qty for _, qty in ties))
        found.append(
            Source(
                line_id, number, line_no, supplier_id, supplier, qty_open, wanted, ties, cost, due,
                overdue=due is not None and due < today,
            )
        )  # fmt: skip
    found.sort(key=lambda one: (not one.overdue, one.due is not None, -(one.due or date.min).toordinal(),
                                one.purchase_order, one.line_no))  # fmt: skip
    if asked.supply_id is None and asked.supplier_id is None:
        unmet = _waiting_units(session, asked, units) - sum(int(qty) for qty in pegged.values())
        if unmet > 0:
            found.insert(0, Source(None, "", 0, None, "", unmet, unmet, (), None, None, overdue=False))
    return tuple(found), [row[-1] for row in rows]


def _pegs_of(asked: Asked, units: LineUnits | None) -> list[ColumnElement[bool]]:
    if units is not None:
        return [Peg.line_id == units.line_id]
    return [Peg.sku_id == asked.sku_id]


def _waiting_units(session: Session, asked: Asked, units: LineUnits | None) -> int:
    """Units that wait, but for those that a supplier sends to the customer; and what such a line is tied to."""
    which = Waiting.line_id == units.line_id if units is not None else Waiting.sku_id == asked.sku_id
    waits = session.scalar(
        select(func.coalesce(func.sum(Waiting.qty_backordered), 0)).where(which, Waiting.eta_basis != BY_CUSTOMER)
    )
    sent = session.scalar(
        select(func.coalesce(func.sum(Peg.qty), 0))
        .join(Waiting, (Waiting.line_id == Peg.line_id) & (Waiting.part == Peg.part))
        .where(which, Waiting.eta_basis == BY_CUSTOMER)
    )
    return int(waits or 0) + int(sent or 0)


def _waiting_for(session: Session, asked: Asked, sources: Sequence[Source], units: LineUnits | None) -> int:
    """Units that wait for what may move: what the form fills in."""
    if asked.supply_id is None and asked.supplier_id is None:
        return sum(source.movable for source in sources)
    ids = [source.line_id for source in sources]
    pegged = session.scalar(select(func.coalesce(func.sum(Peg.qty), 0)).where(Peg.purchase_order_line_id.in_(ids)))
    return max(0, int(pegged or 0) - sum(qty for source in sources for _, qty in source.tied))


def _candidates(session: Session, sku_id: int) -> list[Candidate]:
    """Everybody who sells the SKU, the soonest first: by what its deliveries say, else as it quotes."""
    terms, own, whole = SupplierSku, aliased(SupplierFigures), aliased(SupplierFigures)
    rows = session.execute(
        select(Supplier, terms, own, whole)
        .join(terms, terms.supplier_id == Supplier.id)
        .outerjoin(own, (own.supplier_id == Supplier.id) & (own.sku_id == terms.sku_id))
        .outerjoin(whole, (whole.supplier_id == Supplier.id) & (whole.sku_id == ALL_SKUS))
        .where(terms.sku_id == sku_id)
    )
    found = [_candidate(*row) for row in rows]
    return sorted(found, key=_soonest_first)


def _candidate(
    supplier: Supplier, terms: SupplierSku, own: SupplierFigures | None, whole: SupplierFigures | None
) -> Candidate:
    of_this_sku = own is not None and own.observations >= ENOUGH_OBSERVATIONS
    told = own if of_this_sku else whole
    quoted = terms.lead_time_days if terms.lead_time_days is not None else supplier.lead_time_days
    candidate = Candidate(
        supplier.id, supplier.code, supplier.name or supplier.code, supplier.country, supplier.active is not False,
        bool(supplier.dropship), terms.unit_cost, terms.min_order_qty, terms.pack_size, quoted,
        observations=0, of_this_sku=of_this_sku, p50_days=None, p90_days=None, units_due=0, units_on_time=0,
    )  # fmt: skip
    if told is None:
        return candidate
    return replace(
        candidate,
        observations=told.observations,
        p50_days=None if told.p50_tenths is None else told.p50_tenths / TENTHS,
        p90_days=None if told.p90_tenths is None else told.p90_tenths / TENTHS,
        units_due=told.units_due,
        units_on_time=told.units_on_time,
    )


def _soonest_first(one: Candidate) -> tuple[bool, float, bool, int, str]:
    days = one.p50_days if one.enough_data else one.quoted_days
    return days is None, days or 0.0, one.unit_cost is None, one.unit_cost or 0, one.code


def _names(
    session: Session, asked: Asked, sku: str, sources: tuple[Source, ...], line: LineUnits | None
) -> tuple[str, str, str]:
    """How a sentence, the history and a page name what is asked about."""
    if line is not None:
        return line.name, f"order-line {line.order}/{line.line_no}", f"line-{line.line_id}"
    if asked.supply_id is not None:
        number, line_no = session.execute(
            select(PurchaseOrder.number, PurchaseOrderLine.line_no)
            .join(PurchaseOrder, PurchaseOrder.id == PurchaseOrderLine.purchase_order_id)
            .where(PurchaseOrderLine.id == asked.supply_id)
        ).one()
        return (
            f"{purchase_order(number)} / {line_no}", f"purchase-order-line {number}/{line_no}", f"po-{asked.supply_id}"
        )  # fmt: skip
    if asked.supplier_id is not None:
        supplier = session.get_one(Supplier, asked.supplier_id)
        key = f"of-{asked.supplier_id}-{asked.sku_id}"
        return f"{sku} from {supplier.name or supplier.code}", f"supplier {supplier.code}/{sku}", key
    return f"{sku} that waits", f"sku {sku}", f"sku-{asked.sku_id}"
