"""Shops for the panels: a small one that can be counted by hand, and a large one in which everything ties; and how a
test reads a panel, its picture and all that waits.
"""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from typing import Any

import plotly.graph_objects as go
import pytest
from sqlalchemy import insert, select
from werkzeug.datastructures import MultiDict

from dashboard import clock, models
from dashboard.database import db, transaction
from dashboard.domain.aging import bucket_of
from dashboard.panels.anatomy import Panel
from dashboard.panels.pages import View
from tests.conftest import TODAY
from tests.factories import World
from tests.shops import filled_once

MICROS = 1_000_000


def view_of(about: Panel, **given: Any) -> View:
    """What an address of the panel says; a filter may have several values."""
    pairs = [
        (key, value) for key, values in given.items() for value in ([values] if isinstance(values, str) else values)
    ]
    return about.view(MultiDict(pairs))


def loaded(about: Panel, load: Callable[..., Any], today: date, **given: Any) -> Any:
    """The panel at an address, read by its `load` as if nothing had been read before."""
    db.session.rollback()
    return load(db.session(), view_of(about, **given), today)


def picture(text: str, id: str = r"[\w-]+-picture") -> dict[str, Any]:
    """What a page has drawn: the first picture of a panel, or another one."""
    return json.loads(re.search(rf'id="{id}".*?<script type="application/json">(.*?)</script>', text, re.DOTALL)[1])


def assert_plotly_accepts(figure: dict[str, Any]) -> None:
    """Whether Plotly would draw it; it checks no colour or dash that only the browser knows."""
    plain = json.loads(re.sub(r"var\(--[\w-]+\)", "black", json.dumps(figure)).replace("2px,3px", "dot"))
    go.Figure(data=plain["data"], layout=plain["layout"])


# Each selection with each order of its rows is a long test; in a quick one each meets a few of the others.
ONE_PAIR_IN = 4
thoroughly = pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.deep)])


def selections_in_orders(
    selections: list[dict[str, Any]], sorts: Iterable[str], *, thorough: bool
) -> Iterator[tuple[dict[str, Any], list[str]]]:
    """Every selection, and the orders in which to ask for its rows: the first selection, which is long, in all orders,
    the others in the first order and in some, unless it is to be thorough.
    """
    for place, given in enumerate(selections):
        every = thorough or place == 0
        yield given, [sort for n, sort in enumerate(sorts) if every or n == 0 or (n - place) % ONE_PAIR_IN == 0]


def orders_in(text: str) -> list[str]:
    """The orders of a page's rows."""
    return re.findall(r'class="row-link"[^>]*>([^<]+)<', text)


def said_again() -> list[tuple[models.Waiting, dict[str, set[str]]]]:
    """Every waiting row, with the values of every filter that it has."""
    session = db.session()
    session.rollback()
    tags = defaultdict(set)
    for line_id, tag in session.execute(select(models.LineTag.line_id, models.LineTag.tag)):
        tags[line_id].add(tag)
    suppliers = dict(session.execute(select(models.Supplier.id, models.Supplier.code)).all())
    locations = dict(session.execute(select(models.Location.id, models.Location.code)).all())
    return [
        (
            row,
            {
                "channel": {row.channel or "not-known"},
                "tier": {row.tier or "not-known"},
                "supplier": {suppliers.get(row.supplier_id, "not-known")},
                "location": {locations.get(row.location_id, "not-known")},
                "cause": {row.cause},
                "planned": {"yes" if row.planned else "no"},
                "dated": {"yes" if row.eta else "no"},
                "sku": {row.sku},
                "tag": tags[row.line_id],
                "currency": {row.currency or "not-known"},
                "age": {bucket_of((TODAY - row.placed_on).days).key},
            },
        )
        for row in session.scalars(select(models.Waiting))
    ]


def fill_shop(world: World) -> None:
    """Five waiting lines, one in each bucket, in two currencies; today is 2026-03-12.

    | order | waits | since       | age | value   | ships          |
    | 3/1   | 1     | 10 March    | 2   | 215 USD | PO 4711        |
    | 2/1   | 2     | 1 March     | 11  | 378 USD | PO 4725        |
    | 1/1   | 5     | 20 February | 20  | 1075 USD| PO 4711, 5 here|
    | 4/1   | 3     | 1 February  | 39  | 59.985 GBP | PO 4725     |
    | 5/1   | 4     | 1 December  | 101 | 232 USD | no date yet    |
    """
    world.supplier("MINHO", sells=["CHAIR", "LAMP"], name="Minho Cadeiras")
    world.sku("CHAIR", name="Braga dining chair", price="215", sku_class="A")
    world.sku("LAMP", name="Pallas pendant lamp", price="189")
    world.sku("BASKET", name="Halong rattan baskets", price="58")
    world.customer("H", name="Hannah Whitlock")
    world.stock("CHAIR", 6)
    world.order(
        "1", "CHAIR", 10, placed="2026-02-20", unit_price="215", currency="USD", channel="web", promised="2026-03-13",
        customer="H",
    )  # fmt: skip
    world.order("2", "LAMP", 2, placed="2026-03-01", unit_price="189", currency="USD", channel="store", tier="vip")
    world.order("3", "CHAIR", 1, placed="2026-03-10", unit_price="215", currency="USD", channel="web", customer="H")
    world.order(
        "4", lines=[("LAMP", 3), ("CHAIR", 1)], placed="2026-02-01", unit_price="19.995", currency="GBP",
        channel="web", customer="D", location="MAIN",
    )  # fmt: skip
    world.order("5", "BASKET", 4, placed="2025-12-01", unit_price="58", currency="USD", customer="E")
    world.purchase_order("4711", "CHAIR", 24, supplier="MINHO", ordered="2026-02-21", expected="2026-03-27")
    world.purchase_order("4725", "LAMP", 30, supplier="MINHO", ordered="2026-02-16", expected="2026-03-17")
    world.plan()


@filled_once
def shop(world: World) -> None:
    """The shop of five waiting lines."""
    fill_shop(world)


TAGS = ("gift:yes", "promo:spring")


def fill_crowd(world: World) -> None:
    """130 waiting lines of 60 orders, drawn by a fixed die, so that most of what can be sorted by is the same."""
    die, today = random.Random(2026), clock.today()
    with transaction():  # saved at once: sixty commits take a minute on a busy machine
        for number, code in enumerate(("A", "B", "C")):
            world.supplier(f"S{number}", sells=[code])
            world.sku(code)
        world.purchase_order("P1", "A", 40, supplier="S0", expected="2026-04-01")
        world.purchase_order("P2", "B", 10, supplier="S1", expected=None)
        world.stock("C", 3)
        for number in range(60):
            world.order(
                f"{number:02}",
                lines=[(die.choice("AAABC"), die.randint(1, 2)) for _ in range(die.choice((1, 2, 2, 3, 3)))],
                placed=today - timedelta(days=die.choice((0, 3, 7, 8, 8, 14, 15, 30, 31, 60, 61, 200))),
                customer=f"K{die.randint(1, 25)}",
                tier=die.choice((None, None, "vip")),
                channel=die.choice((None, "web", "store")),
                currency=die.choice(("EUR", "EUR", "USD", None)),
                unit_price=die.choice(("10", "10", "0.005", None)),
                location=die.choice((None, "EAST", "WEST")),
            )
    with transaction() as saving:
        lines = saving.query(models.OrderLine.id).order_by(models.OrderLine.id).all()
        saving.execute(
            insert(models.LineTag),
            [{"line_id": line.id, "tag": tag} for line in lines for tag in TAGS if die.random() < 0.4],
        )
    world.plan()


@filled_once
def crowd(world: World) -> None:
    """The crowd of 130 lines."""
    fill_crowd(world)


@filled_once
def divided_crowd(world: World) -> None:
    """The crowd, six lines of it divided into two parts each."""
    fill_crowd(world)
    lines = db.session.scalars(select(models.Waiting).where(models.Waiting.qty_backordered > 1)).all()
    with transaction() as saving:
        for row in lines[:6]:
            for part in (1, 2):
                saving.add(models.LinePart(line_id=row.line_id, part=part, qty=1, split_at=clock.now()))
    world.plan()
