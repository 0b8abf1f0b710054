"""The browser assets: what is installed is what pages name, and no page needs another host."""

import json
import re
from pathlib import Path

import pytest

from dashboard.web import assets

TEMPLATES = sorted((assets.PROJECT / "templates").rglob("*.html"))
MODULES = [path for path in sorted((assets.PROJECT / "dashboard").rglob("*.py")) if path.name != "assets.py"]
# A word that is compared with is no icon.
COMPARED = re.compile(r"""[=!]=\s*['"][^'"]*['"]""")
QUOTED = re.compile(r"""['"]([a-z][a-z0-9-]*)['"]""")


def called_with(name: str, place: int, source: str) -> set[str]:
    """The quoted words of one argument (counted from 0) in every call of a macro."""
    words: set[str] = set()
    for call in re.finditer(rf"\b{name}\(([^()]*(?:\([^()]*\)[^()]*)*)\)", source):
        arguments = re.split(r",(?![^(]*\))", call.group(1))
        if len(arguments) > place:
            words |= set(QUOTED.findall(COMPARED.sub("", arguments[place])))
    return words


def icons_named() -> set[str]:
    named: set[str] = set()
    for template in TEMPLATES:
        source = template.read_text(encoding="utf-8")
        named |= called_with("icon", 0, source)
        for macro in ("badge", "blank", "note"):
            named |= called_with(macro, 1, source)
        if template.name == "deadline.html":
            named |= set(re.findall(r":\s*\('([a-z-]+)',", source))
    for module in MODULES:
        named |= set(re.findall(r"""\bicon=['"]([a-z0-9-]+)['"]""", module.read_text(encoding="utf-8")))
    return named


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    missing = icons_named() - set(assets.ICONS)
    assert not missing, f"Add to ICONS in dashboard/web/assets.py: {sorted(missing)}"


def test_the_sprite_holds_no_icon_that_nobody_names() -> None:
    words = {word for path in TEMPLATES + MODULES for word in QUOTED.findall(path.read_text(encoding="utf-8"))}
    unused = set(assets.ICONS) - words
    assert not unused, f"Take out of ICONS in dashboard/web/assets.py: {sorted(unused)}"


def test_icons_are_listed_once_and_in_order() -> None:
    assert list(assets.ICONS) == sorted(set(assets.ICONS))


def test_everything_served_is_installed() -> None:
    assert assets.is_installed(assets.fingerprint()), "Run make setup."
    symbols = re.findall(r'<symbol id="([^"]+)"', assets.SPRITE.read_text(encoding="utf-8"))
    assert symbols == list(assets.ICONS)


def test_a_second_installation_has_nothing_to_do() -> None:
    assert assets.install() is False


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


OURS = [
    path
    for folder in ("templates", "static/css", "static/js")
    for path in sorted((assets.PROJECT / folder).rglob("*"))
    if path.suffix in {".html", ".css", ".js"}
]
# A link for people to follow is no request of the page's own.
FOREIGN = re.compile(r"""(?:src|href|url|import|fetch)\s*[=(]\s*['"]?(?:https?:)?//""")


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_no_page_fetches_from_another_host(path: Path) -> None:
    assert not FOREIGN.search(path.read_text(encoding="utf-8"))


# What the content security policy would block, silently for whoever writes it.
BLOCKED = {
    "an inline style": re.compile(r"\sstyle\s*=|<style\b"),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|hx-on\b"),
    "an evaluated value": re.compile(r"""hx-vals\s*=\s*['"]js:|hx-trigger\s*=\s*['"][^'"]*\[|javascript:"""),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"),
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(assets.PROJECT / "templates")))
@pytest.mark.parametrize("what", BLOCKED)
def test_no_template_holds_what_the_content_security_policy_blocks(template: Path, what: str) -> None:
    found = BLOCKED[what].search(template.read_text(encoding="utf-8"))
    assert not found, f"{what}: {found.group(0)!r}. Use a class, or a listener in static/js/."
