"""The plan by command: derive it anew, and prove that what is stored is what the facts say."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from dashboard import planning, search_words
from dashboard.cli.faults import refuse
from dashboard.database import db, transaction


@click.command("plan")
@with_appcontext
def plan() -> None:
    """Re-derive every reservation, peg, ETA, deadline and score from the facts."""
    done = planning.plan()
    with transaction() as session:
        search_words.keep_all(session.connection())
    click.echo(f"open lines          {done.open_lines:>12}")
    click.echo(f"reserved, in part   {done.reserved_lines:>12}")
    click.echo(f"backordered         {done.waiting_lines:>12}")
    click.echo(f"units reserved      {done.units_reserved:>12}")
    click.echo(f"units backordered   {done.units_backordered:>12}")
    click.echo(f"pegs                {done.pegs:>12}")
    click.echo(f"lines that changed  {done.changed_lines:>12}")
    click.echo(f"seconds             {done.seconds:>12.2f}")


@click.command("check")
@with_appcontext
def check() -> None:
    """Compare every stored copy and the stored plan with the facts; one line a finding."""
    findings = [*planning.check(), *search_words.check(db.session.connection())]
    if findings:
        refuse(findings)
    click.echo("clean")
