"""What the desk writes to a customer about an order: the kinds of things it says, and the text that they become."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from itertools import groupby
from typing import Any, ClassVar

from dashboard.domain.refusals import Refused

QUEUED, SENDING, SENT, FAILED, BOUNCED, WITHDRAWN = "queued", "sending", "sent", "failed", "bounced", "withdrawn"
# What every text may name, besides what its own kind says.
OF_THE_ORDER = ("order", "placed_on", "customer", "shop")
OF_A_LINE = ("product", "sku")
SEVERAL = "several"  # the kind of a message that says things of more than one kind
FRAME = "frame"  # the text around all others: greeting, end, and the subject of several things

_NAMED = re.compile(r"\{(\w+)(?:\|([^{}]*))?\}")
_SECTION = re.compile(r"^\[(once|each|last)\]$", re.MULTILINE)
_SUBJECT = "Subject:"


class TextRefused(Refused):
    """A text of which no message can be made."""


class MessageRefused(Refused):
    """Something that cannot be done with a message any more."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount as a message says it."""

    micros: int
    currency: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One thing said to a customer. Its fields are what its text may name; what is None is not known, and left out."""

    kind: ClassVar[str] = ""

    line_no: int | None = None  # whose product it is about; None: about the order
    qty: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMade(Said):
    """Something is offered so that the customer stays."""

    kind: ClassVar[str] = "offer-made"

    offer: str  # in words, as “10 % off, which is 12.40 EUR”
    answer_by: date | None = None
    url: str | None = None  # where the customer accepts or declines


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAskedFor(Said):
    """The means of payment will not do until the goods leave."""

    kind: ClassVar[str] = "card-asked-for"

    card: str | None = None  # brand and last four digits, never more
    good_until: date | None = None
    is_over: bool = False  # its last good day has passed
    was_refused: bool = False  # the gateway said no to it, however long it is good
    needed_on: date | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelLeft(Said):
    """Units of a line are on their way."""

    kind: ClassVar[str] = "parcel-left"

    carrier: str | None = None
    tracking: str | None = None
    rest: int | None = None  # units that follow later; None or 0: none do
    rest_on: date | None = None  # when they are expected; None: no date yet
    charged: Money | None = None  # for the further parcel, where the customer pays it


@dataclass(frozen=True, slots=True, kw_only=True)
class DateGiven(Said):
    """A line has its first date."""

    kind: ClassVar[str] = "date-given"

    ships_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DateMoved(Said):
    """A line ships on another date than the customer was told."""

    kind: ClassVar[str] = "date-moved"

    earlier: date | None = None  # what the customer was told
    ships_on: date | None = None  # None: there is no date yet
    answer_by: date | None = None  # until when consent is needed; None: silence is consent
    url: str | None = None  # where the customer says that they wait, or do not


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReady(Said):
    """All that is open of a line lies ready."""

    kind: ClassVar[str] = "goods-ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class RestCancelled(Said):
    """What was open of a line, or of the order, is cancelled."""

    kind: ClassVar[str] = "rest-cancelled"

    refund: Money | None = None
    refund_by: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerGiven(Said):
    """What an agent answers who was asked where the order is."""

    kind: ClassVar[str] = "answer-given"

    answer: str
    url: str | None = None  # where the customer sees how it stands from then on


KINDS: dict[str, type[Said]] = {
    one.kind: one
    for one in (
        OfferMade,
        CardAskedFor,
        ParcelLeft,
        DateGiven,
        DateMoved,
        GoodsReady,
        RestCancelled,
        AnswerGiven,
    )
}
# What is said where something else is not: by these the law's words stand or fall with what they are about.
WHERE_NOT = {
    "no_line": "line_no",
    "no_date": "ships_on",
    "no_earlier": "earlier",
    "silence": "answer_by",
    "no_rest_date": "rest_on",
    "still_good": "is_over",
    "no_last_day": "good_until",
}


def names_of(kind: str) -> frozenset[str]:
    """What the text of a kind may name."""
    if kind == FRAME:
        return frozenset(OF_THE_ORDER)
    own = {field.name for field in fields(KINDS[kind])}
    return frozenset({*OF_THE_ORDER, *OF_A_LINE, *own, *(no for no, of in WHERE_NOT.items() if of in own)})


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a kind: its subject, what stands once before all of its things, what each says, what stands last."""

    subject: str
    once: str = ""
    each: str = ""
    last: str = ""


def read_text(kind: str, written: str) -> Text:
    """A text as it is written in a file or typed; `{name}` stands for what is known, and a line that names something
    that is not known is left out. `{name|otherwise}` says what stands there instead.
    """
    first, _, rest = written.strip().partition("\n")
    if not first.startswith(_SUBJECT):
        raise TextRefused("A text begins with its subject.", "Write “Subject: …” into the first line.")
    pieces = _SECTION.split(rest)
    if pieces[0].strip():
        raise TextRefused("Between the subject and the first part stands something else.", "Begin with [once].")
    parts = pieces[1::2]
    if twice := [name for name in parts if parts.count(name) > 1]:
        raise TextRefused(f"The part [{twice[0]}] stands there twice.", "Write each part once.")
    sections = {name: body.strip("\n") for name, body in zip(parts, pieces[2::2], strict=True)}
    text = Text(first.removeprefix(_SUBJECT).strip(), **sections)
    unknown = [found for found in _NAMED.finditer(written) if found[1] not in names_of(kind)]
    if unknown:
        names = ", ".join(f"{{{found[1]}}} in {place_in(written, found.start())}" for found in unknown)
        allowed = ", ".join(f"{{{name}}}" for name in sorted(names_of(kind)))
        raise TextRefused(f"This text cannot say {names}.", f"It may name {allowed}.")
    refuse_stray_braces(written)
    return text


def refuse_stray_braces(written: str) -> None:
    """A brace that names nothing would stand in the letter as it is."""
    without_names = _NAMED.sub(lambda found: "·" * len(found[0]), written)
    if stray := re.search(r"[{}]", without_names):
        raise TextRefused(
            f"The “{stray[0]}” in {place_in(written, stray.start())} names nothing.",
            "Write {name} for what is known, and no other braces.",
        )


def place_in(written: str, at: int) -> str:
    """Where a sign of a text stands, as somebody finds it: “line 3, character 5”."""
    return f"line {written.count(chr(10), 0, at) + 1}, character {at - written.rfind(chr(10), 0, at)}"


def filled(text: str, known: Mapping[str, str | None]) -> str:
    """The text with what is known; lines that name something else are left out."""
    kept = []
    for line in text.split("\n"):
        named = _NAMED.findall(line)
        if all(known.get(name) is not None or otherwise for name, otherwise in named):
            kept.append(_NAMED.sub(lambda found: _or_otherwise(known, found), line).rstrip())
    return "\n".join(kept)


def _or_otherwise(known: Mapping[str, str | None], found: re.Match[str]) -> str:
    value = known.get(found[1])
    return value if value is not None else (found[2] or "")


def compose(
    said: Sequence[Said],
    *,
    texts: Mapping[str, Text],
    order: Mapping[str, str | None],
    lines: Mapping[int, Mapping[str, str | None]],
    written: Callable[[Any], str],
) -> tuple[str, str]:
    """Subject and body of one message that says all this, each kind where it was said first.

    `order` is what all texts may name, `lines` what of each line, by number; `written` writes a day, money or a number.
    """
    kinds = list(dict.fromkeys(one.kind for one in said))
    by_kind = {kind: list(of) for kind, of in groupby(sorted(said, key=lambda one: kinds.index(one.kind)), _kind_of)}
    paragraphs = [filled(texts[FRAME].once, order)]
    for kind in kinds:
        things = [{**order, **lines.get(one.line_no or 0, {}), **words_of(one, written)} for one in by_kind[kind]]
        # What is the same for all of them may stand in what is said once.
        common = {name: value for name, value in things[0].items() if all(thing.get(name) == value for thing in things)}
        text = texts[kind]
        paragraphs.append(filled(text.once, common))
        paragraphs.append("\n".join(filter(None, (filled(text.each, thing) for thing in things))))
        paragraphs.append(filled(text.last, common))
    paragraphs.append(filled(texts[FRAME].last, order))
    subject = filled(texts[kinds[0] if len(kinds) == 1 else FRAME].subject, order)
    body = re.sub(r"\n{3,}", "\n\n", "\n\n".join(filter(None, paragraphs))).strip() + "\n"
    return subject, body


def _kind_of(said: Said) -> str:
    return said.kind


def words_of(said: Said, written: Callable[[Any], str]) -> dict[str, str | None]:
    """What a thing says, by the names that its text uses. True says nothing and keeps its line, False leaves it out."""
    values = {field.name: getattr(said, field.name) for field in fields(said)}
    known: dict[str, str | None] = {}
    for name, value in values.items():
        if isinstance(value, bool):
            known[name] = "" if value else None
        else:
            known[name] = value if isinstance(value, str) or value is None else written(value)
    if not values.get("rest", True):
        known["rest"] = None
    for name, of in WHERE_NOT.items():
        if of in values:
            known[name] = None if values[of] else ""
    if values.get("was_refused"):
        known.update(is_over=None, still_good=None, no_last_day=None)  # no matter until when it would be good
    if values.get("ships_on") is None:
        known["silence"] = None  # nobody agrees by silence to a delay without an end
    return known


def as_json(said: Said) -> str:
    """A thing as it is kept with its message."""
    return json.dumps(
        {field.name: _kept(getattr(said, field.name)) for field in fields(said)}, sort_keys=True, ensure_ascii=False
    )


def _kept(value: Any) -> Any:
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, Money):
        return {"micros": value.micros, "currency": value.currency}
    return value


def from_json(kind: str, kept: str) -> Said:
    """A thing as it was said, of what is kept of it."""
    known = {field.name for field in fields(KINDS[kind])}
    return KINDS[kind](**{name: _read(value) for name, value in json.loads(kept).items() if name in known})


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return date.fromisoformat(value["day"]) if "day" in value else Money(**value)


def kind_of(said: Iterable[Said]) -> str:
    """The kind of a message that says all this."""
    kinds = {one.kind for one in said}
    return kinds.pop() if len(kinds) == 1 else SEVERAL


def refuse_if_gone(state: str) -> None:
    """Take back only what has not left, and is not leaving."""
    if state == SENDING:
        raise MessageRefused("The message is leaving at this moment.", "Look again in a minute.")
    if state in (SENT, BOUNCED):
        raise MessageRefused("The message was sent already.", "Write again to say that it is otherwise.")
    if state == WITHDRAWN:
        raise MessageRefused("The message was withdrawn already.", "Nothing changed.")


def refuse_unless_failed(state: str) -> None:
    """Send again only what did not arrive."""
    if state not in (FAILED, BOUNCED):
        how = {QUEUED: "waits to be sent", SENDING: "is leaving at this moment", SENT: "was sent"}
        raise MessageRefused(f"The message {how.get(state, 'was withdrawn')}.", "Only what failed is sent again.")


def refuse_unless_sent(state: str) -> None:
    """Only what a server took can come back."""
    if state == BOUNCED:
        raise MessageRefused("It is known already that this message came back.", "Nothing changed.")
    if state != SENT:
        raise MessageRefused("The message was not sent.", "Only what was sent can come back.")


def customer_of(order: str) -> str:
    """Whom a message about an order is to."""
    return f"the customer of order {order}"


def supplier_of(purchase_order: str) -> str:
    """Whom a message with a purchase order is to."""
    return f"the supplier of purchase order {purchase_order}"


def came_back_in_words(subject: str, whom: str) -> str:
    """What noting that a message came back does."""
    return f"“{subject}” came back: {whom} was not told."


def withdrawn_in_words(subject: str, whom: str) -> str:
    """What withdrawing a message did."""
    return f"“{subject}” is withdrawn: {whom} does not get it."


def sent_again_in_words(subject: str, whom: str) -> str:
    """What sending a message again does."""
    return f"“{subject}” leaves again to {whom} with the next round of the mail."


def written_in_words(*, has_address: bool, is_set_up: bool) -> str:
    """What becomes of a message that was just written, for the notice of the act that wrote it."""
    if not has_address:
        return "The customer has no e-mail address: the message stays in the outbox, so tell them otherwise."
    if not is_set_up:
        return "Mail is not set up: the message to the customer stays in the outbox."
    return "The customer is told by mail."
