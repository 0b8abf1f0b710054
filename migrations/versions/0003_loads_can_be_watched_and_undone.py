"""Loads can be watched and undone: how far each is, what it said, which rows it made, how changed ones stood before"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")

# Whose rows come in with files.
FACTS = (
    "customers",
    "payment_methods",
    "suppliers",
    "supplier_skus",
    "skus",
    "locations",
    "stock",
    "stock_days",
    "demand_events",
    "orders",
    "order_lines",
    "shipments",
    "shipment_lines",
    "cancellations",
    "authorizations",
    "purchase_orders",
    "purchase_order_lines",
    "receipts",
    "receipt_lines",
)

LOADS = sa.table(
    "intake_loads",
    *(sa.column(name) for name in ("id", "started_at", "finished_at", "actor_id", "source", "format", "state")),
)
COUNTED = ("rows", "new", "changed", "unchanged", "faulty", "left_out")
FILES = sa.table("intake_files", *(sa.column(name) for name in ("load_id", "file", "shown_as", *COUNTED)))


def upgrade() -> None:
    was = _taken_down(sa.column("counts"))
    op.create_table(
        "intake_loads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("dry_run", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("beat_at", sa.BigInteger(), nullable=True),
        sa.Column("doing", sa.String(), nullable=True),
        sa.Column("rows_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows_total", sa.BigInteger(), nullable=True),
        sa.Column("fault_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("remark_count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("foreseen", sa.Text(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'failed', 'undoing', 'undone')", name=op.f("ck_intake_loads_state")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_intake_loads_actor_id")),
        sa.ForeignKeyConstraint(["undone_by"], ["users.id"], name=op.f("fk_intake_loads_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_loads")),
    )
    op.create_table(
        "intake_files",
        sa.Column("load_id", KEY, nullable=False),
        sa.Column("file", IDENTIFIER, nullable=False),
        sa.Column("shown_as", sa.String(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTED),
        sa.ForeignKeyConstraint(["load_id"], ["intake_loads.id"], name=op.f("fk_intake_files_load_id")),
        sa.PrimaryKeyConstraint("load_id", "file", name=op.f("pk_intake_files")),
    )
    op.create_index("ix_intake_files_file_load_id", "intake_files", ["file", "load_id"])
    op.create_table(
        "intake_faults",
        sa.Column("load_id", KEY, nullable=False),
        sa.Column("place", KEY, autoincrement=False, nullable=False),
        sa.Column("is_remark", sa.Boolean(), nullable=False),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("column_name", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["intake_loads.id"], name=op.f("fk_intake_faults_load_id")),
        sa.PrimaryKeyConstraint("load_id", "place", name=op.f("pk_intake_faults")),
    )
    op.create_table(
        "intake_changes",
        sa.Column("id", KEY, nullable=False),
        sa.Column("load_id", KEY, nullable=False),
        sa.Column("table_name", IDENTIFIER, nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=True),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["load_id"], ["intake_loads.id"], name=op.f("fk_intake_changes_load_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_changes")),
    )
    op.create_index("ix_intake_changes_load_id", "intake_changes", ["load_id"])
    op.create_index("ix_intake_changes_table_name_row_id", "intake_changes", ["table_name", "row_id"])
    _put_back(was)
    files = [
        {
            "load_id": row["id"],
            "file": shown_as.lower().removesuffix(".csv"),
            "shown_as": shown_as,
            **{name: said.get(name, 0) for name in COUNTED},
        }
        for row in was
        for shown_as, said in json.loads(row["counts"]).items()
    ]
    op.bulk_insert(FILES, files)
    for table in FACTS:
        op.add_column(table, sa.Column("load_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for table in reversed(FACTS):
        _drop_column(table, "load_id")
    counts: dict[int, dict[str, dict[str, int]]] = {}
    for row in op.get_bind().execute(sa.select(FILES)).mappings():
        counts.setdefault(row["load_id"], {})[row["shown_as"]] = {name: row[name] for name in COUNTED}
    for table in ("intake_changes", "intake_faults", "intake_files"):
        op.drop_table(table)
    was = [row for row in _taken_down(sa.column("dry_run")) if not row["dry_run"]]
    op.create_table(
        "intake_loads",
        sa.Column("id", KEY, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("format", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counts", sa.Text(), server_default="{}", nullable=False),
        sa.CheckConstraint("state IN ('running', 'done', 'failed')", name=op.f("ck_intake_loads_state")),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_intake_loads_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake_loads")),
    )
    known = {"undoing": "done", "undone": "done", "waiting": "failed"}
    _put_back([{**row, "state": known.get(row["state"], row["state"])} for row in was])
    table = sa.table("intake_loads", sa.column("id"), sa.column("counts"))
    for load_id, said in counts.items():
        op.execute(table.update().where(table.c.id == load_id).values(counts=json.dumps(said, ensure_ascii=False)))


def _taken_down(further):
    """The rows of the list of loads, whose table is dropped: it is built anew with its columns in their order."""
    rows = [dict(row) for row in op.get_bind().execute(sa.select(*LOADS.c, further).select_from(LOADS)).mappings()]
    op.drop_table("intake_loads")
    return rows


def _put_back(rows):
    names = [column.name for column in LOADS.c]
    op.bulk_insert(LOADS, [{name: row[name] for name in names} for row in rows])
    if rows and op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT setval(pg_get_serial_sequence('intake_loads', 'id'), (SELECT max(id) FROM intake_loads))")


def _drop_column(table, column):
    # SQLite's own DROP COLUMN: a copy of the whole table would take the longer the larger the shop is.
    op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
