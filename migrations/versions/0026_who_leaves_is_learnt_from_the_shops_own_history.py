"""Who leaves is learnt from the shop's own history"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0034"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "risk_models",
        sa.Column("id", KEY, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=12), nullable=False),
        sa.Column("learnt", sa.Text(), nullable=True),
        sa.Column("examined", sa.Text(), nullable=True),
        sa.Column("trained_on", sa.Text(), nullable=False),
        sa.Column("examination", sa.Text(), nullable=False),
        sa.Column("offers", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "verdict IN ('in-force', 'no-signal', 'worse', 'too-little')", name=op.f("ck_risk_models_verdict")
        ),
        sa.CheckConstraint(
            "(verdict = 'too-little') = (learnt IS NULL)", name=op.f("ck_risk_models_learnt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_models")),
    )
    # Nothing ever wrote it.
    op.drop_table("cancel_risks")
    op.create_table(
        "cancel_risks",
        sa.Column("line_id", KEY, autoincrement=False, nullable=False),
        sa.Column("model_id", KEY, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("promise", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_cancel_risks_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["model_id"], ["risk_models.id"], name=op.f("fk_cancel_risks_model_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_cancel_risks")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("cancel_risks")
    op.create_table(
        "cancel_risks",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("scored_on", sa.Integer(), nullable=False),
        sa.CheckConstraint("chance >= 0 AND chance <= 1", name=op.f("ck_cancel_risks_chance")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_cancel_risks_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_cancel_risks")),
    )
    op.drop_table("risk_models")
