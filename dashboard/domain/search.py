"""What is meant by what somebody types into the search: words without accents, digits of a phone, numbers without the
letters before them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

CUSTOMER, PRODUCT = "customer", "product"
SEARCH_KINDS = (CUSTOMER, PRODUCT)

# Between the parts of what is kept of a customer or product. Nobody types it.
PART = "\x1f"
# Sorts after every text that begins with what was typed.
HIGHEST_LETTER = "\U0010ffff"

# So much is looked at of what was typed: no name, number or address is longer, and no request shall cost more.
TYPED_AT_MOST = 80
WORDS_AT_MOST = 6

# A phone is found by its last digits too, because what stands before them is written in many ways: the country may be
# left out, or the zero of the area be typed. Ten are a national number, seven a local one, four what people confirm by.
PHONE_ENDINGS = (10, 7, 4)
LOCAL_DIGITS = 7
PHONE_DIGITS_AT_LEAST = 4

# Shorter words are within one letter of too many others.
FORGIVEN_FROM = 4
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"

# Letters that are no letter with an accent, though people who lack them on their keys write them so.
_WRITTEN_AS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_APOSTROPHES = re.compile(r"['’ʼ`]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_UNWRITTEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_NO_DIGIT = re.compile(r"\D+")
_PHONE = re.compile(r"\+?[\d\s()./-]+")
_HEAD_AND_NUMBER = re.compile(r"(\D*)(\d.*)", re.DOTALL)


def folded(text: str) -> str:
    """The text in small letters without accents."""
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_WRITTEN_AS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(_WRITTEN_AS)


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text, folded, each once."""
    plain = _APOSTROPHES.sub("", folded(text))
    return tuple(dict.fromkeys(word for word in _BETWEEN_WORDS.split(plain) if word))


def words_of(kind: str, said: str) -> frozenset[str]:
    """Every word by which a customer (name, mail, phone) or a product (SKU, name) is found, by what is kept of it."""
    parts = said.split(PART)
    if kind == PRODUCT:
        sku, name = parts
        return frozenset((*words_in(sku), *words_in(name), folded(sku).strip()))
    name, mail, phone = parts
    words = {*words_in(name), *words_in(mail.partition("@")[0]), *phone_words(phone)}
    return frozenset(words | {folded(mail).strip()} if mail.strip() else words)


def phone_words(phone: str) -> tuple[str, ...]:
    """The digits of a phone: all of them, and its endings."""
    digits = _NO_DIGIT.sub("", phone)
    if len(digits) < PHONE_DIGITS_AT_LEAST:
        return ()
    return tuple(dict.fromkeys((digits, *(digits[-count:] for count in PHONE_ENDINGS if len(digits) > count))))


@dataclass(frozen=True, slots=True)
class Sought:
    """What was typed, as it is looked for."""

    text: str  # as typed, without blanks at its ends
    words: tuple[str, ...]
    mail: str | None  # the beginning of an address
    phone: str | None  # digits

    @property
    def has_digit(self) -> bool:
        return any(letter.isdigit() for letter in self.text)


def sought(typed: str) -> Sought:
    """What somebody means who typed this."""
    text = " ".join(_UNWRITTEN.sub(" ", typed[:TYPED_AT_MOST]).split())
    digits = _NO_DIGIT.sub("", text)
    is_phone = bool(_PHONE.fullmatch(text)) and len(digits) >= PHONE_DIGITS_AT_LEAST
    return Sought(
        text,
        words_in(text)[:WORDS_AT_MOST],
        folded(text).replace(" ", "") if "@" in text.strip("@") else None,
        digits if is_phone else None,
    )


def head_of(number: str) -> str:
    """What stands before the first digit of an order's number: `O-` of `O-4711`."""
    found = _HEAD_AND_NUMBER.fullmatch(number)
    return found[1] if found else number


def numbers_meant(typed: str, heads: Iterable[str]) -> tuple[str, ...]:
    """What a number may be called that was typed with or without what stands before its digits, in any case."""
    text = typed.replace(" ", "")
    meant = [typed, text, text.upper(), text.lower()]
    if found := _HEAD_AND_NUMBER.fullmatch(text):
        letters = _letters(found[1])
        meant += [
            head + rest
            for head in heads
            if not letters or _letters(head) == letters
            for rest in (found[2], found[2].upper(), found[2].lower())
        ]
    return tuple(dict.fromkeys(meant))


def _letters(head: str) -> str:
    return _BETWEEN_WORDS.sub("", folded(head))


def one_letter_off(word: str) -> frozenset[str]:
    """Every word from which a slip of one letter makes this one: one too many, too few, another, or two exchanged.

    After Peter Norvig, "How to write a spelling corrector".
    """
    if len(word) < FORGIVEN_FROM:
        return frozenset()
    # A word in other letters than these is mended by its own.
    letters = LETTERS if word.isascii() else "".join(sorted({*word}))
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    return frozenset(
        [left + right[1:] for left, right in cuts if right]
        + [left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1]
        + [left + letter + right[1:] for left, right in cuts if right for letter in letters]
        + [left + letter + right for left, right in cuts for letter in letters]
    ) - {word}
