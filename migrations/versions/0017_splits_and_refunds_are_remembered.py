"""Splits can be undone, and what a cancel gives back is remembered"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "shipment_splits",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("first_made", sa.SmallInteger(), nullable=False),
        sa.Column("last_made", sa.SmallInteger(), nullable=False),
        sa.Column("qty_shipped", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(length=8), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("mode IN ('here', 'divide')", name=op.f("ck_shipment_splits_mode")),
        sa.CheckConstraint(
            "part >= 1 AND first_made > part AND last_made >= first_made", name=op.f("ck_shipment_splits_parts")
        ),
        sa.CheckConstraint("qty_shipped >= 0", name=op.f("ck_shipment_splits_shipped")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_shipment_splits_line_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_shipment_splits_made_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_shipment_splits_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_splits")),
    )
    op.create_index(op.f("ix_shipment_splits_line_id"), "shipment_splits", ["line_id"])
    op.create_table(
        "refunds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("act_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("worth", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_refunds_qty")),
        sa.CheckConstraint("amount >= 0 AND amount <= worth", name=op.f("ck_refunds_amount")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_refunds_line_id")),
        sa.ForeignKeyConstraint(["act_id"], ["acts.id"], name=op.f("fk_refunds_act_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refunds")),
    )
    op.create_index(op.f("ix_refunds_line_id"), "refunds", ["line_id"])
    op.create_index(op.f("ix_refunds_act_id"), "refunds", ["act_id"])


def downgrade() -> None:
    op.drop_table("refunds")
    op.drop_table("shipment_splits")
