"""The one place that commits, and the types in which days, instants and money are kept."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from dashboard import models
from dashboard.database import (
    NotInTransaction,
    day_number,
    day_of,
    db,
    in_transaction,
    instant_number,
    instant_of,
    require_transaction,
    transaction,
)


def customers() -> list[str]:
    db.session.rollback()
    return sorted(db.session.scalars(sa.select(models.Customer.code)))


def add(code: str) -> None:
    with transaction() as session:
        session.add(models.Customer(code=code))


def test_what_a_transaction_wrote_is_saved_when_it_ends(app: Flask) -> None:
    add("C-1")

    assert customers() == ["C-1"]


def test_nothing_is_saved_when_anything_in_it_fails(app: Flask) -> None:
    def save_two_and_fail() -> None:
        with transaction():
            add("C-1")
            add("C-2")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        save_two_and_fail()

    assert customers() == []
    assert not in_transaction()


def test_an_inner_transaction_waits_for_the_outer_one(app: Flask) -> None:
    with transaction() as session:
        add("C-1")
        assert in_transaction()
        session.rollback()

    assert customers() == []


def test_who_must_be_saved_together_with_a_fact_refuses_to_stand_alone(app: Flask) -> None:
    with pytest.raises(NotInTransaction):
        require_transaction()
    with transaction():
        require_transaction()


def test_writers_that_come_together_wait_for_each_other_and_lose_nothing(app: Flask) -> None:
    """A read that turns into a write fails at once on SQLite, busy timeout or not; ours asks for the lock first."""
    writers, rounds = 4, 10
    failures: list[BaseException] = []

    def count_up() -> None:
        with app.app_context():
            for _ in range(rounds):
                try:
                    with transaction() as session:
                        topic = session.get(models.TopicVersion, "facts", with_for_update=True)
                        topic.version += 1
                except BaseException as failure:
                    failures.append(failure)

    with transaction() as session:
        before = session.get(models.TopicVersion, "facts")
        if before is None:
            session.add(models.TopicVersion(topic="facts", version=0))
        else:
            before.version = 0
    threads = [threading.Thread(target=count_up) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    db.session.rollback()
    assert failures == []
    assert db.session.get(models.TopicVersion, "facts").version == writers * rounds


def test_somebody_who_writes_one_thing_after_the_other_lets_others_have_their_turn(app: Flask) -> None:
    """SQLite's own waiting sleeps up to a tenth of a second a time, and misses every pause that is shorter."""
    turns, holds_seconds, pause_seconds = 10, 0.15, 0.003
    writes, others_are_done = threading.Event(), threading.Event()
    written = 0

    def write_on() -> None:
        nonlocal written
        with app.app_context():
            while not others_are_done.is_set() and written < 10 * turns:
                with transaction() as session:
                    session.connection()
                    writes.set()
                    time.sleep(holds_seconds)
                written += 1
                time.sleep(pause_seconds)

    busy = threading.Thread(target=write_on)
    busy.start()
    for number in range(turns):
        writes.clear()
        writes.wait(timeout=1)
        add(f"C-{number}")
    others_are_done.set()
    busy.join()

    assert written <= 2 * turns


@given(st.dates())
def test_every_day_comes_back_as_it_was_stored(day: date) -> None:
    assert day_of(day_number(day)) == day


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_instants_are_stored_exactly_and_in_their_order(one: datetime, other: datetime) -> None:
    assert instant_of(instant_number(one)) == one.astimezone(UTC)
    assert (instant_number(one) < instant_number(other)) == (one < other)


def test_a_time_without_a_zone_is_not_stored() -> None:
    with pytest.raises(ValueError, match="needs a zone"):
        instant_number(datetime(2026, 3, 12))  # noqa: DTZ001  (the very thing that is refused)


@pytest.mark.parametrize("price", [0, 1, 1_999_999, 9_007_199_254_740_993])
def test_money_is_exact_beyond_what_a_float_can_hold(app: Flask, price: int) -> None:
    with transaction() as session:
        session.add(models.Sku(code="CHAIR", price=price))
    db.session.rollback()

    assert db.session.scalar(sa.select(models.Sku.price)) == price


def test_the_same_question_gives_days_and_instants_on_both_databases(app: Flask, today: date) -> None:
    moment = datetime(2026, 3, 12, 8, 30, 0, 123456, tzinfo=UTC)
    with transaction() as session:
        session.add(models.DailySnapshot(day=today, figure="waiting", key="", currency="", amount=1))
        session.add(models.IntakeLoad(started_at=moment, source="kit", format="kit", state="done"))
    db.session.rollback()

    assert db.session.scalar(sa.select(models.DailySnapshot.day).where(models.DailySnapshot.day <= today)) == today
    assert db.session.scalar(sa.select(models.IntakeLoad.started_at)) == moment
