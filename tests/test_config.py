"""Settings: read once, refused by name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboard import config
from dashboard.config import SETTINGS, WrongSetting, read_settings

KEY = {"SECRET_KEY": "sixteen characters or more"}


def test_with_nothing_set_the_desk_keeps_its_data_in_its_own_folder():
    settings = read_settings(KEY)
    assert settings["DATABASE_URL"] == f"sqlite:///{config.OWN_DATABASE}"
    assert (settings["SHOP_TIMEZONE"], settings["SHOP_REGION"], settings["PORT"]) == ("UTC", "US", 8000)
    assert settings["BUSINESS_DATE"] is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://desk"),
        ("DATABASE_URL", "sqlite:///"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "sqlite:////no/such/folder/desk.sqlite3"),
        ("SECRET_KEY", "short"),
        ("SHOP_TIMEZONE", "Mars/Olympus"),
        ("SHOP_TIMEZONE", "../etc/passwd"),
        ("SHOP_REGION", "XX"),
        ("SHOP_LOCALE", "klingon"),
        ("PARCEL_COSTS", "12.50"),
        ("PARCEL_COSTS", "USD=-1"),
        ("BUSINESS_DATE", "12.3.2026"),
        ("BUSINESS_DATE", "2026-02-30"),
        ("MAIL_URL", "http://mail"),
        ("MAIL_URL", "smtp://mail:notaport"),
        ("BASE_URL", "desk.example"),
        ("BASE_URL", "https://"),
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("PORT", "-1"),
        ("WEB_THREADS", "many"),
        ("EMBEDDED_WORKER", "perhaps"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_wrong_setting_is_refused_by_its_name(name, value):
    with pytest.raises(WrongSetting, match=f"^{name}: "):
        read_settings({**KEY, name: value})


def test_no_refusal_repeats_a_password():
    with pytest.raises(WrongSetting) as refusal:
        read_settings({**KEY, "DATABASE_URL": "mysql://desk:hunter2@db/desk"})
    assert "hunter2" not in str(refusal.value)
    with pytest.raises(WrongSetting) as refusal:
        read_settings({**KEY, "MAIL_URL": "ftp://desk:hunter2@mail"})
    assert "hunter2" not in str(refusal.value)


def test_settings_are_read_into_values():
    settings = read_settings(
        {
            **KEY,
            "BUSINESS_DATE": "2026-03-12",
            "SHOP_REGION": "eu",
            "BASE_URL": "https://desk.example/",
            "DEMO": "yes",
            "PARCEL_COSTS": "USD=12.50 JPY=900",
        }
    )
    assert settings["PARCEL_COSTS"] == {"USD": Decimal("12.50"), "JPY": Decimal(900)}
    assert settings["BUSINESS_DATE"] == date(2026, 3, 12)
    assert (settings["SHOP_REGION"], settings["BASE_URL"], settings["DEMO"]) == ("EU", "https://desk.example", True)


def test_mail_needs_the_address_that_its_links_lead_to():
    with pytest.raises(WrongSetting, match=r"^BASE_URL: required with MAIL_URL"):
        read_settings({**KEY, "MAIL_URL": "smtp://mail.example"})


def test_several_processes_must_share_a_key_that_somebody_set():
    with pytest.raises(WrongSetting, match=r"^SECRET_KEY: required with PostgreSQL"):
        read_settings({"DATABASE_URL": "postgresql+psycopg://desk@db/desk"})


def test_an_embedded_desk_makes_its_key_once_and_keeps_it_to_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(config, "INSTANCE", tmp_path)
    first, second = read_settings({}), read_settings({})
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert len(first["SECRET_KEY"]) >= 48
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_every_setting_has_a_name_of_its_own_and_a_sentence():
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_the_documents_hold_the_table_of_settings():
    documented = (config.ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert config.configuration_table() in documented, (
        "docs/configuration.md is behind the code; put `flask settings` there."
    )
