"""Here the app itself is looked at: each test has one that nobody used before."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.shops import filled_once


@pytest.fixture
def app(app_of_its_own: Flask) -> Flask:
    return app_of_its_own


@pytest.fixture
def sqlite_app(sqlite_app_of_its_own: Flask) -> Flask:
    return sqlite_app_of_its_own


@filled_once
def shop(world):
    """One line that waits."""
    world.order("1", "CHAIR", 2, placed="2026-03-05")
    world.plan()
