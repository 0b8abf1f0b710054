"""Offers are found by their state"""

from alembic import op

revision = "0021"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_incentive_offers_state"), "incentive_offers", ["state"])


def downgrade() -> None:
    op.drop_index(op.f("ix_incentive_offers_state"), table_name="incentive_offers")
