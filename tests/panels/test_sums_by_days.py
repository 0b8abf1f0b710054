"""What panels say of stretches of days, read from the sums that planning keeps by day, beside a plain loop."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select

from dashboard import models
from dashboard.database import db
from dashboard.domain.cancellation_risk import NOT_SCORED, band_of
from dashboard.panels.aging.queries import bucket_figures
from dashboard.panels.cancellation_risk.groups import risk_groups, units_waiting
from dashboard.panels.expiring_payments.groups import payment_groups
from dashboard.panels.filters import Selection, days_of
from dashboard.panels.sums import summary_with_days
from tests.conftest import same_on_both

SELECTIONS = [
    [("eta", "2026-03-20..2026-04-10")],
    [("eta", "..2026-04-01"), ("currency", "EUR")],
    [("eta", "not-known")],
    [("eta", "not-known"), ("eta", "2026-04-01"), ("eta", "2026-03-30..")],
    [("deadline", "overdue")],
    [("deadline", "2026-03-01.."), ("currency", "not-known"), ("currency", "USD")],
    [("placed", "last-30-days")],
    [("placed", "..2026-02-28"), ("placed", "2026-03-05")],
]
DAYS = {"eta": "eta", "deadline": "deadline", "placed": "placed_on"}


def rows_of(selection: Selection, today) -> list[models.Waiting]:
    """The rows of the whole table that are meant, looked at one by one."""

    def is_meant(row) -> bool:
        for key, values in selection.on(today).chosen:
            if key == "currency":
                if (row.currency or "not-known") not in values:
                    return False
            elif not any(_holds(key, value, getattr(row, DAYS[key])) for value in values):
                return False
        return True

    return [row for row in db.session.scalars(select(models.Waiting)) if is_meant(row)]


def _holds(key: str, value: str, day) -> bool:
    if value == "not-known" or day is None:
        return value == "not-known" and day is None
    first, last = days_of(key, value)
    return (first or day) <= day <= (last or day)


@pytest.mark.parametrize("given", SELECTIONS, ids=str)
@same_on_both
def test_every_panel_adds_up_the_days_that_are_asked_for(divided_crowd, today, given):
    session, selection = db.session(), Selection.read(given)
    rows = rows_of(selection, today)
    assert rows, "Choose days that some of the crowd have."
    assert summary_with_days(session, selection, today) is not None

    counted = bucket_figures(session, selection, today)
    said = bucket_figures(session, selection, today, with_customers=False)
    assert said == [
        replace(one, customers=kept.customers, orders=kept.orders) for one, kept in zip(counted, said, strict=True)
    ]
    assert sum(one.units for one in said) == sum(row.qty_backordered for row in rows)

    at_risk = risk_groups(session, selection, today)
    assert at_risk.lines == len({row.line_id for row in rows})
    expected = Counter()
    for row in rows:
        band = band_of(NOT_SCORED if row.cancel_risk is None else row.cancel_risk)
        expected[row.currency, band, "parts"] += 1
        expected[row.currency, band, "value"] += row.value
        expected[row.currency, band, "at risk"] += row.value_at_risk
    found = Counter()
    for group in at_risk.groups:
        found[group.currency, group.band, "parts"] = group.parts
        found[group.currency, group.band, "value"] = group.value
        found[group.currency, group.band, "at risk"] = group.value_at_risk
    assert +found == +expected
    units = Counter()
    for row in rows:
        units[row.currency] += row.qty_backordered
    assert Counter(units_waiting(session, selection, today)) == units

    means = Counter()
    for group in payment_groups(session, selection, today, [today]).groups:
        means[group.state, "units"] += group.units
        means[group.state, "value"] += group.value
    of_rows = Counter()
    for row in rows:
        of_rows[row.payment_state, "units"] += row.qty_backordered
        of_rows[row.payment_state, "value"] += row.value
    assert +means == +of_rows


def test_orders_are_not_said_of_days_on_which_their_lines_differ(crowd, today):
    """Two lines of an order with two ETAs are one order: days do not add up to it, and a page does not guess."""
    dated = Selection.read([("eta", "2020-01-01..")])
    by_days = bucket_figures(db.session(), dated, today, with_customers=False)
    assert {one.orders for one in by_days if one.lines} == {None}
    assert all(one.orders for one in bucket_figures(db.session(), dated, today) if one.lines)
