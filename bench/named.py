"""The bench's shop as it is searched: people with names, products with words, parcels with tracking numbers.

Its customers are called by their numbers, one for five open lines; so everybody gets a name, a mail and a phone, and
as many again are made: 400 000 for a million open lines. One line of history in five left in a parcel.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from sqlalchemy import String, bindparam, cast, func, insert, literal, select, update

from bench import shop
from dashboard import search_words
from dashboard.database import db, transaction
from dashboard.models import Customer, OrderLine, Shipment, ShipmentLine, Sku

ROWS_AT_ONCE = 50_000
LINES_A_PARCEL = 5
SHIPPED_AT = (shop.TODAY - 120) * shop.DAY
# Of a few names many have the same, as in a real shop: one in ten has the commonest first name, one in forty the
# commonest last name; the rarest of either has a few dozen.
ZIPF = 0.9

FIRST = (
    "Anna Maria James Hannah Emre Chloé Siobhán Łukasz Sofia David Priya Wei Fatima José Ingrid Søren Yusuf Aiko "
    "Olga Marek Zoë Noah Emma Liam Ana Luca Freya Omar Leila Björn Renée Tomás Ruth Ilse Mara Jonas Élodie Mateo "
    "Nadia Viktor"
)
# A last name has a beginning, a middle and an end.
BEGINNINGS = "Bren Hol Whit Mar Kov Yıl San Lind Ber Cas Dor Fen Gal Har Iv Jan Kel Lor Mül Nov Or Pet Quin Ros Sch Tor"
MIDDLES = "a e i o u an el er in or ar ol"
ENDS = "lock dt ković son berg ner ez ski well ford ler man ini off sen mann ton ley ard quist"
MODELS = "Calder Brisa Amble Mistral Quill Hollis Quarry Nerida Juniper Ember Thistle Maren Isola Grasmere Wren Braga"
THINGS = "lantern sideboard armchair mirror bookcase cushion chair lamp table sofa stool shelf bench rug vase clock"
MATERIALS = "honey,smoked European oak,matt black,brushed brass,rust bouclé,opal,aged copper,undyed linen,walnut,ash"
SIZES = "small,large,60 cm,180 cm,set of three,two seats"


def give_names(*, seed: int = 3) -> int:
    """Names what the search finds by words, sends parcels, and keeps the words; how many customers there are then."""
    draw = np.random.default_rng(seed)
    with transaction() as session:
        known = _last(session, Customer)
        session.execute(insert(Customer), [{"code": f"C{one}"} for one in range(known + 1, 2 * known + 1)])
        count = 2 * known
        _rename(session, Customer, ("name", "email", "phone"), _people(draw, count))
        _rename(session, Sku, ("name",), _products(draw, _last(session, Sku)))
        _send_parcels(session)
    with transaction() as session:
        search_words.keep_all(session.connection())
    with db.engine.connect() as connection:
        shop.settle(connection)
    return count


def _rename(session: Any, model: Any, columns: tuple[str, ...], called: Iterator[tuple[str, ...]]) -> None:
    """Calls rows 1, 2, 3 … as it is said of each."""
    table = model.__table__
    said = update(table).where(table.c.id == bindparam("row"))
    said = said.values({name: bindparam(f"its_{name}") for name in columns})
    rows: list[dict[str, Any]] = []
    for row, words in enumerate(called, start=1):
        rows.append({"row": row} | {f"its_{name}": word for name, word in zip(columns, words, strict=True)})
        if len(rows) == ROWS_AT_ONCE:
            session.connection().execute(said, rows)
            rows.clear()
    if rows:
        session.connection().execute(said, rows)


def _people(draw: np.random.Generator, count: int) -> Iterator[tuple[str, ...]]:
    ends = [middle + end for end in ENDS.split() for middle in MIDDLES.split()]
    called = [begin + rest for rest in ends for begin in BEGINNINGS.split()]
    firsts, lasts = _of(FIRST.split(), draw, count), _of(called, draw, count)
    phones = draw.integers(10**9, 10**10, count).tolist()
    for row, (first, last, phone) in enumerate(zip(firsts, lasts, phones, strict=True), start=1):
        digits = str(phone)
        mail = f"{first}.{last}{row}@customers.example".casefold()
        yield f"{first} {last}", mail, f"+1 {digits[:3]} {digits[3:6]} {digits[6:]}"


def _products(draw: np.random.Generator, count: int) -> Iterator[tuple[str, ...]]:
    words = (MODELS.split(), THINGS.split(), MATERIALS.split(","), SIZES.split(","))
    parts = (_of(some, draw, count) for some in words)
    for model, thing, material, size in zip(*parts, strict=True):
        yield (f"{model} {thing}, {material}, {size}",)


def _of(words: list[str], draw: np.random.Generator, count: int) -> list[str]:
    """So many of these words, the first ones most often."""
    weight = 1 / np.arange(1, len(words) + 1) ** ZIPF
    return [words[place] for place in draw.choice(len(words), count, p=weight / weight.sum())]


def _send_parcels(session: Any) -> None:
    """Lines that were closed elsewhere left in a parcel each, known by its number."""
    line, parcel = OrderLine, Shipment
    left = (line.qty_open == 0) & (line.qty_shipped == 0) & (line.qty_cancelled == 0) & (line.id % LINES_A_PARCEL == 0)
    number = literal("H").concat(cast(line.id, String))
    session.execute(insert(parcel).from_select(["number"], select(number).where(left).order_by(line.id)))
    sent = select(
        parcel.id,
        line.id,
        line.qty,
        literal(SHIPPED_AT),
        literal("UPS"),
        literal("1Z").concat(cast(100_000_000 + line.id * 7_919, String)),
    ).join(line, number == parcel.number)
    columns = ["shipment_id", "line_id", "qty", "shipped_at", "carrier", "tracking"]
    session.execute(insert(ShipmentLine).from_select(columns, sent.order_by(parcel.id)))
    has_left = line.id.in_(select(ShipmentLine.line_id))
    session.execute(update(line).where(left, has_left).values(qty_shipped=line.qty))


def _last(session: Any, model: Any) -> int:
    return int(session.scalar(select(func.max(model.id))))
