"""What is said to a customer, and the text that it becomes."""

from __future__ import annotations

from datetime import date

import pytest

from dashboard.domain.messages import (
    FRAME,
    KINDS,
    SEVERAL,
    CardAskedFor,
    DateMoved,
    MessageRefused,
    Money,
    OfferMade,
    ParcelLeft,
    RestCancelled,
    TextRefused,
    as_json,
    compose,
    filled,
    from_json,
    kind_of,
    read_text,
    refuse_if_gone,
    refuse_unless_failed,
)
from dashboard.messages.texts import FIRST_LANGUAGE, language_of, shipped_text

ORDER = {"order": "10482", "placed_on": "3 February 2026", "customer": "Hannah Whitlock", "shop": None}
LINES = {1: {"product": "Oak chair", "sku": "CHAIR"}, 2: {"product": "Lamp", "sku": "LAMP"}}


def shipped(language):
    return {name: read_text(name, shipped_text(name, language)) for name in (*KINDS, FRAME)}


def composed(*said):
    return compose(said, texts=shipped("en"), order=ORDER, lines=LINES, written=str)


def test_a_line_that_names_what_is_not_known_is_left_out():
    text = "Carrier: {carrier}\nTracking: {tracking}\nTo {customer|there}\n{silence}We take it that you wait."
    assert filled(text, {"carrier": "DHL", "tracking": None, "silence": ""}) == (
        "Carrier: DHL\nTo there\nWe take it that you wait."
    )


def test_one_message_says_each_kind_once_and_of_it_everything():
    subject, body = composed(
        ParcelLeft(line_no=1, qty=6, carrier="DHL", rest=4, rest_on=date(2026, 3, 20)),
        OfferMade(line_no=1, offer="10 % off"),
        ParcelLeft(line_no=2, qty=1),
    )
    assert subject == "About your order 10482"
    assert body.count("This is on its way to you:") == 1
    assert "- 6 × Oak chair\n  Carrier: DHL\n  Still to come: 4, expected on 2026-03-20.\n- 1 × Lamp\n\n" in body
    assert body.index("1 × Lamp") < body.index("Oak chair: 10 % off")
    assert body.startswith("Hello Hannah Whitlock,\n\n")
    assert body.endswith("that costs you nothing.\n\nYour shop\n")


@pytest.mark.parametrize(
    ("said", "sentences", "unsaid"),
    [
        (
            DateMoved(line_no=1, qty=4, earlier=date(2026, 3, 14), ships_on=date(2026, 4, 20)),
            ("expected on 2026-04-20 instead of 2026-03-14", "we take it that you wait", "You may cancel"),
            ("Without your word", "no new date"),
        ),
        (
            DateMoved(line_no=1, qty=4, earlier=date(2026, 3, 14), answer_by=date(2026, 3, 14)),
            ("there is no new date yet", "Please tell us by 2026-03-14", "Without your word we have to cancel it"),
            ("we take it that you wait", "expected on"),
        ),
        (
            DateMoved(line_no=1, qty=4),
            ("there is no new date yet", "You may cancel"),
            ("we take it that you wait", "with one press"),
        ),
        (DateMoved(line_no=1, qty=4, url="https://d.example/a"), ("or that you do not: https://d.example/a",), ()),
        (
            CardAskedFor(card="Visa ending in 4242", good_until=date(2026, 3, 31), needed_on=date(2026, 4, 20)),
            ("Visa ending in 4242 is good until 2026-03-31; we expect to ship on 2026-04-20", "do not send a card"),
            ("was good", "We do not know"),
        ),
        (
            CardAskedFor(card="Visa ending in 4242", good_until=date(2026, 2, 28), is_over=True),
            ("Visa ending in 4242 was good until 2026-02-28.",),
            ("is good", "We do not know"),
        ),
        (
            CardAskedFor(card="Visa ending in 4242", was_refused=True),
            ("- Visa ending in 4242 could not be charged.",),
            ("is good", "was good", "We do not know"),
        ),
        (CardAskedFor(), ("We do not know until when the means of payment of this order can be charged.",), ("good",)),
        (
            RestCancelled(line_no=2, qty=1, refund=Money(12_400_000, "EUR"), refund_by=date(2026, 3, 23)),
            ("1 × Lamp", "You get back", "2026-03-23"),
            (),
        ),
        (RestCancelled(), ("all that was open of the order",), ("You get back",)),
    ],
)
def test_each_kind_says_what_the_law_asks_and_nothing_that_is_not_so(said, sentences, unsaid):
    _, body = composed(said)
    for sentence in sentences:
        assert sentence in body
    for sentence in unsaid:
        assert sentence not in body


def test_every_kind_has_a_text_in_the_first_language():
    assert set(shipped(FIRST_LANGUAGE)) == {*KINDS, FRAME}


def test_a_language_is_told_by_how_its_code_begins():
    assert language_of("en-GB") == "en"
    assert language_of("de_AT") == "de"
    assert language_of("tlh") == "en"
    assert language_of(None) == "en"


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("Hello", "begins with its subject"),
        ("Subject: A\nHello\n[each]\nB", "stands something else"),
        ("Subject: {card_number}", "cannot say {card_number}"),
    ],
)
def test_a_text_of_which_no_message_can_be_made_is_refused(written, refusal):
    with pytest.raises(TextRefused, match=refusal):
        read_text("parcel-left", written)


def test_what_was_said_is_kept_whole():
    for said in (
        RestCancelled(line_no=2, qty=1, refund=Money(12_400_000, "EUR"), refund_by=date(2026, 3, 23)),
        CardAskedFor(is_over=True),
    ):
        assert from_json(said.kind, as_json(said)) == said
    assert kind_of([OfferMade(offer="a gift"), OfferMade(offer="a gift")]) == "offer-made"
    assert kind_of([OfferMade(offer="a gift"), CardAskedFor()]) == SEVERAL


@pytest.mark.parametrize("state", ["sending", "sent", "bounced", "withdrawn"])
def test_what_has_left_cannot_be_unsaid(state):
    with pytest.raises(MessageRefused):
        refuse_if_gone(state)
    refuse_if_gone("failed")


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "withdrawn"])
def test_only_what_failed_is_sent_again(state):
    with pytest.raises(MessageRefused):
        refuse_unless_failed(state)
    refuse_unless_failed("bounced")
