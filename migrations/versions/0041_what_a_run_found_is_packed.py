"""What a run found, and only its commit and undo need, is packed"""

import zlib
from collections.abc import Iterable

import numpy as np
import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0036"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NONE = -(2**62)  # what stood for "not known" in columns of numbers when this was written

RUNS = sa.table("deal_runs", sa.column("id"), sa.column("state"), sa.column("failure"))
UNITS = sa.table(
    "dealt_units",
    *(sa.column(name) for name in ("run_id", "place", "line_id", "part", "location_id", "purchase_order_line_id")),
    sa.column("qty"),
)
RANKS = sa.table("deal_ranks", *(sa.column(name) for name in ("run_id", "line_id", "part", "rank", "in_force")))
FINDINGS = sa.table("deal_findings", *(sa.column(name) for name in ("run_id", "held", "units", "ranks")))


def upgrade() -> None:
    op.create_table(
        "deal_findings",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.LargeBinary(), nullable=False),
        sa.Column("ranks", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_deal_findings_run_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_deal_findings")),
    )
    connection = op.get_bind()
    found = sa.select(RUNS.c.id).where(RUNS.c.state.in_(("simulated", "committed", "undone")))
    for run_id in connection.scalars(found.order_by(RUNS.c.id)).all():
        dealt = (
            sa.select(
                UNITS.c.line_id,
                UNITS.c.part,
                sa.func.coalesce(UNITS.c.location_id, NONE),
                sa.func.coalesce(UNITS.c.purchase_order_line_id, NONE),
                UNITS.c.qty,
            )
            .where(UNITS.c.run_id == run_id)
            .order_by(UNITS.c.place)
        )
        ranked = sa.select(RANKS.c.line_id, RANKS.c.part, RANKS.c.rank).where(RANKS.c.run_id == run_id)
        units = _columns(connection.execute(dealt), 5)
        ranks = _columns(connection.execute(ranked.order_by(RANKS.c.line_id, RANKS.c.part)), 3)
        connection.execute(
            sa.insert(FINDINGS).values(
                run_id=run_id, held=int(units[4].sum()), units=_packed(units), ranks=_packed(ranks)
            )
        )
    # Only a commit writes ranks from here on.
    simulated = sa.select(RUNS.c.id).where(RUNS.c.state == "simulated")
    op.execute(sa.delete(RANKS).where(RANKS.c.run_id.in_(simulated)))
    op.drop_table("dealt_units")


def downgrade() -> None:
    op.create_table(
        "dealt_units",
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("place", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("purchase_order_line_id", KEY, nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("qty > 0", name=op.f("ck_dealt_units_qty")),
        sa.CheckConstraint(
            "(location_id IS NULL) <> (purchase_order_line_id IS NULL)",
            name=op.f("ck_dealt_units_at_a_location_or_of_a_purchase_order"),
        ),
        sa.ForeignKeyConstraint(["run_id"], ["deal_runs.id"], name=op.f("fk_dealt_units_run_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_dealt_units_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["locations.id"], name=op.f("fk_dealt_units_location_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_lines.id"],
            name=op.f("fk_dealt_units_purchase_order_line_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("run_id", "place", name=op.f("pk_dealt_units")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_dealt_units_line_id"), "dealt_units", ["line_id"])
    op.create_index(op.f("ix_dealt_units_purchase_order_line_id"), "dealt_units", ["purchase_order_line_id"])
    connection = op.get_bind()
    # What nobody committed is simulated again; what is in force is taken back by its units, and its ranks stand in their
    # table.
    op.execute(
        sa.update(RUNS)
        .where(RUNS.c.state == "simulated")
        .values(state="failed", failure="The desk went back to an earlier version. Simulate again.")
    )
    committed = sa.select(FINDINGS.c.run_id, FINDINGS.c.units).join(RUNS, RUNS.c.id == FINDINGS.c.run_id)
    for run_id, packed in connection.execute(committed.where(RUNS.c.state == "committed")).all():
        units = np.frombuffer(zlib.decompress(packed), "<i8").reshape(5, -1)
        names = ("line_id", "part", "location_id", "purchase_order_line_id", "qty")
        rows = [
            {
                "run_id": run_id,
                "place": place,
                **{name: None if cell == NONE else cell for name, cell in zip(names, row, strict=True)},
            }
            for place, row in enumerate(units.T.tolist(), start=1)
        ]
        if rows:
            connection.execute(sa.insert(UNITS), rows)
    op.drop_table("deal_findings")


def _columns(rows: Iterable[sa.Row[tuple[int, ...]]], count: int) -> np.ndarray:
    return np.array([tuple(row) for row in rows], "<i8").reshape(-1, count).T


def _packed(cells: np.ndarray) -> bytes:
    return zlib.compress(np.ascontiguousarray(cells).tobytes(), 1)
