"""When there is reason to ask for another means of payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dashboard.domain.card_requests import CardRequestRefused, EarlierRequest, PaidOrder, ask, card_in_words

TODAY = date(2026, 3, 12)
ORDER = PaidOrder(
    number="10482",
    status="open",
    waits=True,
    has_address=True,
    state="dies",
    card="Visa ending in 4242",
    card_until=date(2026, 3, 31),
    last_good_day=date(2026, 3, 31),
    needed_on=date(2026, 4, 10),
    was_refused=False,
    earlier=None,
)


def test_a_means_of_payment_is_named_as_its_owner_knows_it():
    assert card_in_words("card", "visa", "4242") == "Visa ending in 4242"
    assert card_in_words("paypal", None, None) == "PayPal"
    assert card_in_words("bank", None, None) == "Your bank transfer"
    assert card_in_words(None, None, None) is None


@pytest.mark.parametrize(
    ("status", "sentence"), [("closed", "Order 10482 is closed"), ("cancelled", "Order 10482 is cancelled")]
)
def test_of_an_order_that_ended_nobody_is_asked(status, sentence):
    with pytest.raises(CardRequestRefused, match=sentence):
        ask(replace(ORDER, status=status), again=True, today=TODAY)


def test_the_seventh_day_after_is_late_enough():
    asked = EarlierRequest(datetime(2026, 3, 5, 23, 59, tzinfo=UTC), "Mara")
    assert ask(replace(ORDER, earlier=asked), again=False, today=TODAY).good_until == date(2026, 3, 31)
    later = replace(ORDER, earlier=replace(asked, at=datetime(2026, 3, 6, 0, 1, tzinfo=UTC)))
    with pytest.raises(CardRequestRefused) as told:
        ask(later, again=False, today=TODAY)
    assert told.value.field == "again"
    assert "by Mara" in told.value.sentence
    assert ask(later, again=True, today=TODAY).card == "Visa ending in 4242"


def test_what_is_over_is_said_to_be_over():
    assert ask(replace(ORDER, state="dead", card_until=date(2026, 3, 11)), again=False, today=TODAY).is_over
    assert not ask(replace(ORDER, state="unknown", card_until=None), again=False, today=TODAY).is_over


def test_where_only_the_authorisation_ends_the_customer_is_not_asked_before_a_new_one_is_refused():
    lasts = replace(ORDER, state="dead", card_until=date(2030, 6, 30), last_good_day=date(2026, 3, 11))
    with pytest.raises(CardRequestRefused, match="is good until 30 June 2030; what ends before the goods come"):
        ask(lasts, again=False, today=TODAY)
    with pytest.raises(CardRequestRefused, match="Have it authorised anew"):
        ask(replace(lasts, needed_on=None), again=False, today=TODAY)
    assert ask(replace(ORDER, state="unknown", needed_on=None), again=False, today=TODAY).good_until == ORDER.card_until
    asked = ask(replace(lasts, was_refused=True), again=False, today=TODAY)
    assert asked.was_refused
    assert asked.good_until is None
