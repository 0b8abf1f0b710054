"""Every setting: name, type, default and what it is for. The only reader of the environment."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from babel.core import Locale, UnknownLocaleError
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).parents[1]
INSTANCE = ROOT / "instance"
OWN_DATABASE = INSTANCE / "desk.sqlite3"
DEMO_DATABASE = INSTANCE / "demo.sqlite3"
REGIONS = ("US", "EU", "UK")
LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")
SHORTEST_KEY = 16
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class WrongSetting(ValueError):
    """A setting that cannot be used; the message names it and says what would do."""


@dataclass(frozen=True)
class Setting:
    """One environment variable; `read` turns its text into a value or raises `WrongSetting`."""

    name: str
    default: str
    help: str
    read: Callable[[str], Any]
    secret: bool = False


def _text(value: str) -> str:
    return value


def _date(value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise WrongSetting(f"{value!r} is no ISO date; write for example 2026-03-12.") from None


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongSetting(f"{value!r} is no time zone; write for example Europe/Vienna.") from None
    return value


def _region(value: str) -> str:
    if value.upper() not in REGIONS:
        raise WrongSetting(f"{value!r} is none of {', '.join(REGIONS)}.")
    return value.upper()


def _whole_number(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or not low <= int(value) <= high:
            raise WrongSetting(f"{value!r} is no whole number from {low} to {high}.")
        return int(value)

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        by_word = {word.upper(): word for word in words}
        if value.upper() not in by_word:
            raise WrongSetting(f"{value!r} is none of {', '.join(words)}.")
        return by_word[value.upper()]

    return read


def _costs_by_currency(value: str) -> dict[str, Decimal]:
    """`USD=12.50 EUR=10.90` as amounts by currency."""
    found = {}
    for word in value.split():
        currency, _, amount = word.partition("=")
        try:
            cost = Decimal(amount)
        except InvalidOperation:
            cost = Decimal(-1)
        if not re.fullmatch("[A-Z]{3}", currency) or not cost.is_finite() or cost < 0:
            raise WrongSetting(f"{word!r} is no cost in a currency; write for example USD=12.50 EUR=10.90.")
        found[currency] = cost
    return found


def _locale(value: str) -> str:
    try:
        Locale.parse(value)
    except (ValueError, TypeError, UnknownLocaleError):
        raise WrongSetting(f"{value!r} is no locale; write for example en_US or de_AT.") from None
    return value


def _key(value: str) -> str:
    if value and len(value) < SHORTEST_KEY:
        raise WrongSetting(
            f"needs at least {SHORTEST_KEY} characters; `python -c 'import secrets; "
            f"print(secrets.token_urlsafe(48))'` makes a good one."
        )
    return value


def _switch(value: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}
    if value.lower() not in words:
        raise WrongSetting(f"{value!r} is neither true nor false.")
    return words[value.lower()]


def _database(value: str) -> str:
    if not value:
        INSTANCE.mkdir(exist_ok=True)
        return f"sqlite:///{OWN_DATABASE}"
    try:
        url = make_url(value)
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg") or not url.database:
        raise WrongSetting("write sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.")
    folder = Path(url.database).parent
    if url.drivername == "sqlite" and not folder.is_dir():
        raise WrongSetting(f"the folder {folder} is not there.")
    return value


def _web_address(value: str) -> str:
    if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
        raise WrongSetting(f"{value!r} is no address; write for example https://desk.example.com.")
    return value.rstrip("/")


def _mail_address(value: str) -> str:
    try:
        address = urlsplit(value)
        usable = address.scheme in ("smtp", "smtps") and address.hostname and address.port != 0
    except ValueError:
        usable = False
    if value and not usable:
        raise WrongSetting("write smtp://USER:PASSWORD@HOST:PORT.")
    return value


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "DATABASE_URL",
        "",
        "Where the data is: `sqlite:///FILE` or `postgresql+psycopg://…`; empty: a SQLite file in `instance/`.",
        _database,
        secret=True,
    ),
    Setting(
        "SECRET_KEY",
        "",
        "Signs sessions and links. Empty: made once and kept in `instance/` (SQLite only; required otherwise).",
        _key,
        secret=True,
    ),
    Setting(
        "SECRET_KEY_BEFORE",
        "",
        "The former `SECRET_KEY`, still believed while a new one takes over; take it away after two weeks.",
        _key,
        secret=True,
    ),
    Setting("SHOP_NAME", "", "The merchant's name, shown at sign-in and under the navigation.", _text),
    Setting("SHOP_TIMEZONE", "UTC", "The zone in which the shop's days begin and end.", _zone),
    Setting("SHOP_REGION", "US", "Which deadline rules apply: `US`, `EU` or `UK`.", _region),
    Setting("SHOP_LOCALE", "en_US", "How numbers and money are written, for example `de_AT`.", _locale),
    Setting("BUSINESS_DATE", "", "Pins the shop's day to an ISO date, for reports on old data and for tests.", _date),
    Setting(
        "MAIL_URL",
        "",
        "`smtp://USER:PASSWORD@HOST:PORT` or `smtps://…` for outgoing mail. Empty: it stays in the outbox.",
        _mail_address,
        secret=True,
    ),
    Setting("MAIL_FROM", "", "The address that mail comes from; empty: desk@ the host of `BASE_URL`.", _text),
    Setting(
        "BASE_URL",
        "",
        "The address under which people reach the desk; used in mail. With https, cookies travel only by https.",
        _web_address,
    ),
    Setting(
        "PARCEL_COSTS",
        "",
        "What a further parcel costs, by currency: `USD=12.50 EUR=10.90`. Others: what the order paid for shipping.",
        _costs_by_currency,
    ),
    Setting("HOST", "127.0.0.1", "The address that `make run` listens on.", _text),
    Setting("PORT", "8000", "The port that `make run` listens on.", _whole_number(1, 65535)),
    Setting("WEB_PROCESSES", "0", "Web processes; 0: one with SQLite, two with PostgreSQL.", _whole_number(0, 64)),
    Setting("WEB_THREADS", "16", "Requests answered at once by each web process.", _whole_number(1, 1000)),
    Setting(
        "EMBEDDED_WORKER",
        "true",
        "Whether the web process also does the background jobs; false where `flask worker` runs beside it.",
        _switch,
    ),
    Setting(
        "TRUSTED_PROXIES",
        "0",
        "How many reverse proxies of yours stand in front, whose word on the caller's address is taken.",
        _whole_number(0, 10),
    ),
    Setting("SESSION_IDLE_MINUTES", "120", "A session ends when nobody was there so long.", _whole_number(1, 10080)),
    Setting("SESSION_HOURS", "12", "A session ends after so long, whatever happens in it.", _whole_number(1, 720)),
    Setting("RATE_LIMITS", "true", "Whether repeated sign-in and reset requests are slowed down.", _switch),
    Setting(
        "RETENTION_MESSAGE_DAYS",
        "0",
        "After so many days a message loses its text and address; 0: it is kept, as evidence of what was told.",
        _whole_number(0, 36500),
    ),
    Setting(
        "RETENTION_CUSTOMER_DAYS",
        "0",
        "A customer with nothing open whose last order is older than so many days is erased; 0: nobody is.",
        _whole_number(0, 36500),
    ),
    Setting(
        "LOG_LEVEL", "INFO", "`DEBUG`, `INFO`, `WARNING` or `ERROR`.", _one_of("DEBUG", "INFO", "WARNING", "ERROR")
    ),
    Setting("LOG_FORMAT", "console", "`console` for people, `json` for machines.", _one_of("console", "json")),
    Setting("DEMO", "", "Set by `make run` when it serves the demo merchant; shows the banner.", _switch),
)


def read_settings(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Every setting by name, validated; `WrongSetting` names the first that cannot be used."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        raw = environment.get(setting.name, "").strip() or setting.default
        try:
            values[setting.name] = setting.read(raw)
        except WrongSetting as wrong:
            raise WrongSetting(f"{setting.name}: {wrong}") from None
    if values["MAIL_URL"] and not values["BASE_URL"]:
        raise WrongSetting(
            "BASE_URL: required with MAIL_URL, since mail carries links; write https://desk.example.com."
        )
    if not values["SECRET_KEY"]:
        values["SECRET_KEY"] = _own_secret_key(values["DATABASE_URL"])
    return values


def names_a_database(environment: Mapping[str, str] | None = None) -> bool:
    """Whether somebody said where the data is."""
    return bool((os.environ if environment is None else environment).get("DATABASE_URL", "").strip())


def environment_and(**more: str) -> dict[str, str]:
    """The environment for a program that the desk starts, with some values more."""
    return {**os.environ, **more}


def shown_path(path: Path) -> str:
    """A path as people read it: from the project's folder where it lies within."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def configuration_table() -> str:
    """Every setting as the Markdown table that docs/configuration.md holds."""
    rows = ["| setting | default | what it is for |", "|---|---|---|"]
    rows += [f"| `{setting.name}` | {_shown_default(setting)} | {setting.help} |" for setting in SETTINGS]
    return "\n".join(rows) + "\n"


def _shown_default(setting: Setting) -> str:
    return f"`{setting.default}`" if setting.default else "empty"


def _own_secret_key(database_url: str) -> str:
    """The key kept in `instance/`, made at the first start of an embedded desk."""
    if not database_url.startswith("sqlite"):
        raise WrongSetting("SECRET_KEY: required with PostgreSQL, the same for every process.")
    path = INSTANCE / "secret_key"
    if not path.exists():
        INSTANCE.mkdir(exist_ok=True)
        try:
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # Another process was first; its key is the key.
    return path.read_text()
