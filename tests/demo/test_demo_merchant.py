"""The demo merchant keeps every rule of the kit, has the size and shape asked for, and its truth shows in it."""

import csv
import hashlib
import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, datetime, timedelta
from statistics import mean, stdev

import numpy as np
import pytest

from dashboard.demo import DEMO_PEOPLE, SHOP_DOMAIN, simulate, simulation, write_kit
from dashboard.demo.catalogue import DENY, POLICIES
from dashboard.demo.suppliers import EXCELLENT, GIVEN_UP, NEWCOMER, STRAIGHT_TO_CUSTOMER, WORSE
from dashboard.demo.world import FIRST_ORDER, PAST_DAYS
from dashboard.intake.kit import KIT, KIT_FILES

TODAY = date(2026, 3, 12)
YESTERDAY = TODAY - timedelta(days=1)
CLASS_OF_TIER = {"vip": 1, "contract": 2, "priority": 2}
SUPPLYING = {"", "sent", "confirmed"}

FACT_DATES = {
    "orders": "placed_at",
    "shipments": "shipped_at",
    "cancellations": "cancelled_at",
    "purchase_orders": "ordered_at",
    "receipts": "received_at",
    "authorizations": "authorized_at",
    "stock_history": "date",
}


class Kit(dict):
    """Kit files as lists of dictionaries, read when they are asked for, and what the plain queue makes of them."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.shipped, self.cancelled, self.received = Counter(), Counter(), Counter()
        for row in self["shipments"]:
            self.shipped[row["order_id"], row["line_no"]] += int(row["qty"])
        for row in self["cancellations"]:
            self.cancelled[row["order_id"], row["line_no"]] += int(row["qty"])
        for row in self["receipts"]:
            self.received[row["po_id"], row["line_no"]] += int(row["qty"])
        self.order = {row["order_id"]: row for row in self["orders"]}
        self.purchase_order = {row["po_id"]: row for row in self["purchase_orders"]}
        self.waiting = plain_queue(self)

    def __missing__(self, name):
        with (self.folder / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
            self[name] = list(csv.DictReader(handle))
        return self[name]


def plain_queue(kit):
    """Every line with an open quantity, in queue order: [row, order, open, reserved], dealt out one by one."""
    tier = {row["customer_id"]: row["tier"] for row in kit["customers"]}
    free = Counter()
    for row in kit["stock"]:
        free[row["sku"]] += int(row["on_hand"])
    lines = []
    for row in kit["order_lines"]:
        order = kit.order[row["order_id"]]
        key = row["order_id"], row["line_no"]
        left = int(row["qty"]) - kit.shipped[key] - kit.cancelled[key]
        if order["status"] == "open" and left:
            rank = int(order["priority"] or CLASS_OF_TIER.get(tier[order["customer_id"]], 3))
            lines.append([(rank, order["placed_at"], row["order_id"], int(row["line_no"])), row, order, left, 0])
    lines.sort(key=lambda line: line[0])
    whole = defaultdict(list)
    for line in lines:
        if line[2]["ship_complete"] == "true":
            whole[line[1]["order_id"]].append(line)
    decided = set()
    for line in lines:
        _, row, order, left, _ = line
        if order["ship_complete"] != "true":
            line[4] = min(left, free[row["sku"]])
            free[row["sku"]] -= line[4]
        elif row["order_id"] not in decided:
            decided.add(row["order_id"])
            wanted = Counter()
            for other in whole[row["order_id"]]:
                wanted[other[1]["sku"]] += other[3]
            if all(free[sku] >= units for sku, units in wanted.items()):
                free.subtract(wanted)
                for other in whole[row["order_id"]]:
                    other[4] = other[3]
    return [line[1:] for line in lines]


def backorders(kit):
    return [line for line in kit.waiting if line[2] > line[3]]


def age(order):
    return (TODAY - date.fromisoformat(order["placed_at"][:10])).days


def bucket_shares(kit):
    edges = (7, 14, 30, 60, 10_000)
    count = Counter(next(edge for edge in edges if age(order) <= edge) for _, order, _, _ in backorders(kit))
    total = sum(count.values())
    return [count[edge] / total for edge in edges]


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    world = simulate("small", 1, today=TODAY)
    return Kit(world, write_kit(world, tmp_path_factory.mktemp("demo")))


@pytest.fixture
def tiny(monkeypatch):
    """A further size: the small shop with a hundredth of its orders, for what is the same in every size."""
    monkeypatch.setitem(simulation.SIZES, "tiny", replace(simulation.SIZES["small"], backorders=17, level=1.0))


def digest(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.csv"))}


each_size = pytest.mark.parametrize("size", ["tiny", pytest.param("small", marks=pytest.mark.deep)])


@each_size
def test_the_same_seed_and_day_give_the_same_bytes(size, tiny, tmp_path_factory):
    first, again = (write_kit(simulate(size, 1, today=TODAY), tmp_path_factory.mktemp("demo")) for _ in range(2))
    assert digest(first) == digest(again)
    assert any((first / "order_lines.csv").read_text().splitlines()[1:])


@each_size
def test_another_today_gives_the_same_world_shifted(size, tiny):
    world, moved = (simulate(size, 1, today=TODAY + timedelta(days=days)) for days in (0, 100))
    for name in ("orders", "lines", "shipments", "cancellations", "receipts"):
        ours, theirs = getattr(world, name), getattr(moved, name)
        assert all(np.array_equal(ours[column], theirs[column]) for column in ours), name


@pytest.mark.deep
@pytest.mark.parametrize("seed", range(2, 8))
def test_a_small_shop_has_about_two_thousand_backorders_in_believable_ages(seed, tmp_path):
    world = simulate("small", seed, today=TODAY)
    kit = Kit(world, write_kit(world, tmp_path))
    assert 1_800 <= len(backorders(kit)) <= 2_200
    assert_believable(bucket_shares(kit))


@pytest.mark.deep
@pytest.mark.parametrize("seed", [1, 2])
def test_a_medium_shop_has_about_fifty_thousand_backorders(seed, tmp_path):
    world = simulate("medium", seed, today=TODAY)
    kit = Kit(world, write_kit(world, tmp_path))
    assert 45_000 <= len(backorders(kit)) <= 55_000
    assert_believable(bucket_shares(kit))


def assert_believable(shares):
    wanted = (0.27, 0.24, 0.27, 0.17, 0.05)
    assert all(abs(share - aim) < 0.08 for share, aim in zip(shares, wanted, strict=True)), shares
    assert shares[4] > 0.015


def test_the_small_shop_has_about_two_thousand_backorders_in_believable_ages(kit):
    assert 1_800 <= len(backorders(kit)) <= 2_200
    assert_believable(bucket_shares(kit))
    assert max(age(order) for _, order, _, _ in backorders(kit)) > 120


def test_a_part_of_the_backorders_has_no_date_and_some_are_partly_reserved(kit):
    incoming, undated = Counter(), 0
    for row in kit["purchase_order_lines"]:
        if kit.purchase_order[row["po_id"]]["status"] in SUPPLYING:
            left = int(row["qty"]) - kit.received[row["po_id"], row["line_no"]]
            incoming[row["sku"]] += max(left, 0)
    for row, _, left, reserved in backorders(kit):
        incoming[row["sku"]] -= left - reserved
        undated += incoming[row["sku"]] < 0
    share = undated / len(backorders(kit))
    assert 0.12 < share < 0.32, share
    partly = sum(reserved > 0 for _, _, left, reserved in backorders(kit))
    assert partly >= 40
    orders = {row["order_id"] for row, _, left, reserved in kit.waiting if left == reserved}
    together = {row["order_id"] for row, *_ in backorders(kit)}
    assert len(orders & together) >= 40, "orders of which one line is here and another waits"


def test_every_file_has_the_columns_of_the_contract_and_no_key_twice(kit):
    assert {path.name for path in kit.folder.iterdir()} == {file.file_name for file in KIT}
    for file in KIT:
        assert list(kit[file.name][0]) == [column.name for column in file.columns], file.name
        keys = [tuple(row[column] for column in file.key) for row in kit[file.name]]
        assert all(all(parts) for parts in keys), file.name
        assert len(set(keys)) == len(keys), file.name
        for column in file.required:
            assert all(row[column] for row in kit[file.name]), (file.name, column)


def test_every_id_that_is_named_exists(kit):
    for file in KIT:
        for column in file.columns:
            if column.refers_to:
                known = {row[KIT_FILES[column.refers_to].key[0]] for row in kit[column.refers_to]}
                named = {row[column.name] for row in kit[file.name]} - {""}
                assert named <= known, (file.name, column.name, list(named - known)[:3])
    lines = {(row["order_id"], row["line_no"]) for row in kit["order_lines"]}
    assert {(row["order_id"], row["line_no"]) for row in kit["shipments"]} <= lines
    assert {(row["order_id"], row["line_no"]) for row in kit["cancellations"]} <= lines
    ordered = {(row["po_id"], row["line_no"]) for row in kit["purchase_order_lines"]}
    assert {(row["po_id"], row["line_no"]) for row in kit["receipts"]} <= ordered
    owner = {row["payment_method_id"]: row["customer_id"] for row in kit["payment_methods"]}
    for row in kit["orders"]:
        assert row["payment_method_id"] == "" or owner[row["payment_method_id"]] == row["customer_id"]
    assert {row["order_id"] for row in kit["order_lines"]} == set(kit.order)


def test_nothing_is_shipped_or_cancelled_beyond_what_was_ordered(kit):
    for row in kit["order_lines"]:
        key = row["order_id"], row["line_no"]
        assert int(row["qty"]) > 0
        assert kit.shipped[key] + kit.cancelled[key] <= int(row["qty"])
    assert all(int(row["qty"]) > 0 for name in ("shipments", "cancellations", "receipts") for row in kit[name])


def test_an_order_is_open_exactly_while_something_of_it_is(kit):
    left = Counter()
    for row in kit["order_lines"]:
        key = row["order_id"], row["line_no"]
        left[row["order_id"]] += int(row["qty"]) - kit.shipped[key] - kit.cancelled[key]
    for number, order in kit.order.items():
        assert (order["status"] == "open") == (left[number] > 0), number


def test_no_fact_is_dated_after_yesterday_and_all_fall_into_two_years(kit):
    for name, column in FACT_DATES.items():
        days = {row[column][:10] for row in kit[name]}
        assert max(days) <= YESTERDAY.isoformat(), name
        assert min(days) >= (TODAY - timedelta(days=PAST_DAYS)).isoformat(), name
        assert all(date.fromisoformat(day) for day in days)
    assert {row["counted_at"] for row in kit["stock"]} == {TODAY.isoformat()}


def test_facts_come_in_the_order_in_which_they_can_happen(kit):
    for name, at in (("shipments", "shipped_at"), ("cancellations", "cancelled_at")):
        for row in kit[name]:
            placed = datetime.fromisoformat(kit.order[row["order_id"]]["placed_at"])
            assert placed < datetime.fromisoformat(row[at]), row
    for row in kit["receipts"]:
        assert kit.purchase_order[row["po_id"]]["ordered_at"] < row["received_at"]
    for row in kit["purchase_orders"]:
        assert row["ordered_at"] < row["promised_date"] <= row["expected_date"]
    for row in kit["purchase_order_lines"]:
        first = kit.purchase_order[row["po_id"]]["ordered_at"]
        assert all(first < row[column] for column in ("promised_date", "expected_date") if row[column])
    for row in kit["orders"]:
        dates = [row[column] for column in ("promised_date", "last_date", "not_before") if row[column]]
        assert all(row["placed_at"][:10] < day for day in dates)
    for row in kit["order_lines"]:
        assert not row["promised_date"] or kit.order[row["order_id"]]["placed_at"][:10] < row["promised_date"]
    for row in kit["authorizations"]:
        assert row["authorized_at"] < row["expires_at"]
        assert float(row["captured_amount"]) <= float(row["amount"])
    for row in kit["events"]:
        assert row["starts_on"] <= row["ends_on"]


def test_words_and_numbers_are_those_that_the_kit_knows(kit):
    known = {
        ("orders", "status"): {"open", "cancelled", "closed"},
        ("orders", "currency"): {"USD", "EUR", "GBP"},
        ("orders", "ship_complete"): {"", "true"},
        ("orders", "may_split"): {"", "false"},
        ("orders", "credit_applied"): {"", "true"},
        ("purchase_orders", "status"): {"draft", "sent", "confirmed", "cancelled", "closed"},
        ("payment_methods", "kind"): {"card", "paypal", "bank", "invoice"},
        ("skus", "backorder_policy"): {"", *POLICIES},
        ("cancellations", "reason"): {"customer", "merchant", "fraud"},
        ("authorizations", "multi_capture"): {"true", "false"},
        ("customers", "tier"): {"vip", "contract", "priority", "standard"},
        ("orders", "channel"): {"web", "marketplace", "store", "phone", "wholesale"},
    }
    for (name, column), words in known.items():
        assert {row[column] for row in kit[name]} == words, (name, column)
    money = re.compile(r"\d+\.\d{2,3}")
    for name, columns in (
        ("skus", ("price", "cost")),
        ("order_lines", ("unit_price", "tax_amount")),
        ("purchase_order_lines", ("unit_cost",)),
        ("authorizations", ("amount", "captured_amount")),
        ("orders", ("shipping_amount",)),
    ):
        assert all(money.fullmatch(row[column]) for row in kit[name] for column in columns), name
    for row in kit["payment_methods"]:
        card = row["kind"] == "card"
        assert bool(row["brand"]) == bool(row["exp_year"]) == card
        assert re.fullmatch(r"\d{4}" if card else "", row["last4"])
        assert not card or 1 <= int(row["exp_month"]) <= 12
    assert all(int(row["on_hand"]) >= 0 for name in ("stock", "stock_history") for row in kit[name])


def test_no_cell_could_be_taken_for_a_card_number(kit):
    for path in kit.folder.glob("*.csv"):
        for run in re.finditer(r"[\d -]{14,}", path.read_text("utf-8")):
            assert sum(letter.isdigit() for letter in run[0]) < 14, (path.name, run[0])


def test_mail_and_phone_reach_nobody(kit):
    reserved = re.compile(r"(.+@(example\.(com|net|org)|[a-z0-9]+\.example))?")
    fiction = re.compile(
        r"(\+1 \d{3} 555 01\d\d|\+44 20 7946 0\d{3}|\+353 20 910 \d{4}|\+33 1 99 00 \d\d \d\d|\+49 30 23125 \d{3})?"
    )
    for row in kit["customers"]:
        assert reserved.fullmatch(row["email"]), row
        assert fiction.fullmatch(row["phone"]), row
        assert row["email"].isascii()
    mails = [row["email"] for row in kit["customers"] if row["email"]]
    assert len(set(mails)) == len(mails)
    assert all(reserved.fullmatch(row["email"]) for row in kit["suppliers"])
    assert any(not row["name"].isascii() for row in kit["customers"])
    assert any("," in row["name"] for row in kit["customers"])


def test_a_product_sold_only_from_stock_never_waits(kit):
    denied = {row["sku"] for row in kit["skus"] if row["backorder_policy"] == POLICIES[DENY]}
    assert denied
    assert not [row for row, order, *_ in backorders(kit) if row["sku"] in denied and not_passed_over(order)]


def not_passed_over(order):
    """An order that can take goods now: not one held back as a whole or for a later day."""
    return not order["ship_complete"] and not order["not_before"]


def test_units_are_conserved_between_deliveries_and_the_shelf(kit):
    """What stood there two years ago plus what came in minus what left is what stands there now."""
    moved = Counter()
    line = {(row["po_id"], row["line_no"]): row["sku"] for row in kit["purchase_order_lines"]}
    for row in kit["receipts"]:
        moved[line[row["po_id"], row["line_no"]]] += int(row["qty"])
    sold = {(row["order_id"], row["line_no"]): row["sku"] for row in kit["order_lines"]}
    for row in kit["shipments"]:
        moved[sold[row["order_id"], row["line_no"]]] -= int(row["qty"])
    first, last, counted, first_day = {}, {}, Counter(), Counter()
    begin, end = (TODAY - timedelta(days=PAST_DAYS)).isoformat(), YESTERDAY.isoformat()
    for row in kit["stock_history"]:
        if row["date"] == begin:
            first[row["sku"]] = int(row["on_hand"])
        if row["date"] == end:
            last[row["sku"]] = int(row["on_hand"])
    for row in kit["shipments"]:
        if row["shipped_at"][:10] == begin:
            first_day[sold[row["order_id"], row["line_no"]]] += int(row["qty"])
    for row in kit["stock"]:
        counted[row["sku"]] += int(row["on_hand"])
    for sku, units in last.items():
        assert units == counted[sku]
        assert first[sku] + first_day[sku] + moved[sku] == units, sku


def lead_times(kit, name, *, since=0, until=PAST_DAYS):
    """Days from each purchase order to its first delivery; the truth is about orders, not about their balances."""
    number = next(row["supplier_id"] for row in kit["suppliers"] if row["name"] == name)
    first = {}
    for row in kit["receipts"]:
        first[row["po_id"]] = min(first.get(row["po_id"], row["received_at"]), row["received_at"])
    result = []
    for po_id, received in first.items():
        po = kit.purchase_order[po_id]
        ordered = date.fromisoformat(po["ordered_at"])
        if po["supplier_id"] == number and since <= (TODAY - ordered).days <= until:
            result.append((date.fromisoformat(received) - ordered).days)
    return result


def supplier_of(kit, po_id):
    names = {row["supplier_id"]: row["name"] for row in kit["suppliers"]}
    return names[kit.purchase_order[po_id]["supplier_id"]]


def test_suppliers_keep_their_word_as_their_habit_says(kit):
    habits = {supplier.name: supplier for supplier in kit.world.truth.suppliers}
    for name in (EXCELLENT, "Bent & Board Mill", "Great Basin Joinery"):
        days = lead_times(kit, name)
        assert len(days) > 40
        assert abs(mean(days) - habits[name].mean_days) < 4 * stdev(days) / len(days) ** 0.5 + 0.5, name
    before = lead_times(kit, WORSE, since=habits[WORSE].worse_since + 1)
    after = lead_times(kit, WORSE, until=habits[WORSE].worse_since)
    assert mean(after) - mean(before) > 8
    assert 1 <= sum(supplier_of(kit, row["po_id"]) == NEWCOMER for row in kit["receipts"]) < 5
    assert not lead_times(kit, GIVEN_UP, until=habits[GIVEN_UP].until - 1)
    flags = {row["name"]: (row["dropship"], row["active"]) for row in kit["suppliers"]}
    assert flags[STRAIGHT_TO_CUSTOMER] == ("true", "true")
    assert flags[GIVEN_UP] == ("false", "false")


def test_the_supply_side_has_its_everyday_troubles(kit):
    status = Counter(row["status"] for row in kit["purchase_orders"])
    assert status["cancelled"] >= 10
    assert status["draft"] >= 1
    open_orders = [row for row in kit["purchase_orders"] if row["status"] in SUPPLYING]
    assert sum(row["expected_date"] < TODAY.isoformat() for row in open_orders) >= 3, "overdue"
    assert sum(row["expected_date"] > row["promised_date"] for row in open_orders) >= 5, "moved"
    ordered = {(row["po_id"], row["line_no"]): int(row["qty"]) for row in kit["purchase_order_lines"]}
    assert any(0 < kit.received[key] < qty for key, qty in ordered.items()), "came in part"
    assert any(kit.received[key] > qty for key, qty in ordered.items()), "came with more than was asked for"
    assert {row["starts_on"] > TODAY.isoformat() for row in kit["events"]} == {True, False}


def test_customers_leave_as_often_as_the_hazard_says(kit):
    truth = kit.world.truth
    by_customer = Counter()
    for row in kit["cancellations"]:
        if row["reason"] == "customer":
            by_customer[(TODAY - date.fromisoformat(row["cancelled_at"][:10])).days // 30] += 1
    # A month's cancels are a sum of independent rare events: their spread is about the root of their number. Cuts of
    # a part of a line are told as customers' too, and are some per cent on top.
    for month in range(23):
        days = slice(PAST_DAYS - 30 * (month + 1) + 1, PAST_DAYS - 30 * month + 1)
        expected = truth.expected_cancels[days].sum()
        assert abs(by_customer[month] - 1.05 * expected) < 5 * expected**0.5 + 0.05 * expected, month
    assert truth.real_cancels.sum() == pytest.approx(truth.expected_cancels.sum(), rel=0.05)
    scored = {
        (FIRST_ORDER + int(order), int(line)) for order, line in zip(truth.open_order, truth.open_line, strict=True)
    }
    waiting = {(int(row["order_id"]), int(row["line_no"])) for row, *_ in backorders(kit)}
    assert len(scored & waiting) >= len(waiting) * 0.95
    # Goods on their way out are open too, so nothing is scored that is not an open line.
    assert scored <= {(int(row["order_id"]), int(row["line_no"])) for row, *_ in kit.waiting}
    assert 0.01 < float(np.median(truth.open_chance)) < 0.15
    assert 0 <= truth.open_chance.min() <= truth.open_chance.max() <= 1


def test_what_moves_the_hazard_shows_in_the_files(kit):
    """Among lines that had to wait, marketplace orders leave more often than wholesale ones, gifts than others."""
    waited, left = Counter(), Counter()
    cancelled = {(row["order_id"], row["line_no"]) for row in kit["cancellations"] if row["reason"] == "customer"}
    sent = {}
    for row in kit["shipments"]:
        sent[row["order_id"], row["line_no"]] = row["shipped_at"][:10]
    for row in kit["order_lines"]:
        key, order = (row["order_id"], row["line_no"]), kit.order[row["order_id"]]
        placed = date.fromisoformat(order["placed_at"][:10])
        if key in cancelled or key not in sent or date.fromisoformat(sent[key]) > placed + timedelta(days=3):
            for mark in (order["channel"], "gift" if "gift:yes" in row["tags"] else "no gift"):
                waited[mark] += 1
                left[mark] += key in cancelled
    rate = {mark: left[mark] / waited[mark] for mark in waited}
    assert rate["marketplace"] > rate["web"] > rate["wholesale"]
    assert rate["gift"] > rate["no gift"]


def test_demand_of_the_last_months_follows_the_written_rates(kit):
    """Units apart, the lines of the ninety days before today come near the truth for the shop as a whole."""
    truth = kit.world.truth
    recent = sum(age(kit.order[row["order_id"]]) <= 90 for row in kit["order_lines"])
    written = truth.rate[truth.sale_starts < PAST_DAYS - 90].sum() * 90
    assert recent == pytest.approx(written, rel=0.25)


def test_the_shop_sells_in_three_currencies_by_five_channels_to_four_tiers(kit):
    orders = kit["orders"]
    currency = Counter(row["currency"] for row in orders)
    assert currency["USD"] > 3 * currency["EUR"] > 3 * currency["GBP"]
    share = sum(row["ship_complete"] == "true" for row in orders) / len(orders)
    assert 0.02 < share < 0.10
    assert all(row["may_split"] == "false" for row in orders if row["channel"] == "marketplace")
    tags = {tag for row in kit["order_lines"] for tag in row["tags"].split()}
    assert {"gift:yes", "deposit:paid", "campaign:members-week"} <= tags
    planned = {row["sku"] for row in kit["skus"] if row["backorder_policy"] == "planned"}
    assert sum(row["sku"] in planned for row, *_ in backorders(kit)) >= 20
    assert sum(bool(row["priority"]) for row in orders) > 50
    assert sum(bool(row["last_date"]) for row in orders) > 500


def test_the_people_of_the_demo_cover_every_role_at_the_shops_own_domain():
    assert {person.role for person in DEMO_PEOPLE} == {"viewer", "agent", "manager", "admin"}
    assert all(person.email.endswith(f"@{SHOP_DOMAIN}") for person in DEMO_PEOPLE)
    assert SHOP_DOMAIN.endswith(".example")
