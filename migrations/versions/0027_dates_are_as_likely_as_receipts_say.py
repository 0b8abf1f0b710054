"""What receipts say of suppliers is kept, and each waiting line has likely dates beside those of the plain rule"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Since 0007, and nothing stands between it and what follows.
LAST_ON_SQLITE = "value_at_risk INTEGER DEFAULT '0' NOT NULL, "
KINDS = "'smooth', 'erratic', 'intermittent', 'lumpy'"
METHODS = "'naive', 'average', 'smoothing', 'trend', 'sba', 'tsb', 'seasonal'"
SHOWN = ("eta", "late_eta", "likely_eta", "likely_late_eta")
ADDED_ON_SQLITE = "likely_eta INTEGER, likely_late_eta INTEGER, "


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_waiting_anew(LAST_ON_SQLITE, LAST_ON_SQLITE + ADDED_ON_SQLITE)
    else:
        for name in ("likely_eta", "likely_late_eta"):
            op.add_column("waiting", sa.Column(name, sa.Integer(), nullable=True))
    op.create_table(
        "lateness_outlooks",
        sa.Column("supplier_id", KEY, autoincrement=False, nullable=False),
        sa.Column("moved", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at_least_days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("half_by_days", sa.Integer(), nullable=True),
        sa.Column("nine_by_days", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(half_by_days IS NULL) = (nine_by_days IS NULL)", name=op.f("ck_lateness_outlooks_both")
        ),
        sa.CheckConstraint("half_by_days <= nine_by_days", name=op.f("ck_lateness_outlooks_in_order")),
        sa.CheckConstraint("moved IN (0, 1)", name=op.f("ck_lateness_outlooks_moved")),
        sa.PrimaryKeyConstraint("supplier_id", "moved", "at_least_days", name=op.f("pk_lateness_outlooks")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lateness_shifts",
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.CheckConstraint("days <> 0", name=op.f("ck_lateness_shifts_days")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_lateness_shifts_supplier_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_lateness_shifts_sku_id")),
        sa.PrimaryKeyConstraint("supplier_id", "sku_id", name=op.f("pk_lateness_shifts")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_lateness_shifts_sku_id"), "lateness_shifts", ["sku_id"])
    op.create_table(
        "shown_dates",
        sa.Column("purchase_order_line_id", KEY, nullable=False),
        sa.Column("shown_on", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in SHOWN),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_lines.id"],
            name=op.f("fk_shown_dates_purchase_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("purchase_order_line_id", "shown_on", name=op.f("pk_shown_dates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "kept_dates",
        *(
            sa.Column(name, sa.SmallInteger(), autoincrement=False, nullable=False)
            for name in ("origin", "rule", "occasion")
        ),
        sa.Column("supplier_id", KEY, nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("judged", "held", "eta_held", "loss_tenths")
        ),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "judged > 0 AND held >= 0 AND held <= judged", name=op.f("ck_kept_dates_held_within_judged")
        ),
        sa.CheckConstraint("eta_held >= 0 AND eta_held <= held", name=op.f("ck_kept_dates_eta_within_held")),
        sa.CheckConstraint(
            "origin IN (0, 1) AND rule IN (0, 1) AND occasion IN (0, 1)", name=op.f("ck_kept_dates_kinds")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_kept_dates_supplier_id")),
        sa.PrimaryKeyConstraint("origin", "rule", "occasion", "supplier_id", name=op.f("pk_kept_dates")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "demand_forecasts",
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(length=12), nullable=False) for name in ("kind", "method")),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("units", "low_units", "high_units")),
        sa.Column("event_units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "low_units >= 0 AND low_units <= units AND units <= high_units",
            name=op.f("ck_demand_forecasts_in_order"),
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_demand_forecasts_kind")),
        sa.CheckConstraint(f"method IN ({METHODS})", name=op.f("ck_demand_forecasts_method")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_demand_forecasts_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_demand_forecasts")),
    )
    op.create_table(
        "forecast_records",
        *(sa.Column(name, sa.String(length=12), nullable=False) for name in ("kind", "method")),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("forecasts", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("units", "missed_units", "squared")),
        sa.Column("covered", sa.BigInteger(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "forecasts > 0 AND covered >= 0 AND covered <= forecasts", name=op.f("ck_forecast_records_covered")
        ),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_forecast_records_kind")),
        sa.CheckConstraint(f"method IN ({METHODS})", name=op.f("ck_forecast_records_method")),
        sa.PrimaryKeyConstraint("kind", "method", name=op.f("pk_forecast_records")),
    )
    _ask_for_a_plan()


def downgrade() -> None:
    op.drop_table("forecast_records")
    op.drop_table("demand_forecasts")
    op.drop_table("kept_dates")
    op.drop_table("shown_dates")
    op.drop_table("lateness_shifts")
    op.drop_table("lateness_outlooks")
    if op.get_bind().dialect.name == "sqlite":
        _make_waiting_anew(ADDED_ON_SQLITE, "")
    else:
        for name in ("likely_late_eta", "likely_eta"):
            op.drop_column("waiting", name)


def _make_waiting_anew(former: str, latter: str) -> None:
    """SQLite puts a new column behind the table's constraints, and Alembic cannot copy a table with computed columns:
    so the table is made by its own words with this change, and gets all its rows.
    """
    connection = op.get_bind()
    own = "FROM sqlite_master WHERE tbl_name = 'waiting' AND sql IS NOT NULL AND type ="
    (made,) = connection.exec_driver_sql(f"SELECT sql {own} 'table'").scalars()
    indexes = connection.exec_driver_sql(f"SELECT sql {own} 'index'").scalars().all()
    before = _columns_of("waiting")
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
    """What is stored knows no likely date, and nothing was learnt for one: the next run does both. A desk that never
    planned is asked for nothing.
    """
    for topic in ("history", "unplanned"):
        op.execute(
            f"INSERT INTO topic_versions (topic, version) SELECT '{topic}', 0 FROM plan_state "
            f"WHERE NOT EXISTS (SELECT 1 FROM topic_versions WHERE topic = '{topic}')"
        )
        op.execute(
            f"UPDATE topic_versions SET version = version + 1 "
            f"WHERE topic = '{topic}' AND EXISTS (SELECT 1 FROM plan_state)"
        )
