"""Staff keep notes of orders and lines, assign lines and snooze them"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "notes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=True),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("says <> ''", name=op.f("ck_notes_says")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_notes_order_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_notes_line_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_notes_made_by")),
        sa.ForeignKeyConstraint(["removed_by"], ["users.id"], name=op.f("fk_notes_removed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_order_id"), "notes", ["order_id"])
    op.create_index(op.f("ix_notes_line_id"), "notes", ["line_id"])
    op.create_table(
        "assignments",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("snoozed_until", sa.Integer(), nullable=True),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_assignments_line_id")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_assignments_person_id")),
        sa.ForeignKeyConstraint(["set_by"], ["users.id"], name=op.f("fk_assignments_set_by")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_assignments")),
    )
    op.create_index(op.f("ix_assignments_person_id"), "assignments", ["person_id"])


def downgrade() -> None:
    op.drop_table("assignments")
    op.drop_table("notes")
