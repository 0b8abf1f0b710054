"""A load remembers which holds it ended, so that its undo puts them back; what is under way is found by its state,
and what waits of an order by the order"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holds", sa.Column("load_id", sa.BigInteger(), nullable=True))
    op.create_index("ix_intake_loads_state", "intake_loads", ["state"])
    op.create_index("ix_waiting_of_order", "waiting", ["order_id"])


def downgrade() -> None:
    op.drop_index("ix_waiting_of_order", table_name="waiting")
    op.drop_index("ix_intake_loads_state", table_name="intake_loads")
    op.drop_column("holds", "load_id")
