"""The sentences that explain a waiting line, each from its facts."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.domain.explanations import (
    ExplainedLine,
    ExplainedOrder,
    IncomingUnits,
    ShortOf,
    StandsBefore,
    explain,
    explain_whole,
    in_words,
)

TODAY = date(2026, 3, 12)
OF_TEN = {"qty_open": 10, "qty_here": 0, "qty_waiting": 10, "qty_not_ordered": 0}


def said(to_customer: bool = False, **facts) -> str:
    return in_words(explain(ExplainedLine(**{**OF_TEN, **facts}), today=TODAY, to_customer=to_customer))


def coming(qty=10, *, eta=date(2026, 3, 27), overdue=None) -> IncomingUnits:
    return IncomingUnits("4711", "Acme", qty, eta, overdue)


def test_it_says_of_which_order_how_late_and_who_stands_before():
    assert said(
        incoming=(coming(6),), qty_here=4, qty_waiting=6, promise=date(2026, 3, 24), before=StandsBefore(14, 5, 0)
    ) == (
        "4 of 10 are here. 6 of 10 are promised from PO 4711 for 27 March, 3 days after the promise. "
        "Before it stand 14 units of 5 older orders."
    )


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"qty_here": 10, "qty_waiting": 0}, "All 10 are here and can leave today."),
        ({"qty_open": 1, "qty_here": 1, "qty_waiting": 0}, "The one unit is here and can leave today."),
        ({"qty_open": 2, "qty_here": 2, "qty_waiting": 0}, "Both are here and can leave today."),
        ({"qty_not_ordered": 10}, "All 10 are on no purchase order, so there is no date yet."),
        ({"incoming": (coming(eta=None),)}, "All 10 are promised from PO 4711, which has no date."),
        (
            {"incoming": (coming(eta=None, overdue=3),)},
            "All 10 are promised from PO 4711, which is 3 days late; this supplier’s history is too short to say when.",
        ),
        (
            {"incoming": (coming(eta=date(2027, 1, 2), overdue=1),)},
            "All 10 are promised from PO 4711, which is 1 day late; orders of Acme this late came by 2 January 2027.",
        ),
        (
            {"is_dropship": True, "eta": date(2026, 3, 20)},
            "The supplier sends them straight to the customer, on 20 March.",
        ),
        (
            {"is_passed_over": True, "short": (ShortOf(2, "LAMP", 2),)},
            "It was passed over on the shelf, because it leaves only as a whole and line 2 lacks 2 of LAMP.",
        ),
        ({"before": StandsBefore(0, 0, 0)}, "Nobody stands before it."),
        ({"before": StandsBefore(1, 1, 1)}, "Before it stands 1 unit of 1 order, all of it by a better class."),
        ({"before": StandsBefore(9, 4, 2)}, "Before it stand 9 units of 4 orders, 2 of these by a better class."),
        (
            {"before": StandsBefore(9, 4, 0, by_run=3)},
            "Before it stand 9 units of 4 orders, 3 of these by a run that dealt supply out.",
        ),
        (
            {"before": StandsBefore(0, 0, 0, run=12)},
            "Run 12 gave it its place. Nobody stands before it.",
        ),
        (
            {"before": StandsBefore(9, 4, 0, run=12, stands_back=True)},
            "Run 12 made it stand back: it takes nothing that is not held for it. Before it stand 9 units of 4 orders.",
        ),
        (
            {"incoming": (coming(),), "leaves_whole": True, "eta": date(2026, 4, 2)},
            "All 10 are promised from PO 4711 for 27 March. The order leaves only as a whole, on 2 April.",
        ),
        (
            {"incoming": (coming(),), "leaves_whole": True},
            "All 10 are promised from PO 4711 for 27 March. "
            "The order leaves only as a whole, and another line of it has no date yet.",
        ),
    ],
)
def test_each_fact_has_its_sentence(facts, words):
    assert said(**facts) == words


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (ExplainedOrder(3, date(2026, 3, 27)), "The order leaves only as a whole, on 27 March."),
        (ExplainedOrder(3, None, (2,)), "The order leaves only as a whole, and line 2 has no date yet."),
        (
            ExplainedOrder(8, None, (2, 4, 6)),
            "The order leaves only as a whole, and lines 2, 4 and 6 have no date yet.",
        ),
        (ExplainedOrder(2, None, (1, 2)), "The order leaves only as a whole, and there is no date yet."),
        (
            ExplainedOrder(2, None, (2,), is_passed_over=True, short=(ShortOf(1, "CHAIR", 4), ShortOf(2, "LAMP", 1))),
            "The order leaves only as a whole, and line 2 has no date yet. It was passed over on the shelf: "
            "line 1 lacks 4 of CHAIR, line 2 lacks 1 of LAMP.",
        ),
    ],
)
def test_an_order_that_leaves_whole_says_so_once(order, words):
    assert in_words(explain_whole(order, today=TODAY)) == words


def test_a_customer_is_told_of_themselves_and_not_of_the_supplier():
    words = said(to_customer=True, incoming=(coming(eta=date(2026, 3, 30), overdue=3),), before=StandsBefore(14, 5, 0))
    assert "orders of this supplier this late came by 30 March" in words
    assert words.endswith("Before you stand 14 units of 5 older orders.")


def test_a_customer_is_not_told_how_supply_was_dealt_out():
    words = said(to_customer=True, before=StandsBefore(9, 4, 0, by_run=3, run=12, stands_back=True))
    assert words.endswith("Before you stand 9 units of 4 orders.")
