"""What is said to who asks where an order is: plain sentences, no day of the past, nothing unknown as known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.config import ROOT
from dashboard.domain.explanations import NO_BREAK_SPACE
from dashboard.domain.order_answers import AnsweredLine, AnswerRefused, answer, read_texts

TODAY = date(2026, 3, 12)
FILES = sorted((ROOT / "templates" / "answers").glob("*.txt"))
TEXTS = read_texts((ROOT / "templates" / "answers" / "en.txt").read_text(encoding="utf-8"))
CHAIR = AnsweredLine(1, "Braga chair", 10, 6, 4, 0, 0, date(2026, 3, 27), date(2026, 4, 1), date(2026, 3, 13))
LAMP = AnsweredLine(2, "Pallas lamp", 2, 0, 2, 0, 0, date(2026, 3, 17), None, date(2026, 3, 20))
LANTERN = AnsweredLine(3, "lantern", 3, 0, 0, 3, 0, left_on=date(2026, 2, 6))


def said(*lines: AnsweredLine, status: str = "open") -> str:
    phrases = answer(
        lines, status=status, today=TODAY, texts=TEXTS, written=lambda day: f"{day.day}{NO_BREAK_SPACE}{day:%B}"
    )
    return "".join(phrase.text for phrase in phrases).replace(NO_BREAK_SPACE, " ")


def test_what_is_here_comes_and_left_is_said_in_that_order():
    assert said(CHAIR, LAMP, LANTERN) == (
        "6 of your 10 Braga chair are here and can leave today. "
        "Your 2 Pallas lamp leave on 17 March, as promised. "
        "4 of your 10 Braga chair leave on 27 March, 14 days later than we promised, very likely by 1 April. "
        "Your 3 lantern left on 6 February."
    )


def test_dates_carry_weight():
    phrases = answer([LAMP], status="open", today=TODAY, texts=TEXTS, written=str)
    assert [phrase.text for phrase in phrases if phrase.is_key] == ["2026-03-17"]


def test_no_day_of_the_past_is_said_and_what_has_no_date_is_said_to_have_none():
    for eta in (None, date(2026, 3, 11)):
        words = said(replace(LAMP, eta=eta, late_eta=date(2026, 4, 1)))
        assert words == "For your 2 Pallas lamp we have no date yet; we write to you as soon as we have one."


def test_where_nothing_was_promised_nothing_is_said_of_a_promise():
    assert "promise" not in said(replace(LAMP, promise=None))
    assert "promise" not in said(replace(LAMP, is_estimate=True))
    assert said(replace(LAMP, is_estimate=True)).startswith("Our supplier is late")


def test_what_is_over_is_said_to_be_over():
    assert said(LANTERN) == "All of your order has left, the last of it on 6 February."
    assert said(replace(LAMP, waiting=0, cancelled=2), status="cancelled") == "Your order is cancelled."
    assert said(replace(LAMP, waiting=0), status="closed") == "Your order is closed; nothing of it waits."


def test_of_thirty_lines_as_much_is_said_as_somebody_keeps():
    lines = [replace(LAMP, line_no=n, product=f"P{n}", eta=date(2026, 3, 12 + n % 15)) for n in range(1, 31)]
    words = said(*lines)
    assert words.count(".") == 1
    assert "27 more products leave between 12 March and 26 March" in words


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_language_has_every_text(file: Path):
    assert read_texts(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("written", "why"),
    [("nonsense: x", "is no text"), ("cancelled: {on}", "cannot say {on}"), ("cancelled: Over.", "is missing")],
)
def test_a_text_that_cannot_be_said_is_refused(written, why):
    with pytest.raises(AnswerRefused, match=why):
        read_texts(written)
