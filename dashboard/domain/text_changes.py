"""Writing a text anew: which there are, and what each must say before any customer reads it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dashboard.domain.messages import (
    FRAME,
    KINDS,
    AnswerGiven,
    CardAskedFor,
    DateGiven,
    DateMoved,
    GoodsReady,
    OfferMade,
    ParcelLeft,
    RestCancelled,
    Said,
    Text,
    TextRefused,
    compose,
    read_text,
    refuse_stray_braces,
)
from dashboard.domain.order_answers import TEXTS, AnswerRefused, read_texts

ORDER_ANSWERS = "order-answers"
NAMES = (*KINDS, FRAME, ORDER_ANSWERS)
LONGEST_TEXT = 6_000
# What each text is called, and when a customer reads it.
TITLES: dict[str, tuple[str, str]] = {
    "offer-made": ("Offer", "When something is offered to a customer for their patience."),
    "card-asked-for": ("New card asked for", "When the means of payment will not do until the goods leave."),
    "parcel-left": ("Parcel left", "When goods are on their way."),
    "date-given": ("First date", "When a line that had no date has one."),
    "date-moved": (
        "New date",
        "When a line ships on another date than the customer was told. The law says what it must say: the new date or "
        "that there is none, until when an answer is needed, that they may cancel, get their money back, and that "
        "telling us costs nothing.",
    ),
    "goods-ready": ("Ready to leave", "When all that is open lies ready."),
    "rest-cancelled": ("Cancelled", "When what was open is cancelled, with what is paid back and by when."),
    "answer-given": ("Answer", "What stands around an answer that is sent by mail."),
    FRAME: (
        "Around every letter",
        "How letters begin and end, and the subject of one that says several things.",
    ),
    ORDER_ANSWERS: ("Where is my order", "The sentences of which an answer is made who asks where an order is."),
}
# In which texts may be written: those of which the words are known by which a letter says what the law asks for.
LANGUAGES = {"en": "English", "nl": "Dutch", "fr": "French", "de": "German", "it": "Italian", "es": "Spanish"}

# By such words a letter is known to say what the law asks of it: 16 CFR 435.2 of the United States, articles 18 and 22
# of Directive 2011/83/EU. Beginnings of words, in small letters.
MAY_CANCEL: dict[str, tuple[str, ...]] = {
    "en": ("cancel",),
    "de": ("stornier", "widerruf", "abbestell", "zurücktreten"),
    "fr": ("annul", "rétract"),
    "nl": ("annule", "ontbind"),
    "it": ("annull", "recedere", "recesso"),
    "es": ("cancel", "anular", "anule", "desist"),
}
MONEY_BACK: dict[str, tuple[str, ...]] = {
    "en": ("refund", "money back", "get back", "pay back", "paid back"),
    "de": ("erstatt", "zurückzahl", "zurück", "rückzahl"),
    "fr": ("rembours",),
    "nl": ("terug",),
    "it": ("rimbors", "restitui"),
    "es": ("reembols", "devol", "devuel"),
}
COSTS_NOTHING: dict[str, tuple[str, ...]] = {
    "en": ("costs you nothing", "costs nothing", "free of charge", "for free", "at no cost", "without charge"),
    "de": ("kostet sie nichts", "kostet nichts", "kostenlos", "kostenfrei", "unentgeltlich"),
    "fr": ("gratuit", "sans frais", "ne vous coûte rien", "ne coûte rien"),
    "nl": ("kost u niets", "kost niets", "kosteloos", "gratis"),
    "it": ("gratuit", "non costa nulla", "non le costa nulla", "senza costi", "senza spese"),
    "es": ("gratuit", "gratis", "no cuesta nada", "no le cuesta nada", "sin coste", "sin costo"),
}
_Words = Mapping[str, tuple[str, ...]]

_EARLIER, _LATER, _ANSWER_BY = date(2031, 1, 2), date(2032, 3, 4), date(2033, 5, 6)


@dataclass(frozen=True, slots=True)
class _Duty:
    """What a letter must say where this is what it is about: values, and rights in words."""

    said: Said
    values: Mapping[str, str]  # name → as it would stand there
    rights: tuple[tuple[str, _Words], ...] = ()


_RIGHTS: tuple[tuple[str, _Words], ...] = (
    ("that the customer may cancel", MAY_CANCEL),
    ("that they get their money back", MONEY_BACK),
    ("that telling us costs them nothing", COSTS_NOTHING),
)
DUTIES: dict[str, tuple[_Duty, ...]] = {
    "offer-made": (
        _Duty(
            OfferMade(line_no=1, qty=7, offer="AN OFFER", answer_by=_ANSWER_BY, url="https://desk.example/a"),
            {"offer": "AN OFFER", "answer_by": str(_ANSWER_BY), "url": "https://desk.example/a"},
        ),
    ),
    "card-asked-for": (_Duty(CardAskedFor(url="https://desk.example/a"), {"url": "https://desk.example/a"}),),
    "parcel-left": (_Duty(ParcelLeft(line_no=1, qty=7), {"qty": "7", "product": "THE PRODUCT"}),),
    "date-given": (
        _Duty(
            DateGiven(line_no=1, qty=7, ships_on=_LATER),
            {"ships_on": str(_LATER), "product": "THE PRODUCT"},
            (("that the customer may cancel", MAY_CANCEL),),
        ),
    ),
    "date-moved": (
        _Duty(
            DateMoved(line_no=1, qty=7, earlier=_EARLIER, ships_on=_LATER),
            {"ships_on": str(_LATER), "product": "THE PRODUCT"},
            _RIGHTS,
        ),
        _Duty(
            DateMoved(line_no=1, qty=7, ships_on=_LATER, answer_by=_ANSWER_BY),
            {"ships_on": str(_LATER), "answer_by": str(_ANSWER_BY)},
            _RIGHTS,
        ),
        _Duty(
            DateMoved(line_no=1, qty=7, answer_by=_ANSWER_BY),
            {"product": "THE PRODUCT", "answer_by": str(_ANSWER_BY)},
            _RIGHTS,
        ),
    ),
    "goods-ready": (_Duty(GoodsReady(line_no=1, qty=7), {"product": "THE PRODUCT"}),),
    "rest-cancelled": (_Duty(RestCancelled(line_no=1, qty=7), {"product": "THE PRODUCT"}),),
    "answer-given": (_Duty(AnswerGiven(answer="THE ANSWER"), {"answer": "THE ANSWER"}),),
}
# What a sentence of an answer may leave out.
MAY_BE_LEFT_OUT = frozenset({"are", "leave", "likely", "days", "of"})


def refuse_unfit(name: str, language: str, written: str) -> None:
    """A text that customers may read: it names only what there is, and says all that it has to."""
    if len(written) > LONGEST_TEXT:
        raise TextRefused("That is longer than any letter.", f"Write at most {LONGEST_TEXT} characters.", field="text")
    try:
        if name == ORDER_ANSWERS:
            refuse_stray_braces(written)
            _refuse_unanswering(read_texts(written))
        else:
            _refuse_unsaid(name, language, read_text(name, written))
    except (TextRefused, AnswerRefused) as refused:
        raise TextRefused(refused.sentence, refused.allowed, field="text") from None


def refuse_as_it_is(before: str, after: str) -> None:
    """Only a change is a change."""
    if before == after:
        raise TextRefused("The text reads so already.", "Nothing changed.", field="text")


def refuse_untranslated(language: str, written: str, otherwise: str) -> None:
    """A text in a language is not the one that its customers would read without it."""
    if written == otherwise:
        raise TextRefused(
            "That is what they read without it.", f"Write it in {LANGUAGES[language]}, or nothing.", field="text"
        )


def text_changed_in_words(name: str, language: str, *, is_default: bool, comes: bool, lacking: Collection[str]) -> str:
    """What writing a text anew did; `comes` where it comes in that language without anybody's doing, `lacking` what
    must be written too until customers read it.
    """
    what = f"“{TITLES[name][0]}” in {LANGUAGES[language]}"
    if is_default:
        return f"{what} reads as it was shipped again." if comes else f"{what} is taken away; customers read English."
    if lacking:
        others = " and ".join(f"“{TITLES[one][0]}”" for one in lacking)
        return f"{what} is kept; customers read it as soon as {others} is written in {LANGUAGES[language]}, too."
    return f"{what} reads anew, from the next letter on."


def _refuse_unanswering(texts: Mapping[str, str]) -> None:
    for name, names in TEXTS.items():
        if not texts[name].strip() and name != "likely":
            raise TextRefused(f"The text “{name}” says nothing.", "Write what the customer should read.")
        for needed in sorted(names - MAY_BE_LEFT_OUT):
            if texts[name].strip() and f"{{{needed}}}" not in texts[name]:
                raise TextRefused(f"The text “{name}” does not say {{{needed}}}.", "It would be no answer.")


def _refuse_unsaid(name: str, language: str, text: Text) -> None:
    if not text.subject:
        raise TextRefused("The subject is empty.", "Write what the customer sees first.")
    for duty in DUTIES.get(name, ()):
        subject, body = _tried(name, text, duty.said)
        if not subject.strip():
            raise TextRefused("The subject would be empty.", "Let it say more than what is not always known.")
        for value, shown in duty.values.items():
            if shown not in body:
                raise TextRefused(
                    f"A letter {_where(duty.said)} would not say {{{value}}}.",
                    "Name it in a line that names nothing else that may be unknown.",
                )
        for right, words in duty.rights:
            _refuse_silence(right, words.get(language, ()), body, duty.said)


def _refuse_silence(right: str, words: Collection[str], body: str, said: Said) -> None:
    small = " ".join(body.lower().split())
    if words and not any(word in small for word in words):
        raise TextRefused(
            f"A letter {_where(said)} would not say {right}, which the law asks for.",
            f"Say so, with “{'”, “'.join(words)}”.",
        )


def _tried(name: str, text: Text, said: Said) -> tuple[str, str]:
    """The letter alone, to a customer of whom no more is known than must be."""
    return compose(
        [said],
        texts={name: text, FRAME: Text("")},
        order={"order": "1001", "placed_on": "2030-01-01", "customer": None, "shop": None},
        lines={1: {"product": "THE PRODUCT", "sku": "SKU"}},
        written=str,
    )


def _where(said: Said) -> str:
    if not isinstance(said, DateMoved):
        return "of this kind"
    if said.ships_on is None:
        return "without a new date"
    return "that needs an answer" if said.answer_by is not None else "about a new date"
