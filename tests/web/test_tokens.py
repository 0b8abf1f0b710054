"""Colour: whoever reads the desk can read all of it, in both themes."""

import re

import pytest

from dashboard.web.assets import PROJECT

SOURCE = (PROJECT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
THEMES = ("light", "dark")
TEXT = ("ink", "ink-2", "ink-3", "accent", "accent-strong", "late", "soon", "good", "unknown")
GROUNDS = ("page", "surface", "sunk", "hover", "accent-soft")
MEANINGS = ("late", "soon", "good", "unknown")
# WCAG 2, level AA: text, and what one must see to use a control.
FOR_TEXT, FOR_CONTROLS = 4.5, 3.0


def tokens_of(theme: str) -> dict[str, str]:
    block = re.search(rf'^(?::root,\n)?\[data-bs-theme="{theme}"\] \{{(.*?)^\}}', SOURCE, re.DOTALL | re.MULTILINE)
    assert block, f"no block of tokens for the {theme} theme"
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block.group(1)))


TOKENS = {theme: tokens_of(theme) for theme in THEMES}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXT)
def test_every_text_colour_is_readable_on_every_ground(theme: str, text: str, ground: str) -> None:
    assert contrast(TOKENS[theme][text], TOKENS[theme][ground]) >= FOR_TEXT


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("meaning", MEANINGS)
def test_every_meaning_is_readable_on_its_own_soft_ground(theme: str, meaning: str) -> None:
    assert contrast(TOKENS[theme][meaning], TOKENS[theme][f"{meaning}-soft"]) >= FOR_TEXT
    assert contrast(TOKENS[theme]["ink"], TOKENS[theme][f"{meaning}-soft"]) >= FOR_TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_the_edge_of_a_field_and_a_filled_button_are_seen(theme: str) -> None:
    assert contrast(TOKENS[theme]["field-edge"], TOKENS[theme]["surface"]) >= FOR_CONTROLS
    assert contrast("#ffffff", TOKENS[theme]["accent-filled"]) >= FOR_TEXT
    assert contrast("#ffffff", TOKENS[theme]["accent-filled-hover"]) >= FOR_TEXT
    assert contrast(TOKENS[theme]["inverted-text"], TOKENS[theme]["inverted"]) >= FOR_TEXT
    assert contrast(TOKENS[theme]["inverted-text-2"], TOKENS[theme]["inverted"]) >= FOR_TEXT


@pytest.mark.parametrize("theme", THEMES)
def test_more_is_always_further_from_the_ground(theme: str) -> None:
    steps = [contrast(TOKENS[theme][f"ramp-{step}"], TOKENS[theme]["surface"]) for step in range(1, 6)]
    assert steps == sorted(steps)
    pale = [contrast(TOKENS[theme][f"ramp-{step}-pale"], TOKENS[theme]["surface"]) for step in range(1, 6)]
    assert all(left < right for left, right in zip(pale, steps, strict=True))


def test_both_themes_name_the_same_colours() -> None:
    assert TOKENS["light"].keys() == TOKENS["dark"].keys()
