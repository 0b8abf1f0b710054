"""Messages are made of parts, can be withdrawn, and remember that they were handed over; who was asked for a card"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0012"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")
STATES_BEFORE = "state IN ('queued', 'sending', 'sent', 'failed', 'bounced')"
STATES = "state IN ('queued', 'sending', 'sent', 'failed', 'bounced', 'withdrawn')"
COLUMNS = (
    "id, order_id, customer_id, kind, state, message_id, to_address, subject, body, attempts, created_at, not_before, "
    "sent_at, delivered_at, failure"
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_messages_anew(
            STATES,
            10,
            sa.Column("handed_over_at", sa.BigInteger(), nullable=True),
            sa.Column("written_by", sa.Integer(), nullable=True),
            sa.ForeignKeyConstraint(["written_by"], ["users.id"], name=op.f("fk_messages_written_by")),
        )
    else:
        op.drop_constraint(op.f("ck_messages_state"), "messages")
        op.alter_column("messages", "state", type_=sa.String(length=10))
        op.add_column("messages", sa.Column("handed_over_at", sa.BigInteger(), nullable=True))
        op.add_column("messages", sa.Column("written_by", sa.Integer(), nullable=True))
        op.create_foreign_key(op.f("fk_messages_written_by"), "messages", "users", ["written_by"], ["id"])
        op.create_check_constraint(op.f("ck_messages_state"), "messages", STATES)
    op.create_table(
        "message_parts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_parts_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_parts")),
    )
    op.create_index(op.f("ix_message_parts_message_id"), "message_parts", ["message_id"])
    op.create_table(
        "card_requests",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("payment_method_id", KEY, nullable=True),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_card_requests_order_id")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_card_requests_payment_method_id")
        ),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_card_requests_message_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["users.id"], name=op.f("fk_card_requests_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_requests")),
    )
    op.create_index(op.f("ix_card_requests_order_id"), "card_requests", ["order_id"])


def downgrade() -> None:
    op.drop_table("card_requests")
    op.drop_table("message_parts")
    op.execute("UPDATE messages SET state = 'failed' WHERE state = 'withdrawn'")
    if op.get_bind().dialect.name == "sqlite":
        _make_messages_anew(STATES_BEFORE, 8)
    else:
        op.drop_constraint(op.f("ck_messages_state"), "messages")
        op.drop_constraint(op.f("fk_messages_written_by"), "messages")
        op.drop_column("messages", "written_by")
        op.drop_column("messages", "handed_over_at")
        op.alter_column("messages", "state", type_=sa.String(length=8))
        op.create_check_constraint(op.f("ck_messages_state"), "messages", STATES_BEFORE)


def _make_messages_anew(states, state_length, *added):
    """The table with its rows under other rules, which SQLite does not change in a table that stands."""
    op.create_table(
        "messages_anew",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=state_length), server_default="queued", nullable=False),
        sa.Column("message_id", IDENTIFIER, nullable=False),
        sa.Column("to_address", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        *(one for one in added if isinstance(one, sa.Column)),
        sa.CheckConstraint(states, name=op.f("ck_messages_state")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_messages_order_id")),
        *(one for one in added if not isinstance(one, sa.Column)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_messages_message_id")),
    )
    op.execute(f"INSERT INTO messages_anew ({COLUMNS}) SELECT {COLUMNS} FROM messages")
    op.drop_table("messages")
    op.rename_table("messages_anew", "messages")
    op.create_index(op.f("ix_messages_order_id"), "messages", ["order_id"], unique=False)
    op.create_index(op.f("ix_messages_state_not_before"), "messages", ["state", "not_before"], unique=False)
