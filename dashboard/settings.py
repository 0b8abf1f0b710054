"""What the rules of the house are now: as the merchant set them, else as they are by default.

Whoever asks gets what is in force, in every process within two seconds: what was read is kept as long as nobody
changed any setting. Within a transaction it is read anew, and nothing is kept, since what it changes may be taken back.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import NormalDist
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from dashboard import topics
from dashboard.database import db, in_transaction
from dashboard.domain.deadlines import REGIONS, Region
from dashboard.domain.settings import (
    BY_KEY,
    NO_DATE,
    PERCENT_PLACES,
    SELLERS_CREDIT,
    HouseSetting,
    clock_days,
    plain,
)
from dashboard.models import KeptSetting, OfferCeiling, Preference, ServiceLevel, TierPriority

READ_BEFORE = "settings_read"  # what a process remembers, and since when
# A change shows on all screens within two seconds; so long what was read is taken for what is so.
TRUSTED_SECONDS = 2
# Any number that no other advisory lock of the desk uses.
SETTING_LOCK = 7_305_131
Z_DECIMALS = 4  # as tables of the normal distribution have it: 1.6449 is 95 %


@dataclass(frozen=True, slots=True)
class Standing:
    """A setting as it stands."""

    setting: HouseSetting
    value: Any
    default: Any
    version: int  # 0: nobody has changed it yet

    @property
    def is_default(self) -> bool:
        return bool(self.value == self.default)

    @property
    def subject(self) -> str:
        """What the history calls it."""
        return f"setting {self.setting.key}"


def value(key: str) -> Any:
    """What is in force."""
    if in_transaction():
        session = db.session()
        return _value_of(session, BY_KEY[key], session.scalar(select(KeptSetting.value).where(KeptSetting.key == key)))
    read = _read()
    return read.tables[key] if key in TABLES else _kept_or_default(BY_KEY[key], read.rows.get(key))


def clock_rule() -> Region:
    """The rules of the shop's region, with the waiting times that the house has set."""
    days = value("clock_days")
    return replace(
        REGIONS[current_app.config["SHOP_REGION"]],
        days_without_promise=days[NO_DATE],
        days_with_sellers_credit=days[SELLERS_CREDIT],
    )


def standing(session: Session, key: str) -> Standing:
    """A setting as it stands, read anew."""
    setting = BY_KEY[key]
    row = session.get(KeptSetting, key, populate_existing=True)
    return Standing(
        setting, _value_of(session, setting, row.value if row else None), default_of(setting), row.version if row else 0
    )


def default_of(setting: HouseSetting) -> Any:
    """What holds while nobody sets anything: the environment's word, where it has one."""
    if not setting.environment:
        return setting.default
    said = current_app.config[setting.environment]
    if setting.key == "clock_days":
        return clock_days(said)
    if setting.key.startswith("retention_"):
        return said or None  # in the environment, 0 keeps for good
    if setting.key == "parcel_costs":
        return {currency: plain(cost) for currency, cost in sorted(said.items())}
    return said


def keep_others_out(session: Session) -> None:
    """One change at a time, until the transaction ends. SQLite has one writer anyway."""
    if session.connection().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(SETTING_LOCK)))


def keep(session: Session, setting: HouseSetting, value: Any) -> None:
    """Set it, in the transaction of the act; what equals the default follows the default from then on."""
    row = session.get(KeptSetting, setting.key)
    if row is None:
        row = KeptSetting(key=setting.key)
        session.add(row)
        session.flush()
    of_its_own = TABLES.get(setting.key)
    if of_its_own:
        of_its_own.write(session, value)
    row.value = None if of_its_own or value == default_of(setting) else json.dumps(value, ensure_ascii=False)
    row.version += 1
    session.flush()
    forget()


@dataclass(frozen=True, slots=True)
class Reading:
    """How somebody likes to read the desk."""

    locale: str | None = None  # None: as the shop
    theme: str = "auto"
    key_hints: bool = True


def reading_of(person_id: int) -> Reading | None:
    """How a person likes to read the desk; None where they have said nothing."""
    return _read().readings.get(person_id)


def forget() -> None:
    """What this process remembers is looked for anew; others find out within the time that they trust theirs."""
    current_app.extensions.pop(READ_BEFORE, None)


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read, of which database, at which version."""

    database: str
    version: int
    rows: Mapping[str, str | None]
    tables: Mapping[str, Any]
    readings: Mapping[int, Reading]


def _read() -> _Read:
    known: tuple[float, _Read] | None = current_app.extensions.get(READ_BEFORE)
    database, now = str(db.engine.url), time.monotonic()
    if known is not None and known[1].database == database and now - known[0] < TRUSTED_SECONDS:
        return known[1]
    session = db.session()
    (version,) = topics.versions(session.connection(), topics.SETTINGS)
    if known is None or (known[1].database, known[1].version) != (database, version):
        read = _Read(
            database,
            version,
            dict(iter(session.execute(select(KeptSetting.key, KeptSetting.value)))),
            {key: table.read(session) for key, table in TABLES.items()},
            {row.user_id: Reading(row.locale, row.theme, row.key_hints) for row in session.execute(_READINGS)},
        )
    else:
        read = known[1]
    current_app.extensions[READ_BEFORE] = (now, read)
    return read


_READINGS = select(Preference.user_id, Preference.locale, Preference.theme, Preference.key_hints)


def _value_of(session: Session, setting: HouseSetting, kept: str | None) -> Any:
    return TABLES[setting.key].read(session) if setting.key in TABLES else _kept_or_default(setting, kept)


def _kept_or_default(setting: HouseSetting, kept: str | None) -> Any:
    return default_of(setting) if kept is None else json.loads(kept)


@dataclass(frozen=True, slots=True)
class _OwnTable:
    """Where a setting stands in a table that others join."""

    read: Callable[[Session], Any]
    write: Callable[[Session, Any], None]


def _read_tiers(session: Session) -> dict[str, int]:
    tier = TierPriority
    return dict(iter(session.execute(select(tier.tier, tier.priority_class).order_by(tier.tier))))


def _write_tiers(session: Session, value: Mapping[str, int]) -> None:
    _replace(session, TierPriority, [{"tier": tier, "priority_class": given} for tier, given in value.items()])


def _read_ceilings(session: Session) -> dict[str, str]:
    found = dict(iter(session.execute(select(OfferCeiling.role, OfferCeiling.share))))
    roles: tuple[str, ...] = tuple(BY_KEY["incentive_ceilings"].default)
    return {role: plain(Decimal(found.get(role, 0)) / 100) for role in roles}


def _write_ceilings(session: Session, value: Mapping[str, str]) -> None:
    rows = [{"role": role, "share": int(Decimal(percent) * 100)} for role, percent in value.items()]
    _replace(session, OfferCeiling, rows)


def _read_levels(session: Session) -> dict[str, str]:
    level = ServiceLevel
    rows = session.execute(select(level.sku_class, level.z).order_by(level.sku_class))
    return {of: plain(Decimal(round(NormalDist().cdf(z) * 100, PERCENT_PLACES)).quantize(Decimal("0.01")))
            for of, z in rows}  # fmt: skip


def _write_levels(session: Session, value: Mapping[str, str]) -> None:
    rows = [
        {"sku_class": of, "z": round(NormalDist().inv_cdf(float(percent) / 100), Z_DECIMALS)}
        for of, percent in value.items()
    ]
    _replace(session, ServiceLevel, rows)


def _replace(session: Session, model: Any, rows: list[dict[str, Any]]) -> None:
    session.execute(delete(model))
    if rows:
        session.execute(insert(model), rows)


TABLES: dict[str, _OwnTable] = {
    "tiers": _OwnTable(_read_tiers, _write_tiers),
    "incentive_ceilings": _OwnTable(_read_ceilings, _write_ceilings),
    "service_levels": _OwnTable(_read_levels, _write_levels),
}
