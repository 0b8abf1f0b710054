"""Who may leave and what can still be charged: the chance of a cancel on every waiting line, and sums of both"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")

CHECKS = {
    "cancel_risk": "cancel_risk >= 0 AND cancel_risk <= 10000",
    "value_at_risk": "value_at_risk >= 0 AND value_at_risk <= value",
}
ADDED_ON_SQLITE = """
    last_good_order INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(last_good_day, 2147483647)) STORED,
    needed_order INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(late_eta, eta, 0)) STORED,
    cancel_risk INTEGER,
    risk_order INTEGER NOT NULL GENERATED ALWAYS AS (coalesce(cancel_risk, -1)) STORED,
    value_at_risk INTEGER DEFAULT '0' NOT NULL, """
CHECKED_ON_SQLITE = "".join(f"CONSTRAINT ck_waiting_{name} CHECK ({check}), " for name, check in CHECKS.items())
ORDERS = {
    "ix_waiting_last_good": ["last_good_order", "order_number", "line_no", "part"],
    "ix_waiting_payment": ["payment_state", "last_good_order", "order_number", "line_no", "part"],
    "ix_waiting_needed": ["needed_order", "order_number", "line_no", "part"],
    "ix_waiting_risk": ["risk_order", "order_number", "line_no", "part"],
    "ix_waiting_value_at_risk": ["currency", "value_at_risk", "order_number", "line_no", "part"],
}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_waiting_anew(
            ("last_good_day INTEGER, ", "last_good_day INTEGER, " + ADDED_ON_SQLITE),
            ("CONSTRAINT pk_waiting", CHECKED_ON_SQLITE + "CONSTRAINT pk_waiting"),
        )
    else:
        for column in _added():
            op.add_column("waiting", column)
        for name, check in CHECKS.items():
            op.create_check_constraint(op.f(f"ck_waiting_{name}"), "waiting", check)
    for name, columns in ORDERS.items():
        op.create_index(name, "waiting", columns)
    op.create_table(
        "payment_days",
        sa.Column("dimension", IDENTIFIER, nullable=False),
        sa.Column("value_of", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("last_good_day", sa.Integer(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("lines > 0 AND units > 0 AND value >= 0", name=op.f("ck_payment_days_positive")),
        sa.CheckConstraint("state IN ('good', 'dies', 'dead', 'unknown')", name=op.f("ck_payment_days_state")),
        sa.PrimaryKeyConstraint(
            "dimension", "value_of", "currency", "state", "last_good_day", name=op.f("pk_payment_days")
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "risk_bands",
        sa.Column("dimension", IDENTIFIER, nullable=False),
        sa.Column("value_of", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("band", sa.String(length=8), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("value_at_risk", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "lines > 0 AND units > 0 AND value >= 0 AND value_at_risk >= 0", name=op.f("ck_risk_bands_positive")
        ),
        sa.CheckConstraint(
            "band IN ('0-5', '5-10', '10-20', '20-35', '35+', 'unscored')", name=op.f("ck_risk_bands_band")
        ),
        sa.PrimaryKeyConstraint("dimension", "value_of", "currency", "band", name=op.f("pk_risk_bands")),
        sqlite_with_rowid=False,
    )
    _ask_for_a_plan()


def downgrade() -> None:
    op.drop_table("risk_bands")
    op.drop_table("payment_days")
    for name in ORDERS:
        op.drop_index(name, table_name="waiting")
    if op.get_bind().dialect.name == "sqlite":
        _make_waiting_anew((ADDED_ON_SQLITE, ""), (CHECKED_ON_SQLITE, ""))
    else:
        for name in CHECKS:
            op.drop_constraint(op.f(f"ck_waiting_{name}"), "waiting")
        for column in reversed(_added()):
            op.drop_column("waiting", column.name)


def _added() -> list[sa.Column]:
    last_good = sa.Computed("coalesce(last_good_day, 2147483647)", persisted=True)
    needed = sa.Computed("coalesce(late_eta, eta, 0)", persisted=True)
    risk = sa.Computed("coalesce(cancel_risk, -1)", persisted=True)
    return [
        sa.Column("last_good_order", sa.Integer(), last_good, nullable=False),
        sa.Column("needed_order", sa.Integer(), needed, nullable=False),
        sa.Column("cancel_risk", sa.Integer(), nullable=True),
        sa.Column("risk_order", sa.Integer(), risk, nullable=False),
        sa.Column("value_at_risk", sa.BigInteger(), server_default="0", nullable=False),
    ]


def _make_waiting_anew(*changes: tuple[str, str]) -> None:
    """SQLite can add no column that it computes and keeps, nor Alembic copy a table that has one: so the table is made
    by its own words with these changes, and gets all its rows.
    """
    connection = op.get_bind()
    own = "FROM sqlite_master WHERE tbl_name = 'waiting' AND sql IS NOT NULL AND type ="
    (made,) = connection.exec_driver_sql(f"SELECT sql {own} 'table'").scalars()
    indexes = connection.exec_driver_sql(f"SELECT sql {own} 'index'").scalars().all()
    before = _columns_of("waiting")
    for former, latter in changes:
        if former not in made:
            raise RuntimeError(f"The table waiting is not as it was left: {former!r} is not in its declaration.")
        made = made.replace(former, latter)
    connection.exec_driver_sql(re.sub(r'CREATE TABLE "?waiting"?', "CREATE TABLE waiting_anew", made, count=1))
    kept = ", ".join(name for name in _columns_of("waiting_anew") if name in before)
    connection.exec_driver_sql(f"INSERT INTO waiting_anew ({kept}) SELECT {kept} FROM waiting")
    connection.exec_driver_sql("DROP TABLE waiting")
    connection.exec_driver_sql("ALTER TABLE waiting_anew RENAME TO waiting")
    for index in indexes:
        connection.exec_driver_sql(index)


def _columns_of(table: str) -> list[str]:
    """The columns that are written, not computed."""
    found = op.get_bind().exec_driver_sql(f"SELECT name FROM pragma_table_xinfo('{table}') WHERE hidden = 0")
    return list(found.scalars())


def _ask_for_a_plan() -> None:
    """What is stored knows no risk and none of the new sums: the next run derives all of it anew, as if it were the
    first. A desk that never planned is asked for nothing.
    """
    op.execute(
        "INSERT INTO topic_versions (topic, version) SELECT 'unplanned', 0 FROM plan_state "
        "WHERE NOT EXISTS (SELECT 1 FROM topic_versions WHERE topic = 'unplanned')"
    )
    op.execute(
        "UPDATE topic_versions SET version = version + 1 "
        "WHERE topic = 'unplanned' AND EXISTS (SELECT 1 FROM plan_state)"
    )
    # A row may have been derived with a chance before it was taken back: by its fingerprint it would seem to have one.
    op.execute("UPDATE waiting SET digest = 0")
    op.execute("DELETE FROM plan_state")
