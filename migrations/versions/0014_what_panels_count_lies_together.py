"""What panels count lies together: one index, instead of that of aging by SKU"""

from alembic import op

revision = "0014"
down_revision = "0011"
branch_labels = None
depends_on = None

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


def upgrade() -> None:
    op.drop_index("ix_waiting_aging_of_sku", table_name="waiting")
    op.create_index("ix_waiting_counted", "waiting", COUNTED)


def downgrade() -> None:
    op.drop_index("ix_waiting_counted", table_name="waiting")
    op.create_index("ix_waiting_aging_of_sku", "waiting", COUNTED[:7])
