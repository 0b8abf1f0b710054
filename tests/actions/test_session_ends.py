"""Ending one session: what tests/actions/test_accounts.py shows of it from two browsers, seen from the form."""

from __future__ import annotations

from sqlalchemy import select

from dashboard import clock
from dashboard.database import db, transaction
from dashboard.domain.accounts import known_as
from dashboard.models import Act, SignInSession


def test_an_admin_ends_anybodys_and_nobody_else_learns_that_it_is_there(world, admin, agent, manager):
    now = clock.real_now()
    with transaction() as session:
        row = SignInSession(
            key="k", user_id=manager.person.id, known_as=known_as(manager.person.fs_uniquifier),
            device="Firefox on a Mac", began_at=now, seen_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        address = f"/sessions/{row.id}/session-ends"
    assert agent.panel(f"{address}/new").status_code == 404
    assert "Firefox on a Mac" in admin.panel(f"{address}/new").text
    assert "Firefox on a Mac" in admin.get(f"/people/{manager.person.id}").text
    assert admin.act(address, {"why": "the phone was stolen"}).status_code == 200
    assert "Firefox on a Mac" not in admin.get(f"/people/{manager.person.id}").text
    db.session.rollback()
    act = db.session.scalar(select(Act).where(Act.act == "session-ended"))
    assert (act.subject, act.why) == (f"person {manager.person.id}", "the phone was stolen")
