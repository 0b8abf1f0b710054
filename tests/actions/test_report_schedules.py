"""A report is mailed on a schedule to whoever asked for it."""

from __future__ import annotations

import sqlalchemy as sa

from dashboard.database import db
from dashboard.models import ReportSchedule


def test_a_kept_view_is_mailed_with_its_filters_and_stopped_by_its_owner_alone(world, agent, manager):
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    agent.act("/lists/aging/saved-views", {"name": "Chairs", "kept": "sku=CHAIR&sort=-value", "submission": "a"})
    form = agent.panel("/report-schedules/new").text
    assert "Aging: Chairs" in form
    assert "Aging: Chairs" not in manager.panel("/report-schedules/new").text
    said = {"source": "view 1", "when": "0", "hour": "6", "submission": "b"}
    assert agent.act("/report-schedules", said).status_code == 200
    row = db.session.scalars(sa.select(ReportSchedule)).one()
    assert (row.report, row.filters, row.weekday, row.hour) == ("backorders", "sku=CHAIR", 0, 6)
    page = agent.get("/mail-to-me").text
    assert "Every Monday from 6:00" in page
    address = f"/report-schedules/{row.id}/removals"
    assert manager.act(address, {"submission": "c"}).status_code == 404
    assert agent.act(address, {"submission": "d", "version": "1"}).status_code == 200
    assert "No report is mailed to you" in agent.get("/mail-to-me").text
