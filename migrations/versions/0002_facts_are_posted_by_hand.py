"""Facts are posted by hand: forms that were sent, and the indexes by which one SKU is planned and summed"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "submissions",
        sa.Column("key", IDENTIFIER, nullable=False),
        sa.Column("act_id", KEY, nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_submissions_act_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_submissions")),
    )
    op.create_index(
        "ix_order_lines_open_of_sku",
        "order_lines",
        [
            "sku_id",
            "order_id",
            "line_no",
            "qty_open",
            "unit_price",
            "current_promise",
            "supplier_id",
            "staff_cause",
            "id",
        ],
        sqlite_where=sa.text("qty_open > 0"),
        postgresql_where=sa.text("qty_open > 0"),
    )
    op.drop_index("ix_waiting_sku_id", table_name="waiting")
    op.create_index(
        "ix_waiting_queue",
        "waiting",
        ["sku_id", "priority_class", "placed_at", "order_number", "line_no", "part"],
    )
    op.create_index(
        "ix_waiting_aging_of_sku",
        "waiting",
        ["sku_id", "placed_on", "currency", "order_id", "customer_id", "qty_backordered", "value"],
    )


def downgrade() -> None:
    op.drop_index("ix_waiting_aging_of_sku", table_name="waiting")
    op.drop_index("ix_waiting_queue", table_name="waiting")
    op.create_index("ix_waiting_sku_id", "waiting", ["sku_id"])
    op.drop_index("ix_order_lines_open_of_sku", table_name="order_lines")
    op.drop_table("submissions")
