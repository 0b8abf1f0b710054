"""How fresh the derived figures are, and of which facts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import clock, topics
from dashboard.database import rows_of
from dashboard.models import PlanState, TopicVersion
from dashboard.web.live import LiveState


def planned_at(session: Session) -> datetime | None:
    """When what is shown was last derived from the facts; None: never yet."""
    return rows_of(session, _PLANNED_AT).scalar()


_PLANNED_AT = select(PlanState.planned_at)


def live_state(session: Session) -> LiveState:
    """Whether the figures are of the shop's day and of all facts, and of which, from one look."""
    found = rows_of(session, _VERSIONS).all()
    versions = {topic: version for topic, version, _ in found}
    # Without a word on any topic there are no facts, and nothing was ever planned.
    planned_for = found[0].planned_for if found else None
    return LiveState(
        planned_for=planned_for,
        is_of_another_day=planned_for not in (None, clock.today()),
        has_facts_left=versions.get(topics.UNPLANNED, 0) != versions.get(topics.PLANNED, 0),
        versions=tuple(versions.values()),
        calls=versions.get(topics.CALLS, 0),
    )


_VERSIONS = select(
    TopicVersion.topic, TopicVersion.version, select(PlanState.shop_day).scalar_subquery().label("planned_for")
).order_by(TopicVersion.topic)
