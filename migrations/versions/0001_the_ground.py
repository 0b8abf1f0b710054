"""The ground: every table"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IDENTIFIER = sa.String().with_variant(sa.String(collation="C"), "postgresql")

# History refuses change; the statements are those of dashboard/models/history.py.
HISTORY_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER acts_are_never_changed BEFORE UPDATE ON acts BEGIN SELECT RAISE(ABORT, 'history is never changed'); END",
        "CREATE TRIGGER acts_are_never_deleted BEFORE DELETE ON acts BEGIN SELECT RAISE(ABORT, 'history is never deleted'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_to_change_history() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'history is never changed or deleted'; END$$",
        "CREATE TRIGGER acts_are_never_changed BEFORE UPDATE OR DELETE ON acts FOR EACH ROW EXECUTE FUNCTION refuse_to_change_history()",
        "CREATE TRIGGER acts_are_never_emptied BEFORE TRUNCATE ON acts FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_change_history()",
    ),
}

# Which priority class a tier gives until the merchant edits it.
TIER_PRIORITIES = {"vip": 1, "contract": 2, "priority": 2}


def upgrade() -> None:
    op.create_table(
        "aging_customers",
        sa.Column("dimension", IDENTIFIER, nullable=False),
        sa.Column("value_of", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("bucket", IDENTIFIER, nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("customers > 0", name=op.f("ck_aging_customers_positive")),
        sa.PrimaryKeyConstraint("dimension", "value_of", "currency", "bucket", name=op.f("pk_aging_customers")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "aging_days",
        sa.Column("dimension", IDENTIFIER, nullable=False),
        sa.Column("value_of", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("placed_on", sa.Integer(), nullable=False),
        sa.Column("lines", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "lines > 0 AND orders > 0 AND units > 0 AND value >= 0", name=op.f("ck_aging_days_positive")
        ),
        sa.PrimaryKeyConstraint("dimension", "value_of", "currency", "placed_on", name=op.f("pk_aging_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "customers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("tier", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("marketing_consent", sa.Boolean(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("code", name=op.f("uq_customers_code")),
    )
    op.create_table(
        "daily_snapshots",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("figure", IDENTIFIER, nullable=False),
        sa.Column("key", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "figure", "key", "currency", name=op.f("pk_daily_snapshots")),
    )
    op.create_table(
        "job_claims",
        sa.Column("job", IDENTIFIER, nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_job_claims")),
    )
    op.create_table(
        "locations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", IDENTIFIER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_locations")),
        sa.UniqueConstraint("code", name=op.f("uq_locations_code")),
    )
    op.create_table(
        "plan_state",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shop_day", sa.Integer(), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_plan_state_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_state")),
    )
    op.create_table(
        "receipts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("number", name=op.f("uq_receipts_number")),
    )
    op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=True),
        sa.Column("permissions", sa.UnicodeText(), nullable=True),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roles")),
        sa.UniqueConstraint("name", name=op.f("uq_roles_name")),
    )
    op.create_table(
        "shipments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipments")),
        sa.UniqueConstraint("number", name=op.f("uq_shipments_number")),
    )
    op.create_table(
        "skus",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("backorder_policy", sa.String(length=8), server_default="allow", nullable=False),
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column("reorder_point", sa.BigInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.Column("sku_class", sa.String(), nullable=True),
        sa.CheckConstraint("backorder_policy IN ('allow', 'deny', 'planned')", name=op.f("ck_skus_policy")),
        sa.CheckConstraint("cost >= 0", name=op.f("ck_skus_cost")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_skus_price")),
        sa.CheckConstraint("reorder_point >= 0", name=op.f("ck_skus_reorder_point")),
        sa.CheckConstraint("safety_stock >= 0", name=op.f("ck_skus_safety_stock")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_skus")),
        sa.UniqueConstraint("code", name=op.f("uq_skus_code")),
    )
    op.create_table(
        "suppliers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("dropship", sa.Boolean(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=True),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_suppliers_lead_time")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suppliers")),
        sa.UniqueConstraint("code", name=op.f("uq_suppliers_code")),
    )
    op.create_table(
        "tier_priorities",
        sa.Column("tier", IDENTIFIER, nullable=False),
        sa.Column("priority_class", sa.SmallInteger(), nullable=False),
        sa.CheckConstraint("priority_class >= 0", name=op.f("ck_tier_priorities_not_negative")),
        sa.PrimaryKeyConstraint("tier", name=op.f("pk_tier_priorities")),
    )
    op.create_table(
        "topic_versions",
        sa.Column("topic", IDENTIFIER, nullable=False),
        sa.Column("version", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("topic", name=op.f("pk_topic_versions")),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.String(length=255), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("username", sa.String(length=255), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_at", sa.DateTime(), nullable=True),
        sa.Column("current_login_at", sa.DateTime(), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("tf_phone_number", sa.String(length=128), nullable=True),
        sa.Column("us_totp_secrets", sa.Text(), nullable=True),
        sa.Column("us_phone_number", sa.String(length=128), nullable=True),
        sa.Column("fs_webauthn_user_handle", sa.String(length=64), nullable=True),
        sa.Column("mf_recovery_codes", sa.UnicodeText(), nullable=True),
        sa.Column("create_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.Column("update_datetime", sa.DateTime(), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("email", name=op.f("uq_users_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_users_fs_uniquifier")),
        sa.UniqueConstraint("fs_webauthn_user_handle", name=op.f("uq_users_fs_webauthn_user_handle")),
        sa.UniqueConstraint("us_phone_number", name=op.f("uq_users_us_phone_number")),
        sa.UniqueConstraint("username", name=op.f("uq_users_username")),
    )
    op.create_table(
        "acts",
        sa.Column("id", KEY, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("act", IDENTIFIER, nullable=False),
        sa.Column("subject", IDENTIFIER, nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_acts_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acts")),
    )
    op.create_index(op.f("ix_acts_at"), "acts", ["at"], unique=False)
    op.create_index(op.f("ix_acts_subject"), "acts", ["subject"], unique=False)
    op.create_table(
        "demand_estimates",
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False),
        sa.Column("selling_days", sa.Integer(), nullable=False),
        sa.Column("demand_per_day", sa.Float(), nullable=True),
        sa.Column("demand_sd", sa.Float(), nullable=True),
        sa.Column("safety_stock", sa.BigInteger(), nullable=True),
        sa.Column("shelf_emptied_on", sa.Integer(), nullable=True),
        sa.Column("emptied_in_history", sa.Boolean(), nullable=False),
        sa.Column("spike", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_demand_estimates_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", name=op.f("pk_demand_estimates")),
    )
    op.create_table(
        "demand_events",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("name", IDENTIFIER, server_default="", nullable=False),
        sa.Column("starts_on", sa.Integer(), nullable=False),
        sa.Column("ends_on", sa.Integer(), nullable=False),
        sa.Column("extra_units", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_demand_events_ends_after_start")),
        sa.CheckConstraint("extra_units >= 0", name=op.f("ck_demand_events_extra_units")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_demand_events_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_events")),
        sa.UniqueConstraint("sku_id", "starts_on", "name", name=op.f("uq_demand_events_sku_id_starts_on_name")),
    )
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
    op.create_table(
        "lateness_counts",
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("lateness_days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("receipts > 0", name=op.f("ck_lateness_counts_positive")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_lateness_counts_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", "lateness_days", name=op.f("pk_lateness_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "lead_time_counts",
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("lead_days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("receipts", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("receipts > 0", name=op.f("ck_lead_time_counts_positive")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_lead_time_counts_sku_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_lead_time_counts_supplier_id")),
        sa.PrimaryKeyConstraint("supplier_id", "sku_id", "lead_days", name=op.f("pk_lead_time_counts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "payment_methods",
        sa.Column("id", KEY, nullable=False),
        sa.Column("code", IDENTIFIER, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=True),
        sa.Column("brand", sa.String(), nullable=True),
        sa.Column("last4", sa.String(length=4), nullable=True),
        sa.Column("exp_month", sa.SmallInteger(), nullable=True),
        sa.Column("exp_year", sa.SmallInteger(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=True),
        sa.CheckConstraint("kind IN ('card', 'paypal', 'bank', 'invoice')", name=op.f("ck_payment_methods_kind")),
        sa.CheckConstraint("exp_month BETWEEN 1 AND 12", name=op.f("ck_payment_methods_month")),
        sa.CheckConstraint("length(last4) <= 4", name=op.f("ck_payment_methods_last4")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_payment_methods_customer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_methods")),
        sa.UniqueConstraint("code", name=op.f("uq_payment_methods_code")),
    )
    op.create_index(op.f("ix_payment_methods_customer_id"), "payment_methods", ["customer_id"], unique=False)
    op.create_table(
        "purchase_orders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("ordered_at", sa.BigInteger(), nullable=False),
        sa.Column("ordered_on", sa.Integer(), nullable=False),
        sa.Column("promised_date", sa.Integer(), nullable=True),
        sa.Column("expected_date", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), server_default="sent", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "status IN ('draft', 'sent', 'confirmed', 'cancelled', 'closed')", name=op.f("ck_purchase_orders_status")
        ),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_purchase_orders_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_purchase_orders_number")),
    )
    op.create_index(op.f("ix_purchase_orders_supplier_id"), "purchase_orders", ["supplier_id"], unique=False)
    op.create_table(
        "roles_users",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["roles.id"], name=op.f("fk_roles_users_role_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_roles_users_user_id")),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_roles_users")),
    )
    op.create_table(
        "stock",
        sa.Column("id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("location_id", KEY, nullable=False),
        sa.Column("counted", sa.BigInteger(), nullable=False),
        sa.Column("counted_at", sa.BigInteger(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_stock_counted")),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_on_hand")),
        sa.CheckConstraint("reserved >= 0 AND reserved <= on_hand", name=op.f("ck_stock_reserved_within_on_hand")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_stock_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_stock_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock")),
        sa.UniqueConstraint("sku_id", "location_id", name=op.f("uq_stock_sku_id_location_id")),
    )
    op.create_index(op.f("ix_stock_location_id"), "stock", ["location_id"], unique=False)
    op.create_table(
        "stock_days",
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stock_days_on_hand")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_stock_days_sku_id")),
        sa.PrimaryKeyConstraint("sku_id", "day", name=op.f("pk_stock_days")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "supplier_skus",
        sa.Column("id", KEY, nullable=False),
        sa.Column("supplier_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("min_order_qty", sa.BigInteger(), nullable=True),
        sa.Column("pack_size", sa.BigInteger(), nullable=True),
        sa.Column("preferred", sa.Boolean(), nullable=True),
        sa.CheckConstraint("lead_time_days >= 0", name=op.f("ck_supplier_skus_lead_time")),
        sa.CheckConstraint("min_order_qty >= 0", name=op.f("ck_supplier_skus_minimum")),
        sa.CheckConstraint("pack_size >= 0", name=op.f("ck_supplier_skus_pack")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_supplier_skus_cost")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_supplier_skus_sku_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_skus_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_skus")),
        sa.UniqueConstraint("supplier_id", "sku_id", name=op.f("uq_supplier_skus_supplier_id_sku_id")),
    )
    op.create_index(op.f("ix_supplier_skus_sku_id"), "supplier_skus", ["sku_id"], unique=False)
    op.create_table(
        "orders",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_on", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("payment_method_id", KEY, nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("priority_reason", sa.String(), nullable=True),
        sa.Column("ship_complete", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("promised_date", sa.Integer(), nullable=True),
        sa.Column("last_date", sa.Integer(), nullable=True),
        sa.Column("not_before", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(length=10), server_default="open", nullable=False),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("may_split", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("credit_applied", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("status IN ('open', 'cancelled', 'closed')", name=op.f("ck_orders_status")),
        sa.CheckConstraint("priority >= 0", name=op.f("ck_orders_priority")),
        sa.CheckConstraint("shipping_amount >= 0", name=op.f("ck_orders_shipping")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_orders_customer_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_orders_location_id")),
        sa.ForeignKeyConstraint(
            ["payment_method_id"], ["payment_methods.id"], name=op.f("fk_orders_payment_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("number", name=op.f("uq_orders_number")),
    )
    op.create_index(op.f("ix_orders_customer_id"), "orders", ["customer_id"], unique=False)
    op.create_index(op.f("ix_orders_placed_at_number"), "orders", ["placed_at", "number"], unique=False)
    op.create_index(op.f("ix_orders_placed_on"), "orders", ["placed_on"], unique=False)
    op.create_table(
        "purchase_order_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("purchase_order_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("qty_promised", sa.BigInteger(), nullable=False),
        sa.Column("qty_received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("qty_open", sa.BigInteger(), nullable=False),
        sa.Column("unit_cost", sa.BigInteger(), nullable=True),
        sa.Column("promised_date", sa.Integer(), nullable=True),
        sa.Column("expected_date", sa.Integer(), nullable=True),
        sa.Column("first_promise", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_purchase_order_lines_qty")),
        sa.CheckConstraint(
            "qty_open >= 0 AND qty_open <= qty", name=op.f("ck_purchase_order_lines_open_within_ordered")
        ),
        sa.CheckConstraint("qty_promised >= 0", name=op.f("ck_purchase_order_lines_qty_promised")),
        sa.CheckConstraint("qty_received >= 0", name=op.f("ck_purchase_order_lines_received")),
        sa.CheckConstraint("unit_cost >= 0", name=op.f("ck_purchase_order_lines_unit_cost")),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_orders.id"], name=op.f("fk_purchase_order_lines_purchase_order_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_purchase_order_lines_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purchase_order_lines")),
        sa.UniqueConstraint(
            "purchase_order_id", "line_no", name=op.f("uq_purchase_order_lines_purchase_order_id_line_no")
        ),
    )
    op.create_index(
        "ix_purchase_order_lines_open",
        "purchase_order_lines",
        ["id"],
        unique=False,
        sqlite_where=sa.text("qty_open > 0"),
        postgresql_where=sa.text("qty_open > 0"),
    )
    op.create_index(op.f("ix_purchase_order_lines_sku_id"), "purchase_order_lines", ["sku_id"], unique=False)
    op.create_table(
        "authorizations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("number", IDENTIFIER, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("authorized_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_on", sa.Integer(), nullable=True),
        sa.Column("multi_capture", sa.Boolean(), nullable=True),
        sa.Column("captured_amount", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_authorizations_amount")),
        sa.CheckConstraint("captured_amount >= 0", name=op.f("ck_authorizations_captured")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_authorizations_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorizations")),
        sa.UniqueConstraint("number", name=op.f("uq_authorizations_number")),
    )
    op.create_index(op.f("ix_authorizations_order_id"), "authorizations", ["order_id"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=True),
        sa.Column("customer_id", KEY, nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=8), server_default="queued", nullable=False),
        sa.Column("message_id", IDENTIFIER, nullable=False),
        sa.Column("to_address", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("failure", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('queued', 'sending', 'sent', 'failed', 'bounced')", name=op.f("ck_messages_state")
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_messages_customer_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_messages_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("message_id", name=op.f("uq_messages_message_id")),
    )
    op.create_index(op.f("ix_messages_order_id"), "messages", ["order_id"], unique=False)
    op.create_index(op.f("ix_messages_state_not_before"), "messages", ["state", "not_before"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("qty_shipped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("qty_cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("qty_open", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("promised_date", sa.Integer(), nullable=True),
        sa.Column("first_promise", sa.Integer(), nullable=True),
        sa.Column("current_promise", sa.Integer(), nullable=True),
        sa.Column("supplier_id", KEY, nullable=True),
        sa.Column("tags", sa.String(), nullable=True),
        sa.Column("tax_amount", sa.BigInteger(), nullable=True),
        sa.Column("discount_amount", sa.BigInteger(), nullable=True),
        sa.Column("staff_cause", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "staff_cause IN ('planned', 'not-ordered', 'supplier-late', 'demand-spike', 'low-stock', 'unknown')",
            name=op.f("ck_order_lines_staff_cause"),
        ),
        sa.CheckConstraint("qty > 0", name=op.f("ck_order_lines_qty")),
        sa.CheckConstraint("qty_cancelled >= 0", name=op.f("ck_order_lines_cancelled")),
        sa.CheckConstraint(
            "qty_open = 0 OR qty_open = qty - qty_shipped - qty_cancelled", name=op.f("ck_order_lines_open")
        ),
        sa.CheckConstraint(
            "qty_shipped + qty_cancelled <= qty", name=op.f("ck_order_lines_shipped_and_cancelled_within_ordered")
        ),
        sa.CheckConstraint("qty_shipped >= 0", name=op.f("ck_order_lines_shipped")),
        sa.CheckConstraint("unit_price >= 0", name=op.f("ck_order_lines_unit_price")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_lines_order_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_order_lines_sku_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_order_lines_supplier_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_lines")),
        sa.UniqueConstraint("order_id", "line_no", name=op.f("uq_order_lines_order_id_line_no")),
    )
    op.create_index(
        "ix_order_lines_open",
        "order_lines",
        [
            "order_id",
            "line_no",
            "sku_id",
            "qty_open",
            "unit_price",
            "current_promise",
            "supplier_id",
            "staff_cause",
            "id",
        ],
        unique=False,
        sqlite_where=sa.text("qty_open > 0"),
        postgresql_where=sa.text("qty_open > 0"),
    )
    op.create_index(op.f("ix_order_lines_sku_id"), "order_lines", ["sku_id"], unique=False)
    op.create_table(
        "receipt_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("receipt_id", KEY, nullable=False),
        sa.Column("purchase_order_line_id", KEY, nullable=False),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Integer(), nullable=False),
        sa.Column("observed", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("reversed_at", sa.BigInteger(), nullable=True),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("qty >= 0", name=op.f("ck_receipt_lines_qty")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_receipt_lines_location_id")),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_lines.id"],
            name=op.f("fk_receipt_lines_purchase_order_line_id"),
        ),
        sa.ForeignKeyConstraint(["receipt_id"], ["receipts.id"], name=op.f("fk_receipt_lines_receipt_id")),
        sa.ForeignKeyConstraint(["reversed_by"], ["users.id"], name=op.f("fk_receipt_lines_reversed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_lines")),
        sa.UniqueConstraint(
            "receipt_id", "purchase_order_line_id", name=op.f("uq_receipt_lines_receipt_id_purchase_order_line_id")
        ),
    )
    op.create_index(
        op.f("ix_receipt_lines_purchase_order_line_id"), "receipt_lines", ["purchase_order_line_id"], unique=False
    )
    op.create_index(op.f("ix_receipt_lines_received_on"), "receipt_lines", ["received_on"], unique=False)
    op.create_table(
        "supplier_reassignments",
        sa.Column("id", KEY, nullable=False),
        sa.Column("from_line_id", KEY, nullable=True),
        sa.Column("to_line_id", KEY, nullable=True),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("from_supplier_id", KEY, nullable=True),
        sa.Column("to_supplier_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("dropship", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_supplier_reassignments_qty")),
        sa.ForeignKeyConstraint(
            ["from_line_id"], ["purchase_order_lines.id"], name=op.f("fk_supplier_reassignments_from_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["from_supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_reassignments_from_supplier_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_supplier_reassignments_made_by")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_supplier_reassignments_sku_id")),
        sa.ForeignKeyConstraint(
            ["to_line_id"], ["purchase_order_lines.id"], name=op.f("fk_supplier_reassignments_to_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_supplier_id"], ["suppliers.id"], name=op.f("fk_supplier_reassignments_to_supplier_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplier_reassignments")),
    )
    op.create_table(
        "cancel_risks",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("chance", sa.Float(), nullable=True),
        sa.Column("reasons", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("scored_on", sa.Integer(), nullable=False),
        sa.CheckConstraint("chance >= 0 AND chance <= 1", name=op.f("ck_cancel_risks_chance")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_cancel_risks_line_id")),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_cancel_risks")),
    )
    op.create_table(
        "cancellations",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_cancellations_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_cancellations_line_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellations")),
        sa.UniqueConstraint("line_id", "part", "cancelled_at", name=op.f("uq_cancellations_line_id_part_cancelled_at")),
    )
    op.create_table(
        "delay_notices",
        sa.Column("id", KEY, nullable=False),
        sa.Column("message_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("earlier_promise", sa.Integer(), nullable=False),
        sa.Column("new_date", sa.Integer(), nullable=True),
        sa.Column("needs_consent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_delay_notices_line_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_delay_notices_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delay_notices")),
    )
    op.create_index(op.f("ix_delay_notices_line_id_part"), "delay_notices", ["line_id", "part"], unique=False)
    op.create_table(
        "holds",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("purchase_order_line_id", KEY, nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('picked', 'fixed', 'told', 'dealt')", name=op.f("ck_holds_kind")),
        sa.CheckConstraint(
            "(location_id IS NULL) <> (purchase_order_line_id IS NULL)",
            name=op.f("ck_holds_at_a_location_or_of_a_purchase_order"),
        ),
        sa.CheckConstraint("qty > 0", name=op.f("ck_holds_qty")),
        sa.ForeignKeyConstraint(["ended_by"], ["users.id"], name=op.f("fk_holds_ended_by")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_holds_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_holds_location_id")),
        sa.ForeignKeyConstraint(["made_by"], ["users.id"], name=op.f("fk_holds_made_by")),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"], ["purchase_order_lines.id"], name=op.f("fk_holds_purchase_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index(op.f("ix_holds_line_id_part"), "holds", ["line_id", "part"], unique=False)
    op.create_index(
        "ix_holds_live",
        "holds",
        ["id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "incentive_offers",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("substitute_sku_id", KEY, nullable=True),
        sa.Column("cost", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("offered_at", sa.BigInteger(), nullable=False),
        sa.Column("offered_by", sa.Integer(), nullable=True),
        sa.Column("approved_by", sa.Integer(), nullable=True),
        sa.Column("expires_on", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("message_id", KEY, nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('percent', 'amount', 'free-shipping', 'credit', 'gift', 'substitute')",
            name=op.f("ck_incentive_offers_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting-approval', 'offered', 'accepted', 'declined', 'expired', 'void')",
            name=op.f("ck_incentive_offers_state"),
        ),
        sa.ForeignKeyConstraint(["approved_by"], ["users.id"], name=op.f("fk_incentive_offers_approved_by")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_incentive_offers_line_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_incentive_offers_message_id")),
        sa.ForeignKeyConstraint(["offered_by"], ["users.id"], name=op.f("fk_incentive_offers_offered_by")),
        sa.ForeignKeyConstraint(["substitute_sku_id"], ["skus.id"], name=op.f("fk_incentive_offers_substitute_sku_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incentive_offers")),
    )
    op.create_index(
        "uq_incentive_offers_live",
        "incentive_offers",
        ["line_id", "part"],
        unique=True,
        sqlite_where=sa.text("state IN ('waiting-approval', 'offered')"),
        postgresql_where=sa.text("state IN ('waiting-approval', 'offered')"),
    )
    op.create_table(
        "line_parts",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("qty_shipped", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("qty_cancelled", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("tax_amount", sa.BigInteger(), nullable=True),
        sa.Column("shipping_amount", sa.BigInteger(), nullable=True),
        sa.Column("extra_shipping", sa.BigInteger(), nullable=True),
        sa.Column("extra_shipping_charged", sa.Boolean(), nullable=True),
        sa.Column("split_at", sa.BigInteger(), nullable=False),
        sa.Column("split_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("part >= 1", name=op.f("ck_line_parts_part")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_line_parts_qty")),
        sa.CheckConstraint(
            "qty_shipped + qty_cancelled <= qty", name=op.f("ck_line_parts_shipped_and_cancelled_within_part")
        ),
        sa.CheckConstraint("qty_shipped >= 0 AND qty_cancelled >= 0", name=op.f("ck_line_parts_not_negative")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_line_parts_line_id")),
        sa.ForeignKeyConstraint(["split_by"], ["users.id"], name=op.f("fk_line_parts_split_by")),
        sa.PrimaryKeyConstraint("line_id", "part", name=op.f("pk_line_parts")),
    )
    op.create_table(
        "line_plans",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("qty_open", sa.BigInteger(), nullable=False),
        sa.Column("qty_reserved", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "qty_reserved > 0 AND qty_reserved <= qty_open", name=op.f("ck_line_plans_reserved_within_open")
        ),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_line_plans_line_id")),
        sa.PrimaryKeyConstraint("line_id", "part", name=op.f("pk_line_plans")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "line_tags",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("tag", IDENTIFIER, nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_line_tags_line_id")),
        sa.PrimaryKeyConstraint("line_id", "tag", name=op.f("pk_line_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_line_tags_tag_line_id"), "line_tags", ["tag", "line_id"], unique=False)
    op.create_table(
        "pegs",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("purchase_order_line_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("eta", sa.Integer(), nullable=True),
        sa.Column("late_eta", sa.Integer(), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_pegs_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_pegs_line_id")),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"], ["purchase_order_lines.id"], name=op.f("fk_pegs_purchase_order_line_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_pegs_sku_id")),
        sa.PrimaryKeyConstraint("line_id", "part", "purchase_order_line_id", name=op.f("pk_pegs")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_pegs_purchase_order_line_id"), "pegs", ["purchase_order_line_id"], unique=False)
    op.create_index(op.f("ix_pegs_sku_id"), "pegs", ["sku_id"], unique=False)
    op.create_table(
        "reservations",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("location_id", KEY, nullable=False),
        sa.Column("held", sa.String(length=8), server_default="", nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("held IN ('', 'picked', 'fixed', 'told', 'dealt')", name=op.f("ck_reservations_held")),
        sa.CheckConstraint("qty > 0", name=op.f("ck_reservations_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_reservations_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_reservations_location_id")),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_reservations_sku_id")),
        sa.PrimaryKeyConstraint("line_id", "part", "location_id", "held", name=op.f("pk_reservations")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_reservations_sku_id_location_id"), "reservations", ["sku_id", "location_id"], unique=False)
    op.create_table(
        "shipment_lines",
        sa.Column("id", KEY, nullable=False),
        sa.Column("shipment_id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("qty", sa.BigInteger(), nullable=False),
        sa.Column("shipped_at", sa.BigInteger(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=True),
        sa.Column("tracking", sa.String(), nullable=True),
        sa.CheckConstraint("qty > 0", name=op.f("ck_shipment_lines_qty")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_shipment_lines_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_shipment_lines_location_id")),
        sa.ForeignKeyConstraint(["shipment_id"], ["shipments.id"], name=op.f("fk_shipment_lines_shipment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shipment_lines")),
        sa.UniqueConstraint("shipment_id", "line_id", "part", name=op.f("uq_shipment_lines_shipment_id_line_id_part")),
    )
    op.create_index(op.f("ix_shipment_lines_line_id"), "shipment_lines", ["line_id"], unique=False)
    op.create_table(
        "waiting",
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("order_id", KEY, nullable=False),
        sa.Column("order_number", IDENTIFIER, nullable=False),
        sa.Column("line_no", sa.Integer(), nullable=False),
        sa.Column("customer_id", KEY, nullable=False),
        sa.Column("sku_id", KEY, nullable=False),
        sa.Column("sku", IDENTIFIER, nullable=False),
        sa.Column("supplier_id", KEY, nullable=True),
        sa.Column("purchase_order_id", KEY, nullable=True),
        sa.Column("location_id", KEY, nullable=True),
        sa.Column("channel", IDENTIFIER, nullable=False),
        sa.Column("tier", IDENTIFIER, nullable=False),
        sa.Column("currency", IDENTIFIER, nullable=False),
        sa.Column("planned", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("priority_class", sa.SmallInteger(), nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("placed_on", sa.Integer(), nullable=False),
        sa.Column("passed_over", sa.Boolean(), nullable=False),
        sa.Column("qty_open", sa.BigInteger(), nullable=False),
        sa.Column("qty_reserved", sa.BigInteger(), nullable=False),
        sa.Column("qty_backordered", sa.BigInteger(), nullable=False),
        sa.Column("priced", sa.Boolean(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("first_promise", sa.Integer(), nullable=True),
        sa.Column("current_promise", sa.Integer(), nullable=True),
        sa.Column("dated", sa.SmallInteger(), nullable=False),
        sa.Column("eta", sa.Integer(), nullable=True),
        sa.Column("late_eta", sa.Integer(), nullable=True),
        sa.Column("eta_order", sa.Integer(), sa.Computed("coalesce(eta, 0)", persisted=True), nullable=False),
        sa.Column("eta_basis", sa.String(length=16), nullable=False),
        sa.Column("deadline", sa.Integer(), nullable=False),
        sa.Column("deadline_kind", sa.String(length=16), nullable=False),
        sa.Column("payment_state", sa.String(length=8), nullable=False),
        sa.Column("last_good_day", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "cause IN ('planned', 'not-ordered', 'supplier-late', 'demand-spike', 'low-stock', 'unknown')",
            name=op.f("ck_waiting_cause"),
        ),
        sa.CheckConstraint(
            "deadline_kind IN ('delay-notice', 'promise', 'consent', 'refund', 'authorisation', 'card', 'last-date')",
            name=op.f("ck_waiting_deadline_kind"),
        ),
        sa.CheckConstraint(
            "eta_basis IN ('not-ordered', 'late', 'late-estimate', 'quoted', 'po', 'dropship')",
            name=op.f("ck_waiting_eta_basis"),
        ),
        sa.CheckConstraint(
            "payment_state IN ('good', 'dies', 'dead', 'unknown')", name=op.f("ck_waiting_payment_state")
        ),
        sa.CheckConstraint("(dated = 0) = (eta IS NULL)", name=op.f("ck_waiting_dated")),
        sa.CheckConstraint("qty_backordered > 0", name=op.f("ck_waiting_backordered")),
        sa.CheckConstraint("qty_reserved + qty_backordered = qty_open", name=op.f("ck_waiting_units_conserved")),
        sa.CheckConstraint("qty_reserved >= 0", name=op.f("ck_waiting_reserved")),
        sa.CheckConstraint("value >= 0", name=op.f("ck_waiting_value")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_waiting_customer_id")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_waiting_line_id")),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_waiting_location_id")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_waiting_order_id")),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_orders.id"], name=op.f("fk_waiting_purchase_order_id")
        ),
        sa.ForeignKeyConstraint(["sku_id"], ["skus.id"], name=op.f("fk_waiting_sku_id")),
        sa.ForeignKeyConstraint(["supplier_id"], ["suppliers.id"], name=op.f("fk_waiting_supplier_id")),
        sa.PrimaryKeyConstraint("line_id", "part", name=op.f("pk_waiting")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_waiting_age", "waiting", ["placed_at", "order_number", "line_no", "part"], unique=False)
    op.create_index(
        "ix_waiting_backordered", "waiting", ["qty_backordered", "order_number", "line_no", "part"], unique=False
    )
    op.create_index("ix_waiting_customer", "waiting", ["customer_id"], unique=False)
    op.create_index(
        "ix_waiting_deadline",
        "waiting",
        ["deadline", "dated", "priority_class", "placed_at", "order_number", "line_no", "part"],
        unique=False,
    )
    op.create_index("ix_waiting_eta", "waiting", ["eta_order", "order_number", "line_no", "part"], unique=False)
    op.create_index(
        "ix_waiting_kind", "waiting", ["deadline_kind", "deadline", "order_number", "line_no", "part"], unique=False
    )
    op.create_index("ix_waiting_order", "waiting", ["order_number", "line_no", "part"], unique=False)
    op.create_index("ix_waiting_sku", "waiting", ["sku", "order_number", "line_no", "part"], unique=False)
    op.create_index("ix_waiting_sku_id", "waiting", ["sku_id"], unique=False)
    op.create_index("ix_waiting_supplier", "waiting", ["supplier_id", "deadline"], unique=False)
    op.create_index(
        "ix_waiting_value", "waiting", ["currency", "value", "order_number", "line_no", "part"], unique=False
    )
    op.create_table(
        "consents",
        sa.Column("id", KEY, nullable=False),
        sa.Column("line_id", KEY, nullable=False),
        sa.Column("part", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("notice_id", KEY, nullable=True),
        sa.Column("answer", sa.String(length=8), nullable=False),
        sa.Column("until", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("answer IN ('waits', 'cancels')", name=op.f("ck_consents_answer")),
        sa.ForeignKeyConstraint(["line_id"], ["order_lines.id"], name=op.f("fk_consents_line_id")),
        sa.ForeignKeyConstraint(["notice_id"], ["delay_notices.id"], name=op.f("fk_consents_notice_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["users.id"], name=op.f("fk_consents_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_line_id_part"), "consents", ["line_id", "part"], unique=False)
    for statement in HISTORY_GUARDS[op.get_bind().dialect.name]:
        op.execute(sa.text(statement))
    tier_priorities = sa.table("tier_priorities", sa.column("tier"), sa.column("priority_class"))
    op.bulk_insert(
        tier_priorities,
        [{"tier": tier, "priority_class": given} for tier, given in TIER_PRIORITIES.items()],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_consents_line_id_part"), table_name="consents")
    op.drop_table("consents")
    op.drop_index("ix_waiting_value", table_name="waiting")
    op.drop_index("ix_waiting_supplier", table_name="waiting")
    op.drop_index("ix_waiting_sku_id", table_name="waiting")
    op.drop_index("ix_waiting_sku", table_name="waiting")
    op.drop_index("ix_waiting_order", table_name="waiting")
    op.drop_index("ix_waiting_kind", table_name="waiting")
    op.drop_index("ix_waiting_eta", table_name="waiting")
    op.drop_index("ix_waiting_deadline", table_name="waiting")
    op.drop_index("ix_waiting_customer", table_name="waiting")
    op.drop_index("ix_waiting_backordered", table_name="waiting")
    op.drop_index("ix_waiting_age", table_name="waiting")
    op.drop_table("waiting")
    op.drop_index(op.f("ix_shipment_lines_line_id"), table_name="shipment_lines")
    op.drop_table("shipment_lines")
    op.drop_index(op.f("ix_reservations_sku_id_location_id"), table_name="reservations")
    op.drop_table("reservations")
    op.drop_index(op.f("ix_pegs_sku_id"), table_name="pegs")
    op.drop_index(op.f("ix_pegs_purchase_order_line_id"), table_name="pegs")
    op.drop_table("pegs")
    op.drop_index(op.f("ix_line_tags_tag_line_id"), table_name="line_tags")
    op.drop_table("line_tags")
    op.drop_table("line_plans")
    op.drop_table("line_parts")
    op.drop_index(
        "uq_incentive_offers_live",
        table_name="incentive_offers",
        sqlite_where=sa.text("state IN ('waiting-approval', 'offered')"),
        postgresql_where=sa.text("state IN ('waiting-approval', 'offered')"),
    )
    op.drop_table("incentive_offers")
    op.drop_index(
        "ix_holds_live",
        table_name="holds",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_holds_line_id_part"), table_name="holds")
    op.drop_table("holds")
    op.drop_index(op.f("ix_delay_notices_line_id_part"), table_name="delay_notices")
    op.drop_table("delay_notices")
    op.drop_table("cancellations")
    op.drop_table("cancel_risks")
    op.drop_table("supplier_reassignments")
    op.drop_index(op.f("ix_receipt_lines_received_on"), table_name="receipt_lines")
    op.drop_index(op.f("ix_receipt_lines_purchase_order_line_id"), table_name="receipt_lines")
    op.drop_table("receipt_lines")
    op.drop_index(op.f("ix_order_lines_sku_id"), table_name="order_lines")
    op.drop_index(
        "ix_order_lines_open",
        table_name="order_lines",
        sqlite_where=sa.text("qty_open > 0"),
        postgresql_where=sa.text("qty_open > 0"),
    )
    op.drop_table("order_lines")
    op.drop_index(op.f("ix_messages_state_not_before"), table_name="messages")
    op.drop_index(op.f("ix_messages_order_id"), table_name="messages")
    op.drop_table("messages")
    op.drop_index(op.f("ix_authorizations_order_id"), table_name="authorizations")
    op.drop_table("authorizations")
    op.drop_index(op.f("ix_purchase_order_lines_sku_id"), table_name="purchase_order_lines")
    op.drop_index(
        "ix_purchase_order_lines_open",
        table_name="purchase_order_lines",
        sqlite_where=sa.text("qty_open > 0"),
        postgresql_where=sa.text("qty_open > 0"),
    )
    op.drop_table("purchase_order_lines")
    op.drop_index(op.f("ix_orders_placed_on"), table_name="orders")
    op.drop_index(op.f("ix_orders_placed_at_number"), table_name="orders")
    op.drop_index(op.f("ix_orders_customer_id"), table_name="orders")
    op.drop_table("orders")
    op.drop_index(op.f("ix_supplier_skus_sku_id"), table_name="supplier_skus")
    op.drop_table("supplier_skus")
    op.drop_table("stock_days")
    op.drop_index(op.f("ix_stock_location_id"), table_name="stock")
    op.drop_table("stock")
    op.drop_table("roles_users")
    op.drop_index(op.f("ix_purchase_orders_supplier_id"), table_name="purchase_orders")
    op.drop_table("purchase_orders")
    op.drop_index(op.f("ix_payment_methods_customer_id"), table_name="payment_methods")
    op.drop_table("payment_methods")
    op.drop_table("lead_time_counts")
    op.drop_table("lateness_counts")
    op.drop_table("intake_loads")
    op.drop_table("demand_events")
    op.drop_table("demand_estimates")
    op.drop_index(op.f("ix_acts_subject"), table_name="acts")
    op.drop_index(op.f("ix_acts_at"), table_name="acts")
    op.drop_table("acts")
    op.drop_table("users")
    op.drop_table("topic_versions")
    op.drop_table("tier_priorities")
    op.drop_table("suppliers")
    op.drop_table("skus")
    op.drop_table("shipments")
    op.drop_table("roles")
    op.drop_table("receipts")
    op.drop_table("plan_state")
    op.drop_table("locations")
    op.drop_table("job_claims")
    op.drop_table("daily_snapshots")
    op.drop_table("customers")
    op.drop_table("aging_days")
    op.drop_table("aging_customers")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_change_history()")
