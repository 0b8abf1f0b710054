"""What a learnt model looks at, and what it found of a line, in the words of the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from dashboard.domain.cancellation_model import MICRO, TAG, Column, Input, Model, levels_of
from dashboard.domain.cancellation_risk import LOWERS, RAISES, UNKNOWN, Reason

# A reason that changes the odds by less than a tenth is none.
WORTH_SAYING = round(MICRO * float(np.log(1.1)))
MOST_REASONS = 5
NO_SIGNAL = Reason("nothing in this shop's history tells who leaves: the share of all lines", UNKNOWN)

NAMES = {
    "age": "days waited",
    "to-promise": "days to the first promise, or past it",
    "to-last-date": "days to the customer's own last date",
    "lead": "how far ahead it was promised",
    "price": "unit price beside the usual one of its currency",
    "value": "value of the line beside the usual one of its currency",
    "units": "units ordered",
    "sku": "SKU",
    "channel": "channel",
    "tier": "customer's tier",
    "country": "customer's country",
    "payment": "means of payment",
    "planned": "pre-order or not",
    "whole-order": "whether the order ships as a whole",
    "orders-before": "orders that the customer had placed before",
    "cancels-before": "lines that the customer had cancelled before",
    "alike": "like lines ordered on the same day",
    "month": "month of the promise",
}
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
# What of each input is missing where it is not known; of others nothing is missing: they are simply not so.
MISSING = {
    "to-promise": "promised date not known",
    "price": "price not known, or not comparable",
    "value": "value not known, or not comparable",
    "channel": "channel not known",
    "tier": "tier not known",
    "country": "country not known",
    "payment": "means of payment not known",
}
SAID_BY_ANOTHER = {"price": "value", "lead": "to-promise"}  # a missing promise is named once, and so is a price


def input_in_words(name: str) -> str:
    """What an input is."""
    return f"tag {name.removeprefix(TAG)}" if name.startswith(TAG) else NAMES[name]


def reasons_of(model: Model, columns: Mapping[str, Column], rows: int) -> list[tuple[Reason, ...]]:
    """Why a model says what it says of each row: the strongest first, what is not known last."""
    if not model.has_signal:
        return [(NO_SIGNAL,)] * rows
    levels = [one.levels(columns[one.name]) for one in model.inputs]
    above = [np.array(one.points, np.int64)[level] - one.mean for one, level in zip(model.inputs, levels, strict=True)]
    # Also where no line of the shop has it, and so nothing could be learnt of it.
    missing = {
        name: levels_of(columns[name], (), None if isinstance(columns[name], np.ndarray) else ()) == 0
        for name in MISSING
        if name in columns and name not in SAID_BY_ANOTHER
    }
    found = []
    for row in range(rows):
        told = [
            (abs(int(points[row])), _sentence(one, int(level[row])), RAISES if points[row] > 0 else LOWERS)
            for one, level, points in zip(model.inputs, levels, above, strict=True)
            if abs(points[row]) >= WORTH_SAYING and not (level[row] == 0 and one.name in MISSING)
        ]
        strongest = sorted(told, key=lambda reason: -reason[0])[:MOST_REASONS]
        unknown = [Reason(MISSING[name], UNKNOWN) for name, is_missing in missing.items() if is_missing[row]]
        found.append((*(Reason(words, effect) for _, words, effect in strongest), *unknown))
    return found


def level_in_words(one: Input, level: int) -> str:
    """What a line with a level of an input has."""
    return _sentence(one, level)


def _sentence(one: Input, level: int) -> str:
    name = one.name
    if one.words is not None:
        return _word(name, _word_at(one.words, level))
    if level == 0:
        return MISSING.get(name) or (f"no tag {name.removeprefix(TAG)}" if name.startswith(TAG) else _NONE_SUCH[name])
    low = one.edges[level - 2] if level > 1 else None
    high = one.edges[level - 1] if level - 1 < len(one.edges) else None
    if name.startswith(TAG):
        return f"{name.removeprefix(TAG)} {_span(low, high)}"
    return _SPANS[name](low, high)


_NONE_SUCH = {"to-last-date": "no last date of the customer's own", "lead": "no date was promised"}


def _word_at(words: Sequence[str], level: int) -> str | None:
    return "" if level == 0 else words[level - 1] if level <= len(words) else None


def _word(name: str, word: str | None) -> str:
    if name == "planned":
        return "bought as a pre-order" if word == "yes" else "no pre-order"
    if name == "whole-order":
        return "ships only with the whole order" if word == "yes" else "may ship in parts"
    if name == "month":
        return f"promised for {MONTHS[int(word) - 1]}" if word else "month of the promise"
    if name.startswith(TAG):
        key = name.removeprefix(TAG)
        return f"no tag {key}" if word == "" else f"{key}: {word if word is not None else 'a rare value'}"
    thing = {"sku": "SKU", "channel": "channel", "tier": "tier", "country": "country", "payment": "pays by"}[name]
    return MISSING.get(name, f"{thing} not known") if word == "" else f"{thing} {word or 'seldom seen'}"


def _span(low: int | None, high: int | None) -> str:
    """Whole numbers from one on and below another."""
    if high is None:
        return f"{low} or more"
    if low is None:
        return f"below {high}"
    return str(low) if high - low == 1 else f"{low}–{high - 1}"


def _waited(low: int | None, high: int | None) -> str:
    if low is None:
        return "ordered just now"
    span = _span(low, high)
    return f"waited {span} day{'' if span == '1' else 's'}"


def _to_promise(low: int | None, high: int | None) -> str:
    if low is not None and low >= 0:
        return f"promised in {_span(low, high)} days" if low or high != 1 else "promised for today"
    assert high is not None
    if low is None:
        return f"the first promise passed more than {-high} days ago"
    ago = _span(1 - high, 1 - low)
    return f"the first promise passed {ago} day{'' if ago == '1' else 's'} ago"


def _to_last_date(low: int | None, high: int | None) -> str:
    if low is None:
        return "the customer's own last date has passed"
    if high is None:
        return f"the customer's own last date is {low} or more days ahead"
    return f"the customer's own last date within {high} days"


def _times(low: int | None, high: int | None, thing: str) -> str:
    """Hundredths of doublings as what they multiply."""
    if low is None:
        return f"{thing} below {_factor(high or 0)} the usual one"
    if high is None:
        return f"{thing} {_factor(low)} the usual one or more"
    return f"{thing} {_factor(low)} to {_factor(high)} the usual one"


def _factor(hundredths: int) -> str:
    return f"{2 ** (hundredths / 100):.2g}×"


def _counted(low: int | None, high: int | None, one: str, several: str) -> str:
    span = _span(low, high)
    return f"{span} {one if span == '1' else several}"


_SPANS = {
    "age": _waited,
    "to-promise": _to_promise,
    "to-last-date": _to_last_date,
    "lead": lambda low, high: (
        "promised before it was ordered" if low is None else f"was promised {_span(low, high)} days ahead"
    ),
    "price": lambda low, high: _times(low, high, "unit price"),
    "value": lambda low, high: _times(low, high, "value"),
    "units": lambda low, high: _counted(low, high, "unit", "units"),
    "orders-before": lambda low, high: (
        "first order of this customer" if high == 1 else _counted(low, high, "order before", "orders before")
    ),
    "cancels-before": lambda low, high: (
        "never cancelled before" if high == 1 else _counted(low, high, "cancel before", "cancels before")
    ),
    "alike": lambda low, high: (
        "ordered alone" if high == 2 else _counted(low, high, "like line that day", "like lines that day")
    ),
}
