"""Risk, scenario 43 of the behaviours that customers have missed elsewhere."""

from __future__ import annotations

from datetime import date

from dashboard.database import db
from dashboard.panels.filters import Selection
from dashboard.panels.reports import report_named

TODAY = date(2026, 3, 12)


def test_43_risk_lists_its_reasons_names_what_is_unknown_and_shipped_orders_have_none(world):
    world.order("1", "CHAIR", 2, placed="2026-01-10", unit_price=None, currency=None, promised="2026-02-01")
    world.order("2", "CHAIR", 1, placed="2026-02-01", unit_price="900", currency="USD", tier="vip")
    world.ship("2", 1, on="2026-03-01")
    world.plan()
    db.session.rollback()
    report = report_named("cancellation-risk")
    rows = list(report.read(Selection.read((), allowed=report.filters), TODAY))
    assert [row.order_id for row in rows] == ["1"], "what has shipped has no risk"
    told = rows[0].reasons.split("; ")
    assert told[:2] == ["the promised date has passed", "no date yet"]
    assert {"tier not known", "value not known"} <= set(told)
    assert rows[0].value is None
    assert rows[0].value_at_risk is None
    assert rows[0].cancel_risk
