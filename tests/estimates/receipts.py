"""A history of receipts by chance, in the world and as numpy knows it."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from dashboard.domain.likely_dates import Receipts


def history(world, today, *, receipts=160, seed=7):
    """Suppliers with habits of their own, one of whose SKUs is later than the other, until yesterday."""
    chance = np.random.default_rng(seed)
    rows = []
    for number in range(receipts):
        supplier, sku = int(chance.integers(0, 3)), int(chance.integers(0, 2))
        late = int(supplier * 6 + sku * 9 + chance.normal(0, 4))
        received = today - timedelta(days=int(chance.integers(1, 380)))
        promised = received - timedelta(days=late)
        ordered = min(promised, received) - timedelta(days=int(chance.integers(5, 40)))
        po = f"H{number}"
        world.purchase_order(po, f"SKU{sku}", 1, supplier=f"S{supplier}", ordered=ordered, promised=promised)
        world.receive(po, 1, on=received, at=None)
        rows.append((supplier, sku, late, (today - received).days))
    return Receipts(*(np.array(column) for column in zip(*rows, strict=True)))
