"""Offers have ceilings by role, and customers have links of their own"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0020"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")
OFFERS = "incentive_offers"
LIVE = sa.text("state IN ('waiting-approval', 'offered')")
# Hundredths of a percent of what waits of a line. A role that may not offer at all has no row.
CEILINGS = {"agent": 1500, "manager": 5000, "admin": 10000}


def upgrade() -> None:
    # No act has written to the table yet, so it is made anew: nothing is lost, and no column has to be moved.
    op.drop_table(OFFERS)
    _create_offers(
        gift=[sa.Column("gift", sa.String(), nullable=True)],
        approved_at=[sa.Column("approved_at", sa.BigInteger(), nullable=True)],
        checks=[
            sa.CheckConstraint("percent > 0 AND percent <= 10000", name=op.f(f"ck_{OFFERS}_percent")),
            sa.CheckConstraint("amount > 0", name=op.f(f"ck_{OFFERS}_amount")),
            sa.CheckConstraint("cost >= 0", name=op.f(f"ck_{OFFERS}_cost")),
        ],
    )
    op.create_index(op.f(f"ix_{OFFERS}_line_id"), OFFERS, ["line_id"])
    op.create_table(
        "offer_ceilings",
        sa.Column("role", IDENTIFIER, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.CheckConstraint("share >= 0 AND share <= 10000", name=op.f("ck_offer_ceilings_share")),
        sa.PrimaryKeyConstraint("role", name=op.f("pk_offer_ceilings")),
    )
    ceilings = sa.table("offer_ceilings", sa.column("role"), sa.column("share"))
    op.bulk_insert(ceilings, [{"role": role, "share": share} for role, share in CEILINGS.items()])
    op.create_table(
        "customer_links",
        sa.Column("id", KEY, nullable=False),
        sa.Column("key", IDENTIFIER, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_customer_links_message_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_customer_links_order_id")),
        sa.ForeignKeyConstraint(["revoked_by"], ["users.id"], name=op.f("fk_customer_links_revoked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_links")),
        sa.UniqueConstraint("key", name=op.f("uq_customer_links_key")),
    )
    op.create_index(op.f("ix_customer_links_order_id"), "customer_links", ["order_id"])
    op.create_index(op.f("ix_customer_links_message_id"), "customer_links", ["message_id"])


def downgrade() -> None:
    op.drop_table("customer_links")
    op.drop_table("offer_ceilings")
    op.drop_table(OFFERS)
    _create_offers()


def _create_offers(
    *,
    gift: list[sa.Column] | None = None,
    approved_at: list[sa.Column] | None = None,
    checks: list[sa.CheckConstraint] | None = None,
) -> None:
    op.create_table(
        OFFERS,
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        *(gift or ()),
        sa.Column("substitute_sku_id", KEY, nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("offered_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        *(approved_at or ()),
        sa.Column("expires_on", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('percent', 'amount', 'free-shipping', 'credit', 'gift', 'substitute')",
            name=op.f(f"ck_{OFFERS}_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting-approval', 'offered', 'accepted', 'declined', 'expired', 'void')",
            name=op.f(f"ck_{OFFERS}_state"),
        ),
        *(checks or ()),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f(f"fk_{OFFERS}_approved_by")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f(f"fk_{OFFERS}_line_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f(f"fk_{OFFERS}_message_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["users.id"], name=op.f(f"fk_{OFFERS}_offered_by")),
        sa.ForeignKeyConstraint(["substitute_sku_id"], ["skus.id"], name=op.f(f"fk_{OFFERS}_substitute_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{OFFERS}")),
    )
    op.create_index(
        "uq_incentive_offers_live",
        OFFERS,
        ["line_id", "part"],
        unique=True,
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
