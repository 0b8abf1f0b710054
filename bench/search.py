"""Rows 14 and 15: what is typed into the search of a large shop, and an order's page beside its bare SQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter, process_time
from typing import Any

import numpy as np
from flask import current_app
from sqlalchemy import event, func, select
from werkzeug.test import Client

from bench.acts import BY_COLUMNS
from bench.named import give_names
from bench.panels import EMPTY, FRAGMENT, in_turn, viewer
from dashboard import bulk, clock, models
from dashboard.database import db
from dashboard.panels.orders.panel import load_order
from dashboard.web.kept_answers import KeptAnswers

MEDIAN_MARK, LATE_MARK, PAGE_MARK = "≤ 50 ms", "≤ 150 ms", "≤ 2.0×"
MEDIAN, LATE = 50, 95  # hundredths of the queries are answered within that
DRAWN = 20  # of each kind so many are typed
PAGES = 15  # so many orders are opened
NONSENSE = (
    "qqqq", "xzvbk wq", "zzzz zzzz", "%%%", "lorem ipsum dolor", "asdfghjkl", "O-999999999999", "nobody@nowhere.x", "-",
    "🙂", "999 999 9999", "PO-0", "ßßß", "the the the", "SKU", "O", "1", "a" * 32, "jxqz", "vkqj wxzp",
)  # fmt: skip
WITHOUT_ACCENTS = str.maketrans("ıüćéáŁøëöÉ", "iuceaLoeoE")

Desk = Callable[[str], AbstractContextManager[None]]
Taken = list[tuple[float, float]]  # seconds by the clock and of the processor


def report_search(urls: dict[tuple[str, int], str], lines: int, databases: list[str], desk: Desk) -> None:
    """Prints how long the search takes, every kind of query and all together; and an order's page."""
    found: dict[str, dict[str, Taken]] = {}
    pages: dict[str, tuple[str, str]] = {}
    for name in databases:
        with desk(urls[name, lines]):
            customers = give_names()
            asked = typed_queries()
            browser = viewer()
            found[name] = {kind: [_taken(browser, typed) for typed in queries] for kind, queries in asked.items()}
            pages[name] = _order_pages(browser)
    said = f"{lines:,} open lines, {2 * lines:,} of history, {customers:,} customers (half of them made for this)"
    print(f"\n| # | search of {said}: requests as one types, clock (processor of this process) | ", end="")
    print(" | ".join(databases) + " | mark |\n|---|---|" + "---|" * (len(databases) + 1))
    count = sum(map(len, asked.values()))
    rows = [
        ("14", f"{count} queries, median", list(asked), MEDIAN, MEDIAN_MARK),
        ("14", f"{count} queries, 95th percentile", list(asked), LATE, LATE_MARK),
        *(("", f"{kind}, such as “{asked[kind][0]}”: 95th percentile", [kind], LATE, "") for kind in asked),
    ]
    for number_of, what, kinds, share, mark in rows:
        cells = (_within(share, [one for kind in kinds for one in found[name][kind]]) for name in databases)
        print(f"| {number_of} | {what} | " + " | ".join(cells) + f" | {mark} |")
    beside, alone = zip(*(pages[name] for name in databases), strict=True)
    print("| 15 | an order’s page ÷ (its queries + an empty view) | " + " | ".join(beside) + f" | {PAGE_MARK} |")
    print("| 15 | an order’s page ÷ its SQL, sent bare | " + " | ".join(alone) + f" | {PAGE_MARK} |", flush=True)


def typed_queries() -> dict[str, list[str]]:
    """What is typed, by kind: of things that are there, drawn evenly, and of things that are not."""
    draw, session = np.random.default_rng(11), db.session()

    def drawn(column: Any) -> list[str]:
        key = column.class_.id
        ids = draw.integers(1, session.scalar(select(func.max(key))) + 1, DRAWN).tolist()
        return list(session.scalars(select(column).where(key.in_(ids)).order_by(key)))

    names, products, orders = drawn(models.Customer.name), drawn(models.Sku.name), drawn(models.Order.number)
    people = [name.split() for name in names]
    queries = {
        "an order’s number": orders,
        "it without its letters": [number.removeprefix("O-") for number in orders],
        "its beginning": [number[:-2] for number in orders],
        "a mail": drawn(models.Customer.email),
        "how a mail begins": [mail[:8] for mail in drawn(models.Customer.email)],
        "a name": names,
        "a first name": [first for first, _ in people],
        "a last name": [last for _, last in people],
        "how both begin": [f"{last[:4]} {first[:2]}" for first, last in people],
        "three letters of a name": [last[:3] for _, last in people],
        "a name with a slip": [f"{first} {_slip(last, draw)}" for first, last in people],
        "a last name with a slip": [_slip(last, draw) for _, last in people],
        "a name without accents": [name.translate(WITHOUT_ACCENTS) for name in names],
        "a phone": drawn(models.Customer.phone),
        "the end of a phone": [phone[-4:] for phone in drawn(models.Customer.phone)],
        "a SKU": drawn(models.Sku.code),
        "a purchase order": drawn(models.PurchaseOrder.number),
        "a tracking number": drawn(models.ShipmentLine.tracking),
        "words of a product": [" ".join(name.split(",")[:2]) for name in products],
        "one word of a product": [name.split(",")[0].split()[1] for name in products],
        "what nothing is called": list(NONSENSE),
    }
    session.rollback()
    return queries


def _slip(word: str, draw: np.random.Generator) -> str:
    """The word with two letters exchanged, or one left out."""
    place = int(draw.integers(1, len(word) - 1))
    if draw.random() < 1 / 2:
        return word[:place] + word[place + 1 :]
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]


def _taken(browser: Client, typed: str) -> tuple[float, float]:
    clock, processor = perf_counter(), process_time()
    answer = browser.get("/search", query_string={"q": typed}, headers=FRAGMENT)
    taken = perf_counter() - clock, process_time() - processor
    assert answer.status_code == 200
    return taken


def _within(share: int, taken: Taken) -> str:
    clock, processor = (1000 * np.percentile(column, share) for column in zip(*taken, strict=True))
    return f"{clock:.1f} ms ({processor:.1f} ms)"


def _order_pages(browser: Client) -> tuple[str, str]:
    """The page of orders that wait ÷ (its queries, as the desk asks them, + an empty view), and ÷ its SQL, sent bare;
    of all orders the middle one.
    """
    beside, alone = [], []
    for order in _waiting_orders():

        def page(order: str = order) -> None:
            """Anew each time: what was written for others is another row's measure."""
            current_app.extensions["kept_answers"] = KeptAnswers()
            assert browser.get(f"/orders/{order}", headers=FRAGMENT).status_code == 200

        def queries(order: str = order) -> None:
            db.session.rollback()
            load_order(db.session(), order, clock.today(), region="US")

        def sent_bare(statements: list[Callable[[Any], object]]) -> None:
            with db.engine.connect() as connection:
                for send in statements:
                    send(connection)

        page()
        with _heard() as statements:
            page()
        whole, asked, sql, empty = in_turn(
            page, queries, lambda heard=statements: sent_bare(heard), lambda: browser.get(EMPTY, headers=FRAGMENT)
        )
        beside.append([getattr(whole, of) / (getattr(asked, of) + getattr(empty, of)) for of in ("clock", "processor")])
        alone.append((whole.clock / sql.clock, 1000 * whole.clock, 1000 * sql.clock, len(statements)))
    return (
        "{:.2f}× ({:.2f}×)".format(*np.median(beside, axis=0)),
        "{:.1f}× ({:.1f} ms ÷ {:.1f} ms, {:.0f} statements)".format(*np.median(alone, axis=0)),
    )


def _waiting_orders() -> list[str]:
    row = models.Waiting
    last = db.session.scalar(select(func.max(row.line_id)))
    orders = []
    for place in range(PAGES):
        after = select(row.order_number).where(row.line_id > place * last // PAGES).order_by(row.line_id).limit(1)
        orders.append(db.session.scalar(after))
    db.session.rollback()
    return orders


@contextmanager
def _heard() -> Iterator[list[Callable[[Any], object]]]:
    """What the database is asked within the block, as calls that ask a connection the same and read every row."""
    statements: list[Callable[[Any], object]] = []
    real = {name: getattr(bulk, name) for name in BY_COLUMNS}

    def heard(_: Any, __: Any, statement: str, parameters: Any, *___: Any) -> None:
        statements.append(lambda connection: _rows(connection, statement, parameters))

    def by_columns(do: Callable[..., Any]) -> Callable[..., Any]:
        def hearing(connection: Any, *asked: Any) -> Any:
            statements.append(lambda other: do(other, *asked))
            return do(connection, *asked)

        return hearing

    event.listen(db.engine, "before_cursor_execute", heard)
    for name, do in real.items():
        setattr(bulk, name, by_columns(do))
    try:
        yield statements
    finally:
        for name, do in real.items():
            setattr(bulk, name, do)
        event.remove(db.engine, "before_cursor_execute", heard)


def _rows(connection: Any, statement: str, parameters: Any) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(statement, parameters)
    if cursor.description is not None:
        cursor.fetchall()
    cursor.close()
