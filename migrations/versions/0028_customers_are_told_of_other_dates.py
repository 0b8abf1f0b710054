"""A notice of another date counts as told for as long as its message did not fail or come back"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("delay_notices", sa.Column("in_force", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.create_index(op.f("ix_delay_notices_message_id"), "delay_notices", ["message_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_delay_notices_message_id"), table_name="delay_notices")
    with op.batch_alter_table("delay_notices") as notices:
        notices.drop_column("in_force")
