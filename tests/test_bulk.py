"""Rows as columns: what was read of a listed number is not read again while nobody changes it."""

from __future__ import annotations

import numpy as np
import pytest
from sqlalchemy import select

from dashboard import bulk, models
from dashboard.bulk import Among, columns, number, remembering, text
from dashboard.database import db
from tests.factories import World

QUERY = select(number(models.Order.id), text(models.Order.number)).where(Among(models.Order.id, "orders"))


def test_what_was_read_is_not_read_again_and_a_shorter_list_gives_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for order in ("A", "B", "C"):
        world.order(order, "CHAIR", 1, placed="2026-03-01")
    ids = np.array([world.line(order).order_id for order in ("A", "B", "C")], np.int64)
    connection, asked = db.session.connection(), []
    read = bulk._read
    monkeypatch.setattr(bulk, "_read", lambda *args: asked.append(args[2]["orders"].tolist()) or read(*args))

    with remembering(connection) as memory:
        assert found(connection, ids[:2]) == {"A", "B"}
        assert found(connection, ids[:2]) == {"A", "B"}
        assert found(connection, ids) == {"A", "B", "C"}
        assert found(connection, ids[1:]) == {"B", "C"}
        assert found(connection, ids[:0]) == set()
        assert asked == [ids[:2].tolist(), ids[2:].tolist()]
        memory.clear()
        assert found(connection, ids[2:]) == {"C"}
    assert found(connection, ids[2:]) == {"C"}
    assert asked[2:] == [ids[2:].tolist(), ids[2:].tolist()]


def found(connection: object, ids: np.ndarray) -> set[str]:
    keys, numbers = columns(connection, QUERY, orders=ids)
    assert len(keys) == len(numbers)
    return set(numbers)
