"""Notes say how the customer was in contact; customers are called back by a moment"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0030"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "call_backs",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("promised_at", sa.BigInteger(), nullable=False),
        sa.Column("promised_by", sa.Integer(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("done_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name=op.f("ck_call_backs_outcome")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_call_backs_order_id")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_call_backs_person_id")),
        sa.ForeignKeyConstraint(["promised_by"], ["users.id"], name=op.f("fk_call_backs_promised_by")),
        sa.ForeignKeyConstraint(["done_by"], ["users.id"], name=op.f("fk_call_backs_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_backs")),
    )
    op.create_index(op.f("ix_call_backs_order_id"), "call_backs", ["order_id"])
    op.create_index(
        "ix_call_backs_due",
        "call_backs",
        ["person_id", "due_at"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    with op.batch_alter_table("notes") as notes:
        notes.add_column(sa.Column("contact", sa.String(5), nullable=True))
        notes.create_check_constraint(op.f("ck_notes_contact"), "contact IN ('phone', 'mail', 'chat')")


def downgrade() -> None:
    with op.batch_alter_table("notes") as notes:
        notes.drop_constraint(op.f("ck_notes_contact"), type_="check")
        notes.drop_column("contact")
    op.drop_table("call_backs")
