"""The texts that messages to customers are made of, by kind and language."""

from __future__ import annotations

from functools import cache

from dashboard.config import ROOT
from dashboard.domain.messages import FRAME, KINDS, Text, read_text

FOLDER = ROOT / "templates" / "messages"
# What every kind is written in; whoever reads a language that is not here gets this one.
FIRST_LANGUAGE = "en"


@cache
def languages() -> tuple[str, ...]:
    """The languages in which there are texts."""
    return tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))


def language_of(wanted: str | None) -> str:
    """The language that somebody is written to in: theirs where there are texts in it (of “de-AT”, those in “de”)."""
    word = (wanted or "").replace("_", "-").partition("-")[0].strip().lower()
    return word if word in languages() else FIRST_LANGUAGE


@cache
def texts_in(language: str) -> dict[str, Text]:
    """The text of every kind, and what stands around them; those that a language lacks are in the first one."""
    return {kind: _text(kind, language) for kind in (*KINDS, FRAME)}


def _text(kind: str, language: str) -> Text:
    file = FOLDER / language / f"{kind}.txt"
    if not file.is_file():
        file = FOLDER / FIRST_LANGUAGE / f"{kind}.txt"
    return read_text(kind, file.read_text(encoding="utf-8"))
