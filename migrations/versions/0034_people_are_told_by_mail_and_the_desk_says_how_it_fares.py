"""People are told by mail what they chose, jobs say how they fared, and a customer's personal data can be taken away"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0028"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = sa.String().with_variant(sa.String(collation="C"), "postgresql")
NEWS = "kind IN ('supply-late', 'sku-below', 'refund-due', 'payment-dies', 'promise-missed')"


def upgrade() -> None:
    op.create_table(
        "job_runs",
        sa.Column("job", NAME, nullable=False),
        sa.Column("did_at", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("took_ms", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_job_runs_failures")),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_runs")),
    )
    op.create_table(
        "rate_counts",
        sa.Column("key", NAME, nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_counts")),
    )
    op.create_table(
        "mail_habits",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("digest_hour", sa.SmallInteger(), server_default="7", nullable=False),
        sa.Column("digest_on", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("digest_hour >= 0 AND digest_hour <= 23", name=op.f("ck_mail_habits_digest_hour")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_mail_habits_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_habits")),
    )
    op.create_table(
        "mail_choices",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sent", sa.String(length=8), nullable=False),
        sa.Column("told_up_to", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(NEWS, name=op.f("ck_mail_choices_kind")),
        sa.CheckConstraint("sent IN ('morning', 'at-once')", name=op.f("ck_mail_choices_sent")),
        sa.ForeignKeyConstraint(["person_id"], ["users.id"], name=op.f("fk_mail_choices_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_mail_choices")),
    )
    op.create_table(
        "alert_cases",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("noticed_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(NEWS, name=op.f("ck_alert_cases_kind")),
        sa.PrimaryKeyConstraint("kind", "subject", name=op.f("pk_alert_cases")),
    )
    op.create_index(op.f("ix_alert_cases_kind_noticed_at"), "alert_cases", ["kind", "noticed_at"])
    op.create_table(
        "report_schedules",
        sa.Column("id", KEY, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("report", NAME, nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=True),
        sa.Column("hour", sa.SmallInteger(), nullable=False),
        sa.Column("made_on", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("weekday >= 0 AND weekday <= 6", name=op.f("ck_report_schedules_weekday")),
        sa.CheckConstraint("hour >= 0 AND hour <= 23", name=op.f("ck_report_schedules_hour")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_report_schedules_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_schedules")),
    )
    op.create_index(
        "ix_report_schedules_owner_id",
        "report_schedules",
        ["owner_id"],
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    op.create_table(
        "message_files",
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_message_files_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_message_files")),
    )
    op.create_table(
        "customer_erasures",
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_customer_erasures_customer_id")),
        sa.ForeignKeyConstraint(["erased_by"], ["users.id"], name=op.f("fk_customer_erasures_erased_by")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customer_erasures")),
    )
    _ask_to_learn()


def _ask_to_learn() -> None:
    """Earlier migrations emptied what was learnt, and those that asked for it anew did not see that a desk of the
    first versions had been planned: it would learn nothing until its history changed.
    """
    never = "EXISTS (SELECT 1 FROM order_lines) AND NOT EXISTS (SELECT 1 FROM demand_estimates)"
    for topic in ("history", "unplanned"):
        op.execute(
            f"INSERT INTO topic_versions (topic, version) SELECT '{topic}', 0 "
            f"WHERE NOT EXISTS (SELECT 1 FROM topic_versions WHERE topic = '{topic}') AND {never}"
        )
        op.execute(f"UPDATE topic_versions SET version = version + 1 WHERE topic = '{topic}' AND {never}")


def downgrade() -> None:
    for table in (
        "customer_erasures",
        "message_files",
        "report_schedules",
        "alert_cases",
        "mail_choices",
        "mail_habits",
        "rate_counts",
        "job_runs",
    ):
        op.drop_table(table)
