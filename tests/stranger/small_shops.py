"""Small shops by chance, as kit files: few SKUs, much contention, every kind of cell that shapes a date or a place."""

from __future__ import annotations

import csv
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

TODAY = date(2026, 3, 12)


def write_shop(folder: Path, seed: int, *, ship_complete: float = 0.3) -> None:
    """A whole kit of some dozens of orders in `folder`; the same seed writes the same files."""
    chance, more = Random(seed), Random(f"{seed} and what to order")
    skus = [f"S-{n}" for n in range(chance.randint(2, 7))]
    suppliers = [f"V{n}" for n in range(chance.randint(1, 4))]
    places = ["main", "annex", "Ladenlokal"][: chance.randint(1, 3)]
    customers = [f"c{n}" for n in range(chance.randint(3, 12))]

    def maybe(value: object, share: float = 0.5) -> object:
        return value if chance.random() < share else ""

    def around(low: int, high: int) -> date:
        return TODAY + timedelta(chance.randint(low, high))

    def write(name: str, rows: list[dict]) -> None:
        if rows:
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]))
                writer.writeheader()
                writer.writerows(rows)

    write(
        "customers",
        [
            {"customer_id": c, "name": f"Zoë {c}", "tier": chance.choice(["", "vip", "contract", "new"])}
            for c in customers
        ],
    )
    methods = [
        {
            "payment_method_id": f"pm-{c}-{n}",
            "customer_id": c,
            "kind": "card",
            "brand": "Visa",
            "last4": "4242",
            "exp_month": chance.randint(1, 12),
            "exp_year": chance.choice([2025, 2026, 2026, 2027]),
            "is_default": "true" if n == 0 and chance.random() < 0.7 else "false",
        }
        for c in customers
        for n in range(chance.randint(0, 2))
    ]
    write("payment_methods", methods)
    write(
        "suppliers",
        [
            {
                "supplier_id": s,
                "name": f"Supplier {s}",
                "lead_time_days": maybe(chance.randint(5, 60), 0.8),
                "active": chance.choice(["true", "true", "", "false"]),
            }
            for s in suppliers
        ],
    )
    write(
        "skus",
        [
            {
                "sku": s,
                "name": f"Thing {s}",
                "price": "9.99",
                "currency": "USD",
                "backorder_policy": chance.choice(["", "allow", "deny", "planned"]),
                "safety_stock": maybe(chance.randint(0, 30)),
                "reorder_point": more.choice(["", "", "", more.randint(0, 40)]),
            }
            for s in skus
        ],
    )
    write(
        "supplier_skus",
        [
            {
                "supplier_id": v,
                "sku": s,
                "unit_cost": maybe(f"{chance.randint(1, 9)}.5"),
                "lead_time_days": maybe(chance.randint(3, 40)),
                "preferred": maybe(chance.choice(["true", "false"])),
                "min_order_qty": more.choice(["", 0, 1, 24]),
                "pack_size": more.choice(["", 0, 1, 6, 10]),
            }
            for v in suppliers
            for s in skus
            if chance.random() < 0.7
        ],
    )
    write(
        "stock",
        [
            {"sku": s, "location": p, "on_hand": chance.choice([0, 0, 1, 3, 10, 25])}
            for s in skus
            for p in places
            if chance.random() < 0.8
        ],
    )
    write(
        "stock_history",
        [
            {"sku": s, "date": (TODAY - timedelta(back)).isoformat(), "on_hand": chance.choice([0, 0, 2, 5])}
            for s in skus
            if chance.random() < 0.5
            for back in range(110, 0, -1)
        ],
    )
    write(
        "events",
        [
            {
                "sku": s,
                "starts_on": (TODAY + timedelta(begins)).isoformat(),
                "ends_on": (TODAY + timedelta(begins + more.randint(0, 9))).isoformat(),
                "extra_units": more.randint(0, 50),
                "name": f"Sale {begins}",
            }
            for s in skus
            for begins in sorted({more.randint(-15, 50) for _ in range(more.choice([0, 1, 3]))})
        ],
    )
    orders, lines, shipments, cancellations, authorizations = [], [], [], [], []
    for n in range(chance.randint(15, 60)):
        order, customer = f"{chance.choice(['', 'A-', 'a'])}{1000 + n}", chance.choice(customers)
        placed = datetime.combine(around(-160, 0), datetime.min.time()) + timedelta(
            hours=chance.choice([0, 0, 9, 23]) if n % 3 else 0
        )
        own = [row["payment_method_id"] for row in methods if row["customer_id"] == customer]
        orders.append(
            {
                "order_id": order,
                "customer_id": customer,
                "placed_at": placed.isoformat() if placed.hour else placed.date().isoformat(),
                "currency": chance.choice(["USD", "USD", "EUR", "JPY", ""]),
                "channel": chance.choice(["web", "phone", ""]),
                "payment_method_id": maybe(chance.choice(own)) if own else "",
                "priority": maybe(chance.randint(0, 4), 0.2),
                "ship_complete": maybe("true", ship_complete),
                "promised_date": maybe(around(-20, 40).isoformat()),
                "last_date": maybe(around(-5, 40).isoformat(), 0.2),
                "not_before": maybe(around(-5, 40).isoformat(), 0.25),
                "status": chance.choice(["", "open", "open", "open", "open", "cancelled", "closed"]),
                "location": maybe(chance.choice(places)),
                "credit_applied": maybe("true", 0.2),
            }
        )
        for line_no in range(1, chance.randint(2, 5)):
            qty, sku = chance.randint(1, 9), chance.choice(skus)
            lines.append(
                {
                    "order_id": order,
                    "line_no": line_no,
                    "sku": sku,
                    "qty": qty,
                    "unit_price": maybe(chance.choice(["19.99", "5.775", "0.000001", "1200"]), 0.9),
                    "promised_date": maybe(around(-20, 40).isoformat(), 0.3),
                    "supplier_id": maybe(chance.choice(suppliers), 0.2),
                }
            )
            left = qty
            if chance.random() < 0.3:
                units = chance.randint(1, left)
                left -= units
                at = min(placed.date() + timedelta(2), TODAY)
                shipments.append(
                    {
                        "shipment_id": f"sh{order}",
                        "order_id": order,
                        "line_no": line_no,
                        "qty": units,
                        "shipped_at": at.isoformat(),
                    }
                )
            if left and chance.random() < 0.15:
                at = min(placed.date() + timedelta(3), TODAY)
                cancellations.append(
                    {
                        "order_id": order,
                        "line_no": line_no,
                        "qty": chance.randint(1, left),
                        "cancelled_at": at.isoformat(),
                        "reason": chance.choice(["customer", "stock", ""]),
                    }
                )
        for turn in range(chance.choice([0, 0, 1, 1, 2])):
            authorizations.append(
                {
                    "authorization_id": f"au{order}-{turn}",
                    "order_id": order,
                    "amount": "50.00",
                    "authorized_at": placed.date().isoformat(),
                    "expires_at": maybe(around(-5, 30).isoformat(), 0.8),
                    "state": chance.choice(["", "open", "voided"]),
                }
            )
    write("orders", orders)
    write("order_lines", lines)
    write("shipments", shipments)
    write("cancellations", cancellations)
    write("authorizations", authorizations)
    heads, po_lines, receipts = [], [], []
    for n in range(chance.randint(5, 40)):
        number, supplier = f"PO-{n}", chance.choice(suppliers)
        past = chance.random() < 0.6
        ordered = around(-300, -30) if past else around(-60, 0)
        promised = ordered + timedelta(chance.randint(5, 60))
        heads.append(
            {
                "po_id": number,
                "supplier_id": supplier,
                "ordered_at": ordered.isoformat(),
                "promised_date": maybe(promised.isoformat(), 0.8),
                "expected_date": maybe((promised + timedelta(chance.randint(0, 30))).isoformat(), 0.4),
                "status": chance.choice(["", "sent", "confirmed", "confirmed", "draft", "cancelled"]),
            }
        )
        for line_no in range(1, chance.randint(2, 4)):
            qty = chance.randint(1, 20)
            po_lines.append(
                {
                    "po_id": number,
                    "line_no": line_no,
                    "sku": chance.choice(skus),
                    "qty": qty,
                    "unit_cost": "4.2",
                    "promised_date": maybe((promised + timedelta(chance.randint(-12, 9))).isoformat(), 0.3),
                    "expected_date": maybe((promised + timedelta(chance.randint(0, 40))).isoformat(), 0.3),
                }
            )
            for turn in range(chance.choice([1, 1, 2]) if past else 0):
                at = min(promised + timedelta(chance.randint(-4, 45) + turn), TODAY)
                if at >= ordered and chance.random() < 0.85:
                    receipts.append(
                        {
                            "receipt_id": f"re{n}-{turn}",
                            "po_id": number,
                            "line_no": line_no,
                            "qty": chance.randint(1, qty),
                            "received_at": at.isoformat(),
                        }
                    )
    write("purchase_orders", heads)
    write("purchase_order_lines", po_lines)
    write("receipts", receipts)
