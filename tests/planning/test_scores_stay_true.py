"""Learnt chances follow what happens: after any act and any file they are what a nightly refresh would make them."""

from __future__ import annotations

import random

import numpy as np
import pytest
from sqlalchemy import select

from dashboard import models, planning
from dashboard.actions.load_undos.action import undo_in_steps
from dashboard.database import db, transaction
from dashboard.domain.cancellation_model import DAILY, MICRO, Coded, Input, Model
from dashboard.estimates import cancellation
from dashboard.estimates.cancellation.asked import Which, read_columns, read_lines, usual_money
from dashboard.estimates.cancellation.fitting import EDGES
from dashboard.estimates.cancellation.training import Trained
from dashboard.estimates.cancellation.verdicts import IN_FORCE
from dashboard.intake.load import load
from tests.scenarios.hands import Hand, open_shop
from tests.shops import filled_once

VERBS = sorted(
    name for name, member in vars(Hand).items() if callable(member) and name[0] != "_" and name != "post_any"
)
TRIES = 12
FILES = {
    "customers": "customer_id,name,tier,country\nA,Ann,gold,FR\n",
    "order_lines": "order_id,line_no,sku,qty,unit_price,tags\n003,1,LAMP,9,812.50,gift:yes\n",
    "orders": "order_id,customer_id,placed_at,channel,ship_complete,last_date\n"
    "003,{customer},{placed},phone,true,2026-05-01\n",
    "payment_methods": "payment_method_id,customer_id,kind\nCARD,A,invoice\n",
    "skus": "sku,name,backorder_policy\nCHAIR,Chair,{other_policy}\n",
}


@filled_once
def shop(world):
    """A small shop in which everything may happen, and a model to which everything matters."""
    open_shop(world, random.Random(5), orders=14)
    world.card("CARD", customer="A", month=5, year=2027)
    with transaction() as session:
        for order in session.scalars(select(models.Order).join(models.Customer).where(models.Customer.code == "A")):
            order.payment_method_id = session.scalar(select(models.PaymentMethod.id))
        session.flush()
        everything = Trained(IN_FORCE, everything_matters(session.connection()), None, {}, {})
        cancellation.keep(session.connection(), everything)
    make_scores_as_the_night_does()
    assert len(set(scores().values())) > 10


@pytest.mark.parametrize("verb", VERBS)
def test_an_act_leaves_each_score_as_the_night_would_make_it(shop, verb):
    hand = Hand(random.Random(7))
    for _ in range(TRIES):
        if getattr(hand, verb)() is not None:
            break
        hand.post_any()  # until there is something to do it to
    db.session.rollback()
    assert_scores_are_what_the_night_makes()


@pytest.mark.parametrize("file", FILES)
def test_so_does_a_file_and_who_undoes_it(shop, tmp_path, file):
    order, customer, sku = models.Order, models.Customer, models.Sku
    of_order = select(order.placed_at, customer.code).join(customer).where(order.number == "003")
    placed, its_customer = db.session.execute(of_order).one()
    policy = db.session.scalar(select(sku.backorder_policy).where(sku.code == "CHAIR"))
    db.session.rollback()
    said = FILES[file].format(
        placed=placed.isoformat(), customer=its_customer, other_policy="allow" if policy == "planned" else "planned"
    )
    (tmp_path / f"{file}.csv").write_text(said, encoding="utf-8")
    before = scores()
    result = load(tmp_path, plan=True)
    assert [str(fault) for fault in result.faults] == []
    assert scores() != before
    assert_scores_are_what_the_night_makes()
    undo_in_steps(result.load_id, why=None, actor=None)
    planning.plan()
    assert scores() == before


def everything_matters(connection):
    """A model with points, drawn, for each level of all that is asked."""
    draw, lines = np.random.default_rng(7), read_lines(connection, Which.OPEN)
    known = read_columns(connection, lines, usual_money(lines), Which.OPEN)
    inputs = []
    for name in (*DAILY, *known, "tag:gift"):
        words = None
        if name not in EDGES:
            column = known.get(name)
            words = tuple(filter(None, column.words)) if isinstance(column, Coded) else ("yes",)
        edges = EDGES[name] if words is None else ()
        points = draw.integers(-MICRO, MICRO, len(edges if words is None else words) + 2)
        inputs.append(Input(name, edges, words, tuple(points.tolist()), 0))
    return Model(-2 * MICRO, tuple(inputs), {})


def scores():
    """The chance of each part that waits, in ten-thousandths."""
    row = models.Waiting
    found = {
        (line, part): chance
        for line, part, chance in db.session.execute(select(row.line_id, row.part, row.cancel_risk))
    }
    db.session.rollback()
    return found


def make_scores_as_the_night_does():
    with transaction() as session:
        cancellation.refresh_strengths(session.connection(), all_lines=True)
        planning.facts_changed(session, history=False)
    planning.plan()


def assert_scores_are_what_the_night_makes():
    before = scores()
    make_scores_as_the_night_does()
    assert before == scores()
