"""Shops that many tests look at from many sides: filled for the first of them, and copied for the others.

    @filled_once
    def shop(world: World) -> None:
        \"\"\"Ten chairs for two orders of six.\"\"\"
        world.stock("CHAIR", 10)
        …
        world.plan()

is the fixture `shop`, as if it filled the shop for each test that asks, and costs each of them the copy of a database:
to fill and plan the smallest shop takes longer than most tests take to look at it. The fixture gives the world, or what
the function returns where it returns something: a number or a word, never a row. A shop that depends on the test (its
parameters, its `today`, its settings, somebody who is signed in) is a plain fixture that asks for `world`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from dashboard.database import db
from tests.factories import World

Fill = Callable[[Flask], None]


def filled_once(fill: Callable[[World], Any]) -> Any:
    """A fixture of this name: the shop that `fill` has filled."""
    returned: dict[str, Any] = {}

    def fill_and_keep(_: Flask) -> None:
        returned[db.engine.dialect.name] = fill(World())

    def shop(world: World) -> Any:
        found = returned[db.engine.dialect.name]
        return world if found is None else found

    shop.__doc__ = fill.__doc__
    shop.fill = fill_and_keep  # type: ignore[attr-defined]
    return pytest.fixture(shop, name=fill.__name__)


def fill_of(request: pytest.FixtureRequest) -> Fill | None:
    """What fills the database of a test: the shop that it asks for, itself or through another fixture."""
    known = request.node._fixtureinfo.name2fixturedefs
    found = {_fill_among(name, known.get(name, ())) for name in request.fixturenames} - {None}
    assert len(found) < 2, "A test has one database: one of the shops that it asks for is to fill it for the other."
    return next(iter(found), None)


def _fill_among(name: str, fixtures: Any) -> Fill | None:
    """Of the fixtures of one name the nearest is meant, and the next one where that one asks for it."""
    for fixture in reversed(fixtures):
        if fill := getattr(fixture.func, "fill", None):
            return fill
        if name not in fixture.argnames:
            return None
    return None
