"""How often each topic changed: what planning and open screens ask to learn whether anything did."""

from __future__ import annotations

from functools import cache

from sqlalchemy import select

from dashboard.bulk import upsert, upsert_of
from dashboard.models import TopicVersion

FACTS = "facts"  # anything that planning reads
HISTORY = "history"  # facts from which estimates are learnt: orders, receipts, stock history, terms
UNPLANNED = "unplanned"  # facts whose writer left the planning to a later run
PLANNED = "planned"  # its version is that of UNPLANNED up to which facts are in the plan
PLAN = "plan"  # anything that planning wrote
WORK = "work"  # what staff keep beside the facts: notes, assignments, offers
CALLS = "calls"  # whom staff call back, and when
JUDGED = "judged"  # its version is the day (its number) as of which dates said were last judged
SETTINGS = "settings"  # what the merchant set of the rules of the house
ESTIMATES = "estimates"  # its version is that of HISTORY from which the estimates were learnt


def versions(connection, *topics):
    """The versions of topics; 0 where nothing was ever said of one."""
    found = dict(iter(connection.execute(select(TopicVersion.topic, TopicVersion.version))))
    return tuple(found.get(topic, 0) for topic in topics)


def catch_up(connection, topic, version):
    """Says up to which version of another topic this one has come."""
    connection.execute(
        upsert(connection, TopicVersion)
        .values(topic=topic, version=version)
        .on_conflict_do_update(index_elements=["topic"], set_={"version": version})
    )


def bump(connection, *topics):
    """Says that topics changed. The last statements before commit, in the order of names, so that writers neither
    wait for each other longer than a commit nor dead-lock.
    """
    for topic in sorted(set(topics)):
        connection.execute(_raising(connection.dialect.name), {"topic": topic, "version": 1})


@cache
def _raising(dialect):
    row = upsert_of(dialect, TopicVersion.__table__)
    return row.on_conflict_do_update(index_elements=["topic"], set_={"version": TopicVersion.version + 1})
