"""What waits is summed by its ETA, its deadline and the day of its order as well, so that stretches of days add up"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0033"
branch_labels = None
depends_on = None

IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")
DIMENSIONS = {"placed": "placed_on", "eta": "eta", "deadline": "deadline"}
BAND = (
    "CASE WHEN cancel_risk IS NULL THEN 'unscored' WHEN cancel_risk < 500 THEN '0-5' WHEN cancel_risk < 1000 THEN '5-10'"
    " WHEN cancel_risk < 2000 THEN '10-20' WHEN cancel_risk < 3500 THEN '20-35' ELSE '35+' END"
)


def upgrade() -> None:
    op.create_table(
        "waiting_days",
        sa.Column("dimension", IDENTIFIER, nullable=False),
        sa.Column("value_of", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("placed_on", sa.Integer(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("lines > 0 AND units > 0 AND value >= 0", name=op.f("ck_waiting_days_positive")),
        sa.PrimaryKeyConstraint("dimension", "value_of", "currency", "placed_on", name=op.f("pk_waiting_days")),
        sqlite_with_rowid=False,
    )
    for dimension, column in DIMENSIONS.items():
        if dimension != "placed":
            _sum_up("waiting_days", dimension, column, {"placed_on": "placed_on"})
        ends = {"state": "payment_state", "last_good_day": "coalesce(last_good_day, 0)"}
        _sum_up("payment_days", dimension, column, ends)
        _sum_up("risk_bands", dimension, column, {"band": BAND}, value_at_risk="value_at_risk")


def downgrade() -> None:
    for table in ("payment_days", "risk_bands"):
        op.execute(f"DELETE FROM {table} WHERE dimension IN ('placed', 'eta', 'deadline')")
    op.drop_table("waiting_days")


def _sum_up(table: str, dimension: str, column: str, keys: dict[str, str], **more: str) -> None:
    """What waits now, as planning would have summed it."""
    day = f"date({column} * 86400, 'unixepoch')"
    if op.get_bind().dialect.name == "postgresql":
        day = f"to_char(date '1970-01-01' + {column}, 'YYYY-MM-DD')"
    sums = {"lines": "count(*)"} | {
        name: f"sum({of})" for name, of in ({"units": "qty_backordered", "value": "value"} | more).items()
    }
    op.execute(
        f"INSERT INTO {table} (dimension, value_of, currency, {', '.join([*keys, *sums])})"
        f" SELECT '{dimension}', coalesce({day}, ''), currency, {', '.join([*keys.values(), *sums.values()])}"
        f" FROM waiting GROUP BY {column}, currency, {', '.join(keys.values())}"
    )
