"""What nobody has ordered of each SKU, on which days suppliers work, and the letters that bring them orders"""

from collections.abc import Iterable

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0024"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")

ORDERS = {
    "ix_sku_figures_status": ["status_order", "cover_order", "sku"],
    "ix_sku_figures_sku": ["sku"],
    "ix_sku_figures_available": ["available", "sku"],
    "ix_sku_figures_incoming": ["incoming", "sku"],
    "ix_sku_figures_backordered": ["backordered", "sku"],
    "ix_sku_figures_demand": ["demand_order", "sku"],
    "ix_sku_figures_cover": ["cover_order", "sku"],
    "ix_sku_figures_lead": ["lead_order", "sku"],
    "ix_sku_figures_point": ["point_order", "sku"],
    "ix_sku_figures_suggested": ["suggested_order", "sku"],
    "ix_sku_figures_counted": ["status", "suggested_order"],
    "ix_sku_figures_of_supplier": ["supplier_id", "status", "suggested_order"],
    "ix_sku_figures_of_class": ["sku_class", "status", "suggested_order"],
}
PLAN_ORDERS = {
    "ix_sku_figures_unmet": ["to_order", "unmet", "sku"],
    "ix_sku_figures_plan": ["to_order", "supplier_id", "suggested_order", "unmet", "unmet_lines"],
}


def upgrade() -> None:
    _make_figures_anew(
        [
            sa.Column("unmet", sa.BigInteger(), nullable=False),
            sa.Column("unmet_lines", sa.BigInteger(), nullable=False),
            sa.Column("to_order", sa.SmallInteger(), nullable=False),
        ],
        [sa.CheckConstraint("unmet >= 0 AND unmet_lines >= 0", name=op.f("ck_sku_figures_unmet"))],
        ORDERS | PLAN_ORDERS,
    )
    op.create_table(
        "supplier_calendars",
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("days_off", sa.SmallInteger(), nullable=False),
        sa.Column("keeps_holidays", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("days_off >= 0 AND days_off < 127", name=op.f("ck_supplier_calendars_works_some_day")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_calendars_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", name=op.f("pk_supplier_calendars")),
    )
    op.create_table(
        "supplier_closures",
        sa.Column("id", KEY, nullable=False),
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.CheckConstraint("last_day >= first_day", name=op.f("ck_supplier_closures_ends_after_start")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_closures_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_closures")),
    )
    op.create_index(op.f("ix_supplier_closures_supplier_id"), "supplier_closures", ["supplier_id"])
    op.create_table(
        "purchase_order_letters",
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("purchase_order_id", KEY, nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_purchase_order_letters_message_id")),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_orders.id"], name=op.f("fk_purchase_order_letters_purchase_order_id")
        ),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_purchase_order_letters")),
    )
    op.create_index(
        op.f("ix_purchase_order_letters_purchase_order_id"), "purchase_order_letters", ["purchase_order_id"]
    )


def downgrade() -> None:
    op.drop_table("purchase_order_letters")
    op.drop_table("supplier_closures")
    op.drop_table("supplier_calendars")
    _make_figures_anew([], [], ORDERS)


def _make_figures_anew(
    more: Iterable[sa.Column], checks: Iterable[sa.CheckConstraint], orders: dict[str, list[str]]
) -> None:
    """Without rows: the next plan derives them all, and is asked for as if facts had come."""
    op.drop_table("sku_figures")
    op.create_table(
        "sku_figures",
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("sku", IDENTIFIER, nullable=False),
        sa.Column("sku_class", IDENTIFIER, nullable=False),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("on_hand", sa.BigInteger(), nullable=True),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("available", sa.BigInteger(), nullable=False),
        sa.Column("incoming", sa.BigInteger(), nullable=False),
        sa.Column("backordered", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("selling_days", sa.Integer(), nullable=False),
        sa.Column("demand_sd", sa.Float(), nullable=True),
        sa.Column("demand_order", sa.BigInteger(), nullable=False),
        sa.Column("cover_order", sa.BigInteger(), nullable=False),
        sa.Column("lead_receipts", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=True),
        sa.Column("lead_order", sa.BigInteger(), nullable=False),
        sa.Column("extra_units", sa.BigInteger(), nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column("reorder_point", sa.BigInteger(), nullable=True),
        sa.Column("point_order", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("suggested_order", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False),
        sa.Column("status_order", sa.SmallInteger(), nullable=False),
        *more,
        sa.CheckConstraint("status IN ('out', 'below', 'soon', 'ok', 'idle')", name=op.f("ck_sku_figures_status")),
        sa.CheckConstraint("suggested_order >= 0", name=op.f("ck_sku_figures_suggested_order")),
        *checks,
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_sku_figures_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_sku_figures")),
    )
    for name, columns in orders.items():
        op.create_index(name, "sku_figures", columns)
    op.execute("UPDATE topic_versions SET version = version + 1 WHERE topic IN ('facts', 'unplanned')")
