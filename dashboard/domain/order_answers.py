"""What an agent says who is asked where an order is: two or three plain sentences, made of facts and of texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dashboard.domain.explanations import Phrase
from dashboard.domain.refusals import Refused

# More names than these nobody keeps who hears them; more dates neither.
NAMED_AT_MOST = 3
DATES_AT_MOST = 2
LONGEST_ANSWER = 2_000
# What every language must say, and what each of its texts may name.
TEXTS: dict[str, frozenset[str]] = {
    "here": frozenset({"what", "are"}),
    "comes": frozenset({"what", "leave", "on", "likely"}),
    "comes-as-promised": frozenset({"what", "leave", "on"}),
    "comes-later": frozenset({"what", "leave", "on", "days", "likely"}),
    "comes-late-supplier": frozenset({"what", "leave", "on", "likely"}),
    "comes-between": frozenset({"what", "leave", "on", "last"}),
    "no-date": frozenset({"what"}),
    "left": frozenset({"what", "on"}),
    "left-some-day": frozenset({"what"}),
    "all-left": frozenset({"on"}),
    "all-left-some-day": frozenset(),
    "cancelled": frozenset(),
    "closed": frozenset(),
    "likely": frozenset({"late"}),
    "some": frozenset({"qty", "of", "product"}),
    "one": frozenset({"product"}),
    "all": frozenset({"qty", "product"}),
    "and": frozenset({"first", "last"}),
    "more": frozenset({"count"}),
    "is": frozenset(),
    "are": frozenset(),
    "leaves": frozenset(),
    "leave": frozenset(),
    "day": frozenset(),
    "days": frozenset({"count"}),
}
_KEY = frozenset({"on", "last"})  # the news of a sentence
_NAMED = re.compile(r"\{(\w+)\}")
Texts = Mapping[str, str]


class AnswerRefused(Refused):
    """A text of which no answer can be made, or an answer that cannot be sent."""


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """A line as its customer asks about it."""

    line_no: int
    product: str
    qty: int  # ordered
    here: int
    waiting: int
    shipped: int
    cancelled: int
    eta: date | None = None  # when the last waiting unit can leave
    late_eta: date | None = None
    promise: date | None = None  # as last told
    is_estimate: bool = False  # the supplier's own day has passed
    left_on: date | None = None  # the last of what left

    def dated(self, today: date) -> date | None:
        """Its date, as long as that is none of the past: nobody is told of such a one."""
        return self.eta if self.eta is not None and self.eta >= today else None


@dataclass(frozen=True, slots=True)
class _Coming:
    """What leaves on one day, and is said in one sentence."""

    on: date
    late: date | None
    days_late: int | None  # after the promise; 0: kept; None: nothing was promised
    is_estimate: bool
    lines: tuple[AnsweredLine, ...]


def read_texts(written: str) -> dict[str, str]:
    """The texts of a language as a file has them, `name: text` a line; each of `TEXTS`, naming only what it may."""
    found = {}
    for number, row in enumerate(written.splitlines(), start=1):
        if not row.strip():
            continue
        name, _, text = row.strip().partition(":")
        if name not in TEXTS:
            raise AnswerRefused(f"“{name}” in line {number} is no text of an answer.", f"There are {', '.join(TEXTS)}.")
        if unknown := [named for named in _NAMED.finditer(row) if named[1] not in TEXTS[name]]:
            raise AnswerRefused(
                f"The text “{name}” cannot say {unknown[0][0]} (line {number}, character {unknown[0].start() + 1}).",
                "Name only what it knows.",
            )
        found[name] = text.removeprefix(" ")
    if missing := [name for name in TEXTS if name not in found]:
        raise AnswerRefused(f"The text “{missing[0]}” is missing.", "Write all of them.")
    return found


def answer(
    lines: Sequence[AnsweredLine], *, status: str, today: date, texts: Texts, written: Callable[[date], str]
) -> tuple[Phrase, ...]:
    """Where an order is, by what is known of its lines; dates carry weight. What is not known is said to be unknown."""
    return tuple(_phrases(lines, status, today, texts, written))


def refuse_unsayable(says: str | None) -> str:
    """What is sent, if it says something."""
    if not says:
        raise AnswerRefused("The answer is empty.", "Write what the customer should read.", field="says")
    if len(says) > LONGEST_ANSWER:
        raise AnswerRefused("That is more than an answer.", f"Write at most {LONGEST_ANSWER} characters.", field="says")
    return says


def sent_in_words(number: str, *, told: str) -> str:
    """What sending an answer did."""
    return f"The answer about order {number} is written. {told}"


def _phrases(
    lines: Sequence[AnsweredLine], status: str, today: date, texts: Texts, written: Callable[[date], str]
) -> Iterator[Phrase]:
    here = [line for line in lines if line.here]
    waiting = [line for line in lines if line.waiting]
    left = [line for line in lines if line.shipped]
    days = [line.left_on for line in left if line.left_on is not None]
    if not here and not waiting:
        yield from _over(status, left, days, texts, written)
        return
    sentences: list[tuple[str, Mapping[str, str]]] = []
    if here:
        units = sum(line.here for line in here)
        sentences.append(("here", {"what": _what(here, "here", texts), "are": texts["is" if units == 1 else "are"]}))
    sentences += _coming([line for line in waiting if line.dated(today) is not None], today, texts, written)
    undated = [line for line in waiting if line.dated(today) is None]
    if undated:
        sentences.append(("no-date", {"what": _what(undated, "waiting", texts)}))
    if left:
        known = {"what": _what(left, "shipped", texts)}
        same_day = set(days)
        if len(same_day) == 1 and len(days) == len(left):
            sentences.append(("left", {**known, "on": written(days[0])}))
        else:
            sentences.append(("left-some-day", known))
    for place, (name, filled_in) in enumerate(sentences):
        yield from _filled(texts[name], filled_in, follows=place > 0)


def _over(
    status: str, left: list[AnsweredLine], days: list[date], texts: Texts, written: Callable[[date], str]
) -> Iterator[Phrase]:
    """Nothing is open any more."""
    if left and days:
        yield from _filled(texts["all-left"], {"on": written(max(days))})
    elif left:
        yield from _filled(texts["all-left-some-day"], {})
    else:
        yield from _filled(texts["closed" if status == "closed" else "cancelled"], {})


def _coming(
    lines: list[AnsweredLine], today: date, texts: Texts, written: Callable[[date], str]
) -> Iterator[tuple[str, Mapping[str, str]]]:
    groups: dict[tuple[date, date | None, int | None, bool], list[AnsweredLine]] = {}
    for line in sorted(lines, key=lambda one: (one.dated(today) or date.max, one.line_no)):
        on = line.dated(today)
        assert on is not None
        late = line.late_eta if line.late_eta is not None and line.late_eta > on else None
        days = None if line.promise is None else max((on - line.promise) // timedelta(days=1), 0)
        groups.setdefault((on, late, days, line.is_estimate), []).append(line)
    if len(groups) > DATES_AT_MOST:
        dates = sorted(on for on, *_ in groups)
        yield (
            "comes-between",
            {
                "what": _what(lines, "waiting", texts),
                "leave": _leave(lines, texts),
                "on": written(dates[0]),
                "last": written(dates[-1]),
            },
        )
        return
    for (on, late, days, is_estimate), some in groups.items():
        group = _Coming(on, late, days, is_estimate, tuple(some))
        yield _name_of(group), _known_of(group, texts, written)


def _name_of(group: _Coming) -> str:
    if group.is_estimate:
        return "comes-late-supplier"
    if group.days_late is None:
        return "comes"
    return "comes-later" if group.days_late else "comes-as-promised"


def _known_of(group: _Coming, texts: Texts, written: Callable[[date], str]) -> dict[str, str]:
    days = group.days_late or 0
    return {
        "what": _what(group.lines, "waiting", texts),
        "leave": _leave(group.lines, texts),
        "on": written(group.on),
        "likely": "" if group.late is None else texts["likely"].replace("{late}", written(group.late)),
        "days": texts["day"] if days == 1 else texts["days"].replace("{count}", str(days)),
    }


def _leave(lines: Sequence[AnsweredLine], texts: Texts) -> str:
    return texts["leaves" if sum(line.waiting for line in lines) == 1 else "leave"]


def _what(lines: Sequence[AnsweredLine], of: str, texts: Texts) -> str:
    """ "6 of your 10 chairs, your 2 lamps and 4 more products"."""
    names = [_share(line, getattr(line, of), texts) for line in lines[:NAMED_AT_MOST]]
    more = len(lines) - len(names)
    if more == 1:
        names.append(_share(lines[-1], getattr(lines[-1], of), texts))
    elif more:
        names.append(texts["more"].replace("{count}", str(more)))
    if len(names) == 1:
        return names[0]
    return _NAMED.sub(lambda found: {"first": ", ".join(names[:-1]), "last": names[-1]}[found[1]], texts["and"])


def _share(line: AnsweredLine, qty: int, texts: Texts) -> str:
    known = {"qty": str(qty), "of": str(line.qty), "product": line.product}
    name = "some" if qty < line.qty else ("one" if qty == 1 else "all")
    return _NAMED.sub(lambda found: known[found[1]], texts[name])


def _filled(text: str, known: Mapping[str, str], *, follows: bool = False) -> Iterator[Phrase]:
    """A sentence in phrases, begun with a capital and set apart from the one before it."""
    pieces = _NAMED.split(text)
    begun = False
    for place, piece in enumerate(pieces):
        is_name = place % 2 == 1
        words = known.get(piece, "") if is_name else piece
        if not words:
            continue
        if not begun:
            words = (" " if follows else "") + words[0].upper() + words[1:]
            begun = True
        yield Phrase(words, is_key=is_name and piece in _KEY)
