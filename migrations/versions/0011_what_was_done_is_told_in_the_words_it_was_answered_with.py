"""What was done is told in the words that it was answered with: found by its act"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_submissions_act_id", "submissions", ["act_id"])


def downgrade() -> None:
    op.drop_index("ix_submissions_act_id", table_name="submissions")
