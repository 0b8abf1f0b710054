"""A desk that began with the very first migration is brought to the newest one with all that it knows."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from flask_migrate import downgrade, upgrade

from dashboard import clock, planning
from dashboard.database import day_number, db, instant_number
from dashboard.models import Act, Customer, OrderLine, Reservation, Waiting
from tests.conftest import TODAY

FIRST = "0001"
DAY = day_number(TODAY)


def instant(days_ago: int) -> int:
    return instant_number(clock.real_now()) // 1 - days_ago * 86_400_000_000


def rows_of_the_first_version() -> dict[str, list[dict[str, Any]]]:
    """A small shop in the words of that schema, with something in each of its tables: of ten chairs two left, one was
    cancelled, three lie here and the rest is on its way.
    """
    now, before = instant(1), instant(30)
    line = {"line_id": 1, "part": 1}
    return {
        "roles": [{"id": 1, "name": "manager"}],
        "users": [{"id": 1, "email": "mara@desk.example", "active": True, "fs_uniquifier": "mara"}],
        "roles_users": [{"user_id": 1, "role_id": 1}],
        "acts": [{"id": 1, "at": before, "actor_id": 1, "act": "person-added", "subject": "person 1"}],
        "customers": [
            {"id": 1, "code": "HW", "name": "Hannah Whitlock", "email": "hannah@customers.example", "tier": "vip"}
        ],
        "tier_priorities": [{"tier": "gold", "priority_class": 1}],
        "payment_methods": [
            {"id": 1, "code": "PM-1", "customer_id": 1, "kind": "card", "exp_month": 3, "exp_year": TODAY.year + 1}
        ],
        "locations": [{"id": 1, "code": "MAIN"}],
        "suppliers": [{"id": 1, "code": "ACME", "name": "Acme", "lead_time_days": 10}],
        "skus": [{"id": 1, "code": "CHAIR", "name": "Oak chair", "backorder_policy": "allow"}],
        "supplier_skus": [{"id": 1, "supplier_id": 1, "sku_id": 1}],
        "stock": [
            {"id": 1, "sku_id": 1, "location_id": 1, "counted": 3, "counted_at": now, "on_hand": 3, "reserved": 3}
        ],
        "stock_days": [{"sku_id": 1, "day": DAY - 1, "on_hand": 3}],
        "demand_events": [
            {"id": 1, "sku_id": 1, "name": "sale", "starts_on": DAY + 5, "ends_on": DAY + 6, "extra_units": 4}
        ],
        "orders": [
            {"id": 1, "number": "10480", "customer_id": 1, "placed_at": before, "placed_on": DAY - 30,
             "currency": "EUR"}
        ],
        "order_lines": [
            {
                "id": 1, "order_id": 1, "line_no": 1, "sku_id": 1, "qty": 10, "qty_shipped": 2, "qty_cancelled": 1,
                "qty_open": 7, "unit_price": 10_000_000, "current_promise": DAY + 3, "first_promise": DAY + 3,
                "tags": "kind:gift",
            },
            {"id": 2, "order_id": 1, "line_no": 2, "sku_id": 1, "qty": 4, "qty_open": 4},
        ],
        "line_tags": [{"line_id": 1, "tag": "kind:gift"}],
        "line_parts": [
            {"line_id": 2, "part": part, "qty": 2, "split_at": now} for part in (1, 2)
        ],
        "shipments": [{"id": 1, "number": "S-1"}],
        "shipment_lines": [{"id": 1, "shipment_id": 1, "line_id": 1, "qty": 2, "shipped_at": before}],
        "cancellations": [{"id": 1, "line_id": 1, "qty": 1, "cancelled_at": before, "reason": "customer"}],
        "authorizations": [
            {"id": 1, "number": "A-1", "order_id": 1, "amount": 70_000_000, "authorized_at": before, "state": "open"}
        ],
        "purchase_orders": [
            {"id": 1, "number": "PO-1", "supplier_id": 1, "ordered_at": before, "ordered_on": DAY - 30,
             "status": "sent"}
        ],
        "purchase_order_lines": [
            {
                "id": 1, "purchase_order_id": 1, "line_no": 1, "sku_id": 1, "qty": 12, "qty_promised": 12,
                "qty_received": 4, "qty_open": 8, "expected_date": DAY + 4, "first_promise": DAY + 4,
            }
        ],
        "receipts": [{"id": 1, "number": "R-1"}],
        "receipt_lines": [
            {"id": 1, "receipt_id": 1, "purchase_order_line_id": 1, "qty": 4, "received_at": before,
             "received_on": DAY - 30}
        ],
        "holds": [
            {"id": 1, **line, "location_id": 1, "qty": 1, "kind": "fixed", "made_at": now, "made_by": 1}
        ],
        "messages": [
            {"id": 1, "order_id": 1, "customer_id": 1, "kind": "date-moved", "state": "sent", "message_id": "<1@d>",
             "subject": "s", "body": "b", "created_at": before}
        ],
        "delay_notices": [
            {"id": 1, "message_id": 1, **line, "earlier_promise": DAY - 1, "new_date": DAY + 3, "needs_consent": False}
        ],
        "consents": [{"id": 1, **line, "notice_id": 1, "answer": "waits", "answered_at": now}],
        "incentive_offers": [
            {"id": 1, **line, "kind": "percent", "percent": 500, "state": "declined", "offered_at": before}
        ],
        "supplier_reassignments": [
            {"id": 1, "to_line_id": 1, "sku_id": 1, "to_supplier_id": 1, "qty": 2, "dropship": False, "made_at": before}
        ],
        "intake_loads": [{"id": 1, "started_at": before, "source": "monday.zip", "format": "kit", "state": "done"}],
        "daily_snapshots": [{"day": DAY - 1, "figure": "aging-lines", "key": "", "currency": "", "amount": 2}],
        "job_claims": [{"job": "deliver_mail", "minute": 1}],
        "topic_versions": [{"topic": topic, "version": 1} for topic in ("facts", "plan")],
        # What planning derived then; the first plan afterwards derives it anew.
        "plan_state": [{"id": 1, "shop_day": DAY - 1, "planned_at": before}],
        "line_plans": [{**line, "qty_open": 7, "qty_reserved": 3, "digest": 1}],
        "reservations": [{**line, "location_id": 1, "held": "", "sku_id": 1, "qty": 3}],
        "pegs": [{**line, "purchase_order_line_id": 1, "sku_id": 1, "qty": 4, "eta": DAY + 4, "late_eta": DAY + 4}],
        "waiting": [
            {
                **line, "digest": 1, "order_id": 1, "order_number": "10480", "line_no": 1, "customer_id": 1,
                "sku_id": 1, "sku": "CHAIR", "channel": "", "tier": "vip", "currency": "EUR", "planned": False,
                "cause": "unknown", "priority_class": 1, "placed_at": before, "placed_on": DAY - 30,
                "passed_over": False, "qty_open": 7, "qty_reserved": 3, "qty_backordered": 4, "priced": True,
                "value": 40_000_000, "dated": 1, "eta": DAY + 4, "late_eta": DAY + 4, "eta_basis": "po",
                "deadline": DAY + 3, "deadline_kind": "promise", "payment_state": "good",
            }
        ],
        "aging_days": [
            {"dimension": "", "value_of": "", "currency": "EUR", "placed_on": DAY - 30, "lines": 1, "orders": 1,
             "units": 4, "value": 40_000_000}
        ],
        "aging_customers": [
            {"dimension": "", "value_of": "", "currency": "EUR", "bucket": "15-30", "as_of": DAY, "customers": 1}
        ],
        "cancel_risks": [{"line_id": 1, "chance": 0.1, "reasons": "young", "model": "prior", "scored_on": DAY}],
        "demand_estimates": [
            {"sku_id": 1, "as_of": DAY, "units": 10, "selling_days": 90, "emptied_in_history": False, "spike": False}
        ],
        "lateness_counts": [{"supplier_id": 1, "lateness_days": 0, "receipts": 1}],
        "lead_time_counts": [{"supplier_id": 1, "sku_id": 1, "lead_days": 10, "receipts": 1}],
    }  # fmt: skip


def test_a_desk_of_the_first_version_is_upgraded_with_all_its_data_and_checks_clean(app):
    downgrade(revision=FIRST)
    filled = rows_of_the_first_version()
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        schema = sa.MetaData()
        schema.reflect(connection)
        tables = [table for table in schema.sorted_tables if table.name != "alembic_version"]
        assert {table.name for table in tables} == set(filled), "The first schema had other tables: fill them too."
        for table in tables:
            connection.execute(table.delete() if table.name != "acts" else sa.text("SELECT 1"))
            for row in filled[table.name]:
                connection.execute(table.insert().values(row))
        if connection.dialect.name == "postgresql":
            _let_numbers_go_on(connection, tables)

    upgrade()

    planned = planning.plan()
    assert planned.changed_lines > 0
    assert list(planning.check()) == []
    line = db.session.get_one(OrderLine, 1)
    assert (line.qty, line.qty_shipped, line.qty_cancelled, line.qty_open) == (10, 2, 1, 7)
    assert db.session.scalars(sa.select(Customer.name)).all() == ["Hannah Whitlock"]
    assert db.session.scalars(sa.select(Act.subject)).all() == ["person 1"]
    reserved = db.session.execute(sa.select(sa.func.sum(Reservation.qty))).scalar()
    assert reserved == 3, "what is here is dealt to who waits"
    waiting = db.session.execute(sa.select(sa.func.sum(Waiting.qty_backordered))).scalar()
    assert waiting == 8
    kept = {
        table: len(rows)
        for table, rows in filled.items()
        if table in ("orders", "shipments", "receipts", "holds", "messages")
    }
    found = {table: db.session.scalar(sa.text(f"SELECT count(*) FROM {table}")) for table in kept}
    assert found == kept


def _let_numbers_go_on(connection: sa.Connection, tables: list[sa.Table]) -> None:
    """Rows that were given their ids have taken none from the sequences."""
    for table in tables:
        if "id" in table.c:
            name = connection.scalar(sa.text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table.name})
            if name:
                connection.execute(sa.text(f"SELECT setval('{name}', (SELECT max(id) FROM {table.name}))"))
