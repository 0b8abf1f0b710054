"""Nothing that is learnt as of a morning knows what came after it, whatever that was.

Complete by construction: what learning reads is seen in the statements that the database is given; each column has its
place in one of the tables below; and whatever belongs to the time after the cut is made another. A column or an input
that has no place fails. What is not read cannot leak: a promise that moved, a ship date, a message.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import pytest
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    String,
    event,
    func,
    literal,
    not_,
    select,
    type_coerce,
    update,
)

from dashboard import clock, estimates, models
from dashboard.database import Day, Identifier, Instant, day_number, db, instant_number, transaction
from dashboard.demo import simulate, simulation, write_kit
from dashboard.domain.cancellation_model import TAG, Coded, as_record
from dashboard.domain.cancellation_words import NAMES
from dashboard.estimates.cancellation import training
from dashboard.estimates.cancellation.periods import daily_columns
from dashboard.intake.load import load

TODAY = date(2026, 3, 12)
CUT = TODAY - timedelta(days=98)

# Facts of a day: those after the cut all happen on its first noon instead, with other amounts and other words.
DATED = {
    "cancellations": "cancelled_at qty reason",
    "orders": "placed_at placed_on channel currency customer_id last_date payment_method_id ship_complete",
    "order_lines": "first_promise qty sku_id unit_price",  # as their orders
    "line_tags": "tag",
    "purchase_orders": "ordered_on promised_date expected_date supplier_id",
    "purchase_order_lines": "first_promise promised_date expected_date qty_promised sku_id",
    "receipt_lines": "received_on qty observed",
    "shipment_lines": "shipped_at qty",
    "shown_dates": "eta late_eta likely_eta likely_late_eta",
    "stock_days": "on_hand",
}
# Nobody keeps since when these are as they are: they are taken as they stand (docs/risk-model.md says so).
UNDATED = {
    "customers": "country tier",
    "demand_events": "ends_on extra_units starts_on",  # what is known to come
    "order_lines": "qty_open",
    "orders": "status",
    "payment_methods": "kind",
    "purchase_order_lines": "qty_open",
    "purchase_orders": "status",
    "receipt_lines": "reversed_at",  # one that is reversed never was
    "service_levels": "sku_class z",
    "skus": "backorder_policy code",
    "supplier_skus": "lead_time_days min_order_qty pack_size preferred unit_cost",
    "suppliers": "active code lead_time_days",
}
# What ties rows together, and by which day a row is counted.
TIES = {
    "shown_dates": "shown_on purchase_order_line_id",
    "stock_days": "day sku_id",
}
LEARNT = (
    models.DemandEstimate, models.DemandForecast, models.ForecastRecord, models.KeptDates, models.LatenessCount,
    models.LatenessOutlook, models.LatenessShift, models.LeadTimeCount, models.SupplierFigures, models.SupplierMonth,
)  # fmt: skip
OWN_TABLES = {*(model.__tablename__ for model in LEARNT), "risk_models", "topic_versions"}


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """The files of a made-up merchant of whom some hundred lines wait."""
    few = replace(simulation.SIZES["small"], backorders=340, level=20.0, stock_days=30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(simulation.SIZES, "small", few)
        return write_kit(simulate("small", 1, today=TODAY), tmp_path_factory.mktemp("kit"))


def test_all_that_is_learnt_as_of_a_morning_stays_when_everything_after_it_is_another(app, kit):
    assert load(kit).fault_count == 0
    app.config["BUSINESS_DATE"] = TODAY
    now = learn_figures(), learn_model(TODAY)
    app.config["BUSINESS_DATE"] = CUT
    before = learn_figures(), learn_model(CUT)
    assert before[1].verdict == "in-force"
    model = before[1].model
    of_lines, said = what_is_known(model), chances_on(model, CUT)
    change_everything_after_the_cut()
    after = learn_figures(), learn_model(CUT)
    assert before[0] == after[0]
    assert as_record(before[1].model) == as_record(after[1].model)
    assert as_record(before[1].examined) == as_record(after[1].examined)
    assert before[1].examination == after[1].examination
    assert chances_on(model, CUT) == said, "asked with all that is known since"

    # The change is felt by whoever may know of it: each input of each later line, and what is learnt today.
    changed = what_is_known(model)
    assert set(of_lines) == {*NAMES, *(name for name in of_lines if name.startswith(TAG))}
    for name, earlier in of_lines.items():
        assert earlier.keys() == changed[name].keys()
        assert {line for line, value in earlier.items() if changed[name][line] != value} - later_lines() == set(), name
        assert any(changed[name][line] != value for line, value in earlier.items()), f"{name} is not tried"
    app.config["BUSINESS_DATE"] = TODAY
    figures = learn_figures()
    assert [name for name, rows in figures.items() if rows == now[0][name]] == []
    assert learn_model(TODAY).trained_on != now[1].trained_on


def test_each_column_that_learning_reads_has_its_place_among_what_is_tried(sqlite_app, kit):
    """SQLite tells which statements it is given; they are the same on both."""
    assert load(kit).fault_count == 0
    db.session.remove()
    given: list[str] = []
    event.listen(db.engine, "checkout", lambda connection, *_: connection.set_trace_callback(given.append))
    learn_figures()
    learn_model(TODAY)
    tables = {table.name: set(table.columns.keys()) for table in db.metadata.tables.values()}
    read = {
        (table, column)
        for table, column in re.findall(r"\b(\w+)\.(\w+)\b", "\n".join(given))
        if column in tables.get(table, ()) and table not in OWN_TABLES
    }
    placed = {
        (table, column)
        for group in (DATED, UNDATED, TIES)
        for table, names in group.items()
        for column in names.split()
    }
    ties = {(table, name) for table, name in read if name == "id" or db.metadata.tables[table].c[name].foreign_keys}
    assert read - placed - ties == set(), "say to which day it belongs, in one of the tables above"
    assert placed - read == set(), "nothing reads it any more"


def learn_figures():
    """What suppliers and SKUs taught, as of the shop's day: all rows of all tables of it."""
    estimates.refresh()
    estimates.judge_anew()
    estimates.forecast_anew()
    found = {}
    for model in LEARNT:
        some = [column for column in model.__table__.columns if column.name not in ("id", "made_at")]
        found[model.__tablename__] = sorted(map(repr, db.session.execute(select(*some))))
    assert all(found[model.__tablename__] for model in LEARNT)
    db.session.remove()
    return found


def learn_model(day):
    learnt = training.train(db.session().connection(), day_number(day), None)
    db.session.remove()
    return learnt


def chances_on(model, day):
    """What a model says of each line that waited on a morning, read today."""
    connection = db.session().connection()
    history = training.read_history(connection, day_number(TODAY), mornings=[day_number(day)], money=model.money)
    chances = training.chances(model, history, history.found)
    db.session.remove()
    assert len(chances) > 100
    return dict(zip(history.lines.id[history.found.line].tolist(), chances.tolist(), strict=True))


def what_is_known(model):
    """Each input of every line, by its name, as a model looks at it today."""
    history = training.read_history(db.session().connection(), day_number(TODAY), money=model.money)
    db.session.remove()
    lines = history.lines
    every = history.columns | daily_columns(
        lines, training.Periods(np.arange(len(lines.id)), np.full(len(lines.id), day_number(TODAY)), np.zeros(0))
    )
    return {name: dict(zip(lines.id.tolist(), as_values(column), strict=True)) for name, column in every.items()}


def as_values(column):
    if isinstance(column, Coded):
        return [column.words[place] for place in column.places.tolist()]
    return column.tolist()


def later_lines():
    query = select(models.OrderLine.id).join(models.Order).where(models.Order.placed_on >= CUT)
    found = set(db.session.scalars(query))
    db.session.remove()
    return found


def change_everything_after_the_cut():
    """Makes each dated cell after the cut another one."""
    tables, start = db.metadata.tables, clock.start_of(CUT)
    orders, bought = tables["orders"], tables["purchase_orders"]
    later_orders = select(orders.c.id).where(orders.c.placed_on >= CUT)
    later_lines = select(tables["order_lines"].c.id).where(tables["order_lines"].c.order_id.in_(later_orders))
    later_bought = select(bought.c.id).where(bought.c.ordered_on >= CUT)
    is_later = {
        "cancellations": tables["cancellations"].c.cancelled_at >= start,
        "line_tags": tables["line_tags"].c.line_id.in_(later_lines),
        "order_lines": tables["order_lines"].c.order_id.in_(later_orders),
        "orders": orders.c.placed_on >= CUT,
        "purchase_order_lines": tables["purchase_order_lines"].c.purchase_order_id.in_(later_bought),
        "purchase_orders": bought.c.ordered_on >= CUT,
        "receipt_lines": tables["receipt_lines"].c.received_on >= CUT,
        "shipment_lines": tables["shipment_lines"].c.shipped_at >= start,
        "shown_dates": tables["shown_dates"].c.shown_on >= CUT,
        "stock_days": tables["stock_days"].c.day >= CUT,
    }
    assert is_later.keys() == DATED.keys()
    with transaction() as session:
        session.execute(update(tables["order_lines"]).values(qty_open=0))  # a copy, which the desk would keep true
        # What says which rows are later is changed last.
        for name in sorted(DATED, key=["purchase_orders", "orders"].__contains__):
            cells = {column: another(tables[name].c[column]) for column in DATED[name].split()}
            session.execute(update(tables[name]).where(is_later[name]).values(cells))


def another(column: Column):
    """Another value of a cell, which its table allows."""
    noon = datetime.combine(CUT, time(12), UTC)
    if column.foreign_keys:
        (to,) = column.foreign_keys
        return None if column.nullable else select(func.min(to.column)).scalar_subquery()
    match column.type:
        case Instant():
            return literal(instant_number(noon), BigInteger)
        case Day() if column.name in ("placed_on", "ordered_on", "received_on"):
            return literal(day_number(CUT), Integer)
        case Day():
            return type_coerce(column, Integer) + 40
        case Boolean():
            return not_(column)
        case _ if column.name == "currency":
            return "XTS"
        case String() | Identifier():
            return "after " + func.coalesce(column, "")
        case _:
            return column * 3 + 1
