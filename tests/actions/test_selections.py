"""One act for many lines: a result a row, nothing twice, and never more than its reader may do."""

from __future__ import annotations

import json
import re

import pytest
import sqlalchemy as sa

from dashboard import models
from dashboard.actions.selections.acts import SELECTION_ACTS
from dashboard.database import db, transaction
from dashboard.domain.selections import SELECTED_AT_MOST
from dashboard.panels.row_acts import OF_MANY_ALONE, ROW_ACTS
from tests.actions.posting import acts, assert_copies_are_right, one_order, units
from tests.conftest import Desk
from tests.factories import World, as_micros
from tests.shops import filled_once

TYPED = {
    "incentive-offers": {"kind": "percent", "percent": "10", "until": "2026-03-19"},
    "delay-notices": {"why": "nobody makes it any more"},
    "shipment-splits": {"charged": "absorb"},
    "priorities": {"priority": "1", "reason": "the fair opens"},
    "assignments": {"person": "", "until": "2026-03-20"},
    "notes": {"says": "the maker moves house"},
    "card-requests": {"why": "before the fair"},
    "holds": {"reason": "shown at the fair"},
    "ties": {"purchase_order": "PO-7", "reason": "ordered for them"},
    "releases": {"reason": "the fair is over"},
    "cause-corrections": {"cause": "demand-spike"},
    "cancellations": {"reason": "customer"},
}
ACT = {
    "incentive-offers": "incentive-offered",
    "delay-notices": "customer-told",
    "shipment-splits": "shipment-split",
    "priorities": "priority-changed",
    "assignments": "line-assigned",
    "notes": "note-written",
    "card-requests": "card-asked-for",
    "holds": "units-held",
    "ties": "units-tied",
    "releases": "hold-released",
    "cause-corrections": "cause-corrected",
    "cancellations": "rest-cancelled",
}


@filled_once
def shop(world: World) -> None:
    """Three orders, of which one has two lines and one has class 1 already."""
    world.order("10480", lines=[("CHAIR", 6), ("LAMP", 2)], placed="2026-03-01")
    world.order("10481", "CHAIR", 6, placed="2026-03-02", priority=1)
    world.order("10482", "CHAIR", 6, placed="2026-03-03")
    world.plan()


def rows(world: World, *lines: tuple[str, int]) -> str:
    """The rows of these lines, as a page names them."""
    return " ".join(f"{world.line(number, line_no).id}-1" for number, line_no in lines)


ALL = (("10480", 1), ("10480", 2), ("10481", 1), ("10482", 1))


def form_of(desk: Desk, word: str, written: str) -> dict[str, str]:
    """The form as it is handed out for these rows, filled in."""
    text = desk.panel(f"/selections/{word}/new?rows={written.replace(' ', '+')}").text
    carried = {
        name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)[1] for name in ("submission", "opened", "rows")
    }
    return {**carried, **TYPED[word]}


def one_of_each_is_held(shop: World) -> None:
    """Of every line one unit stands on the shelf, and is fixed to it."""
    shop.stock("CHAIR", 3)
    shop.stock("LAMP", 1)
    for number, line in ALL:
        shop.hold(number, 1, line=line)
    shop.plan()


def one_of_each_is_here(shop: World) -> None:
    """The same, where a further parcel costs what the order paid for shipping."""
    one_of_each_is_held(shop)
    with transaction() as session:
        session.execute(sa.update(models.Order).values(shipping_amount=as_micros("4.90")))
    shop.plan()


def all_of_each_is_here(shop: World) -> None:
    shop.stock("CHAIR", 18)
    shop.stock("LAMP", 2)
    shop.plan()


def all_of_each_is_ordered(shop: World) -> None:
    shop.purchase_order("PO-7", lines=[("CHAIR", 40), ("LAMP", 40)], expected="2026-04-10")
    shop.plan()


# What an act needs before it has something to do.
BEFORE = {
    "shipment-splits": one_of_each_is_here,
    "holds": all_of_each_is_here,
    "ties": all_of_each_is_ordered,
    "releases": one_of_each_is_held,
}


def done(act: str) -> list[str]:
    return [one.subject for one in acts() if one.act == act]


def test_every_act_that_rows_offer_for_many_is_one_that_can_be_done_to_many() -> None:
    of_many = {act.word: act.permission for act in (*ROW_ACTS, *OF_MANY_ALONE) if act.of_many}
    assert of_many == {word: act.permission for word, act in SELECTION_ACTS.items()}
    assert of_many.keys() == TYPED.keys()


@pytest.mark.parametrize("word", TYPED)
def test_it_is_shown_first_done_once_and_recorded_row_by_row(shop: World, manager: Desk, word: str) -> None:
    lines = (("10480", 1), ("10480", 2), ("10482", 1))
    if word in BEFORE:
        BEFORE[word](shop)
    form = form_of(manager, word, rows(shop, *lines))
    foreseen = manager.act(f"/selections/{word}/preview", form)
    assert foreseen.status_code == 200
    assert done(ACT[word]) == [], "what is only looked at is not done"

    answer = manager.act(f"/selections/{word}", form)
    assert answer.status_code == 200, answer.text
    assert "backorder-changed" in answer.headers["HX-Trigger"]
    of_orders = SELECTION_ACTS[word].of_orders
    subjects = ["order 10480", "order 10482"] if of_orders else [f"order-line {n}/{line}" for n, line in lines]
    assert done(ACT[word]) == subjects
    assert f"Done for {len(subjects)} {'orders' if of_orders else 'lines'}." in answer.text

    assert manager.act(f"/selections/{word}", form).status_code == 200
    assert done(ACT[word]) == subjects, "pressed twice, done once"
    assert_copies_are_right()


def test_what_is_refused_of_one_row_leaves_the_others_done_and_says_why(shop: World, manager: Desk) -> None:
    answer = manager.act("/selections/priorities", form_of(manager, "priorities", rows(shop, *ALL)))
    assert answer.status_code == 200
    assert "Done for 2 orders; 1 was refused." in answer.text
    assert "Order 10481 has class 1 already." in answer.text
    assert [one_order(number).priority for number in ("10480", "10481", "10482")] == [1, 1, 1]


def test_of_each_line_what_is_here_becomes_a_parcel_and_a_line_of_which_nothing_is_says_so(
    shop: World, manager: Desk
) -> None:
    one_of_each_is_here(shop)
    shipping = {"shipping_amount": as_micros("4.90")}
    shop.order("10483", "STOOL", 2, placed="2026-03-04", **shipping)
    shop.order("10484", "CHAIR", 2, placed="2026-03-05", ship_complete=True, **shipping)
    shop.plan()
    written = rows(shop, *ALL, ("10483", 1), ("10484", 1))
    form = form_of(manager, "shipment-splits", written)
    foreseen = manager.act("/selections/shipment-splits/preview", form).text
    assert "Pack what is here, 4 of 6 lines" in foreseen
    answer = manager.act("/selections/shipment-splits", form)
    assert "Done for 4 lines; 2 were refused." in answer.text
    assert "Nothing of" in answer.text
    assert "is here yet" in answer.text
    costs = [json.loads(one.after)["cost"] for one in acts() if one.act == "shipment-split"]
    assert costs == [as_micros("4.90")] * 4
    assert_copies_are_right()


def test_a_rest_is_cancelled_of_each_line_and_its_stock_goes_to_the_next(shop: World, manager: Desk) -> None:
    shop.stock("CHAIR", 4)
    shop.plan()
    written = rows(shop, ("10480", 1), ("10481", 1))
    assert manager.act("/selections/cancellations", form_of(manager, "cancellations", written)).status_code == 200
    assert (units("10480"), units("10481")) == ((0, 6, 0), (0, 6, 0))
    assert shop.reserved()["10482"] == 4
    assert_copies_are_right()


def test_what_is_wrongly_typed_does_nothing_and_is_kept(shop: World, manager: Desk) -> None:
    form = {**form_of(manager, "priorities", rows(shop, *ALL)), "priority": "first"}
    answer = manager.act("/selections/priorities", form)
    assert answer.status_code == 422
    assert 'value="first"' in answer.text
    assert done("priority-changed") == []


def test_more_rows_than_are_acted_upon_at_once_are_refused_and_so_are_none(shop: World, manager: Desk) -> None:
    for number in range(SELECTED_AT_MOST + 1):
        shop.order(f"N{number:03}", "STOOL", 1, placed="2026-03-05")
    shop.plan()
    many = rows(shop, *((f"N{number:03}", 1) for number in range(SELECTED_AT_MOST + 1)))
    answer = manager.act("/selections/assignments", {**form_of(manager, "assignments", "1-1"), "rows": many})
    assert answer.status_code == 422
    assert f"At most {SELECTED_AT_MOST} are acted upon at once" in answer.text
    nothing = {**form_of(manager, "assignments", "1-1"), "rows": "999999-1 nonsense"}
    assert manager.act("/selections/assignments", nothing).status_code == 422
    assert done("line-assigned") == []


def test_who_may_not_do_it_to_one_may_not_do_it_to_many(shop: World, viewer: Desk, agent: Desk) -> None:
    written = rows(shop, *ALL)
    for word, typed in TYPED.items():
        assert viewer.panel(f"/selections/{word}/new?rows={written.replace(' ', '+')}").status_code == 403
        assert viewer.act(f"/selections/{word}", {**typed, "rows": written}).status_code == 403
        assert viewer.act(f"/selections/{word}/preview", {**typed, "rows": written}).status_code == 403
    assert agent.act("/selections/priorities", {**TYPED["priorities"], "rows": written}).status_code == 403
    forged = agent.post("/selections/cancellations", data={**TYPED["cancellations"], "rows": written})
    assert forged.status_code == 419
    assert agent.panel("/selections/moons/new?rows=1-1").status_code == 404
    assert acts() == []


def said_of(desk: Desk, word: str, written: str) -> str:
    answer = desk.act(f"/selections/{word}", form_of(desk, word, written))
    return re.sub(r"<[^>]+>", "", answer.text)


def live_holds() -> list[models.Hold]:
    db.session.rollback()
    hold = models.Hold
    return list(db.session.scalars(sa.select(hold).where(hold.ended_at.is_(None)).order_by(hold.id)))


def test_all_that_is_here_of_each_is_fixed_and_of_what_is_not_here_it_is_said(shop: World, manager: Desk) -> None:
    shop.stock("CHAIR", 8)
    shop.plan()
    said = said_of(manager, "holds", rows(shop, ("10480", 1), ("10480", 2), ("10481", 1)))
    assert "Done for 2 lines; 1 was refused." in said
    assert "Nothing is reserved for line 2 of order 10480 that is not held already." in said
    assert [(hold.qty, hold.kind, hold.reason) for hold in live_holds()] == [
        (2, "fixed", "shown at the fair"),
        (6, "fixed", "shown at the fair"),
    ]
    assert "Nothing was done: 3 lines were refused." in said_of(
        manager, "holds", rows(shop, ("10480", 1), ("10480", 2), ("10481", 1))
    )


def test_each_is_tied_to_the_order_that_brings_it_as_far_as_that_goes(shop: World, manager: Desk) -> None:
    shop.purchase_order("PO-7", "CHAIR", 8, expected="2026-04-10")
    shop.plan()
    written = rows(shop, *ALL)
    text = manager.panel(f"/selections/ties/new?rows={written.replace(' ', '+')}").text
    assert re.findall(r"<option[^>]*>([^<]+)</option>", text) == ["PO-7"]
    said = said_of(manager, "ties", written)
    assert "Done for 2 lines; 2 were refused." in said
    assert "PO-7 brings no LAMP." in said
    assert "PO-7 brings 8 units, of which 8 are tied to other lines." in said
    assert [hold.qty for hold in live_holds()] == [6, 2]
    assert_copies_are_right()


def test_where_no_order_brings_them_nothing_can_be_tied_and_the_form_says_so(shop: World, manager: Desk) -> None:
    written = rows(shop, *ALL)
    assert (
        "none brings what these wait for"
        in manager.panel(f"/selections/ties/new?rows={written.replace(' ', '+')}").text
    )
    form = {**form_of(manager, "ties", written), "purchase_order": ""}
    assert "No purchase order is chosen." in manager.act("/selections/ties/preview", form).text
    empty = {**form_of(manager, "notes", written), "says": " "}
    shown = manager.act("/selections/notes/preview", empty)
    assert shown.text.count("Write what a colleague should know.") == 1, "once for all of them"
    assert manager.act("/selections/notes", empty).status_code == 422


def test_holds_and_ties_of_each_end_and_what_is_picked_stays(shop: World, manager: Desk) -> None:
    shop.stock("CHAIR", 4)
    shop.purchase_order("PO-7", "CHAIR", 8, expected="2026-04-10")
    shop.hold("10480", 1)
    shop.hold("10480", 2, at=None, po="PO-7")
    shop.hold("10482", 1, kind="picked")
    shop.plan()
    said = said_of(manager, "releases", rows(shop, ("10480", 1), ("10482", 1)))
    assert "Done for 1 line; 1 was refused." in said
    assert "1 unit of line 1 of order 10480 is no longer fixed at" in said
    assert "2 units of line 1 of order 10480 are no longer tied to PO-7." in said
    assert "What is picked is released at its order." in said
    assert [hold.kind for hold in live_holds()] == ["picked"]
    assert len(done("hold-released")) == 2, "each has its place in the history"
    assert_copies_are_right()


def test_the_bar_leads_to_what_its_reader_may_do_with_what_is_ticked(shop: World, agent: Desk, viewer: Desk) -> None:
    written = rows(shop, ("10480", 1), ("10482", 1))
    offered = re.findall(
        r'hx-get="/selections/([a-z-]+)/new\?rows=([^"]+)"', agent.act("/aging/ticked", {"rows": written}).text
    )
    assert [word for word, _ in offered] == [
        "shipment-splits", "incentive-offers", "delay-notices", "notes", "assignments", "card-requests",
        "cause-corrections", "cancellations",
    ]  # fmt: skip
    assert {given.replace("+", " ") for _, given in offered} == {written}
    every = re.findall(
        r'/selections/assignments/new\?rows=([^"]+)"', agent.act("/aging/ticked?sku=CHAIR", {"all": "yes"}).text
    )
    assert set(every[0].replace("+", " ").split()) == set(rows(shop, ("10480", 1), ("10481", 1), ("10482", 1)).split())
    assert "/selections/" not in viewer.act("/aging/ticked", {"rows": written}).text


# Offers: what they come to is known before anybody is told of one.

DEAR = (("1", 1), ("1", 2), ("2", 1), ("3", 1))


@pytest.fixture
def dear(world: World) -> World:
    """Lines of two currencies; of order 1 two lines, of order 3 nobody knows the price."""
    world.sku("CHAIR", cost=as_micros("60"), currency="USD")
    world.sku("LAMP", cost=as_micros("20"), currency="USD")
    world.order("1", lines=[("CHAIR", 2), ("LAMP", 1)], placed="2026-03-01", currency="USD", unit_price="100")
    world.order("2", "CHAIR", 1, placed="2026-03-02", currency="GBP", unit_price="80")
    world.order("3", "CHAIR", 1, placed="2026-03-03", currency="USD", unit_price=None)
    world.plan()
    return world


def offered() -> list[tuple[str, str, int | None]]:
    """Order, state and message of every offer."""
    db.session.rollback()
    offer, line, order = models.IncentiveOffer, models.OrderLine, models.Order
    found = sa.select(order.number, offer.state, offer.message_id).join(line, line.id == offer.line_id)
    return [tuple(row) for row in db.session.execute(found.join(order).order_by(offer.id))]


def letters() -> list[models.Message]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(models.Message).order_by(models.Message.id)))


def test_offers_to_many_say_first_what_they_cost_by_currency_and_one_order_reads_one_letter(
    dear: World, agent: Desk
) -> None:
    form = form_of(agent, "incentive-offers", rows(dear, *DEAR))
    shown = agent.act("/selections/incentive-offers/preview", form).text
    assert "Offer 10 % off to 3 · costs £8.00 and $30.00" in shown
    for told in ("1 offer, GBP", "2 offers, USD", "−30.00", "130.00", "−8.00", "not known", "Offer an amount instead."):
        assert told in shown
    assert (offered(), letters()) == ([], [])

    answer = agent.act("/selections/incentive-offers", form)
    assert "Done for 3 lines; 1 was refused." in answer.text
    both, other = letters()
    assert offered() == [("1", "offered", both.id), ("1", "offered", both.id), ("2", "offered", other.id)]
    assert (both.body.count("10 % off"), other.body.count("10 % off")) == (2, 1)

    # Of what one letter says of two lines one can be taken back, and the other still be answered.
    link = "/your-order/" + both.body.rsplit("/your-order/", 1)[1].split()[0]
    first = db.session.scalar(sa.select(sa.func.min(models.IncentiveOffer.id)))
    assert agent.act(f"/incentive-offers/{first}/withdrawals", {"undo": "1"}).status_code == 200
    assert [(letter.state, letter.body.count("10 % off")) for letter in letters()] == [("queued", 1), ("queued", 1)]
    page = agent.application.test_client().get(link)
    assert (page.status_code, page.text.count("we offer you")) == (200, 1)


def test_offers_above_ones_limit_wait_for_approval_each_by_itself(dear: World, agent: Desk) -> None:
    form = {**form_of(agent, "incentive-offers", rows(dear, *DEAR)), "kind": "amount", "amount": "20"}
    mixed = agent.act("/selections/incentive-offers", form)
    assert mixed.status_code == 422
    assert "These orders are in GBP and USD: one amount is not the same in each." in mixed.text
    assert "one amount is not the same in each" in agent.act("/selections/incentive-offers/preview", form).text

    form["rows"] = rows(dear, ("1", 1), ("1", 2), ("3", 1))
    shown = agent.act("/selections/incentive-offers/preview", form).text
    assert "Offer $20.00 off to 3 · costs $60.00" in shown
    assert "2 of them are above your limit" in shown
    answer = agent.act("/selections/incentive-offers", form)
    assert "Done for 3 lines; 2 of them wait for approval." in answer.text
    assert [state for _, state, _ in offered()] == ["offered", "waiting-approval", "waiting-approval"]
    assert [letter.body.count("$20.00 off") for letter in letters()] == [1]
