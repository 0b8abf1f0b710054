"""The settings by group, and one of them with its history."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from dashboard import settings
from dashboard.domain.settings import BY_KEY, SETTINGS
from dashboard.panels.settings.queries import acts_about, last_changes
from dashboard.settings import Standing

SHOWN_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as the list shows it."""

    standing: Standing
    now: str  # in words
    changed: tuple[datetime, str] | None  # when last, and by whom; None: never


@dataclass(frozen=True, slots=True)
class SettingGroup:
    name: str
    rows: tuple[SettingRow, ...]


@dataclass(frozen=True, slots=True)
class SettingChange:
    """One change, in words."""

    id: int
    at: datetime
    who: str
    before: str
    after: str
    why: str | None


@dataclass(frozen=True, slots=True)
class SettingPage:
    """A setting with its meaning, its default and its history."""

    standing: Standing
    now: str
    default: str
    changes: tuple[SettingChange, ...]


def load_settings(session: Session) -> tuple[SettingGroup, ...]:
    """Every setting, by what it is about."""
    standings = [settings.standing(session, setting.key) for setting in SETTINGS]
    changed = last_changes(session, tuple(one.subject for one in standings))
    rows = [SettingRow(one, one.setting.shape.in_words(one.value), changed.get(one.subject)) for one in standings]
    return tuple(
        SettingGroup(name, tuple(of_it)) for name, of_it in groupby(rows, key=lambda row: row.standing.setting.group)
    )


def load_setting(session: Session, key: str) -> SettingPage | None:
    """The setting of that key."""
    if key not in BY_KEY:
        return None
    standing = settings.standing(session, key)
    words = standing.setting.shape.in_words
    changes = (
        SettingChange(act.id, act.at, act.who, words(_value(act.before)), words(_value(act.after)), act.why)
        for act in acts_about(session, standing.subject, at_most=SHOWN_AT_MOST)
    )
    return SettingPage(standing, words(standing.value), words(standing.default), tuple(changes))


def _value(said: str | None) -> Any:
    return json.loads(said or "{}").get("value")
