"""What acts say of themselves: what each particular is, by which words it goes, and what of it is a state."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# Particulars that are money, in micro-units as it is stored; of which currency, their order says.
OF_MONEY = frozenset({"amount", "captured", "charged", "cost", "extra_cost", "shipping"})
OF_DAYS = frozenset({"due_on", "expected_date", "expires_on", "promised_date", "promises", "until"})
OF_MOMENTS = frozenset({"due_at"})
OF_STATES = frozenset({"answer", "cause", "kind", "mode", "state", "status"})
OF_PEOPLE = frozenset({"person_id"})
# Numbers by which only the desk knows something: a state that one could compare is none of them.
OF_THE_DESK = frozenset(
    {
        "call_back",
        "load_id",
        "message",
        "note",
        "notices",
        "offer",
        "payment_method",
        "run",
        "seed",
        "session",
        "split",
        "upload_id",
        "variant",
    }
)
# Particulars whose own name is not what people say.
WORDS = {
    "class": "priority class",
    "due_at": "due",
    "expected_date": "expected",
    "expires_on": "expires",
    "from": "taken from",
    "key_hints": "hints of keys",
    "load_id": "load",
    "multi_capture": "more than one capture",
    "needs_consent": "lines that need consent",
    "person_id": "person",
    "priority": "class set by hand",
    "promised_date": "promised",
    "qty": "units",
    "qty_cancelled": "cancelled units",
    "qty_held": "held units",
    "qty_open": "open units",
    "qty_received": "received units",
    "upload_id": "upload",
}
# Of what is told of each one by its key, the words before that key.
WORDS_OF_EACH = {
    "from": "open units of",
    "lines": "units of",
    "locations": "units at",
    "parts": "units of part",
    "promises": "promise of line",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one act says of itself; `before` is None where nothing was there before it."""

    subject: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]

    @classmethod
    def read(cls, subject: str, before: str | None, after: str | None) -> Told:
        """What the history keeps of it, each a JSON object or nothing."""
        return cls(subject, None if before is None else json.loads(before), {} if after is None else json.loads(after))


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that changed: what it was, and what it is now. Where something was made, it was None."""

    subject: str
    particular: str  # its name, by which its value is read
    key: str | None  # of which one, where the particular is told of each
    then: Any
    now: Any

    @property
    def of(self) -> str:
        """Of what: `order line 10482/1`."""
        noun, _, name = self.subject.partition(" ")
        return f"{noun.replace('-', ' ')} {name}".strip()

    @property
    def words(self) -> str:
        """How people call it."""
        if self.key is None:
            return words_of(self.particular)
        return f"{WORDS_OF_EACH.get(self.particular, words_of(self.particular))} {self.key}"


def words_of(particular: str) -> str:
    """How people call a particular."""
    return WORDS.get(particular, particular.replace("_", " "))


def changed_by(acts: Iterable[Told]) -> tuple[Fact, ...]:
    """What acts together changed, told in the order in which they were done: from before the first to after the last.

    An act that says what was before says it of every state that it changes; what else it says is of itself.
    """
    found: dict[tuple[str, str, str | None], tuple[Any, Any]] = {}
    for act in acts:
        for name, now in act.after.items():
            if name in OF_THE_DESK or (act.before is not None and name not in act.before):
                continue
            then = None if act.before is None else act.before[name]
            for key, was, became in _each(then, now):
                first = found.get((act.subject, name, key), (was, None))[0]
                found[act.subject, name, key] = first, became
    return tuple(Fact(*of, then, now) for of, (then, now) in found.items() if then != now)


def _each(then: Any, now: Any) -> Iterable[tuple[str | None, Any, Any]]:
    """One state, or each of what is told by its key; what is not told of a key is not there."""
    if not isinstance(now, dict) or not isinstance(then, dict | None):
        return [(None, then, now)]
    was = then or {}
    return [(key, was.get(key), now.get(key)) for key in {**was, **now}]
