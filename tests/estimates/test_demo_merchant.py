"""What is learnt of the demo merchant, whose truth is written: its late dates hold nine times in ten."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from dashboard.database import day_number
from dashboard.demo import simulate
from dashboard.demo.world import PAST_DAYS
from dashboard.domain.columns import NONE
from dashboard.domain.kept_dates import NINE_IN_TEN, NOTHING_JUDGED, Record, sum_up
from dashboard.estimates.kept_dates import REPLAYED_DAYS, Deliveries, replay
from dashboard.estimates.likely_dates import Came

TODAY = date(2026, 3, 12)
SEEDS = (1, 2, 3)
AT_LEAST = 2_000  # receipts of each
STRAYS = 0.02  # of a merchant whose receipts are a third as many independent ones


@pytest.mark.deep
def test_nine_of_ten_late_dates_hold_when_two_years_of_three_merchants_are_replayed():
    """Lines of one purchase order come together: of a single merchant the share strays further than an interval says
    that takes them for independent, of three together it does not.
    """
    when_ordered = NOTHING_JUDGED
    for seed in SEEDS:
        deliveries, came, today = history(simulate("small", seed, today=TODAY))
        plain, likely = replay(deliveries, came, today)
        found = record(likely, today, likely.is_first)
        assert found.judged >= AT_LEAST
        assert abs(found.share - NINE_IN_TEN) <= STRAYS
        when_ordered += found
        off = [record(one, today, np.ones(len(one.eta), bool)).days_off for one in (likely, plain)]
        assert off[0] < off[1], "likely dates say more than the plain rule's"
    low, high = when_ordered.interval
    assert low <= NINE_IN_TEN <= high


def record(said, today, among):
    return Record(*(int(column.sum()) for column in sum_up(said, today, int(said.supplier.max()) + 1, among)))


def history(world):
    """The made-up merchant's receipts and open orders, as the database would give them."""
    orders, lines, receipts = world.purchase_orders, world.purchase_lines, world.receipts
    begin = day_number(TODAY) - PAST_DAYS
    number = lines["po"].astype(np.int64)
    row = np.searchsorted(number * 64 + lines["line"], receipts["po"].astype(np.int64) * 64 + receipts["line"])
    received_on = receipts["day"].astype(np.int64) + begin
    units = np.zeros(len(number), np.int64)
    np.add.at(units, row, receipts["qty"])
    supplies = np.isin(np.array(orders["status"])[number], ("sent", "confirmed"))
    still_open = np.flatnonzero((units < lines["qty"]) & supplies)

    def facts(some):
        of = number[some]
        ordered, promised = (np.asarray(orders[name])[of].astype(np.int64) + begin for name in ("ordered", "promised"))
        return (
            some,
            np.asarray(orders["supplier"])[of].astype(np.int64),
            lines["sku"][some].astype(np.int64),
            ordered,
            promised,
        )

    today = day_number(TODAY)
    before = received_on < today
    line_id, supplier, sku, ordered, promised = facts(row[before])
    came = Came(line_id, supplier, sku, ordered, promised, promised, promised, received_on[before])
    recent = before & (received_on >= today - REPLAYED_DAYS)
    cells = zip(facts(row[recent]), facts(still_open), strict=True)
    line_id, supplier, sku, ordered, promised = (np.concatenate(both) for both in cells)
    not_quoted = np.full(len(line_id), NONE)
    came_on = np.concatenate((received_on[recent], np.full(len(still_open), NONE)))
    return Deliveries(line_id, supplier, sku, ordered, promised, not_quoted, came_on), came, today
