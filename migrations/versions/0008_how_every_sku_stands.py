"""How every SKU stands: what its reorder point rests on, a row of figures for each, and service levels by class"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0009"
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


def upgrade() -> None:
    op.create_table(
        "service_levels",
        sa.Column("sku_class", IDENTIFIER, nullable=False),
        sa.Column("z", sa.Float(), nullable=False),
        sa.CheckConstraint("z >= 0", name=op.f("ck_service_levels_z")),
        sa.PrimaryKeyConstraint("sku_class", name=op.f("pk_service_levels")),
    )
    _make_estimates_anew(
        sa.Column("units_on_selling_days", sa.BigInteger(), nullable=False),
        sa.Column("squares_on_selling_days", sa.BigInteger(), nullable=False),
        sa.Column("demand_per_day", sa.Float(), nullable=True),
        sa.Column("demand_sd", sa.Float(), nullable=True),
        sa.Column("supplier_id", sa.BigInteger(), nullable=True),
        sa.Column("lead_receipts", sa.BigInteger(), nullable=False),
        sa.Column("lead_days", sa.BigInteger(), nullable=True),
        sa.Column("min_order_qty", sa.BigInteger(), nullable=True),
        sa.Column("pack_size", sa.BigInteger(), nullable=True),
        sa.Column("extra_units", sa.BigInteger(), nullable=False),
    )
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
        sa.CheckConstraint("status IN ('out', 'below', 'soon', 'ok', 'idle')", name=op.f("ck_sku_figures_status")),
        sa.CheckConstraint("suggested_order >= 0", name=op.f("ck_sku_figures_suggested_order")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_sku_figures_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_sku_figures")),
    )
    for name, columns in ORDERS.items():
        op.create_index(name, "sku_figures", columns)
    _ask_for_learning_and_a_plan()


def downgrade() -> None:
    op.drop_table("sku_figures")
    _make_estimates_anew(
        sa.Column("demand_per_day", sa.Float(), nullable=True),
        sa.Column("demand_sd", sa.Float(), nullable=True),
    )
    op.drop_table("service_levels")
    _ask_for_learning_and_a_plan()


def _make_estimates_anew(*between: sa.Column) -> None:
    """Without rows: they are learnt from the facts again."""
    op.drop_table("demand_estimates")
    op.create_table(
        "demand_estimates",
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("selling_days", sa.Integer(), nullable=False),
        *between,
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column("shelf_emptied_on", sa.Integer(), nullable=True),
        sa.Column("emptied_in_history", sa.Boolean(), nullable=False),
        sa.Column("spike", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_demand_estimates_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_demand_estimates")),
    )


def _ask_for_learning_and_a_plan() -> None:
    """As if facts had come: whoever looks finds that they are not yet learnt from, nor planned."""
    op.execute("UPDATE topic_versions SET version = version + 1 WHERE topic IN ('facts', 'history', 'unplanned')")
