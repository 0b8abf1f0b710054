"""An undo is remembered row by row, so that what was undone does not keep what came before it from being undone"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("intake_changes", sa.Column("restored_version", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("intake_changes", "restored_version")
