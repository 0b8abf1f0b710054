"""Customers and products are found by words, and shipments by their tracking number"""

import sqlalchemy as sa
from alembic import op

from dashboard import search_words

revision = "0031"
down_revision = "0032"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    kind = "kind IN ('customer', 'product')"
    op.create_table(
        "search_texts",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("row_id", KEY, autoincrement=False, nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.CheckConstraint(kind, name=op.f("ck_search_texts_kind")),
        sa.PrimaryKeyConstraint("kind", "row_id", name=op.f("pk_search_texts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "search_words",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("word", NAME, nullable=False),
        sa.Column("row_id", KEY, autoincrement=False, nullable=False),
        sa.CheckConstraint(kind, name=op.f("ck_search_words_kind")),
        sa.PrimaryKeyConstraint("kind", "word", "row_id", name=op.f("pk_search_words")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_shipment_lines_tracking", "shipment_lines", [sa.text("upper(tracking)")])
    # What is there already. Whatever writes customers and products from now on keeps their words.
    if not op.get_context().as_sql:
        search_words.keep_all(op.get_bind())


def downgrade() -> None:
    op.drop_index("ix_shipment_lines_tracking", table_name="shipment_lines")
    op.drop_table("search_words")
    op.drop_table("search_texts")
