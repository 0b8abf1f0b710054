"""Orders are followed; what somebody wrote to customers, and asked of them, is found by who did"""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "order_follows",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("followed_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_act", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_order_follows_person_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_follows_order_id")),
        sa.PrimaryKeyConstraint("person_id", "order_id", name=op.f("pk_order_follows")),
    )
    op.create_index(op.f("ix_order_follows_order_id"), "order_follows", ["order_id"])
    op.create_index(op.f("ix_card_requests_asked_by"), "card_requests", ["asked_by"])
    op.create_index(op.f("ix_messages_written_by"), "messages", ["written_by"])


def downgrade() -> None:
    op.drop_index(op.f("ix_messages_written_by"), table_name="messages")
    op.drop_index(op.f("ix_card_requests_asked_by"), table_name="card_requests")
    op.drop_table("order_follows")
