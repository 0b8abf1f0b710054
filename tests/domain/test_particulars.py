"""What acts changed together, told to whoever they overtook."""

from __future__ import annotations

from dashboard.audit import ACTS
from dashboard.domain.particulars import (
    OF_DAYS,
    OF_MOMENTS,
    OF_MONEY,
    OF_PEOPLE,
    OF_STATES,
    OF_THE_DESK,
    WORDS,
    WORDS_OF_EACH,
    Fact,
    Told,
    changed_by,
)

LINE, ORDER = "order-line 10482/1", "order 10482"


def cut(was: int, now: int) -> Told:
    return Told(LINE, {"qty_open": was}, {"qty": was - now, "qty_open": now, "refund": None})


def test_of_several_acts_the_first_says_what_was_and_the_last_what_is():
    assert changed_by([cut(10, 8), cut(8, 5)]) == (Fact(LINE, "qty_open", None, 10, 5),)


def test_what_was_changed_and_changed_back_is_not_told():
    assert changed_by([cut(10, 8), cut(8, 10)]) == ()


def test_what_an_act_says_of_itself_alone_is_no_state():
    (fact,) = changed_by([cut(10, 8)])
    assert fact.particular == "qty_open", "neither how many it cut nor what goes back"


def test_what_was_made_was_not_there_before():
    made = Told(LINE, None, {"offer": 12, "kind": "percentage", "state": "offered"})
    assert changed_by([made]) == (
        Fact(LINE, "kind", None, None, "percentage"),
        Fact(LINE, "state", None, None, "offered"),
    ), "and the desk's own number of it says nothing to anybody"


def test_what_is_told_of_each_is_a_fact_of_each_that_changed():
    split = Told(LINE, {"parts": {"1": 10, "2": 3}}, {"split": 4, "parts": {"1": 6, "2": 3, "3": 4}})
    facts = changed_by([split])
    assert facts == (Fact(LINE, "parts", "1", 10, 6), Fact(LINE, "parts", "3", None, 4))
    assert [fact.words for fact in facts] == ["units of part 1", "units of part 3"]


def test_the_same_particular_of_two_things_is_two_facts():
    acts = [Told(ORDER, {"qty_open": 12}, {"qty_open": 10}), cut(10, 8)]
    assert [fact.subject for fact in changed_by(acts)] == [ORDER, LINE]


def test_every_particular_that_has_words_or_a_kind_is_one_that_an_act_names():
    inner = {"due_on", "extra_cost", "shipping"}  # of what goes back, and of what a split costs
    named = {name for names in ACTS.values() for name in names} | inner
    told = {*OF_DAYS, *OF_MOMENTS, *OF_MONEY, *OF_PEOPLE, *OF_STATES, *OF_THE_DESK, *WORDS, *WORDS_OF_EACH}
    assert not told - named, "nobody says these any more: take them out of dashboard/domain/particulars.py"
