"""Ties are found by their supply: a receipt asks which of a purchase order's units are tied"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TIED = sa.text("ended_at IS NULL AND purchase_order_line_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_holds_live_of_supply",
        "holds",
        ["purchase_order_line_id"],
        sqlite_where=TIED,
        postgresql_where=TIED,
    )


def downgrade() -> None:
    op.drop_index("ix_holds_live_of_supply", table_name="holds")
