"""Ways of dealing supply out again are run on a schedule"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0039"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deal_schedules",
        sa.Column("variant_id", KEY, nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.Column("at_minute", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=True),
        sa.Column("paused_by", sa.Integer(), nullable=True),
        sa.Column("ran_on", sa.Integer(), nullable=True),
        sa.Column("run_id", KEY, nullable=True),
        sa.Column("tries", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("weekdays <> ''", name=op.f("ck_deal_schedules_weekdays")),
        sa.CheckConstraint("at_minute >= 0 AND at_minute < 1440", name=op.f("ck_deal_schedules_at_minute")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_deal_schedules_reason")),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["deal_variants.id"], name=op.f("fk_deal_schedules_variant_id")
        ),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_deal_schedules_set_by")),
        sa.ForeignKeyConstraint(["paused_by"], ["users.id"], name=op.f("fk_deal_schedules_paused_by")),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_schedules_run_id")),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_deal_schedules")),
    )


def downgrade() -> None:
    op.drop_table("deal_schedules")
