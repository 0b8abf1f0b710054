"""The texts of letters to customers and of answers, by language: as written at the desk, else as shipped."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.config import ROOT
from dashboard.domain.messages import FRAME, KINDS, Text, read_text
from dashboard.domain.order_answers import read_texts
from dashboard.domain.text_changes import NAMES, ORDER_ANSWERS
from dashboard.models import KeptText

LETTERS, ANSWERS = ROOT / "templates" / "messages", ROOT / "templates" / "answers"
# What every text is written in; whoever reads a language that is not here gets this one.
FIRST_LANGUAGE = "en"


@dataclass(frozen=True, slots=True)
class StandingText:
    """A text as it stands."""

    name: str
    language: str
    written: str
    shipped: str
    version: int  # 0: nobody has changed it yet

    @property
    def is_default(self) -> bool:
        return self.written == self.shipped

    @property
    def subject(self) -> str:
        """What the history calls it."""
        return f"text {self.name} {self.language}"


@cache
def languages() -> tuple[str, ...]:
    """The languages in which there are texts."""
    return tuple(sorted(folder.name for folder in LETTERS.iterdir() if folder.is_dir()))


def language_of(wanted: str | None) -> str:
    """The language that somebody is written to in: theirs where there are texts in it (of “de-AT”, those in “de”)."""
    word = (wanted or "").replace("_", "-").partition("-")[0].strip().lower()
    return word if word in languages() else FIRST_LANGUAGE


def locale_of(language: str) -> str:
    """How days and amounts are written beside words of a language: as the shop writes them, where it speaks it."""
    shops_own: str = current_app.config["SHOP_LOCALE"]
    return shops_own if shops_own.partition("_")[0] == language else language


def texts_in(session: Session, language: str) -> dict[str, Text]:
    """The text of every letter, and what stands around them; those that a language lacks are in the first one."""
    kept = _kept(session, language)
    return {
        name: read_text(name, kept[name]) if name in kept else _shipped_letter(name, language)
        for name in (*KINDS, FRAME)
    }


def answers_in(session: Session, language: str) -> dict[str, str]:
    """The sentences of answers."""
    written = _kept(session, language).get(ORDER_ANSWERS)
    return _shipped_answers(language) if written is None else read_texts(written)


def standing_text(session: Session, name: str, language: str) -> StandingText:
    """A text as it stands."""
    shipped = shipped_text(name, language)
    row = session.get(KeptText, (name, language), populate_existing=True)
    written = shipped if row is None or row.written is None else row.written
    return StandingText(name, language, written, shipped, row.version if row else 0)


def keep_text(session: Session, text: StandingText, written: str) -> None:
    """Keep what somebody wrote, in the transaction of the act; what is as shipped follows what is shipped."""
    row = session.get(KeptText, (text.name, text.language))
    if row is None:
        row = KeptText(name=text.name, language=text.language)
        session.add(row)
        session.flush()
    row.written = None if written == text.shipped else written
    row.version += 1
    session.flush()


@cache
def shipped_text(name: str, language: str) -> str:
    """A text as it comes; of a language that lacks it, in the first one."""
    file = _file(name, language)
    return (file if file.is_file() else _file(name, FIRST_LANGUAGE)).read_text(encoding="utf-8").strip()


def _file(name: str, language: str) -> Path:
    return ANSWERS / f"{language}.txt" if name == ORDER_ANSWERS else LETTERS / language / f"{name}.txt"


@cache
def _shipped_letter(name: str, language: str) -> Text:
    return read_text(name, shipped_text(name, language))


@cache
def _shipped_answers(language: str) -> dict[str, str]:
    return read_texts(shipped_text(ORDER_ANSWERS, language))


def _kept(session: Session, language: str) -> dict[str, str]:
    """What was written in a language: looked up each time, so that a change holds at once in every process."""
    kept = select(KeptText.name, KeptText.written).where(
        KeptText.language == language, KeptText.name.in_(NAMES), KeptText.written.is_not(None)
    )
    return {name: written for name, written in session.execute(kept) if written is not None}
