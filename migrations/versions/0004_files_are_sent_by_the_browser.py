"""Files are sent by the browser: a load knows the look that its files were sent for"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("intake_loads", sa.Column("upload_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("intake_loads", "upload_id")
