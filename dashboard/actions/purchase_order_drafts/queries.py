"""What the form of a draft shows: each chosen SKU as it stands, on the terms of whom it is usually bought from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.orm import Session

from dashboard.domain.purchase_plans import Chosen, Wanted
from dashboard.models import PurchaseOrder, PurchaseOrderLine, Sku, SkuFigure, Supplier, SupplierSku

DIGEST_BYTES = 12


@dataclass(frozen=True, slots=True)
class DraftableSku:
    """A SKU that may be ordered, and from whom."""

    sku_id: int
    sku: str
    product: str
    currency: str | None
    supplier_id: int | None  # None: nobody sells it
    supplier: str | None
    supplier_is_active: bool
    unmet: int
    unmet_lines: int
    unit_cost: int | None  # micro-units
    wanted: Wanted

    @property
    def field(self) -> str:
        """Where its quantity is typed."""
        return f"qty_{self.sku_id}"

    def chosen(self, qty: int) -> Chosen:
        """So many of it, as rules see it."""
        return Chosen(
            self.sku, self.field, qty, self.supplier, self.supplier_is_active, self.wanted.minimum, self.wanted.pack
        )


def read_skus(session: Session, sku_ids: Sequence[int]) -> tuple[DraftableSku, ...]:
    """These SKUs (ids), by supplier and code."""
    figure, terms = SkuFigure, SupplierSku
    line, order = PurchaseOrderLine, PurchaseOrder
    drafted: Mapping[int, int] = dict(
        session.execute(
            select(line.sku_id, cast(func.sum(line.qty), BigInteger))
            .join(order, order.id == line.purchase_order_id)
            .where(line.sku_id.in_(sku_ids), order.status == "draft")
            .group_by(line.sku_id)
        ).all()
    )
    rows = session.execute(
        select(
            Sku.id,
            Sku.code,
            func.coalesce(Sku.name, Sku.code).label("product"),
            Sku.currency,
            Supplier.id.label("supplier_id"),
            func.coalesce(Supplier.name, Supplier.code).label("supplier"),
            Supplier.active,
            figure.unmet,
            figure.unmet_lines,
            figure.position,
            figure.suggested_order,
            terms.unit_cost,
            terms.min_order_qty,
            terms.pack_size,
        )
        .join(figure, figure.sku_id == Sku.id)
        .outerjoin(Supplier, Supplier.id == figure.supplier_id)
        .outerjoin(terms, (terms.supplier_id == Supplier.id) & (terms.sku_id == Sku.id))
        .where(Sku.id.in_(sku_ids))
        .order_by(func.coalesce(Supplier.code, ""), Sku.code)
    )
    return tuple(
        DraftableSku(
            row.id,
            row.code,
            row.product,
            row.currency,
            row.supplier_id,
            row.supplier,
            row.active is not False,
            row.unmet,
            row.unmet_lines,
            row.unit_cost,
            Wanted(
                row.code,
                row.position,
                row.suggested_order,
                drafted.get(row.id, 0),
                row.min_order_qty,
                row.pack_size,
            ),
        )
        for row in rows
    )


def version_of(rows: Sequence[DraftableSku]) -> str:
    """Of what a draft is decided upon: how each SKU stands, and what is drafted of it."""
    said = "|".join(f"{row.sku_id} {row.supplier_id} {row.wanted}" for row in rows)
    return blake2b(said.encode(), digest_size=DIGEST_BYTES).hexdigest()


def sku_named(session: Session, code: str) -> int | None:
    """The SKU (id) of that code."""
    return session.scalar(select(Sku.id).where(Sku.code == code))


def drafts_of(session: Session, sku_ids: Sequence[int]) -> list[str]:
    """The numbers of the drafts that order any of these SKUs (ids)."""
    line, order = PurchaseOrderLine, PurchaseOrder
    return list(
        session.scalars(
            select(order.number)
            .join(line, line.purchase_order_id == order.id)
            .where(line.sku_id.in_(sku_ids), order.status == "draft")
            .distinct()
        )
    )
