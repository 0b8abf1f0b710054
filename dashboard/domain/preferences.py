"""How somebody may like to read the desk."""

from __future__ import annotations

from dashboard.domain.refusals import Refused

THEMES = {"auto": "Auto", "light": "Light", "dark": "Dark"}
# How numbers, money and dates are written; the words of the desk are English whichever is chosen.
LOCALES = {
    "en_US": "English (United States) · 1,234.50 · Mar 12, 2026",
    "en_GB": "English (United Kingdom) · 1,234.50 · 12 Mar 2026",
    "de_DE": "Deutsch (Deutschland) · 1.234,50 · 12. März 2026",
    "de_AT": "Deutsch (Österreich) · 1 234,50 · 12. März 2026",
    "de_CH": "Deutsch (Schweiz) · 1’234.50 · 12. März 2026",
    "fr_FR": "Français · 1 234,50 · 12 mars 2026",
    "es_ES": "Español · 1234,50 · 12 mar 2026",
    "it_IT": "Italiano · 1234,50 · 12 mar 2026",
    "nl_NL": "Nederlands · 1.234,50 · 12 mrt 2026",
    "pt_PT": "Português · 1234,50 · 12/03/2026",
    "sv_SE": "Svenska · 1 234,50 · 12 mars 2026",
    "da_DK": "Dansk · 1.234,50 · 12. mar. 2026",
    "pl_PL": "Polski · 1234,50 · 12 mar 2026",
    "cs_CZ": "Čeština · 1 234,50 · 12. 3. 2026",
}


class PreferenceRefused(Refused):
    """A way of reading that there is not."""


def refuse_preferences(locale: str | None, theme: str | None) -> None:
    """What can be chosen."""
    if locale is not None and locale not in LOCALES:
        raise PreferenceRefused(f"{locale} is not among the languages.", "Choose one of the list.", field="locale")
    if theme not in THEMES:
        raise PreferenceRefused(f"{theme or 'Nothing'} is no theme.", "Choose light or dark.", field="theme")


def set_in_words(locale: str | None, theme: str, *, key_hints: bool) -> str:
    """How somebody reads the desk from now on."""
    language = "as the shop does" if locale is None else f"as {LOCALES[locale].partition(' ·')[0]}"
    hints = "with" if key_hints else "without"
    shade = "light or dark as your machine is" if theme == "auto" else THEMES[theme].lower()
    return f"You read numbers and dates {language}, {shade}, {hints} hints of keys."
