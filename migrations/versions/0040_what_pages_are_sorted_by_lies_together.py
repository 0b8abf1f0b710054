"""What purchase plan and cancellation risk are sorted by lies together with what leads to their rows"""

from alembic import op

revision = "0040"
down_revision = "0031"
branch_labels = None
depends_on = None

PLAN = ["to_order", "supplier_id", "suggested_order", "unmet", "unmet_lines"]
SORTED = ["sku", "incoming", "lead_order", "status_order", "cover_order", "status", "sku_class", "sku_id"]
COUNTED = [
    "sku_id",
    "placed_on",
    "currency",
    "order_id",
    "customer_id",
    "qty_backordered",
    "value",
    "cancel_risk",
    "value_at_risk",
    "payment_state",
    "last_good_day",
    "supplier_id",
    "location_id",
    "channel",
    "tier",
    "cause",
    "planned",
    "dated",
    "placed_at",
    "eta",
    "deadline",
]
SUPPLIER = ["supplier_id", "deadline"]
LINE = ["order_number", "line_no", "part", "line_id"]
RISK = ["cancel_risk", "currency", "value_at_risk", *LINE]


def upgrade() -> None:
    _anew("ix_sku_figures_plan", "sku_figures", [*PLAN, *SORTED])
    _anew("ix_waiting_counted", "waiting", [*COUNTED, *LINE])
    _anew("ix_waiting_supplier", "waiting", [*SUPPLIER, *RISK])
    op.create_index("ix_waiting_eta_risk", "waiting", ["eta", *RISK])


def downgrade() -> None:
    op.drop_index("ix_waiting_eta_risk", table_name="waiting")
    _anew("ix_waiting_supplier", "waiting", SUPPLIER)
    _anew("ix_waiting_counted", "waiting", COUNTED)
    _anew("ix_sku_figures_plan", "sku_figures", PLAN)


def _anew(index: str, table: str, columns: list[str]) -> None:
    op.drop_index(index, table_name=table)
    op.create_index(index, table, columns)
