"""One box finds whatever somebody on the phone names: by number, address, phone, or words as they come to mind."""

from __future__ import annotations

import re
from html import unescape

import pytest

from dashboard import search_words
from dashboard.database import db, transaction
from dashboard.domain.search import one_letter_off, phone_words, words_in
from dashboard.models import Customer, SearchText, SearchWord
from dashboard.panels.search.panel import load_found
from dashboard.personal_data import erase_customers
from tests.conftest import same_on_both

PEOPLE = {
    "HW": ("Hannah Whitlock", "h.whitlock@customers.example", "+1 208 555 0192"),
    "EY": ("Emre Yıldız", "emre.yildiz3000@customers.example", "+44 20 7946 0266"),
    "CN": ("Chloé Noël", "chloe@noel.example", "0171 2345678"),
    "OB": ("Siobhán O’Brien", "sob@customers.example", None),
    "HB": ("Hannah Brandt", "hannah@brandt.example", None),
}
PRODUCTS = {
    "LAN-CALDER-HON-S": "Calder lantern, honey, small",
    "LAN-CALDER-HON-L": "Calder lantern, honey, large",
    "SBD-BRISA-SMO": "Brisa sideboard, smoked European oak",
}

# What somebody types, and of which kind the first hit is and how it is called.
RELEVANT = (
    ("O-10482", "order", "O-10482"),
    ("10482", "order", "O-10482"),  # without what stands before it
    ("#10482", "order", "O-10482"),
    ("o-10482", "order", "O-10482"),
    ("o 10482", "order", "O-10482"),
    ("1048", "order", "O-10482"),  # its beginning
    ("PO-4711", "purchase order", "PO-4711"),
    ("po4711", "purchase order", "PO-4711"),
    ("4711", "purchase order", "PO-4711"),
    ("1Z527 32469", "order", "O-10482"),  # the parcel
    ("O-2000", "order", "O-2000"),  # whole, though others begin so
    ("1Z52732469", "order", "O-10482"),
    ("h.whitlock@customers.example", "customer", "Hannah Whitlock"),
    ("H.Whitlock@cust", "customer", "Hannah Whitlock"),
    ("emre.yildiz3000", "customer", "Emre Yıldız"),  # the mail's first part
    ("EY", "customer", "Emre Yıldız"),  # the customer's number
    ("hannah whitlock", "customer", "Hannah Whitlock"),
    ("whitlock, hannah", "customer", "Hannah Whitlock"),
    ("whit han", "customer", "Hannah Whitlock"),
    ("whitlok", "customer", "Hannah Whitlock"),  # a letter is missing
    ("whitlcok", "customer", "Hannah Whitlock"),  # two are exchanged
    ("hannah witlock", "customer", "Hannah Whitlock"),
    ("yildiz", "customer", "Emre Yıldız"),
    ("noel", "customer", "Chloé Noël"),
    ("CHLOÉ", "customer", "Chloé Noël"),
    ("o'brien", "customer", "Siobhán O’Brien"),
    ("obrien siobhan", "customer", "Siobhán O’Brien"),
    ("+44 20 7946 0266", "customer", "Emre Yıldız"),
    ("020 7946 0266", "customer", "Emre Yıldız"),  # as it is dialled at home
    ("7946 0266", "customer", "Emre Yıldız"),
    ("0266", "customer", "Emre Yıldız"),  # its last digits
    ("+49 171 2345678", "customer", "Chloé Noël"),
    ("208 555 01", "customer", "Hannah Whitlock"),  # its beginning
    ("LAN-CALDER-HON-S", "product", "LAN-CALDER-HON-S"),
    ("lan-calder-hon-l", "product", "LAN-CALDER-HON-L"),
    ("honey large lantern", "product", "LAN-CALDER-HON-L"),  # in another order
    ("smoked oak", "product", "SBD-BRISA-SMO"),
    ("sidebord", "product", "SBD-BRISA-SMO"),
)


def fill(world):
    for code, (name, email, phone) in PEOPLE.items():
        world.customer(code, name=name, email=email, phone=phone)
    for sku, name in PRODUCTS.items():
        world.sku(sku, name=name)
    world.order("O-10482", "LAN-CALDER-HON-S", 6, placed="2026-03-01", customer="EY")
    world.order("O-10483", "LAN-CALDER-HON-L", 2, placed="2026-03-02", customer="HW")
    world.order("O-20001", "SBD-BRISA-SMO", 2, placed="2026-03-03", customer="HB")
    world.order("O-20002", "SBD-BRISA-SMO", 1, placed="2026-03-04", customer="HB")
    world.order("O-2000", "LAN-CALDER-HON-L", 1, placed="2026-03-06", customer="CN")
    world.purchase_order("PO-4711", "LAN-CALDER-HON-L", 2, expected="2026-04-01")
    world.ship("O-10482", 1, on="2026-03-05", tracking="1Z52732469")
    world.plan()
    with transaction() as session:
        search_words.keep_all(session.connection())


def first_of(found):
    """The first hit that a person sees who typed a number, a name or a product."""
    by_number = [("order", one.number) for one in found.orders if one.why != "customer"]
    by_number += [("purchase order", one.number) for one in found.purchase_orders]
    return [
        *by_number,
        *(("customer", one.name) for one in found.customers),
        *(("product", one.code) for one in found.products),
    ]


def test_what_is_typed_finds_what_is_meant_first(world):
    fill(world)
    missed = []
    for typed, kind, called in RELEVANT:
        hits = first_of(load_found(db.session(), typed, shown=5))
        if hits[:1] != [(kind, called)]:
            missed.append((typed, called, hits[:3]))
    assert missed == []


def test_where_one_thing_can_be_meant_the_search_leads_to_it_and_else_it_lists(world, agent):
    fill(world)
    for typed in ("10482", "O-10482", "o 10482", "1Z52732469", "yildiz", "yildz", "emre.yildiz3000@customers.example"):
        answer = agent.get("/search", query_string={"q": typed})
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/orders/O-10482"), typed
    answer = agent.get("/search?q=2000")
    assert answer.headers["Location"] == "/orders/O-2000", "the whole number, not the two that begin so"
    for typed, page in (
        ("PO-4711", "/purchase-orders/PO-4711"),
        ("po-4711", "/purchase-orders/PO-4711"),
        ("4711", "/purchase-orders/PO-4711"),
        ("SBD-BRISA-SMO", "/orders?search=SBD-BRISA-SMO"),
        ("sbd-brisa-smo", "/orders?search=SBD-BRISA-SMO"),
    ):
        answer = agent.get("/search", query_string={"q": typed})
        assert (answer.status_code, answer.headers.get("Location")) == (302, page), typed
    page = agent.get("/search?q=hannah").text
    assert all(one in page for one in ("Hannah Whitlock", "Hannah Brandt", "O-10483", "O-20002"))
    assert "Nothing is called “qqqq”" in agent.get("/search?q=qqqq").text
    assert agent.get("/search?q=").status_code == 200
    for odd in ("%", "_", "'", '"', "\\", "\x00", "-", "😀", "a" * 500, "0" * 30, "@", "#"):
        assert agent.get("/search", query_string={"q": odd}).status_code == 200, odd


def test_a_code_is_found_before_the_many_products_that_are_called_so(world, agent):
    for number in range(25):
        world.sku(f"K{number:02}", name="Sofa")
    world.sku("SOFA", name="Sofa of the old house, three seats, smoked oak")
    world.plan()
    with transaction() as session:
        search_words.keep_all(session.connection())
    assert load_found(db.session(), "sofa", shown=5).products[0].code == "SOFA"
    assert agent.get("/search?q=SOFA").headers["Location"] == "/orders?search=SOFA"


def test_of_many_who_are_called_alike_those_come_first_who_wait(world):
    for number in range(12):
        world.customer(f"A{number}", name="Ann Lee", phone=f"+1 208 555 {1000 + number}")
    world.stock("LAMP", 40)
    for number in range(12):
        world.order(
            f"L{number}", "CHAIR" if number in (9, 11) else "LAMP", 1, placed="2026-03-01", customer=f"A{number}"
        )
    world.plan()
    with transaction() as session:
        search_words.keep_all(session.connection())
    found = load_found(db.session(), "ann lee", shown=5)
    assert {one.code for one in found.customers[:2]} == {"A9", "A11"}
    assert [one.number for one in found.orders][:2] == ["L11", "L9"]


def test_whatever_is_found_leads_to_a_page(world, agent):
    fill(world)
    led = set()
    for typed in ("10482", "PO-4711", "4711", "hannah", "smoked oak", "1Z52732469", "0266"):
        for address in re.findall(
            r'class="hit" href="([^"]+)"', agent.panel("/search", query_string={"q": typed}).text
        ):
            assert agent.get(unescape(address), follow_redirects=True).status_code == 200, (typed, address)
            led.add(address.split("/")[1].partition("?")[0])
    assert led == {"orders", "purchase-orders"}


def test_what_is_found_says_what_waits_and_until_when(world, agent):
    fill(world)
    world.order("O-20003", lines=[("SBD-BRISA-SMO", 3), ("LAN-CALDER-HON-L", 1)], placed="2026-03-05", customer="HB")
    world.stock("LAN-CALDER-HON-S", 5)
    world.plan()
    for typed, said in (
        ("10483", "1 line waits, 1 Apr"),
        ("20003", "2 lines wait, no date yet"),
        ("10482", "nothing waits"),
        ("smoked oak", "6 units, 3 orders wait"),
        ("LAN-CALDER-HON-S", "nothing waits"),
        ("PO-4711", "1 order waits"),
    ):
        part = " ".join(agent.panel("/search", query_string={"q": typed}).text.replace("\xa0", " ").split())
        assert f">{said}</span>" in part, typed


def test_while_somebody_types_a_part_answers_and_never_leads_away(world, agent):
    fill(world)
    part = agent.panel("/search?q=10482")
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<div class="search-found" id="search-found">')
    assert "opens order O-10482" in part.text


def test_words_are_kept_as_customers_and_products_are_called_now(world):
    fill(world)
    connection = db.session.connection()
    assert list(search_words.check(connection)) == []
    with transaction() as session:
        who = session.query(Customer).filter_by(code="HW").one()
        who.name = "Hannah Zimmer"
        session.flush()
        assert [said for said in search_words.check(session.connection()) if f"customer {who.id}" in said]
        assert search_words.keep_all(session.connection()) == 1
        assert list(search_words.check(session.connection())) == []
    assert not [
        one
        for one in load_found(db.session(), "hannah whitlock", shown=5).customers
        if one.code == "HW" and "Whitlock" in one.name
    ]
    assert load_found(db.session(), "zimmer", shown=5).customers[0].code == "HW"


def test_who_was_erased_is_found_by_nothing_that_tells_who_it_was(world):
    fill(world)
    who = db.session.query(Customer.id).filter_by(code="EY").scalar()
    with transaction() as session:
        erase_customers(session, [who], actor=None)
    kept = {word for (word,) in db.session.query(SearchWord.word).filter_by(kind="customer", row_id=who)}
    assert kept == set()
    assert db.session.query(SearchText.said).filter_by(kind="customer", row_id=who).scalar() == "\x1f\x1f"
    assert load_found(db.session(), "yildiz", shown=5).customers == ()


@same_on_both
def test_only_who_may_see_the_desk_searches(world, outsider):
    fill(world)
    assert outsider.get("/search?q=hannah").status_code in (302, 403)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Łukasz Żółć", ("lukasz", "zolc")),
        ("Müller-Straße", ("muller", "strasse")),
        ("O'Brien", ("obrien",)),
        ("Ørsted  Ørsted", ("orsted",)),
        ("İpek Çağlar", ("ipek", "caglar")),
    ],
)
def test_words_are_without_accents(text, words):
    assert words_in(text) == words


def test_a_phone_is_known_by_its_endings():
    assert phone_words("+44 20 7946 0266") == ("442079460266", "2079460266", "9460266", "0266")
    assert phone_words("12") == ()


def test_a_slip_is_one_letter():
    others = one_letter_off("whitlok")
    assert {"whitlock", "whitlko", "witlok"} <= others
    assert one_letter_off("abc") == frozenset()
