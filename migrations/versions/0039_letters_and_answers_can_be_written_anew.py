"""Letters to customers and answers can be written anew"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0040"
branch_labels = None
depends_on = None

NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "texts",
        sa.Column("name", NAME, nullable=False),
        sa.Column("language", NAME, nullable=False),
        sa.Column("written", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("name", "language", name=op.f("pk_texts")),
    )


def downgrade() -> None:
    op.drop_table("texts")
