"""Writing letters and answers anew."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import select

from dashboard.clock import today
from dashboard.database import db
from dashboard.domain.messages import FRAME, CardAskedFor, DateMoved, GoodsReady, TextRefused
from dashboard.domain.text_changes import DUTIES, LANGUAGES, LONGEST_TEXT, NAMES, ORDER_ANSWERS, TITLES, refuse_unfit
from dashboard.messages.order_answers import answer_about
from dashboard.messages.outbox import foretell
from dashboard.messages.texts import FIRST_LANGUAGE, shipped_text
from dashboard.models import Order


def address(name, language="en"):
    return f"/messages/texts/{name}/{language}/text-changes"


def shop(world):
    world.stock("CHAIR", 2)
    world.order("1", "CHAIR", 6, placed="2026-03-01")
    world.plan()
    return db.session.scalar(select(Order.id).where(Order.number == "1"))


def test_a_letter_reads_as_it_was_written_anew_and_the_undo_gives_the_old_one_back(world, manager):
    order = shop(world)
    typed = {"text": "Subject: Look, {order}\n[each]\n- {product|it} lies ready", "order": "1", "why": "warmer"}

    foreseen = manager.act(f"{address('goods-ready')}/preview", typed)
    assert "lies ready" in foreseen.text, "read on a real order"
    assert foretell(order, GoodsReady(line_no=1, qty=6))[0] == "Order 1 is ready to leave", "only looked at"

    done = manager.act(address("goods-ready"), typed)
    assert done.status_code == 200, done.text
    db.session.rollback()
    assert foretell(order, GoodsReady(line_no=1, qty=6))[0] == "Look, 1"
    page = manager.get("/messages/texts/goods-ready?order=1").text
    assert "Look, 1" in page
    assert "warmer" in page
    assert "Back to the default" in page

    undo = re.search(r'action="([^"]*text-changes[?]act=[0-9]+)"', done.text)[1]
    assert manager.act(undo, {"undo": "1"}).status_code == 200
    db.session.rollback()
    assert foretell(order, GoodsReady(line_no=1, qty=6))[0] == "Order 1 is ready to leave"
    assert "changed again since" in manager.act(undo, {"undo": "1"}).text


def test_answers_are_made_of_the_sentences_that_somebody_wrote(world, manager):
    order = shop(world)
    texts = shipped_text(ORDER_ANSWERS, "en").replace("For {what} we have no date yet", "We cannot date {what} yet")
    assert manager.act(address(ORDER_ANSWERS), {"text": texts}).status_code == 200
    db.session.rollback()
    assert "We cannot date" in answer_about(db.session(), order, today()).text


GERMAN_FRAME = "Subject: Ihre Bestellung {order}\n[once]\nGuten Tag {customer|},\n[last]\nIhr Möbelhaus"
GERMAN_DATE = """Subject: Neuer Termin für {order}
[each]
- {qty} × {product}: am {ships_on} statt am {earlier}
- {no_earlier}{qty} × {product}: am {ships_on}
- {no_date}{qty} × {product}: noch ohne Termin
  Bitte antworten Sie bis {answer_by}.
[last]
Sie können jederzeit kostenlos stornieren und erhalten Ihr Geld zurück."""


def test_a_customer_reads_their_language_once_all_of_a_letter_is_written_in_it_and_english_until_then(world, manager):
    world.customer("AT", name="Jürgen", email="j@customers.example", language="de-AT")
    world.customer("US", name="Ada", email="ada@customers.example")
    world.stock("CHAIR", 2)
    world.order("1", "CHAIR", 6, placed="2026-03-01", customer="AT")
    world.order("2", "CHAIR", 6, placed="2026-03-02", customer="US")
    world.plan()
    his, hers = (db.session.scalar(select(Order.id).where(Order.number == number)) for number in "12")
    ready = GoodsReady(line_no=1, qty=6)

    page = manager.get("/messages/texts/goods-ready?language=de").text
    assert "customers who are written to in German read it in English" in page
    form = manager.panel(f"{address('goods-ready', 'de')}/new").text
    assert "is ready to leave" in form, "one begins with what they read now"
    unchanged = manager.act(address("goods-ready", "de"), {"text": shipped_text("goods-ready", "en")})
    assert (unchanged.status_code, "Write it in German" in unchanged.text) == (422, True)

    german = {"text": "Subject: {order} ist bereit\n[each]\n- {qty} × {product}"}
    kept = manager.act(address("goods-ready", "de"), german)
    assert "as soon as “Around every letter” is written in German, too" in kept.text
    db.session.rollback()
    assert foretell(his, ready)[0] == "Order 1 is ready to leave", "no letter changes its language half-way"

    manager.act(address(FRAME, "de"), {"text": GERMAN_FRAME})
    db.session.rollback()
    subject, body = foretell(his, ready)
    assert (subject, "Guten Tag Jürgen," in body, "Hello" in body) == ("1 ist bereit", True, False)
    assert foretell(hers, ready)[0] == "Order 2 is ready to leave"
    assert foretell(his, ready, CardAskedFor())[0] == "About your order 1", "of two kinds one is in English only"

    gone = manager.act(address("goods-ready", "de"), {"text": ""})
    assert "is taken away; customers read English" in gone.text
    db.session.rollback()
    assert foretell(his, ready)[0] == "Order 1 is ready to leave"


def test_dates_stand_in_a_letter_as_its_own_language_writes_them(world, manager):
    world.customer("AT", name="Jürgen", email="j@customers.example", language="de-AT")
    world.order("1", "CHAIR", 6, placed="2026-03-01", customer="AT")
    his = db.session.scalar(select(Order.id))
    moved = DateMoved(line_no=1, qty=6, ships_on=date(2026, 4, 1))
    assert "April 1, 2026" in foretell(his, moved)[1]
    for name, text in ((FRAME, GERMAN_FRAME), ("date-moved", GERMAN_DATE)):
        done = manager.act(address(name, "de"), {"text": text})
        assert done.status_code == 200, done.text
    db.session.rollback()
    assert "1. April 2026" in foretell(his, moved)[1]


def test_an_answer_is_in_the_language_of_who_asks_where_it_is_written(world, manager):
    world.customer("AT", name="Jürgen", email="j@customers.example", language="de-AT")
    world.order("1", "CHAIR", 6, placed="2026-03-01", customer="AT")
    world.plan()
    order = db.session.scalar(select(Order.id))
    german = shipped_text(ORDER_ANSWERS, "en").replace("For {what} we have no date yet", "Für {what} fehlt der Termin")
    assert manager.act(address(ORDER_ANSWERS, "de"), {"text": german}).status_code == 200
    db.session.rollback()
    assert "fehlt der Termin" in answer_about(db.session(), order, today()).text


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != FIRST_LANGUAGE])
def test_the_laws_words_are_known_in_every_language_in_which_texts_may_be_written(language):
    with pytest.raises(TextRefused, match="that the customer may cancel, which the law asks for"):
        refuse_unfit("date-moved", language, GERMAN_DATE.replace("stornieren", "anrufen"))


def test_what_was_written_is_text_and_never_run_or_rendered(world, manager):
    order = shop(world)
    typed = {"text": "Subject: <b>It</b>\n[each]\n{product} <script>alert(1)</script> %s"}
    assert manager.act(address("goods-ready"), typed).status_code == 200
    db.session.rollback()
    assert "<script>alert(1)</script> %s" in foretell(order, GoodsReady(line_no=1, qty=6))[1]
    page = manager.get("/messages/texts/goods-ready?order=1").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    for trick in ("{{ 7 * 7 }}", "{product.__class__}", "{0}", "{product!r}", "{% raw %}"):
        with pytest.raises(TextRefused):
            refuse_unfit("goods-ready", "en", f"Subject: It\n[each]\n{{product}}\n{trick}")


@pytest.mark.parametrize(
    ("name", "was", "becomes", "says"),
    [
        ("date-moved", "{ships_on}", "{ship_on}", "cannot say {ship_on} in line 7"),
        ("date-moved", "expected on {ships_on}", "expected some day", "would not say {ships_on}"),
        ("date-moved", "cancel", "stop", "that the customer may cancel, which the law asks for"),
        ("date-moved", "get back all that you paid for it", "be angry", "get their money back"),
        ("date-moved", "That costs you nothing: reply", "Reply", "telling us costs them nothing"),
        ("date-moved", "by {answer_by} ", "", "would not say {answer_by}"),
        ("offer-made", "Accept or decline it here: {url}", "", "would not say {url}"),
        (
            "offer-made",
            "Subject: Something for your patience with order {order}",
            "Subject: {shop}",
            "subject would be",
        ),
        ("answer-given", "{answer}", "Soon.", "would not say {answer}"),
        ("order-answers", "leave} on {on}, as promised", "leave}, as promised", "does not say {on}"),
        ("order-answers", "cancelled: Your order is cancelled.", "cancelled:", "says nothing"),
        ("order-answers", "closed: ", "clothed: ", "“clothed” in line 13 is no text"),
    ],
)
def test_a_letter_that_leaves_out_what_it_must_say_is_refused_in_words(name, was, becomes, says):
    shipped = shipped_text(name, "en")
    assert was in shipped
    with pytest.raises(TextRefused, match=re.escape(says)):
        refuse_unfit(name, "en", shipped.replace(was, becomes))


def test_what_is_shipped_says_all_that_it_must():
    for name in NAMES:
        refuse_unfit(name, FIRST_LANGUAGE, shipped_text(name, FIRST_LANGUAGE))
    assert set(TITLES) == set(NAMES)
    assert set(DUTIES) <= set(NAMES)
    with pytest.raises(TextRefused, match="longer than any letter"):
        refuse_unfit("goods-ready", "en", "Subject: A" + "b" * LONGEST_TEXT)


def test_an_agent_reads_the_texts_and_writes_none(world, agent):
    shop(world)
    page = agent.get("/messages/texts/date-moved").text
    assert "What the customer reads" in page
    assert "Write it anew" not in page
    assert agent.get(f"{address('date-moved')}/new").status_code == 403
    assert agent.act(address("date-moved"), {"text": "Subject: A"}).status_code == 403


def test_a_text_that_nobody_has_is_not_found(world, manager):
    assert manager.get(f"{address('nonsense')}/new").status_code == 404
    assert manager.get(f"{address('date-moved', 'tlh')}/new").status_code == 404
