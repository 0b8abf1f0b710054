"""The only clock: what time it is, and what day it is for the shop."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import current_app


def now() -> datetime:
    """The instant that facts and acts are stamped with, aware and in UTC.

    With `BUSINESS_DATE` set it is that date with the real time of day in the shop's zone. Sessions, links,
    tokens and schedules keep the real clock: see `real_now`.
    """
    pinned = current_app.config["BUSINESS_DATE"]
    if pinned is None:
        return real_now()
    time_of_day = real_now().astimezone(shop_zone()).time()
    return datetime.combine(pinned, time_of_day, tzinfo=shop_zone()).astimezone(UTC)


def real_now() -> datetime:
    """The machine's own time, whatever day the shop is pinned to."""
    return datetime.now(UTC)


def today() -> date:
    """The shop's day: the pinned one, else the date in the shop's zone."""
    pinned = current_app.config["BUSINESS_DATE"]
    return pinned if pinned is not None else real_now().astimezone(shop_zone()).date()


def is_pinned() -> bool:
    """Whether `BUSINESS_DATE` holds the shop's day still."""
    return current_app.config["BUSINESS_DATE"] is not None


def shop_zone() -> ZoneInfo:
    """The zone in which the shop's days begin and end."""
    return ZoneInfo(current_app.config["SHOP_TIMEZONE"])


def shop_day(instant: datetime) -> date:
    """The shop's date on which an instant falls."""
    return instant.astimezone(shop_zone()).date()


def start_of(day: date) -> datetime:
    """The first instant of a shop day, aware and in UTC.

    Where a clock change leaves out midnight, the first instant that exists is meant.
    """
    local = datetime.combine(day, time.min, tzinfo=shop_zone())
    return local.astimezone(UTC)
