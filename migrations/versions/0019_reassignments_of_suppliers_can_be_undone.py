"""Reassignments of suppliers know the customer they go to, and can be undone"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = "supplier_reassignments"


def upgrade() -> None:
    # No act has written to the table yet, so it is made anew: nothing is lost, and no column has to be moved.
    op.drop_table(TABLE)
    op.create_table(
        TABLE,
        sa.Column("id", KEY, nullable=False),
        sa.Column("from_line_id", KEY, nullable=True),
        sa.Column("from_status", sa.String(length=10), nullable=True),
        sa.Column("to_line_id", KEY, nullable=False),
        sa.Column("order_line_id", KEY, nullable=True),
        *_shared(),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name=op.f(f"fk_{TABLE}_order_line_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f(f"fk_{TABLE}_undone_by")),
        *_constraints(),
    )
    op.create_index(op.f(f"ix_{TABLE}_from_line_id"), TABLE, ["from_line_id"])
    op.create_index(op.f(f"ix_{TABLE}_to_line_id"), TABLE, ["to_line_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
    op.create_table(
        TABLE,
        sa.Column("id", KEY, nullable=False),
        sa.Column("from_line_id", KEY, nullable=True),
        sa.Column("to_line_id", KEY, nullable=True),
        *_shared(),
        sa.Column("dropship", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *_constraints(),
    )


def _shared() -> tuple[sa.Column, ...]:
    return (
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("from_supplier_id", KEY, nullable=True),
        sa.Column("to_supplier_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
    )


def _constraints() -> tuple[sa.Constraint, ...]:
    return (
        sa.CheckConstraint("qty > 0", name=op.f(f"ck_{TABLE}_qty")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{TABLE}_{column}"))
            for column, table in (
                ("from_line_id", "purchase_order_lines"),
                ("to_line_id", "purchase_order_lines"),
                ("sku_id", "skus"),
                ("from_supplier_id", "suppliers"),
                ("to_supplier_id", "suppliers"),
                ("made_by", "users"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
