"""Supply is dealt out again by runs that are simulated, committed and undone"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0021"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN_RUNS = "state IN ('waiting', 'running')"


def upgrade() -> None:
    op.create_table(
        "deal_variants",
        sa.Column("id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_deal_variants_name")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_deal_variants_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_variants")),
    )
    op.create_table(
        "deal_segments",
        sa.Column("variant_id", KEY, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("sort", sa.String(length=12), nullable=False),
        sa.Column("strategy", sa.String(length=12), nullable=False),
        sa.CheckConstraint(
            "strategy IN ('win', 'gain', 'redistribute', 'fill', 'lose')", name=op.f("ck_deal_segments_strategy")
        ),
        sa.CheckConstraint(
            "sort IN ('queue', 'oldest', 'promise', 'value', 'smallest')", name=op.f("ck_deal_segments_sort")
        ),
        sa.CheckConstraint("place >= 1", name=op.f("ck_deal_segments_place")),
        sa.ForeignKeyConstraint(["variant_id"], ["deal_variants.id"], name=op.f("fk_deal_segments_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", "place", name=op.f("pk_deal_segments")),
    )
    op.create_table(
        "deal_runs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("variant_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("segments", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.Column("beat_at", sa.BigInteger(), nullable=True),
        sa.Column("simulated_at", sa.BigInteger(), nullable=True),
        sa.Column("shop_day", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("facts_seen", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("committed_at", sa.BigInteger(), nullable=True),
        sa.Column("committed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'simulated', 'failed', 'committed', 'undone')",
            name=op.f("ck_deal_runs_state"),
        ),
        sa.CheckConstraint(
            "(state IN ('committed', 'undone')) = (committed_at IS NOT NULL)", name=op.f("ck_deal_runs_committed")
        ),
        sa.CheckConstraint("committed_at IS NULL OR reason IS NOT NULL", name=op.f("ck_deal_runs_reason")),
        sa.CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name=op.f("ck_deal_runs_undone")),
        sa.ForeignKeyConstraint(["variant_id"], ["deal_variants.id"], name=op.f("fk_deal_runs_variant_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_deal_runs_asked_by")),
        sa.ForeignKeyConstraint(["committed_by"], ["users.id"], name=op.f("fk_deal_runs_committed_by")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_deal_runs_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deal_runs")),
    )
    op.create_index(op.f("ix_deal_runs_variant_id"), "deal_runs", ["variant_id"])
    op.create_index(
        "ix_deal_runs_due",
        "deal_runs",
        ["id"],
        sqlite_where=sa.text(OPEN_RUNS),
        postgresql_where=sa.text(OPEN_RUNS),
    )
    op.create_table(
        "deal_skus",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_skus_run_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_deal_skus_sku_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "sku_id", name=op.f("pk_deal_skus")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dealt_units",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("purchase_order_line_id", KEY, nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_dealt_units_qty")),
        sa.CheckConstraint(
            "(location_id IS NULL) <> (purchase_order_line_id IS NULL)",
            name=op.f("ck_dealt_units_at_a_location_or_of_a_purchase_order"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_dealt_units_run_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_dealt_units_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_dealt_units_location_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_lines.id"],
            name=op.f("fk_dealt_units_purchase_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_dealt_units")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_dealt_units_line_id"), "dealt_units", ["line_id"])
    op.create_index(op.f("ix_dealt_units_purchase_order_line_id"), "dealt_units", ["purchase_order_line_id"])
    op.create_table(
        "deal_ranks",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("rank", sa.BigInteger(), nullable=False),
        sa.Column("in_force", sa.Boolean(), nullable=False),
        sa.CheckConstraint("rank >= 0", name=op.f("ck_deal_ranks_rank")),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_ranks_run_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_deal_ranks_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "line_id", "part", name=op.f("pk_deal_ranks")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_deal_ranks_in_force",
        "deal_ranks",
        ["line_id", "part"],
        unique=True,
        sqlite_where=sa.text("in_force"),
        postgresql_where=sa.text("in_force"),
    )
    op.create_table(
        "deal_results",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("segment", sa.SmallInteger(), nullable=False),
        sa.Column("strategy", sa.String(length=12), nullable=False),
        sa.Column("qty_open", sa.BigInteger(), nullable=False),
        sa.Column("reserved_before", sa.BigInteger(), nullable=False),
        sa.Column("reserved_after", sa.BigInteger(), nullable=False),
        sa.Column("eta_before", sa.Integer(), nullable=True),
        sa.Column("eta_after", sa.Integer(), nullable=True),
        sa.Column("misses_promise", sa.Boolean(), nullable=False),
        sa.Column("misses_law", sa.Boolean(), nullable=False),
        sa.Column("misses_card", sa.Boolean(), nullable=False),
        sa.Column("exception", sa.String(length=8), nullable=False),
        sa.CheckConstraint("exception IN ('', 'short', 'late')", name=op.f("ck_deal_results_exception")),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_results_run_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_deal_results_line_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_deal_results")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_deal_results_line_id"), "deal_results", ["line_id"])


def downgrade() -> None:
    for table in (
        "deal_results",
        "deal_ranks",
        "dealt_units",
        "deal_skus",
        "deal_runs",
        "deal_segments",
        "deal_variants",
    ):
        op.drop_table(table)
