"""Whom the shop can trust: what each supplier kept of what it said, and what it still owes"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "supplier_figures",
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, autoincrement=False, nullable=False),
        sa.Column("observations", sa.BigInteger(), nullable=False),
        sa.Column("mean_micros", sa.BigInteger(), nullable=True),
        sa.Column("sd_micros", sa.BigInteger(), nullable=True),
        sa.Column("p50_tenths", sa.Integer(), nullable=True),
        sa.Column("p90_tenths", sa.Integer(), nullable=True),
        sa.Column("quoted_days", sa.Integer(), nullable=True),
        sa.Column("units_due", sa.BigInteger(), nullable=False),
        sa.Column("units_on_time", sa.BigInteger(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.Column("open_units", sa.BigInteger(), nullable=False),
        sa.Column("overdue_units", sa.BigInteger(), nullable=False),
        sa.Column("waiting_lines", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("observations >= 0", name=op.f("ck_supplier_figures_observations")),
        sa.CheckConstraint("(observations > 0) = (p50_tenths IS NOT NULL)", name=op.f("ck_supplier_figures_observed")),
        sa.CheckConstraint(
            "units_on_time >= 0 AND units_on_time <= units_due", name=op.f("ck_supplier_figures_on_time_within_due")
        ),
        sa.CheckConstraint(
            "overdue_units >= 0 AND overdue_units <= open_units", name=op.f("ck_supplier_figures_overdue_within_open")
        ),
        sa.CheckConstraint("waiting_lines >= 0", name=op.f("ck_supplier_figures_waiting_lines")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_figures_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", "sku_id", name=op.f("pk_supplier_figures")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_supplier_figures_sku", "supplier_figures", ["sku_id", "supplier_id"])
    op.create_table(
        "supplier_months",
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("units_due", sa.BigInteger(), nullable=False),
        sa.Column("units_on_time", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("units_due > 0", name=op.f("ck_supplier_months_due")),
        sa.CheckConstraint(
            "units_on_time >= 0 AND units_on_time <= units_due", name=op.f("ck_supplier_months_on_time_within_due")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_months_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", "month", name=op.f("pk_supplier_months")),
        sqlite_with_rowid=False,
    )
    # They are learnt with the next plan, which this asks for.
    op.execute("UPDATE topic_versions SET version = version + 1 WHERE topic IN ('history', 'unplanned')")


def downgrade() -> None:
    op.drop_table("supplier_months")
    op.drop_table("supplier_figures")
