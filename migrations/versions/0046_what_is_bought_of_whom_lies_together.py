"""What a purchase plan comes to by supplier lies together, and so do drafts of purchase orders"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0042"
branch_labels = None
depends_on = None

IS_DRAFT = sa.text("status = 'draft'")


def upgrade() -> None:
    bought = ["to_order", "supplier_id", "suggested_order", "unmet", "unmet_lines"]
    op.create_index("ix_sku_figures_bought", "sku_figures", bought)
    op.create_index(
        "ix_purchase_orders_drafts", "purchase_orders", ["id"], sqlite_where=IS_DRAFT, postgresql_where=IS_DRAFT
    )


def downgrade() -> None:
    op.drop_index("ix_purchase_orders_drafts", table_name="purchase_orders")
    op.drop_index("ix_sku_figures_bought", table_name="sku_figures")
