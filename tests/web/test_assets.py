"""The browser assets: what is installed is what the lock file and the installer say."""

import json
import re

import pytest

from dashboard.web import assets


def test_everything_served_is_installed() -> None:
    assert assets.is_installed(assets.fingerprint()), "Run make setup."
    symbols = re.findall(r'<symbol id="([^"]+)"', assets.SPRITE.read_text(encoding="utf-8"))
    assert symbols == list(assets.ICONS)


def test_icons_are_listed_once_and_in_order() -> None:
    assert list(assets.ICONS) == sorted(set(assets.ICONS))


def test_a_second_installation_has_nothing_to_do() -> None:
    assert assets.install() is False


def test_whatever_is_missing_is_installed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "FILES", {**assets.FILES, "htmx.org/dist/htmx.js": "not-copied-yet.js"})
    assert not assets.is_installed(assets.fingerprint())


def test_the_lock_file_names_no_registry() -> None:
    lock = (assets.PROJECT / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_fonts_are_asked_for_by_the_version_that_is_installed() -> None:
    package = json.loads((assets.PROJECT / "package.json").read_text(encoding="utf-8"))
    version = package["dependencies"]["@fontsource-variable/inter"]
    for source in ("static/css/fonts.css", "templates/layouts/document.html"):
        asked_for = re.findall(r"\.woff2(?:\?v=|', v=')([\d.]+)", (assets.PROJECT / source).read_text(encoding="utf-8"))
        assert asked_for, f"{source} asks for no font"
        assert set(asked_for) == {version}


def test_an_icon_that_tabler_does_not_have_is_refused_by_name() -> None:
    with pytest.raises(assets.AssetsMissing, match="no-such-icon"):
        assets.sprite(("no-such-icon",))
