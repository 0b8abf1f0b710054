"""Which authorisation a parcel is captured from, and when nothing can be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.domain.authorizations import (
    ENDED,
    FAILS,
    LAST,
    PAID,
    SEVERAL,
    SHORT,
    UNASKED,
    UNKNOWN,
    USED,
    Authorised,
    capture,
)

TODAY = date(2026, 3, 12)


def held(number: str, amount: int, **more: Any) -> Authorised:
    return Authorised(**{"id": 1, "number": number, "amount": amount, "captured": 0, "expires_on": None,
                         "multi_capture": False, "is_spent": False, "failed": False, **more})  # fmt: skip


@pytest.mark.parametrize(
    ("authorised", "takes", "prepaid", "kind", "number", "captures"),
    [
        ([], 5, 0, UNASKED, None, 0),
        ([held("A", 9)], None, 0, UNKNOWN, None, 0),
        ([held("A", 9, captured=9, is_spent=True)], 5, 9, PAID, None, 0),
        ([held("A", 9, expires_on=TODAY)], 5, 0, LAST, "A", 5),
        ([held("A", 9, expires_on=date(2026, 3, 11))], 5, 0, FAILS, "A", 0),
        ([held("A", 9, captured=4)], 5, 0, FAILS, "A", 0),
        ([held("A", 9, captured=4, multi_capture=True)], 5, 0, SEVERAL, "A", 5),
        ([held("A", 9, captured=2, multi_capture=True)], 5, 2, SEVERAL, "A", 3),
        ([held("A", 3)], 5, 0, SHORT, "A", 3),
        # Of those that cover it the one that ends first; else the one that holds most.
        ([held("A", 9), held("B", 9, expires_on=date(2026, 4, 1))], 5, 0, LAST, "B", 5),
        ([held("A", 3, expires_on=TODAY), held("B", 9)], 5, 0, LAST, "B", 5),
        ([held("A", 3, expires_on=TODAY), held("B", 4)], 5, 0, SHORT, "B", 4),
    ],
)
def test_a_parcel_is_captured_from_the_authorisation_that_pays_for_it(
    authorised, takes, prepaid, kind, number, captures
):
    found = capture(authorised, takes=takes, prepaid=prepaid, today=TODAY)
    assert (found.kind, found.authorization and found.authorization.number, found.captures) == (kind, number, captures)


def test_what_is_let_go_what_is_left_and_why_it_fails():
    assert capture([held("A", 9)], takes=5, prepaid=0, today=TODAY).lets_go == 4
    assert capture([held("A", 9, multi_capture=True)], takes=5, prepaid=0, today=TODAY).leaves == 4
    assert capture([held("A", 3)], takes=5, prepaid=0, today=TODAY).misses == 2
    assert capture([held("A", 9, captured=4)], takes=5, prepaid=0, today=TODAY).because == USED
    ended = held("A", 9, expires_on=date(2026, 3, 11))
    assert capture([ended], takes=5, prepaid=0, today=TODAY).because == ENDED
