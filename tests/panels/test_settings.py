"""The rules of the house on their pages."""

from __future__ import annotations

from dashboard.domain.settings import ROLE_NAMES, SETTINGS
from dashboard.permissions import ROLES


def test_every_setting_has_a_page_with_its_meaning_and_its_default(world, admin):
    listed = admin.get("/settings").text
    for setting in SETTINGS:
        assert setting.title in listed
        page = admin.get(f"/settings/{setting.key}").text
        assert setting.meaning in page
        assert "This is the default" in page
        assert "Nobody has changed it" in page
    assert admin.get("/settings/weather").status_code == 404


def test_only_an_admin_sees_them(world, manager):
    assert manager.get("/settings").status_code == 403
    assert 'href="/settings"' not in manager.get("/aging").text


def test_roles_are_called_as_the_table_of_permissions_calls_them():
    assert tuple(ROLES) == ROLE_NAMES
