"""The texts of letters to customers and of answers, by language: as written at the desk, else as shipped. One language
is shipped; what nobody wrote in a customer's language reaches them in that one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from flask import current_app
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from dashboard.config import ROOT
from dashboard.domain.messages import FRAME, Text, read_text
from dashboard.domain.order_answers import read_texts
from dashboard.domain.text_changes import LANGUAGES, ORDER_ANSWERS
from dashboard.models import KeptText

LETTERS, ANSWERS = ROOT / "templates" / "messages", ROOT / "templates" / "answers"
# What every text is shipped in; who is written to in a language that lacks one gets this.
FIRST_LANGUAGE = "en"
# Texts that a process keeps read: more than there are in all languages.
REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class StandingText:
    """A text as it stands."""

    name: str
    language: str
    written: str  # empty: nobody wrote it in this language
    shipped: str  # empty: it does not come in this language
    version: int  # 0: nobody has changed it yet
    otherwise: str  # what customers of the language read while it is not written

    @property
    def is_default(self) -> bool:
        return self.written == self.shipped

    @property
    def spoken(self) -> str:
        """Its language as people call it."""
        return LANGUAGES[self.language]

    @property
    def subject(self) -> str:
        """What the history calls it."""
        return f"text {self.name} {self.language}"


def language_of(wanted: str | None) -> str:
    """The language that somebody would be written to in: of “de-AT”, the texts in “de”."""
    word = (wanted or "").replace("_", "-").partition("-")[0].strip().lower()
    return word if word in LANGUAGES else FIRST_LANGUAGE


def locale_of(language: str) -> str:
    """How days and amounts are written beside words of a language: as the shop writes them, where it speaks it."""
    shops_own: str = current_app.config["SHOP_LOCALE"]
    return shops_own if shops_own.partition("_")[0] == language else language


def letter_texts(
    session: Session, wanted: str, kinds: Collection[str], *, half: bool = False
) -> tuple[str, dict[str, Text]]:
    """The language of a letter that says things of these kinds, and its texts: all of them in the language that is
    wanted, else all in the first one, so that no letter changes its language half-way; `half` takes what there is.
    """
    needed = (FRAME, *kinds)
    standing = _standing(session, {wanted, FIRST_LANGUAGE}, needed)
    there = [name for name in needed if standing[wanted, name]]
    language = wanted if len(there) == len(needed) or (half and there) else FIRST_LANGUAGE
    return language, {
        name: _read_letter(name, standing[language, name] or standing[FIRST_LANGUAGE, name]) for name in needed
    }


def answer_texts(session: Session, wanted: str) -> tuple[str, Mapping[str, str]]:
    """The language of an answer, and its sentences."""
    standing = _standing(session, {wanted, FIRST_LANGUAGE}, (ORDER_ANSWERS,))
    language = wanted if standing[wanted, ORDER_ANSWERS] else FIRST_LANGUAGE
    return language, _read_answers(standing[language, ORDER_ANSWERS])


def languages_of(session: Session, name: str) -> tuple[str, ...]:
    """The languages in which there is a text of that name."""
    standing = _standing(session, LANGUAGES, (name,))
    return tuple(language for language in LANGUAGES if standing[language, name])


def lacking(session: Session, name: str, language: str) -> tuple[str, ...]:
    """What else must be written until customers read a text in a language: the frame of letters, too."""
    return () if name in (FRAME, ORDER_ANSWERS) or language in languages_of(session, FRAME) else (FRAME,)


def standing_text(session: Session, name: str, language: str) -> StandingText:
    """A text as it stands."""
    standing = _standing(session, {language, FIRST_LANGUAGE}, (name,))
    row = session.get(KeptText, (name, language), populate_existing=True)
    return StandingText(
        name,
        language,
        standing[language, name],
        shipped_text(name, language),
        row.version if row else 0,
        standing[FIRST_LANGUAGE, name],
    )


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
    """A text as it comes; empty where it does not come in that language."""
    file = ANSWERS / f"{language}.txt" if name == ORDER_ANSWERS else LETTERS / language / f"{name}.txt"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


# To write this statement takes longer than to answer it, so it is written once.
_KEPT = select(KeptText.language, KeptText.name, KeptText.written).where(
    KeptText.language.in_(bindparam("languages", expanding=True)),
    KeptText.name.in_(bindparam("names", expanding=True)),
    KeptText.written.is_not(None),
)
_read_letter = lru_cache(maxsize=REMEMBERED)(read_text)
_read_answers = lru_cache(maxsize=REMEMBERED)(read_texts)


def _standing(session: Session, languages: Iterable[str], names: Collection[str]) -> dict[tuple[str, str], str]:
    """Texts as they stand, by language and name: looked up each time, so that a change holds at once in every
    process.
    """
    texts = {(language, name): shipped_text(name, language) for language in languages for name in names}
    kept = session.execute(_KEPT, {"languages": list({language for language, _ in texts}), "names": list(names)})
    return texts | {(language, name): written or "" for language, name, written in kept}
