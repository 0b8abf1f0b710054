"""What a day ended with, and what changed since: of every figure that a panel leads with."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.domain.aging import TREND_WEEKS, WAITING_LINES
from dashboard.domain.cancellation_risk import LIKELY_LINES, VALUE_AT_RISK
from dashboard.domain.expiring_payments import LINES_IN_DANGER
from dashboard.domain.fast_movers import PRESSING_SKUS
from dashboard.domain.lead_times import OVERDUE_UNITS
from dashboard.models.plans import SUM_DIMENSIONS
from dashboard.panels.aging.panel import count_lines
from dashboard.panels.aging.queries import lines_on, part_of
from dashboard.panels.choices import load_choices
from dashboard.panels.filters import Selection
from dashboard.panels.overview.panel import load

MICROS = 1_000_000
ONE_DAY = timedelta(days=1)


def overview_of(today):
    db.session.rollback()
    return load(db.session(), today)


def test_a_day_ends_with_what_its_panels_say_divided_lines_counted_once(divided_crowd, today):
    divided_crowd.order(
        "late", "TABLE", 4, placed="2025-12-01", promised="2026-02-01", unit_price="300", currency="EUR"
    )
    divided_crowd.card("PM", month=1, year=2026)
    with transaction() as saving:
        for part in (1, 2):
            line_id = divided_crowd.line("late").id
            saving.add(models.LinePart(line_id=line_id, part=part, qty=2, split_at=clock.now()))
    divided_crowd.plan()
    found = overview_of(today)
    kept = {
        (row.figure, row.currency): row.amount
        for row in db.session.scalars(select(models.DailySnapshot).where(models.DailySnapshot.day == today))
    }
    assert kept == {
        (WAITING_LINES, ""): found.aging.lines,
        (LIKELY_LINES, ""): found.cancellation_risk.likely_lines,
        (LINES_IN_DANGER, ""): found.expiring_payments.in_danger,
        (PRESSING_SKUS, ""): found.fast_movers.pressing,
        (OVERDUE_UNITS, ""): found.lead_times.totals.overdue_units,
        **{(VALUE_AT_RISK, currency): value for currency, value in found.cancellation_risk.at_risk},
    }
    assert (found.cancellation_risk.likely_lines, found.expiring_payments.in_danger) == (1, 1)
    assert len(found.cancellation_risk.at_risk) > 1


def test_a_day_that_is_over_says_how_many_lines_waited_under_each_value_of_a_filter(divided_crowd, app, today):
    """As the panel said it on that day, divided lines counted once; and for no longer than the trend reaches back."""
    selections = [
        Selection.read([(key, choice.value)])
        for key in (*SUM_DIMENSIONS, "currency")
        for choice in load_choices(db.session(), key, Selection(), today).found
        if key != "tag"
    ]
    were = {selection: count_lines(db.session(), selection, today) for selection in selections}
    assert len(were) > 20
    old = today - timedelta(weeks=TREND_WEEKS)
    with transaction() as saving:
        saving.add(models.DailySnapshot(day=old, figure=WAITING_LINES, key="planned:no", currency="", amount=1))
    app.config["BUSINESS_DATE"] = today + 2 * ONE_DAY
    divided_crowd.order("new", "TABLE", 4, placed="2026-03-13", channel="web")
    divided_crowd.plan()
    for selection, lines in were.items():
        part = part_of(db.session(), selection)
        assert lines_on(db.session(), [old, today, today + ONE_DAY], part) == {today: lines, today + ONE_DAY: lines}


def test_what_changed_since_yesterday_is_said_and_before_there_was_one_that_there_was_none(shop, viewer, today):
    """One currency, so that what is at risk can be compared; a card that dies before its line ships."""
    shop.cancel("4", 3)
    shop.card("PM", customer="H", month=2, year=2026)
    shop.plan()
    addresses = ("/cancellation-risk", "/expiring-payments", "/overview")
    for address in addresses:
        assert "no figure of yesterday yet" in viewer.get(address).text, address
    with transaction() as saving:
        saving.execute(update(models.DailySnapshot).values(day=today - timedelta(days=1)))
    for address in addresses:
        assert "<b>no change</b> since yesterday" in viewer.get(address).text, address
    with transaction() as saving:
        for figure, more in ((VALUE_AT_RISK, 5 * MICROS), (LIKELY_LINES, 1), (LINES_IN_DANGER, -1)):
            kept = models.DailySnapshot
            saving.execute(update(kept).where(kept.figure == figure).values(amount=kept.amount + more))
    found = overview_of(today)
    risk, payments = found.cancellation_risk, found.expiring_payments
    assert (risk.at_risk_change, risk.likely_change, payments.change) == (-5 * MICROS, -1, 1)
    assert '<b class="is-good">−$5.00</b> since yesterday' in viewer.get("/cancellation-risk").text
    assert '<b class="is-late">+1</b> since yesterday' in viewer.get("/expiring-payments").text
    for address in addresses[:2]:
        assert "since yesterday" not in viewer.get(f"{address}?channel=web").text, "it is kept of all, not by filter"
