"""What waits can be written anew beside itself: no foreign key ties it, or the points of lines, to other tables"""

import re

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

OF_WAITING = {
    "customer_id": "customers",
    "line_id": "order_lines",
    "location_id": "locations",
    "order_id": "orders",
    "purchase_order_id": "purchase_orders",
    "sku_id": "skus",
    "supplier_id": "suppliers",
}
ON_SQLITE = "".join(
    f", CONSTRAINT fk_waiting_{column} FOREIGN KEY({column}) REFERENCES {table} (id)"
    for column, table in OF_WAITING.items()
)
KEPT_ON_SQLITE = {"table_kwargs": {"sqlite_with_rowid": False}}


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_waiting_anew(r",\s*CONSTRAINT fk_waiting_\w+ FOREIGN KEY\(\w+\) REFERENCES \w+ \(id\)", "")
    else:
        for column in OF_WAITING:
            op.drop_constraint(op.f(f"fk_waiting_{column}"), "waiting", type_="foreignkey")
    with op.batch_alter_table("cancel_risks", **KEPT_ON_SQLITE) as points:
        points.drop_constraint(op.f("fk_cancel_risks_model_id"), type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("cancel_risks", **KEPT_ON_SQLITE) as points:
        points.create_foreign_key(op.f("fk_cancel_risks_model_id"), "risk_models", ["model_id"], ["id"])
    if op.get_bind().dialect.name == "sqlite":
        _make_waiting_anew(r"\s*\)(\s*WITHOUT ROWID\s*)$", rf"{ON_SQLITE})\1")
    else:
        for column, table in OF_WAITING.items():
            op.create_foreign_key(op.f(f"fk_waiting_{column}"), "waiting", table, [column], ["id"])


def _make_waiting_anew(former: str, latter: str) -> None:
    """SQLite can drop no constraint, nor Alembic copy a table with columns that are computed and kept: so the table is
    made by its own words with this change, and gets all its rows.
    """
    connection = op.get_bind()
    own = "FROM sqlite_master WHERE tbl_name = 'waiting' AND sql IS NOT NULL AND type ="
    (made,) = connection.exec_driver_sql(f"SELECT sql {own} 'table'").scalars()
    indexes = connection.exec_driver_sql(f"SELECT sql {own} 'index'").scalars().all()
    written = connection.exec_driver_sql("SELECT name FROM pragma_table_xinfo('waiting') WHERE hidden = 0")
    cells = ", ".join(written.scalars())
    changed, times = re.subn(former, latter, made)
    if not times:
        raise RuntimeError(f"The table waiting is not as it was left: {former!r} is not in its declaration.")
    connection.exec_driver_sql(re.sub(r'CREATE TABLE "?waiting"?', "CREATE TABLE waiting_anew", changed, count=1))
    connection.exec_driver_sql(f"INSERT INTO waiting_anew ({cells}) SELECT {cells} FROM waiting")
    connection.exec_driver_sql("DROP TABLE waiting")
    connection.exec_driver_sql("ALTER TABLE waiting_anew RENAME TO waiting")
    for index in indexes:
        connection.exec_driver_sql(index)
