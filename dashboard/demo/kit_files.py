"""The demo merchant as a folder of kit files, written piece by piece so that memory does not grow with the shop."""

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np

from .catalogue import POLICIES
from .chance import chance, pick
from .customers import BRANDS, CARD, CURRENCIES, EUR, GBP, PAYMENT_KINDS, PAYPAL, USD
from .suppliers import GIVEN_UP
from .world import (
    ALL_GONE,
    ASSEMBLY,
    CAMPAIGN,
    CHANNELS,
    CREDIT,
    DEPOSIT,
    FIRST_ORDER,
    FIRST_PURCHASE_ORDER,
    GIFT,
    LOCATIONS,
    MARKETPLACE,
    MAY_SPLIT,
    NO_DAY,
    PAST_DAYS,
    REDUCED,
    ROTTERDAM,
    SHIP_COMPLETE,
    SHOP_FLOOR,
    STORE,
    TACOMA,
    WHOLESALE,
    World,
)

PIECE = 50_000  # rows put into text at once

# What a US dollar's price becomes on the storefronts abroad, and what wholesale customers pay of it, in thousandths.
ABROAD = {USD: 1000, EUR: 930, GBP: 805}
WHOLESALE_PRICE = 725
REDUCTION = 15  # per cent, in a sale
TAX = (0, 65, 70, 82, 88, 95)  # thousandths, by the customer's state; abroad the price holds the tax already
SHIPPING = ((0, 0.22), (1290, 0.33), (2490, 0.25), (4900, 0.15), (8900, 0.05))  # cents and how often
FREE_SHIPPING_FROM = 150_000

# Gateways: share of cards, days that an authorisation lasts, several captures or one.
GATEWAYS = ((0.55, 7, False), (0.30, 30, True), (0.15, 14, False))
PAYPAL_DAYS = 29
PAID_AT_ONCE = 0.35  # orders whose money is taken when they are placed
RENEWED = 0.55  # authorisations that ran out before the goods came and were asked for again
AUTHORISED_DAYS = 100  # authorisations of orders older than this are not kept by the shop's gateways

CARRIERS = (("UPS", "1Z"), ("FedEx", "FX"), ("DHL", "JD"), ("Old Dominion Freight", "OD"))
REASONS = ("customer", "merchant", "fraud")


def write_kit(world: World, folder) -> Path:
    """Writes all sixteen kit files into a folder, made if need be: the same world gives the same bytes."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    writer = _Kit(world, folder)
    for write in (
        writer.customers,
        writer.payment_methods,
        writer.suppliers,
        writer.skus,
        writer.supplier_skus,
        writer.stock,
        writer.orders,
        writer.order_lines,
        writer.shipments,
        writer.cancellations,
        writer.purchase_orders,
        writer.purchase_order_lines,
        writer.receipts,
        writer.authorizations,
        writer.stock_history,
        writer.events,
    ):
        write()
    return folder


def _quoted(text):
    return '"' + text.replace('"', '""') + '"' if any(letter in text for letter in ',"\n\r') else text


def _money(cents):
    return f"{cents // 100}.{cents % 100:02d}"


class _Kit:
    def __init__(self, world, folder):
        self.world, self.folder, self.seed = world, folder, world.seed
        self.dates = [(world.today + timedelta(days=n - PAST_DAYS)).isoformat() for n in range(PAST_DAYS + 500)]
        self.clock = [f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in range(86_400)]
        orders = world.orders
        self.known = np.unique(orders["customer"])
        place = np.searchsorted(self.known, orders["customer"])
        self.last_order = np.zeros(len(self.known), dtype=np.int64)
        np.maximum.at(self.last_order, place, orders["day"])
        self.of = np.searchsorted(orders["order"], world.lines["order"]).astype(np.int32)
        self.price_lines()

    def price_lines(self):
        """Unit prices in thousandths of the currency's unit, tax and discount in cents."""
        orders, lines = self.world.orders, self.world.lines
        currency, channel = orders["currency"][self.of], orders["channel"][self.of]
        wholesale = channel == WHOLESALE
        factor = np.array([ABROAD[c] for c in range(len(ABROAD))])[currency]
        listed = self.world.catalogue.price[lines["sku"]]
        # Abroad prices end on .00 or .50; wholesale prices keep the third decimal that the percentage leaves.
        abroad = (listed * factor // 1000 + 49) // 50 * 50
        cents = np.where(currency == USD, listed, abroad)
        self.unit = np.where(wholesale, cents * WHOLESALE_PRICE // 100, cents * 10)
        goods = (self.unit * lines["qty"] + 5) // 10
        self.discount = np.where(lines["tags"] & REDUCED > 0, goods * REDUCTION // 100, 0)
        state = pick(self.seed, "state", orders["customer"], (1, 2, 2, 2, 2, 1))[self.of]
        rate = np.where((currency == USD) & ~wholesale, np.array(TAX)[state], 0)
        self.tax = ((goods - self.discount) * rate + 500) // 1000
        self.line_total = goods - self.discount + self.tax
        # They wait here until their file is written; a large shop has millions of lines.
        self.unit, self.discount, self.tax = (c.astype(np.int32) for c in (self.unit, self.discount, self.tax))
        self.goods_total = np.bincount(self.of, self.line_total, len(orders["order"])).astype(np.int64)
        kinds = pick(self.seed, "shipping", orders["order"], [share for _, share in SHIPPING])
        fee = np.array([cents for cents, _ in SHIPPING])[kinds]
        self.shipping = np.where((self.goods_total >= FREE_SHIPPING_FROM) | (orders["channel"] == STORE), 0, fee)

    @contextmanager
    def file(self, name, header):
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            handle.write(header + "\n")
            yield handle

    def rows(self, name, header, *columns, text):
        """One file from columns of equal length: `text` makes a row's text of its values."""
        with self.file(name, header) as handle:
            for first in range(0, len(columns[0]), PIECE):
                piece = [column[first : first + PIECE] for column in columns]
                piece = [column.tolist() if isinstance(column, np.ndarray) else column for column in piece]
                handle.write("".join(map(text, *piece)))

    def customers(self):
        with self.file("customers", "customer_id,name,email,phone,tier,country,marketing_consent,language") as handle:
            for first in range(0, len(self.known), PIECE):
                rows = self.world.customers.rows(self.known[first : first + PIECE])
                handle.write(
                    "".join(
                        f"C-{number + 1},{_quoted(name)},{mail},{phone},{tier},{country},{consent},{language}\n"
                        for number, name, mail, phone, tier, country, consent, language in rows
                    )
                )

    def payment_methods(self):
        """One means of payment a customer; some keep an older card beside it that has run out meanwhile."""
        numbers, customers = self.known, self.world.customers
        kinds, brands, last4 = customers.pays_by(numbers), customers.brand(numbers), customers.last4(numbers)
        # A card was good when it was last used. One in eight ends within two months of that day.
        soon, spread = chance(self.seed, "card ends soon", numbers), chance(self.seed, "card ends", numbers)
        ends = self.last_order + np.where(soon < 0.125, spread * 60, spread * 1400).astype(int)
        older = (kinds == CARD) & (chance(self.seed, "older card", numbers) < 0.06)
        months = [(self.world.today + timedelta(days=n - PAST_DAYS)) for n in range(-900, 2200)]
        months = [f"{day.month},{day.year}" for day in months]

        def text(number, kind, brand, digits, end, has_older):
            if kind != CARD:
                return f"PM-{number + 1},C-{number + 1},{PAYMENT_KINDS[kind]},,,,,true\n"
            row = f"PM-{number + 1},C-{number + 1},card,{BRANDS[brand]},{digits:04d},{months[end + 900]},true\n"
            if has_older:
                before = max(end - 900, -900)
                row += (
                    f"PM-{number + 1}-B,C-{number + 1},card,{BRANDS[brand]},{(digits * 7 + 13) % 10_000:04d},"
                    f"{months[before + 900]},false\n"
                )
            return row

        header = "payment_method_id,customer_id,kind,brand,last4,exp_month,exp_year,is_default"
        self.rows("payment_methods", header, numbers, kinds, brands, last4, ends, older, text=text)

    def suppliers(self):
        with self.file("suppliers", "supplier_id,name,email,country,lead_time_days,dropship,active") as handle:
            for number, supplier in enumerate(self.world.truth.suppliers):
                handle.write(
                    f"S-{number + 1:03d},{_quoted(supplier.name)},orders@supplier{number + 1}.example,"
                    f"{supplier.country},{supplier.quoted},{str(supplier.dropship).lower()},"
                    f"{str(supplier.until is None).lower()}\n"
                )

    def skus(self):
        """Some buyers typed a safety stock or a reorder point; most left the cells empty."""
        goods, truth = self.world.catalogue, self.world.truth
        typed = chance(self.seed, "typed stock", np.arange(len(goods)))
        rank = np.argsort(np.argsort(-goods.weight, kind="stable"), kind="stable") / len(goods)
        daily = truth.rate * 2
        with self.file(
            "skus", "sku,name,price,cost,currency,backorder_policy,safety_stock,reorder_point,active,class"
        ) as handle:
            for n, code in enumerate(goods.code):
                safety = str(round(daily[n] * 7)) if typed[n] < 0.6 else ""
                point = str(round(daily[n] * 30)) if 0.5 < typed[n] < 0.65 else ""
                group = "A" if rank[n] < 0.2 else "B" if rank[n] < 0.5 else "C"
                policy = "" if typed[n] > 0.8 and goods.policy[n] == 0 else POLICIES[goods.policy[n]]
                handle.write(
                    f"{code},{_quoted(goods.name[n])},{_money(int(goods.price[n]))},{_money(int(goods.cost[n]))},USD,"
                    f"{policy},{safety},{point},{'false' if goods.ended[n] else 'true'},{group}\n"
                )

    def supplier_skus(self):
        """The preferred supplier of each SKU, the one given up, and for a third of them another who could deliver."""
        world, truth = self.world, self.world.truth
        goods = world.catalogue
        numbers = np.arange(len(goods))
        second, dearer = chance(self.seed, "second source", numbers), chance(self.seed, "dearer", numbers)
        makers = [
            [n for n, s in enumerate(truth.suppliers) if t in s.trades and s.until is None]
            for t in range(int(goods.trade.max()) + 1)
        ]
        with self.file(
            "supplier_skus", "supplier_id,sku,unit_cost,lead_time_days,min_order_qty,pack_size,preferred"
        ) as handle:
            for n, code in enumerate(goods.code):
                offers = {int(world.supplier_of[n]): 1.0}
                former = int(world.former_supplier_of[n])
                if truth.suppliers[former].name == GIVEN_UP:
                    offers[former] = 0.94
                others = [m for m in makers[goods.trade[n]] if m not in offers]
                if others and second[n] < 0.35:
                    offers[others[int(second[n] * 1000) % len(others)]] = 0.97 + 0.2 * dearer[n]
                for number, factor in offers.items():
                    supplier = truth.suppliers[number]
                    days = supplier.quoted + (int(dearer[n] * 10) - 3 if factor != 1.0 else 0)
                    preferred = "true" if factor == 1.0 else "false"
                    handle.write(
                        f"S-{number + 1:03d},{code},{_money(round(int(goods.cost[n]) * factor))},{days},"
                        f"{supplier.minimum},{supplier.pack},{preferred}\n"
                    )

    def stock(self):
        """All that stands on shelves this morning, in three places; the shop floor shows a little of a third of it."""
        world = self.world
        numbers = np.arange(len(world.catalogue))
        floor = np.where(chance(self.seed, "shown", numbers) < 0.35, np.minimum(2, world.on_hand // 4), 0)
        abroad = (world.on_hand - floor) * 3 // 10
        tacoma = world.on_hand - floor - abroad
        code, counted = world.catalogue.code, self.dates[PAST_DAYS]
        with self.file("stock", "sku,location,on_hand,counted_at") as handle:
            for place, units in ((TACOMA, tacoma), (ROTTERDAM, abroad), (SHOP_FLOOR, floor)):
                shown = place != SHOP_FLOOR
                handle.write(
                    "".join(
                        f"{code[n]},{LOCATIONS[place]},{unit},{counted}\n"
                        for n, unit in enumerate(units.tolist())
                        if shown or unit
                    )
                )

    def orders(self):
        orders, dates, clock = self.world.orders, self.dates, self.clock
        shipped = np.isin(orders["order"], self.world.shipments["order"])
        status = np.where(orders["flags"] & ALL_GONE == 0, 0, np.where(shipped, 2, 1))
        location = np.where(
            orders["channel"] == STORE, SHOP_FLOOR, np.where(orders["currency"] == USD, TACOMA, ROTTERDAM)
        )
        states = ("open", "cancelled", "closed")
        none = NO_DAY

        def text(
            order, customer, day, second, currency, channel, priority, flags, promise, last, early, state, place, fee
        ):
            means = "" if channel == MARKETPLACE else f"PM-{customer + 1}"
            return (
                f"{FIRST_ORDER + order},C-{customer + 1},{dates[day]}{clock[second]},{CURRENCIES[currency]},"
                f"{CHANNELS[channel]},{means},{priority or ''},{'true' if flags & SHIP_COMPLETE else ''},"
                f"{'' if promise == none else dates[promise]},{'' if last == none else dates[last]},"
                f"{'' if early < 0 else dates[early]},{states[state]},{LOCATIONS[place]},"
                f"{'' if flags & MAY_SPLIT else 'false'},{'true' if flags & CREDIT else ''},{_money(fee)}\n"
            )

        self.rows(
            "orders",
            "order_id,customer_id,placed_at,currency,channel,payment_method_id,priority,ship_complete,promised_date,"
            "last_date,not_before,status,location,may_split,credit_applied,shipping_amount",
            *(orders[name] for name in ("order", "customer", "day", "second", "currency", "channel", "priority")),
            *(orders[name] for name in ("flags", "promise", "last", "not_before")),
            status,
            location,
            self.shipping,
            text=text,
        )

    def order_lines(self):
        """A line names its own promise only where it differs from its order's."""
        lines, code, dates = self.world.lines, self.world.catalogue.code, self.dates
        own = np.where(lines["promise"] == self.world.orders["promise"][self.of], NO_DAY, lines["promise"])
        straight = np.array([s.dropship for s in self.world.truth.suppliers])[self.world.supplier_of]
        supplier = np.where(straight, self.world.supplier_of, -1)[lines["sku"]]
        tags = self.tag_words()
        none = NO_DAY

        def text(order, line, sku, qty, unit, promise, by, tag, tax, off):
            cents = f"{unit // 1000}.{unit % 1000:03d}" if unit % 10 else f"{unit // 1000}.{unit % 1000 // 10:02d}"
            return (
                f"{FIRST_ORDER + order},{line},{code[sku]},{qty},{cents},{'' if promise == none else dates[promise]},"
                f"{'' if by < 0 else f'S-{by + 1:03d}'},{tags[tag]},{tax // 100}.{tax % 100:02d},"
                f"{f'{off // 100}.{off % 100:02d}' if off else ''}\n"
            )

        campaign = np.where(lines["tags"] & CAMPAIGN > 0, self.campaign_of_line(), 0)
        self.rows(
            "order_lines",
            "order_id,line_no,sku,qty,unit_price,promised_date,supplier_id,tags,tax_amount,discount_amount",
            *(lines[name] for name in ("order", "line", "sku", "qty")),
            self.unit,
            own,
            supplier,
            (lines["tags"] & (GIFT | DEPOSIT | ASSEMBLY)) + campaign * 32,
            self.tax,
            self.discount,
            text=text,
        )

    def campaign_of_line(self):
        """The number of the planned event, from 1, in which a line was bought; events do not overlap."""
        day = self.world.orders["day"][self.of]
        result = np.zeros(len(day), dtype=np.int64)
        for number, event in enumerate(self.world.truth.events, start=1):
            if event.planned:
                result[(event.starts <= day) & (day <= event.ends)] = number
        return result

    def tag_words(self):
        """The text of every combination of tags."""
        names = ["", *(f"campaign:{event.tag}" for event in self.world.truth.events)]
        words = {}
        for campaign, name in enumerate(names):
            for bits in range(8):
                parts = (
                    "gift:yes" if bits & GIFT else "",
                    "deposit:paid" if bits & DEPOSIT else "",
                    "assembly:yes" if bits & ASSEMBLY else "",
                    name,
                )
                words[bits + campaign * 32] = " ".join(filter(None, parts))
        return words

    def shipments(self):
        """Lines of an order that leave on one day are one parcel, with one number and one tracking code."""
        rows, dates, clock = self.world.shipments, self.dates, self.clock
        columns = [rows[name] for name in ("order", "line", "qty", "day")]
        parcel = columns[0].astype(np.int64) * 1024 + columns[3]
        second = 16 * 3600 + (chance(self.seed, "truck", parcel) * 3.5 * 3600).astype(int)
        carrier = pick(self.seed, "carrier", parcel, (46, 27, 15, 12))
        tracking = 10_000_000 + (chance(self.seed, "tracking", parcel) * 89_999_999).astype(np.int64)
        age = columns[3] - self.world.orders["day"][np.searchsorted(self.world.orders["order"], columns[0])]

        def text(order, line, qty, day, days, at, by, code):
            name, prefix = CARRIERS[by]
            number = FIRST_ORDER + order
            return f"SH-{number}-{days},{number},{line},{qty},{dates[day]}{clock[at]},{name},{prefix}{code}\n"

        header = "shipment_id,order_id,line_no,qty,shipped_at,carrier,tracking"
        self.rows("shipments", header, *columns, age, second, carrier, tracking, text=text)

    def cancellations(self):
        rows, dates, clock = self.world.cancellations, self.dates, self.clock
        order = np.lexsort((rows["day"], rows["line"], rows["order"]))
        columns = [rows[name][order] for name in ("order", "line", "qty", "day", "reason")]
        key = columns[0].astype(np.int64) * 1024 + columns[3]
        second = 8 * 3600 + (chance(self.seed, "cancelled at", key) * 7.5 * 3600).astype(int)

        def text(order, line, qty, day, reason, at):
            return f"{FIRST_ORDER + order},{line},{qty},{dates[day]}{clock[at]},{REASONS[reason]}\n"

        self.rows("cancellations", "order_id,line_no,qty,cancelled_at,reason", *columns, second, text=text)

    def purchase_orders(self):
        rows, dates = self.world.purchase_orders, self.dates

        def text(po, supplier, ordered, promised, expected, status):
            return (
                f"PO-{FIRST_PURCHASE_ORDER + po},S-{supplier + 1:03d},{dates[ordered]},{dates[promised]},"
                f"{dates[expected]},{status}\n"
            )

        numbers = np.arange(len(rows["supplier"]))
        header = "po_id,supplier_id,ordered_at,promised_date,expected_date,status"
        columns = (rows[name] for name in ("supplier", "ordered", "promised", "expected", "status"))
        self.rows("purchase_orders", header, numbers, *columns, text=text)

    def purchase_order_lines(self):
        """A line has dates of its own only where its balance was told another one."""
        rows, dates, code = self.world.purchase_lines, self.dates, self.world.catalogue.code
        promised = self.world.purchase_orders["promised"][rows["po"]]

        def text(po, line, sku, qty, cost, first, expected):
            own = f"{dates[first]},{dates[expected]}" if expected >= 0 else ","
            return f"PO-{FIRST_PURCHASE_ORDER + po},{line},{code[sku]},{qty},{cost // 100}.{cost % 100:02d},{own}\n"

        header = "po_id,line_no,sku,qty,unit_cost,promised_date,expected_date"
        columns = (rows[name] for name in ("po", "line", "sku", "qty", "cost"))
        self.rows("purchase_order_lines", header, *columns, promised, rows["expected"], text=text)

    def receipts(self):
        rows, dates = self.world.receipts, self.dates
        ordered = self.world.purchase_orders["ordered"][rows["po"]]

        def text(po, line, qty, day, first):
            number = FIRST_PURCHASE_ORDER + po
            return f"RC-{number}-{day - first},PO-{number},{line},{qty},{dates[day]}\n"

        columns = (rows[name] for name in ("po", "line", "qty", "day"))
        self.rows("receipts", "receipt_id,po_id,line_no,qty,received_at", *columns, ordered, text=text)

    def authorizations(self):
        """What gateways hold for orders paid by card or PayPal, of the last hundred days.

        A third of orders are captured when placed. Of the rest, what was shipped is captured; one that ran out before
        the goods came was asked for again in about half of the cases, else it has expired, told or untold.
        """
        world, orders = self.world, self.world.orders
        kinds = world.customers.pays_by(orders["customer"])
        rows = np.flatnonzero(
            np.isin(kinds, (CARD, PAYPAL))
            & (orders["channel"] != MARKETPLACE)
            & (orders["day"] >= PAST_DAYS - AUTHORISED_DAYS)
        )
        total = (self.goods_total + self.shipping)[rows]
        shipped = self.shipped_value()[rows]
        numbers, day = orders["order"][rows], orders["day"][rows].astype(np.int64)
        gateway = pick(self.seed, "gateway", orders["customer"][rows], [share for share, _, _ in GATEWAYS])
        paypal = kinds[rows] == PAYPAL
        lasts = np.where(paypal, PAYPAL_DAYS, np.array([days for _, days, _ in GATEWAYS])[gateway])
        several = paypal | np.array([many for _, _, many in GATEWAYS])[gateway]
        at_once = chance(self.seed, "paid at once", numbers) < PAID_AT_ONCE
        over = orders["flags"][rows] & ALL_GONE > 0
        renewed = chance(self.seed, "renewed", numbers) < RENEWED
        second = orders["second"][rows]
        dates, clock = self.dates, self.clock

        def text(order, amount, sent, placed, at, days, many, paid, gone, again):
            number, until = FIRST_ORDER + order, placed + days

            def row(turn, held, since, taken, state):
                at_time, several = clock[at], "true" if many else "false"
                return (
                    f"AU-{number}-{turn},{number},{_money(held)},{dates[since]}{at_time},"
                    f"{dates[since + days]}{at_time},{several},{_money(taken)},{state}\n"
                )

            if paid:
                return row(1, amount, placed, amount, "captured")
            if gone:
                return row(1, amount, placed, sent, "captured" if sent else "voided")
            used_up = sent and not many
            if until >= PAST_DAYS and not used_up:
                return row(1, amount, placed, sent, "authorized")
            # Not every gateway tells that an authorisation has run out.
            result = row(1, amount, placed, sent, "captured" if used_up else "expired" if order % 3 else "authorized")
            if again and amount > sent:
                # Renewed each time it ran out; the last of them still stands, for what is not captured yet.
                turns = (PAST_DAYS - 1 - placed) // days
                result += row(turns + 2, amount - sent, placed + turns * days, 0, "authorized")
            return result

        header = "authorization_id,order_id,amount,authorized_at,expires_at,multi_capture,captured_amount,state"
        columns = (numbers, total, shipped, day, second, lasts, several, at_once, over, renewed)
        self.rows("authorizations", header, *columns, text=text)

    def shipped_value(self):
        """What of each order's total has left, in cents; shipping is taken with the last parcel."""
        lines, shipments = self.world.lines, self.world.shipments
        key = lines["order"].astype(np.int64) * 64 + lines["line"]
        place = np.searchsorted(key, shipments["order"].astype(np.int64) * 64 + shipments["line"])
        units = np.bincount(place, shipments["qty"], len(key)).astype(np.int64)
        value = self.line_total * units // lines["qty"]
        result = np.bincount(self.of, value, len(self.shipping)).astype(np.int64)
        return np.where(result >= self.goods_total, result + self.shipping, result)

    def stock_history(self):
        world = self.world
        code = world.catalogue.code
        with self.file("stock_history", "sku,date,on_hand") as handle:
            for row, units in enumerate(world.stock_history):
                date = self.dates[PAST_DAYS - world.stock_days + row]
                handle.write("".join(f"{c},{date},{unit}\n" for c, unit in zip(code, units.tolist(), strict=True)))

    def events(self):
        """Only what the shop planned: nobody writes down that a magazine will put a chair on its cover."""
        truth, goods = self.world.truth, self.world.catalogue
        units = self.world.lines["qty"].mean() if len(self.world.lines["qty"]) else 1.0
        with self.file("events", "sku,starts_on,ends_on,extra_units,name") as handle:
            for event in truth.events:
                if not event.planned:
                    continue
                days = event.ends - event.starts + 1
                extra = np.ceil(truth.rate[event.skus] * (event.boost - 1) * days * units).astype(int)
                for sku, more in zip(event.skus.tolist(), extra.tolist(), strict=True):
                    if not goods.ended[sku]:
                        handle.write(
                            f"{goods.code[sku]},{self.dates[event.starts]},{self.dates[event.ends]},{more},"
                            f"{_quoted(event.name)}\n"
                        )
