"""A shop of any size, straight into the tables: the shape of the data on which the desk's speed is judged.

For a million open lines: 400 000 orders, 200 000 customers, 50 000 SKUs of Zipf popularity (the hottest has some
20 000 lines), 500 suppliers, 200 000 open purchase-order lines, and two million lines of history. One order in ten is
ship-complete; a fifth of the SKUs stand at two locations; a third of the lines have the most frequent tag. The same
seed gives the same rows on both databases.
"""

from __future__ import annotations

import numpy as np
from flask_migrate import stamp

from dashboard import models
from dashboard.database import Base, db, transaction
from dashboard.planning import facts_changed

TODAY = 20_605  # 2026-06-01
DAY = 86_400_000_000
ZIPF = 0.78  # the exponent at which a median SKU has nine waiting lines and the hottest twenty thousand
LOCATIONS = ("east", "main", "west")
CHANNELS = ("web", "shop", "phone", "marketplace", None)
CURRENCIES = ("EUR", "EUR", "EUR", "USD")
TAGS = {"gift:yes": 3, "campaign:spring": 20, "press:june": 1_000}  # one line in so many has it
TIERS = (None, None, None, "vip", "contract", "silver")
BLOCK = 50_000


def build(lines: int, *, seed: int = 7) -> None:
    """Makes the tables and fills them; planning has not run.

    References are not checked and indexes are built last: minutes become seconds, and the rows are the same.
    """
    Base.metadata.create_all(db.engine)
    stamp()  # or a desk that serves it would make the tables again
    shop = Shop(lines, np.random.default_rng(seed))
    indexes = [index for table in Base.metadata.sorted_tables for index in table.indexes]
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        on_sqlite = connection.dialect.name == "sqlite"
        if on_sqlite:
            driver.execute("PRAGMA foreign_keys = OFF")
        else:
            driver.execute("SET session_replication_role = replica")
            driver.commit()
        with connection.begin():
            for index in indexes:
                index.drop(connection)
            for model, columns in shop.tables():
                _load(connection, model, columns)
            for index in indexes:
                index.create(connection)
        if on_sqlite:
            driver.execute("PRAGMA foreign_keys = ON")
        else:
            driver.execute("SET session_replication_role = DEFAULT")
            for table in Base.metadata.sorted_tables:
                if table.autoincrement_column is not None:
                    driver.execute(_counted_on(table.name, table.autoincrement_column.name))
            driver.commit()
        settle(connection)
    with transaction() as session:
        facts_changed(session)


def settle(connection):
    """Has the database learn what it holds now, as it does by itself in time."""
    driver = connection.connection.driver_connection
    if connection.dialect.name == "sqlite":
        driver.execute("ANALYZE")
        driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    else:
        driver.autocommit = True
        driver.execute("VACUUM ANALYZE")
        driver.autocommit = False


def _counted_on(table, column):
    """Has the database go on behind the ids that it was given."""
    last = f'coalesce(max("{column}"), 1), max("{column}") IS NOT NULL'
    return f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), {last}) FROM \"{table}\""


class Shop:
    """Columns of every table, as numpy arrays or lists; None is an empty cell."""

    def __init__(self, lines: int, chance: np.random.Generator) -> None:
        self.chance = chance
        self.lines = lines
        self.history = 2 * lines
        self.orders = lines * 4 // 10
        self.old_orders = self.history * 4 // 10
        self.customers = lines // 5
        self.skus = lines // 20
        self.suppliers = max(lines // 2000, 5)
        self.supply = lines // 5
        weight = 1 / np.arange(1, self.skus + 1) ** ZIPF
        self.popularity = np.cumsum(weight / weight.sum())

    def tables(self):
        yield models.TierPriority, {"tier": ["contract", "priority", "vip"], "priority_class": [2, 2, 1]}
        yield models.Location, {"id": _ids(len(LOCATIONS)), "code": list(LOCATIONS)}
        yield models.Supplier, self.supplier_rows()
        yield models.Sku, self.sku_rows()
        yield models.SupplierSku, self.term_rows()
        yield models.Customer, self.customer_rows()
        yield models.PaymentMethod, self.card_rows()
        yield models.Order, self.order_rows()
        yield models.OrderLine, self.line_rows()
        yield models.LineTag, self.tag_rows()
        yield models.Authorization, self.authorization_rows()
        yield models.Stock, self.stock_rows()
        yield from self.purchases()

    def supplier_rows(self):
        ids = _ids(self.suppliers)
        return {
            "id": ids,
            "code": [f"S{one}" for one in ids],
            "name": [f"Supplier {one}" for one in ids],
            "lead_time_days": self.chance.integers(5, 60, self.suppliers),
            "dropship": [one % 50 == 0 for one in ids],
            "active": [True] * self.suppliers,
        }

    def sku_rows(self):
        ids = _ids(self.skus)
        return {
            "id": ids,
            "code": [f"SKU-{one:06}" for one in ids],
            "name": [f"Product {one}" for one in ids],
            "backorder_policy": [("allow", "allow", "allow", "planned", "deny")[one % 5] for one in ids],
            "safety_stock": [int(one % 7) if one % 3 else None for one in ids],
        }

    def term_rows(self):
        sku = np.repeat(_ids(self.skus), 2)
        supplier = (sku * 7 + np.tile([0, 1], self.skus)) % self.suppliers + 1
        return {
            "id": _ids(len(sku)),
            "supplier_id": supplier,
            "sku_id": sku,
            "lead_time_days": self.chance.integers(3, 70, len(sku)),
            "unit_cost": self.chance.integers(1, 90, len(sku)) * 1_000_000,
        }

    def customer_rows(self):
        ids = _ids(self.customers)
        return {
            "id": ids,
            "code": [f"C{one}" for one in ids],
            "name": [f"Customer {one}" for one in ids],
            "tier": [TIERS[one % len(TIERS)] for one in ids],
        }

    def card_rows(self):
        ids = _ids(self.customers)
        return {
            "id": ids,
            "code": [f"PM{one}" for one in ids],
            "customer_id": ids,
            "kind": ["card"] * self.customers,
            "exp_month": self.chance.integers(1, 13, self.customers),
            "exp_year": self.chance.integers(2026, 2030, self.customers),
            "is_default": [True] * self.customers,
        }

    def order_rows(self):
        chance, count = self.chance, self.orders + self.old_orders
        ids = _ids(count)
        days = np.concatenate((chance.integers(0, 120, self.orders), 120 + chance.integers(0, 600, self.old_orders)))
        self.placed_on = TODAY - days
        location = chance.integers(0, len(LOCATIONS) + 1, count)
        return {
            "id": ids,
            "number": [f"O-{one}" for one in ids],
            "customer_id": chance.integers(1, self.customers + 1, count),
            "placed_at": self.placed_on * DAY + chance.integers(0, DAY, count),
            "placed_on": self.placed_on,
            "currency": [CURRENCIES[one % len(CURRENCIES)] for one in ids],
            "channel": [CHANNELS[one % len(CHANNELS)] for one in ids],
            # Those of history were closed elsewhere: no shipment of theirs is known here.
            "status": ["open"] * self.orders + ["closed"] * self.old_orders,
            "ship_complete": (chance.random(count) < 0.1).tolist(),
            "location_id": [one or None for one in location.tolist()],
            "last_date": [TODAY + 20 if one % 23 == 0 else None for one in ids],
        }

    def line_rows(self):
        chance = self.chance
        order_id = np.concatenate(
            (
                np.sort(chance.integers(1, self.orders + 1, self.lines)),
                self.orders + np.sort(chance.integers(1, self.old_orders + 1, self.history)),
            )
        )
        count = len(order_id)
        first = np.searchsorted(order_id, order_id)
        qty = chance.integers(1, 6, count)
        is_open = np.arange(count) < self.lines
        promise = self.placed_on[order_id - 1] + chance.integers(5, 60, count)
        promised = (chance.random(count) < 0.5).tolist()
        promise = [day if told else None for day, told in zip(promise.tolist(), promised, strict=True)]
        self.sku_id = 1 + np.searchsorted(self.popularity, chance.random(count))
        self.wanted = np.bincount(self.sku_id[: self.lines], qty[: self.lines], self.skus + 1).astype(np.int64)
        return {
            "id": _ids(count),
            "order_id": order_id,
            "line_no": np.arange(count) - first + 1,
            "sku_id": self.sku_id,
            "qty": qty,
            "qty_open": np.where(is_open, qty, 0),
            "unit_price": chance.integers(100, 20_000, count) * 10_000,
            "first_promise": promise,
            "current_promise": promise,
        }

    def tag_rows(self):
        ids = _ids(self.lines + self.history)
        tagged = [(ids[ids % every == 0], tag) for tag, every in TAGS.items()]
        return {
            "line_id": np.concatenate([lines for lines, _ in tagged]),
            "tag": [tag for lines, tag in tagged for _ in lines],
        }

    def authorization_rows(self):
        ids = _ids(self.orders // 4)
        return {
            "id": ids,
            "number": [f"A{one}" for one in ids],
            "order_id": ids * 3,
            "amount": np.full(len(ids), 50_000_000),
            "authorized_at": np.full(len(ids), (TODAY - 20) * DAY),
            "expires_on": TODAY + self.chance.integers(-5, 60, len(ids)),
        }

    def stock_rows(self):
        chance, sku = self.chance, _ids(self.skus)
        second = sku[sku % 5 == 0]
        sku_id = np.concatenate((sku, second))
        # Enough for four units in ten; the rest waits.
        on_hand = (self.wanted[sku_id] * chance.uniform(0, 0.8, len(sku_id))).astype(np.int64)
        return {
            "id": _ids(len(sku_id)),
            "sku_id": sku_id,
            "location_id": np.concatenate((np.full(len(sku), 2), 1 + 2 * (second % 2))),
            "counted": on_hand,
            "counted_at": np.full(len(sku_id), TODAY * DAY),
            "on_hand": on_hand,
        }

    def purchases(self):
        """Open supply, and as many lines received in the past."""
        chance, count = self.chance, 2 * self.supply
        orders = count // 10
        ids = _ids(orders)
        is_open = ids <= orders // 2
        ordered_on = np.where(is_open, TODAY - chance.integers(1, 60, orders), TODAY - chance.integers(90, 700, orders))
        promised = ordered_on + chance.integers(5, 90, orders)
        yield (
            models.PurchaseOrder,
            {
                "id": ids,
                "number": [f"PO-{one}" for one in ids],
                "supplier_id": 1 + ids % self.suppliers,
                "ordered_at": ordered_on * DAY,
                "ordered_on": ordered_on,
                "promised_date": [day if one % 9 else None for one, day in zip(ids, promised.tolist(), strict=True)],
            },
        )
        line = _ids(count)
        of = (line - 1) // 10
        sku_id = 1 + np.searchsorted(self.popularity, chance.random(count))
        qty = 1 + (self.wanted[sku_id] * chance.uniform(0, 0.25, count)).astype(np.int64)
        received = np.where(line <= self.supply, 0, qty)
        first = [day if one % 9 else None for one, day in zip(ids[of], promised[of].tolist(), strict=True)]
        yield (
            models.PurchaseOrderLine,
            {
                "id": line,
                "purchase_order_id": ids[of],
                "line_no": (line - 1) % 10 + 1,
                "sku_id": sku_id,
                "qty": qty,
                "qty_promised": qty,
                "qty_received": received,
                "qty_open": qty - received,
                "first_promise": first,
            },
        )
        past = line[line > self.supply]
        yield models.Receipt, {"id": past, "number": [f"R{one}" for one in past]}
        received_on = promised[of[past - 1]] + chance.integers(-3, 15, len(past))
        yield (
            models.ReceiptLine,
            {
                "id": past,
                "receipt_id": past,
                "purchase_order_line_id": past,
                "qty": qty[past - 1],
                "received_at": received_on * DAY,
                "received_on": received_on,
            },
        )


def _ids(count):
    return np.arange(1, count + 1)


def _load(connection, model, columns):
    """Bulk-loads one table from columns."""
    table = model.__table__
    columns = {name: column.tolist() if isinstance(column, np.ndarray) else column for name, column in columns.items()}
    driver = connection.connection.driver_connection
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({', '.join(names)}) FROM STDIN") as copy:
            block = []
            for row in rows:
                block.append("\t".join("\\N" if cell is None else str(cell) for cell in row))
                if len(block) == BLOCK:
                    copy.write("\n".join(block) + "\n")
                    block.clear()
            if block:
                copy.write("\n".join(block) + "\n")
        return
    places = ", ".join("?" * len(names))
    driver.executemany(f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})", rows)
