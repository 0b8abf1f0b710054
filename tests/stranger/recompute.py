"""The definitions of `docs/definitions.md`, once more, by the shortest way and without the product's code.

Nothing here is shared with the product: files in, report rows out, one line after another. Where the product and this
module disagree, one of them has misread the definitions.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from pathlib import Path
from statistics import mean, stdev
from zoneinfo import ZoneInfo

BASES = ["not-ordered", "late", "late-estimate", "quoted", "po", "dropship"]
TIERS = {"vip": 1, "contract": 2, "priority": 2}
DECIMALS = {"JPY": 0, "KWD": 3}
BUCKETS = [("0-7", 0, 7), ("8-14", 8, 14), ("15-30", 15, 30), ("31-60", 31, 60), ("61+", 61, 10**9)]
KINDS = ["delay-notice", "promise", "consent", "refund", "authorisation", "card", "last-date"]
SPENT = {"captured", "voided", "void", "expired", "cancelled", "canceled", "failed", "declined", "released"}
Z = 1.6449
PATIENCE = [(61, "1.6"), (31, "1.5"), (15, "1.3"), (8, "1.1"), (-(10**9), "1")]
LOYALTY = {"contract": "0.6", "vip": "0.8", "priority": "0.8"}
COMPARED = {"AUD", "CAD", "CHF", "EUR", "GBP", "NZD", "USD"}


@dataclass
class Line:
    """A line that is still open, with what follows from the files."""

    order: dict
    row: dict
    sku: str
    open: int
    shipped: int
    cancelled: int
    rank: tuple = ()
    reserved: dict = field(default_factory=dict)  # location -> units
    pegs: list = field(default_factory=list)  # (po line, units)
    eta: date | None = None
    late_eta: date | None = None
    basis: str = ""
    supplier: str = ""
    po: str = ""

    @property
    def held(self) -> int:
        return sum(self.reserved.values())

    @property
    def back(self) -> int:
        return self.open - self.held


def read(folder: Path, name: str) -> list[dict]:
    path = folder / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def truth(cell: str | None, empty: bool) -> bool:
    return empty if not cell else cell.lower() in ("true", "yes", "1")


def moment(cell: str, zone: ZoneInfo) -> datetime:
    if len(cell) == 10:
        return datetime.combine(date.fromisoformat(cell), time.min, tzinfo=zone).astimezone(UTC)
    value = datetime.fromisoformat(cell)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def day(cell: str | None) -> date | None:
    return date.fromisoformat(cell) if cell else None


def percentile(values: list[float], share: float) -> float:
    values = sorted(values)
    at = (len(values) - 1) * share
    low = math.floor(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


class Shop:
    """What the kit's files say on a day, and the five reports that follow."""

    def __init__(self, folder: Path, today: date, zone: str = "UTC", region: str = "US") -> None:
        self.today, self.zone, self.region = today, ZoneInfo(zone), region
        names = (
            "customers payment_methods suppliers skus supplier_skus stock orders order_lines shipments "
            "cancellations purchase_orders purchase_order_lines receipts authorizations stock_history events"
        )
        for name in names.split():
            setattr(self, name, read(folder, name))
        self.customer = {row["customer_id"]: row for row in self.customers}
        self.supplier = {row["supplier_id"]: row for row in self.suppliers}
        self.product = {row["sku"]: row for row in self.skus}
        self.order = {row["order_id"]: row for row in self.orders}
        self._purchase()
        self._lines()
        self._deal()
        self._peg()
        self._date()

    def local(self, cell: str) -> date:
        return moment(cell, self.zone).astimezone(self.zone).date()

    # ---- supply ----------------------------------------------------------------------------------------------------

    def quoted(self, supplier: str, sku: str) -> int | None:
        for row in self.supplier_skus:
            if row["supplier_id"] == supplier and row["sku"] == sku and row.get("lead_time_days"):
                return int(row["lead_time_days"])
        cell = self.supplier[supplier].get("lead_time_days")
        return int(cell) if cell else None

    def _purchase(self) -> None:
        head = {row["po_id"]: row for row in self.purchase_orders}
        self.po_lines = {}
        for row in self.purchase_order_lines:
            po = head[row["po_id"]]
            promised = day(row.get("promised_date")) or day(po.get("promised_date"))
            expected = day(row.get("expected_date")) or day(po.get("expected_date"))
            self.po_lines[row["po_id"], int(row["line_no"])] = {
                "key": (row["po_id"], int(row["line_no"])),
                "sku": row["sku"],
                "qty": int(row["qty"]),
                "supplier": po["supplier_id"],
                "ordered": self.local(po["ordered_at"]),
                "promised": promised,
                "expected": expected,
                "first": promised or expected,
                "supplies": (po.get("status") or "sent") in ("sent", "confirmed"),
                "received": 0,
            }
        self.lateness = defaultdict(list)
        self.leads = defaultdict(list)
        self.sku_leads = defaultdict(list)
        for row in self.receipts:
            line = self.po_lines[row["po_id"], int(row["line_no"])]
            line["received"] += int(row["qty"])
            on = self.local(row["received_at"])
            if not self.today - timedelta(730) <= on < self.today or on < line["ordered"]:
                continue
            self.leads[line["supplier"]].append((on - line["ordered"]).days)
            self.sku_leads[line["supplier"], line["sku"]].append((on - line["ordered"]).days)
            if line["first"] and line["first"] >= line["ordered"]:
                self.lateness[line["supplier"]].append((on - line["first"]).days)
        self.incoming = defaultdict(list)
        for line in self.po_lines.values():
            line["open"] = max(0, line["qty"] - line["received"]) if line["supplies"] else 0
            if not line["open"]:
                continue
            self._estimate(line)
            stands = line["stated"]
            line["place"] = (stands is None or stands < self.today, stands or date.max, *line["key"])
            self.incoming[line["sku"]].append(line)
        for lines in self.incoming.values():
            lines.sort(key=lambda line: line["place"])

    def _estimate(self, line: dict) -> None:
        stated = line["expected"] or line["promised"]
        basis = "po"
        if stated is None:
            quoted = self.quoted(line["supplier"], line["sku"])
            if quoted is None:
                line.update(stated=None, eta=None, late=None, basis="late", overdue=False)
                return
            stated, basis = line["ordered"] + timedelta(quoted), "quoted"
        past = self.lateness[line["supplier"]]
        if stated >= self.today:
            margin = max(0, math.ceil(round(percentile(past, 0.9), 9))) if len(past) >= 5 else 0
            line.update(stated=stated, eta=stated, late=stated + timedelta(margin), basis=basis, overdue=False)
            return
        line.update(stated=stated, eta=None, late=None, basis="late", overdue=True)
        first = line["first"]
        later = [days for days in past if days > (self.today - first).days] if first else []
        if len(later) >= 5:
            at = first + timedelta(math.ceil(round(percentile(later, 0.5), 9)))
            tail = first + timedelta(math.ceil(round(percentile(later, 0.9), 9)))
            line.update(eta=max(at, self.today), late=max(tail, self.today), basis="late-estimate")

    # ---- demand ----------------------------------------------------------------------------------------------------

    def _lines(self) -> None:
        shipped, cancelled = defaultdict(int), defaultdict(int)
        for row in self.shipments:
            shipped[row["order_id"], int(row["line_no"])] += int(row["qty"])
        for row in self.cancellations:
            cancelled[row["order_id"], int(row["line_no"])] += int(row["qty"])
        self.lines = []
        for row in self.order_lines:
            order = self.order[row["order_id"]]
            if (order.get("status") or "open") != "open":
                continue
            key = row["order_id"], int(row["line_no"])
            left = int(row["qty"]) - shipped[key] - cancelled[key]
            if left <= 0:
                continue
            line = Line(order, row, row["sku"], left, shipped[key], cancelled[key])
            tier = self.customer[order["customer_id"]].get("tier") or ""
            priority = int(order["priority"]) if order.get("priority") else TIERS.get(tier, 3)
            line.rank = (priority, moment(order["placed_at"], self.zone), *key)
            self.lines.append(line)
        self.lines.sort(key=lambda line: line.rank)

    def dropshipped(self, line: Line) -> bool:
        named = line.row.get("supplier_id")
        return bool(named) and truth(self.supplier[named].get("dropship"), False)

    def _deal(self) -> None:
        shelf: dict[str, dict[str, int]] = defaultdict(dict)
        for row in self.stock:
            shelf[row["sku"]][row["location"]] = int(row["on_hand"])
        self.shelf = shelf
        for _, group in groupby(self.lines, key=lambda line: line.order["order_id"]):
            lines = [line for line in group if not self.dropshipped(line)]
            if lines and truth(lines[0].order.get("ship_complete"), False):
                need = defaultdict(int)
                for line in lines:
                    need[line.sku] += line.open
                if any(sum(shelf[sku].values()) < units for sku, units in need.items()):
                    continue
            for line in lines:
                if not (self.waits_for_its_day(line) and self.covered(line)):
                    self._take(line)

    def waits_for_its_day(self, line: Line) -> bool:
        until = day(line.order.get("not_before"))
        return until is not None and until > self.today and not truth(line.order.get("ship_complete"), False)

    def covered(self, line: Line) -> bool:
        """Whether supply dated by the order's day has units enough after what lines before this one wait for."""
        ahead = self.lines[: self.lines.index(line)]
        before = sum(one.back for one in ahead if one.sku == line.sku and not self.dropshipped(one))
        dates = [supply["eta"] for supply in self.incoming[line.sku] for _ in range(supply["open"])]
        wanted = dates[before : before + line.open]
        return len(wanted) == line.open and all(eta and eta <= day(line.order["not_before"]) for eta in wanted)

    def _take(self, line: Line) -> None:
        places, left = self.shelf[line.sku], line.open
        usual = line.order.get("location") or None
        while left and any(places.values()):
            at = usual if places.get(usual) else min(places, key=lambda name: (-places[name], name))
            units = min(left, places[at])
            places[at] -= units
            left -= units
            line.reserved[at] = line.reserved.get(at, 0) + units

    def _peg(self) -> None:
        free = {line["key"]: line["open"] for lines in self.incoming.values() for line in lines}
        for line in self.lines:
            left = line.back
            if self.dropshipped(line):
                continue
            for supply in self.incoming[line.sku]:
                units = min(left, free[supply["key"]])
                if units:
                    free[supply["key"]] -= units
                    left -= units
                    line.pegs.append((supply, units))

    def preferred(self, sku: str) -> str:
        rows = [row for row in self.supplier_skus if row["sku"] == sku]
        marked = [row for row in rows if truth(row.get("preferred"), False)]
        rows = marked if len(marked) == 1 else (marked or rows)

        def order(row: dict) -> tuple:
            lead = self.quoted(row["supplier_id"], sku)
            cost = Decimal(row["unit_cost"]) if row.get("unit_cost") else None
            return (
                not truth(self.supplier[row["supplier_id"]].get("active"), True),
                lead is None,
                lead or 0,
                cost is None,
                cost or 0,
                row["supplier_id"],
            )

        return min(rows, key=order)["supplier_id"] if rows else ""

    def _date(self) -> None:
        waiting = [line for line in self.lines if line.back]
        for line in waiting:
            unpegged = line.back - sum(units for _, units in line.pegs)
            bases = [supply["basis"] for supply, _ in line.pegs] + (["not-ordered"] if unpegged else [])
            line.basis = min(bases, key=BASES.index)
            if not unpegged and all(supply["eta"] for supply, _ in line.pegs):
                line.eta = max(supply["eta"] for supply, _ in line.pegs)
                line.late_eta = max(supply["late"] for supply, _ in line.pegs)
        for _, group in groupby(waiting, key=lambda line: line.order["order_id"]):
            lines = list(group)
            if truth(lines[0].order.get("ship_complete"), False):
                dated = all(line.eta for line in lines)
                eta = max(line.eta for line in lines) if dated else None
                late = max(line.late_eta for line in lines) if dated else None
                for line in lines:
                    line.eta, line.late_eta = eta, late
        for line in waiting:
            line.supplier = line.row.get("supplier_id") or self.preferred(line.sku)
            if line.eta:
                last = max(supply["eta"] for supply, _ in line.pegs)
                setter = next(supply for supply, _ in line.pegs if supply["eta"] == last)
                line.supplier, line.po = setter["supplier"], setter["key"][0]

    # ---- payment, deadlines, cause ---------------------------------------------------------------------------------

    def method(self, order: dict) -> dict:
        method = order.get("payment_method_id")
        rows = [row for row in self.payment_methods if row["payment_method_id"] == method]
        if not method:
            rows = [
                row
                for row in self.payment_methods
                if row["customer_id"] == order["customer_id"] and truth(row.get("is_default"), False)
            ]
            rows = sorted(rows, key=lambda row: row["payment_method_id"])[:1]
        return rows[0] if rows else {}

    def means(self, line: Line) -> tuple[date | None, date | None]:
        order = line.order
        method = self.method(order)
        card = None
        if method.get("exp_month") and method.get("exp_year"):
            month, year = int(method["exp_month"]), int(method["exp_year"])
            card = date(year + month // 12, month % 12 + 1, 1) - timedelta(1)
        ends = [
            self.local(row["expires_at"])
            for row in self.authorizations
            if row["order_id"] == order["order_id"]
            and row.get("expires_at")
            and (row.get("state") or "").lower() not in SPENT
        ]
        return card, max(ends, default=None)

    def promise(self, line: Line) -> date | None:
        return day(line.row.get("promised_date")) or day(line.order.get("promised_date"))

    def deadline(self, line: Line) -> tuple[date, str]:
        stated = self.promise(line)
        days = 50 if self.region == "US" and truth(line.order.get("credit_applied"), False) else 30
        due = stated or self.local(line.order["placed_at"]) + timedelta(days)
        found = {}
        if line.eta is None or line.eta > due:
            found["delay-notice"] = due - timedelta(1)
        else:
            found["promise"] = due
        card, authorised = self.means(line)
        needed = line.late_eta or line.eta
        if needed and authorised and authorised < needed:
            found["authorisation"] = authorised
        if needed and card and card < needed:
            found["card"] = card
        if line.order.get("last_date"):
            found["last-date"] = day(line.order["last_date"])
        kind = min(found, key=lambda name: (found[name], KINDS.index(name)))
        return found[kind], kind

    def payment_state(self, line: Line) -> str:
        good = min((one for one in self.means(line) if one), default=None)
        needed = line.late_eta or line.eta
        if good and good < self.today:
            return "dead"
        if good is None or needed is None:
            return "unknown"
        return "dies" if good < needed else "good"

    def cancel_risk(self, line: Line) -> str:
        age = (self.today - self.local(line.order["placed_at"])).days
        promise, last = self.promise(line), day(line.order.get("last_date"))
        factors = [next(factor for low, factor in PATIENCE if age >= low)]
        if promise and promise < self.today:
            factors.append("2")
        elif promise and line.eta:
            factors.append("1.5" if line.eta > promise else "0.8")
        if line.eta is None:
            factors.append("1.8")
        elif line.eta <= self.today + timedelta(7):
            factors.append("0.7")
        if last and (line.eta is None or line.eta > last):
            factors.append("1.5")
        factors.append(LOYALTY.get(self.customer[line.order["customer_id"]].get("tier"), "1"))
        value = self.value(line)
        if value is not None and line.order.get("currency") in COMPARED:
            factors.append("0.8" if value < 50 else "1" if value < 500 else "1.2")
        if self.product[line.sku].get("backorder_policy") == "planned":
            factors.append("0.6")
        chance = math.prod(map(Decimal, factors), start=Decimal("0.04"))
        return str(min(chance.quantize(Decimal("0.0001"), ROUND_HALF_UP), Decimal("0.4000")))

    def demand(self, sku: str, first: date, days: int) -> list[int]:
        units = [0] * days
        for row in self.order_lines:
            if row["sku"] == sku:
                at = (self.local(self.order[row["order_id"]]["placed_at"]) - first).days
                if 0 <= at < days:
                    units[at] += int(row["qty"])
        return units

    def spiked(self, sku: str) -> bool:
        """14 days' units above what 14 days bring, by mean and spread of the 90 days before them."""
        past = sorted((day(row["date"]), int(row["on_hand"])) for row in self.stock_history if row["sku"] == sku)
        past = [entry for entry in past if entry[0] < self.today]
        emptied = None
        for on, units in past:
            if units > 0:
                emptied = None
            elif emptied is None:
                emptied = on
        if emptied is None:
            emptied = min(self.local(line.order["placed_at"]) for line in self.lines if line.sku == sku and line.back)
        recent = sum(self.demand(sku, emptied - timedelta(14), 14))
        before = self.demand(sku, emptied - timedelta(104), 90)
        return recent > 14 * mean(before) + 2 * math.sqrt(14) * stdev(before)

    def selling(self, sku: str) -> tuple[float, float, int] | None:
        """Units a day, their spread, and on how many of the 90 days the SKU could be bought."""
        policy = self.product[sku].get("backorder_policy") or "allow"
        units = self.demand(sku, self.today - timedelta(90), 90)
        rows = {day(row["date"]): int(row["on_hand"]) for row in self.stock_history if row["sku"] == sku}
        if policy == "deny" and rows:
            units = [n for at, n in enumerate(units) if rows.get(self.today - timedelta(90 - at), 0) > 0]
            total = sum(self.demand(sku, self.today - timedelta(90), 90))
        else:
            total = sum(units)
        if not units:
            return None
        return total / len(units), stdev(units) if len(units) > 1 else 0.0, len(units)

    def lead_time(self, sku: str) -> tuple[float, float] | None:
        supplier = self.preferred(sku)
        if not supplier:
            return None
        seen = self.sku_leads[supplier, sku]
        if len(seen) < 5:
            seen = self.leads[supplier]
        if len(seen) >= 5:
            return mean(seen), stdev(seen)
        quoted = self.quoted(supplier, sku)
        return None if quoted is None else (quoted, 0.0)

    def safety_stock(self, sku: str) -> int | None:
        sells, leads = self.selling(sku), self.lead_time(sku)
        if sells is None or leads is None:
            return None
        (rate, spread, _), (lead, lead_sd) = sells, leads
        return up(Z * math.sqrt(lead * spread**2 + rate**2 * lead_sd**2))

    def cause(self, line: Line) -> str:
        if (self.product[line.sku].get("backorder_policy") or "allow") == "planned":
            return "planned"
        if line.basis == "not-ordered":
            return "not-ordered"
        if any(supply["overdue"] for supply, _ in line.pegs):
            return "supplier-late"
        if self.spiked(line.sku):
            return "demand-spike"
        typed, computed = self.product[line.sku].get("safety_stock"), self.safety_stock(line.sku)
        if typed and computed is not None and int(typed) < computed:
            return "low-stock"
        return "unknown"

    # ---- reports ---------------------------------------------------------------------------------------------------

    def value(self, line: Line) -> Decimal | None:
        return Decimal(line.row["unit_price"]) * line.back if line.row.get("unit_price") else None

    def worklist(self) -> Iterable[tuple[Line, date, str]]:
        dated = [(line, *self.deadline(line)) for line in self.lines if line.back]
        return sorted(dated, key=lambda entry: (entry[1], entry[0].eta is not None, entry[0].rank))

    def backorders(self) -> list[dict[str, str]]:
        return [self._row(line, due, kind) for line, due, kind in self.worklist()]

    def _row(self, line: Line, due: date, kind: str) -> dict[str, str]:
        order = line.order
        currency, promised = order.get("currency") or "", self.promise(line)
        return {
            "order_id": order["order_id"],
            "line_no": str(int(line.row["line_no"])),
            "sku": line.sku,
            "customer_id": order["customer_id"],
            "age_days": str((self.today - self.local(order["placed_at"])).days),
            "qty_ordered": str(int(line.row["qty"])),
            "qty_shipped": str(line.shipped),
            "qty_cancelled": str(line.cancelled),
            "qty_reserved": str(line.held),
            "qty_backordered": str(line.back),
            "currency": currency,
            "value": money(self.value(line), currency),
            "first_promise": iso(promised),
            "current_promise": iso(promised),
            "eta": iso(line.eta),
            "late_eta": iso(line.late_eta),
            "eta_basis": line.basis,
            "supplier_id": line.supplier,
            "po_id": line.po,
            "cause": self.cause(line),
            "deadline": iso(due),
            "deadline_kind": kind,
            "cancel_risk": self.cancel_risk(line),
            "payment_state": self.payment_state(line),
        }

    def aging(self) -> list[dict[str, str]]:
        waiting = [line for line in self.lines if line.back]
        rows = []
        currencies = sorted({line.order.get("currency") or "" for line in waiting})
        for name, low, high in BUCKETS:
            for currency in currencies:
                inside = [
                    line
                    for line in waiting
                    if (line.order.get("currency") or "") == currency
                    and low <= (self.today - self.local(line.order["placed_at"])).days <= high
                ]
                ages = [(self.today - self.local(line.order["placed_at"])).days for line in inside]
                rows.append(
                    {
                        "bucket": name,
                        "currency": currency,
                        "lines": str(len(inside)),
                        "orders": str(len({line.order["order_id"] for line in inside})),
                        "customers": str(len({line.order["customer_id"] for line in inside})),
                        "units": str(sum(line.back for line in inside)),
                        "value": money(sum((self.value(line) or Decimal(0) for line in inside), Decimal(0)), currency),
                        "oldest_days": str(max(ages)) if ages else "",
                    }
                )
        return rows

    def expiring_payments(self) -> list[dict[str, str]]:
        """Without the authorisation's moment, of which only its day is recomputed here."""
        rows = []
        for line in self.lines:
            if not line.back:
                continue
            method, (card, authorised) = self.method(line.order), self.means(line)
            last = min((one for one in (card, authorised) if one), default=None)
            needed, state = line.late_eta or line.eta, self.payment_state(line)
            row = {
                "order_id": line.order["order_id"],
                "line_no": str(int(line.row["line_no"])),
                "customer_id": line.order["customer_id"],
                **{name: method.get(name) or "" for name in ("payment_method_id", "kind", "brand", "last4")},
                "good_through": iso(card),
                "needed_on": iso(needed),
                "days_short": str((needed - last).days) if state == "dies" and needed and last else "",
                "state": state,
            }
            rows.append(((last is None, last or date.min, row["order_id"], int(row["line_no"])), row))
        return [row for _, row in sorted(rows, key=lambda entry: entry[0])]

    def fast_movers(self) -> list[dict[str, str]]:
        rows = [self._stand(sku) for sku in self.product]
        return [row for _, row in sorted(rows, key=lambda entry: entry[0])]

    def _stand(self, sku: str) -> tuple[tuple, dict[str, str]]:
        product = self.product[sku]
        counted = [int(row["on_hand"]) for row in self.stock if row["sku"] == sku]
        on_hand, reserved = sum(counted), sum(line.held for line in self.lines if line.sku == sku)
        available, incoming = on_hand - reserved, sum(line["open"] for line in self.incoming[sku])
        backordered = sum(line.back for line in self.lines if line.sku == sku)
        sells, leads = self.selling(sku), self.lead_time(sku)
        rate, lead = sells[0] if sells else 0, leads[0] if leads else None
        typed = product.get("safety_stock")
        safety = int(typed) if typed else self.safety_stock(sku)
        point = None
        if product.get("reorder_point"):
            point = int(product["reorder_point"])
        elif sells and lead is not None and safety is not None:
            point = up(rate * lead + safety + self.extra_units(sku, lead))
        cover = available / rate if rate else None
        position = on_hand + incoming - reserved - backordered
        is_below = point is not None and position < point
        order = self.order_size(sku, up(point + rate * 30 - position)) if is_below else 0
        if available == 0 and (rate or backordered):
            status = "out"
        elif is_below:
            status = "below"
        elif cover is not None and lead is not None and cover < lead:
            status = "soon"
        else:
            status = "ok" if rate else "idle"
        row = {
            "sku": sku,
            "product": product["name"],
            "on_hand": str(on_hand) if counted else "",
            "reserved": str(reserved),
            "available": str(available),
            "incoming": str(incoming),
            "backordered": str(backordered),
            "demand_per_day": rounded(sells[0], 4) if sells else "",
            "demand_sd": rounded(sells[1], 4) if sells else "",
            "selling_days": str(sells[2] if sells else 0),
            "days_of_cover": days(cover),
            "lead_time_days": days(lead),
            "safety_stock": "" if safety is None else str(safety),
            "reorder_point": "" if point is None else str(point),
            "suggested_order": str(order),
            "status": status,
        }
        return (["out", "below", "soon", "ok", "idle"].index(status), cover is None, cover or 0, sku), row

    def extra_units(self, sku: str, lead: float) -> int:
        own = [row for row in self.events if row["sku"] == sku and day(row["ends_on"]) >= self.today]
        return sum(int(row["extra_units"]) for row in own if (day(row["starts_on"]) - self.today).days <= lead)

    def order_size(self, sku: str, units: int) -> int:
        supplier = self.preferred(sku)
        terms = [row for row in self.supplier_skus if (row["supplier_id"], row["sku"]) == (supplier, sku)]
        least, pack = (int(terms[0].get(name) or 0) if terms else 0 for name in ("min_order_qty", "pack_size"))
        return math.ceil(max(units, least) / max(pack, 1)) * max(pack, 1)

    def lead_times(self) -> list[dict[str, str]]:
        """A row for each supplier, then one for each SKU that it sells, brought, owed or has on order."""
        status = {row["po_id"]: row.get("status") or "sent" for row in self.purchase_orders}
        by_then: dict[tuple, int] = defaultdict(int)
        for row in self.receipts:
            key = row["po_id"], int(row["line_no"])
            if self.po_lines[key]["first"] and self.local(row["received_at"]) <= self.po_lines[key]["first"]:
                by_then[key] += int(row["qty"])
        due, came, still, late, waiting = (defaultdict(int) for _ in range(5))
        for key, line in self.po_lines.items():
            both = (line["supplier"], ""), (line["supplier"], line["sku"])
            counts = status[key[0]] not in ("draft", "cancelled") and line["first"] and line["first"] >= line["ordered"]
            for one in both:
                if counts and self.today - timedelta(365) <= line["first"] < self.today:
                    due[one] += line["qty"]
                    came[one] += min(by_then[key], line["qty"])
                if line["open"]:
                    still[one] += line["open"]
                    late[one] += line["open"] if line["overdue"] else 0
        for order_line in self.lines:
            behind = {(supply["supplier"], sku) for supply, _ in order_line.pegs for sku in ("", order_line.sku)}
            for one in behind:
                waiting[one] += 1
        pairs = {(row["supplier_id"], row["sku"]) for row in self.supplier_skus}.union(self.sku_leads, due, still)
        seen = {**{(supplier, ""): took for supplier, took in self.leads.items()}, **self.sku_leads}
        wholes = [(supplier, "") for supplier in sorted(self.supplier)]
        rows = []
        for supplier, sku in [*wholes, *sorted(pair for pair in pairs if pair[1])]:
            key, took = (supplier, sku), seen.get((supplier, sku), [])
            quoted = self.quoted(supplier, sku)
            rows.append(
                {
                    "supplier_id": supplier,
                    "supplier": self.supplier[supplier].get("name") or "",
                    "sku": sku,
                    "observations": str(len(took)),
                    "mean_days": days(mean(took) if took else None),
                    "sd_days": days(stdev(took) if len(took) > 1 else None),
                    "p50_days": days(percentile(took, 0.5) if took else None),
                    "p90_days": days(percentile(took, 0.9) if took else None),
                    "quoted_days": "" if quoted is None else str(quoted),
                    "on_time_rate": rounded(came[key] / due[key], 4) if due[key] else "",
                    "open_units": str(still[key]),
                    "overdue_units": str(late[key]),
                    "waiting_lines": str(waiting[key]),
                    "enough_data": "true" if len(took) >= 5 else "false",
                }
            )
        return rows

    def purchase_plan(self) -> list[dict[str, str]]:
        rows = []
        for stand in self.fast_movers():
            sku, order = stand["sku"], int(stand["suggested_order"])
            lines = [line for line in self.lines if line.sku == sku]
            position = int(stand["on_hand"] or 0) + int(stand["incoming"])
            position -= int(stand["reserved"]) + int(stand["backordered"])
            if order == 0 and position >= 0:
                continue
            missing = [line.back - sum(units for _, units in line.pegs) for line in lines]
            supplier, currency = self.preferred(sku), self.product[sku].get("currency") or ""
            own = [row for row in self.supplier_skus if (row["supplier_id"], row["sku"]) == (supplier, sku)]
            terms = own[0] if own else {}
            cost = Decimal(terms["unit_cost"]) if terms.get("unit_cost") else None
            rows.append(
                {
                    "supplier_id": supplier,
                    "sku": sku,
                    "unmet": str(sum(missing)),
                    "incoming": stand["incoming"],
                    "suggested_order": str(order),
                    "min_order_qty": terms.get("min_order_qty") or "",
                    "pack_size": terms.get("pack_size") or "",
                    "unit_cost": money(cost, currency),
                    "currency": currency,
                    "waiting_lines": str(
                        sum(any(supply["supplier"] == supplier for supply, _ in line.pegs) for line in lines)
                    ),
                    "unmet_lines": str(sum(units > 0 for units in missing)),
                }
            )
        return sorted(rows, key=lambda row: (row["supplier_id"], row["sku"]))

    def reservations(self) -> list[tuple[str, ...]]:
        return sorted(
            (line.order["order_id"], line.row["line_no"], line.sku, place, str(units))
            for line in self.lines
            for place, units in line.reserved.items()
        )

    def pegs(self) -> list[tuple[str, ...]]:
        return sorted(
            (
                line.order["order_id"],
                line.row["line_no"],
                line.sku,
                supply["key"][0],
                str(supply["key"][1]),
                str(units),
                iso(supply["eta"]),
            )
            for line in self.lines
            for supply, units in line.pegs
        )


def iso(value: date | None) -> str:
    return value.isoformat() if value else ""


def up(value: float) -> int:
    return math.ceil(round(value, 9))


def rounded(value: float, places: int) -> str:
    return str(Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def days(value: float | None) -> str:
    return "" if value is None else rounded(value, 1).removesuffix(".0")


def money(value: Decimal | None, currency: str) -> str:
    if value is None:
        return ""
    places = DECIMALS.get(currency, 2)
    return f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
