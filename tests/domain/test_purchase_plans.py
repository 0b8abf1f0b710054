"""What is to be bought, in lots that suppliers sell."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.domain.purchase_plans import (
    DRAFTED_AT_MOST,
    Chosen,
    DraftRefused,
    Wanted,
    choose,
    drafted_in_words,
    is_to_order,
    lot,
)

units = st.integers(0, 10_000)
terms = st.none() | st.integers(0, 500)


@given(units, terms, terms)
def test_a_lot_is_the_fewest_units_that_cover_the_need_the_minimum_and_whole_packs(qty, minimum, pack):
    sold, step = lot(qty, minimum=minimum, pack=pack), pack or 1
    assert sold >= max(qty, minimum or 0)
    assert sold % step == 0
    assert sold - step < max(qty, minimum or 0), "a pack fewer would not do"
    assert lot(sold, minimum=minimum, pack=pack) == sold, "what is sold so is a lot itself"


@given(st.integers(-1_000, 1_000), units, units, terms, terms)
def test_what_is_drafted_already_is_not_proposed_again(position, suggested, drafted, minimum, pack):
    wanted = Wanted("CHAIR", position, suggested, drafted, minimum, pack)
    needed = max(suggested, -position)
    assert wanted.proposed + drafted >= needed, "together they cover what is needed"
    again = Wanted("CHAIR", position, suggested, drafted + wanted.proposed, minimum, pack)
    assert again.proposed == 0
    assert lot(wanted.proposed, minimum=minimum, pack=pack) == wanted.proposed or not wanted.proposed


def test_a_sku_is_to_be_ordered_by_the_rule_or_where_more_is_waited_for_than_will_ever_come():
    asked = is_to_order(np.array([24, 0, 0, 0]), np.array([3, -1, 0, 5]))
    assert asked.tolist() == [True, True, False, False]


def chosen(qty: int, **particulars) -> Chosen:
    said = {"supplier": "Minho", "supplier_is_active": True, "minimum": 20, "pack": 12, **particulars}
    return Chosen("CHAIR", "qty_1", qty, **said)


def test_what_is_ordered_is_what_somebody_wrote_and_nothing_else():
    assert [row.qty for row in choose([chosen(24), chosen(0), chosen(36)])] == [24, 36]


@pytest.mark.parametrize(
    ("rows", "sentence", "allowed"),
    [
        ([chosen(-1)], "-1 of CHAIR cannot be right.", "Write how many."),
        ([chosen(0)], "Nothing is ordered.", "Write how many of at least one product."),
        ([chosen(5, supplier=None)], "Nobody sells CHAIR.", "Load a supplier's terms for it, or write 0."),
        ([chosen(24, supplier_is_active=False)], "Minho is not active.", "Choose another supplier of CHAIR"),
        ([chosen(25)], "Minho sells CHAIR at least 20 and in packs of 12.", "Write 36, or 0."),
        ([chosen(7, pack=None)], "Minho sells CHAIR at least 20.", "Write 20, or 0."),
        ([chosen(24)] * (DRAFTED_AT_MOST + 1), "201 products are too many at once.", "Draft 200 of them"),
    ],
)
def test_what_cannot_be_ordered_is_refused_with_what_can(rows, sentence, allowed):
    with pytest.raises(DraftRefused) as refused:
        choose(rows)
    assert refused.value.sentence == sentence
    assert refused.value.allowed.startswith(allowed)


def test_drafts_say_that_nothing_of_them_is_ordered_yet():
    one = drafted_in_words([("DESK-P1", "Minho", 1, 24)])
    assert one == ("PO DESK-P1 to Minho is drafted: 24 units of 1 product. Nothing of it is ordered until it is sent.")
    three = drafted_in_words([(f"DESK-P{n}", "Minho", 2, 24) for n in range(3)])
    assert three.endswith("So is 1 more. Nothing of them is ordered until they are sent.")
