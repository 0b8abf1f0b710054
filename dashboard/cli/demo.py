"""The demo merchant, into an empty database or in place of another demo."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import downgrade, upgrade
from sqlalchemy import insert, inspect, select

from dashboard import audit, clock, estimates, people, planning
from dashboard.cli.faults import refuse
from dashboard.config import LOOPBACK_HOSTS
from dashboard.database import db, transaction
from dashboard.demo import DEMO_PEOPLE, SIZES, simulate, write_kit
from dashboard.demo.sign_ins import DEMO_SIGN_INS
from dashboard.domain.aging import TREND_WEEKS, WAITING_LINES
from dashboard.intake.load import load
from dashboard.models import Act, Customer, DailySnapshot, Order, PurchaseOrder, Sku, Supplier, User

DEMO_ACT = "demo-loaded"
FIRST_SEED = 1
Say = Callable[[str], None]


class DemoRefused(ValueError):
    """The database holds something that is not a demo; the message says so."""


@click.command("demo")
@click.option("--size", type=click.Choice(list(SIZES)), default="small", show_default=True, help="How much of it.")
@click.option("--seed", type=click.IntRange(min=0), default=FIRST_SEED, show_default=True, help="Same seed, same rows.")
@with_appcontext
def demo(size: str, seed: int) -> None:
    """Make the demo merchant; only an empty database, or one that is itself a demo, is filled."""
    try:
        make_demo(size, seed, say=click.echo)
    except DemoRefused as refusal:
        refuse(str(refusal))
    if current_app.config["HOST"] in LOOPBACK_HOSTS:
        for line in sign_in_lines():
            click.echo(line)


def make_demo(size: str, seed: int, *, say: Say) -> None:
    """Simulate the merchant, load its files like anybody's, plan, and let its people in."""
    _prepare()
    with transaction():
        audit.record(DEMO_ACT, "demo", after={"size": size, "seed": seed})
    say(f"Simulating two years of the {size} demo merchant …")
    with tempfile.TemporaryDirectory(prefix="backorder-desk-demo-") as folder:
        past_figures = _write_files(size, seed, folder)
        say("Loading its files …")
        result = load(Path(folder), format="kit")
    if result.faults:
        raise AssertionError(f"The demo's own files are at fault: {result.faults[0]}")
    say("Learning and planning …")
    estimates.refresh()
    planning.plan()
    with transaction() as saving:
        saving.execute(insert(DailySnapshot), past_figures)
    for person in DEMO_SIGN_INS:
        people.add_person(person.email, role=person.role, name=person.name, password=person.password)
    say("The demo merchant is ready.")


def _write_files(size: str, seed: int, folder: str) -> list[dict[str, Any]]:
    """Simulate the merchant and write its files; what the desk would have kept each evening of its past, and nothing
    else of the simulation, stays in memory while they are loaded.
    """
    world = simulate(size, seed, today=clock.today())
    write_kit(world, folder)
    return [
        {
            "day": world.today - timedelta(days=days_ago),
            "figure": WAITING_LINES,
            "key": "",
            "currency": "",
            "amount": int(world.waiting_by_day[-days_ago]),
        }
        for days_ago in range(1, 7 * TREND_WEEKS + 1)
    ]


def is_demo() -> bool:
    """Whether the database was filled by `flask demo`."""
    if not inspect(db.engine).has_table(Act.__tablename__):
        return False
    found = db.session.scalar(select(Act.id).where(Act.act == DEMO_ACT).limit(1)) is not None
    db.session.rollback()
    return found


def sign_in_lines() -> list[str]:
    """Who may sign in to the demo, a line each."""
    return [f"  {person.role:8} {person.email}  {person.password}" for person in DEMO_SIGN_INS]


def _prepare() -> None:
    """Tables, all empty: made where there are none, made anew where a demo was, refused where there is more."""
    if is_demo():
        downgrade(revision="base")
    upgrade()
    if _holds_something():
        raise DemoRefused(
            "This database holds data or people that are no demo; nothing was changed. "
            "Set DATABASE_URL to an empty one."
        )


def _holds_something() -> bool:
    demo_addresses = [person.email for person in DEMO_PEOPLE]
    found = any(
        db.session.scalar(select(table.id).limit(1)) is not None
        for table in (Order, Customer, Sku, Supplier, PurchaseOrder)
    ) or bool(db.session.scalar(select(User.id).where(User.email.not_in(demo_addresses)).limit(1)))
    db.session.rollback()
    return found
