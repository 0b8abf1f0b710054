"""Writing letters and answers anew."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from dashboard.clock import today
from dashboard.database import db
from dashboard.domain.messages import GoodsReady, TextRefused
from dashboard.domain.text_changes import DUTIES, LONGEST_TEXT, NAMES, ORDER_ANSWERS, TITLES, refuse_unfit
from dashboard.messages.order_answers import answer_about
from dashboard.messages.outbox import foretell
from dashboard.messages.texts import languages, shipped_text
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
    for language in languages():
        for name in NAMES:
            refuse_unfit(name, language, shipped_text(name, language))
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
