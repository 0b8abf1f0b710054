"""Deliveries say what was damaged or never ordered"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0027"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")
KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("purchase_order_id", KEY, nullable=False),
        sa.Column("location_id", KEY, nullable=False),
        sa.Column("came_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.Integer(), nullable=True),
        sa.Column("remark", sa.String(), nullable=True),
        sa.Column("reversed_at", sa.BigInteger(), nullable=True),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_orders.id"], name=op.f("fk_deliveries_purchase_order_id")
        ),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_deliveries_location_id")),
        sa.ForeignKeyConstraint(["taken_by"], ["users.id"], name=op.f("fk_deliveries_taken_by")),
        sa.ForeignKeyConstraint(["reversed_by"], ["users.id"], name=op.f("fk_deliveries_reversed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("number", name=op.f("uq_deliveries_number")),
    )
    op.create_index(op.f("ix_deliveries_purchase_order_id"), "deliveries", ["purchase_order_id"])
    op.create_table(
        "delivery_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("delivery_id", KEY, nullable=False),
        sa.Column("purchase_order_line_id", KEY, nullable=True),
        sa.Column("receipt_line_id", KEY, nullable=True),
        sa.Column("sku_id", KEY, nullable=True),
        sa.Column("sku", IDENTIFIER, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("qty_stocked", sa.BigInteger(), nullable=False),
        sa.Column("qty_rejected", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_delivery_lines_qty")),
        sa.CheckConstraint(
            "qty_stocked >= 0 AND qty_rejected >= 0 AND qty_stocked + qty_rejected <= qty",
            name=op.f("ck_delivery_lines_parts_of_qty"),
        ),
        sa.CheckConstraint(
            "purchase_order_line_id IS NULL OR qty_stocked + qty_rejected = qty",
            name=op.f("ck_delivery_lines_ordered_is_stocked_or_rejected"),
        ),
        sa.CheckConstraint(
            "(receipt_line_id IS NOT NULL) = (purchase_order_line_id IS NOT NULL AND qty_stocked > 0)",
            name=op.f("ck_delivery_lines_ordered_and_stocked_has_its_receipt"),
        ),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name=op.f("fk_delivery_lines_delivery_id")),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_lines.id"],
            name=op.f("fk_delivery_lines_purchase_order_line_id"),
        ),
        sa.ForeignKeyConstraint(
            ["receipt_line_id"], ["receipt_lines.id"], name=op.f("fk_delivery_lines_receipt_line_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_delivery_lines_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery_lines")),
    )
    for column in ("delivery_id", "purchase_order_line_id", "receipt_line_id"):
        op.create_index(op.f(f"ix_delivery_lines_{column}"), "delivery_lines", [column])


def downgrade() -> None:
    op.drop_table("delivery_lines")
    op.drop_table("deliveries")
