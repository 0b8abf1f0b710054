"""Who leaves: learn it from the shop's history, and say how good what was learnt is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click
from flask.cli import with_appcontext

from dashboard import clock, planning
from dashboard.cli.faults import refuse
from dashboard.database import day_number, db, transaction
from dashboard.domain.cancellation_words import input_in_words
from dashboard.domain.model_quality import quality
from dashboard.domain.offer_outcomes import in_words
from dashboard.estimates import cancellation
from dashboard.estimates.cancellation import training
from dashboard.estimates.cancellation.offers import judge_offers
from dashboard.estimates.cancellation.verdicts import NO_SIGNAL, SCORING, TOO_LITTLE, WORSE

FIGURES = ("rows", "base_rate", "auc", "brier", "brier_skill", "calibration_slope", "calibration_intercept")


@click.group("risk")
def risk() -> None:
    """Learn from history who cancels, and say how well that is known."""


@risk.command("train")
@with_appcontext
def train() -> None:
    """Learn who cancels from every fortnight that is over; what is learnt scores from then on, unless it is worse."""
    connection = db.session().connection()
    today = day_number(clock.today())
    learnt = training.train(connection, today, cancellation.examined(connection))
    before = cancellation.scoring(connection)
    model = learnt.model if learnt.verdict in SCORING else before and before.model
    offers = judge_offers(connection, today, model) if model else ()
    db.session.rollback()
    with transaction() as session:
        attempt = cancellation.keep(session.connection(), learnt, offers)
        if attempt.verdict in SCORING:
            cancellation.refresh_strengths(session.connection(), all_lines=True)
            planning.facts_changed(session, history=False)
    if attempt.verdict in SCORING:
        planning.plan()
    for line in _told(attempt):
        click.echo(line)
    if attempt.verdict == TOO_LITTLE:
        raise click.exceptions.Exit(1)


@risk.command("evaluate")
@with_appcontext
def evaluate() -> None:
    """Say how good the model is on fortnights later than those it was fitted on."""
    connection = db.session().connection()
    current, attempt = cancellation.scoring(connection), cancellation.latest(connection, scoring_only=True)
    if current is None or attempt is None:
        refuse("Nothing has been learnt yet; run flask risk train.")
    later = training.evaluate(connection, day_number(clock.today()), current.model, day_number(attempt.as_of))
    if later is not None:
        figures: dict[str, Any] = asdict(quality(later[1], later[0].found.cancelled))
        note = f"Of fortnights that began on {attempt.as_of} or later."
    else:
        figures = attempt.examination
        note = (
            f"No fortnight since {attempt.as_of} is over. These are of the fortnights from {figures['first_day']} to "
            f"{figures['last_day']}, by a model that was learnt from older ones alone."
        )
    for name in FIGURES:
        value = figures[name]
        click.echo(f"{name} {'' if value is None else value if name == 'rows' else f'{value:.6f}'}".rstrip())
    click.echo(note, err=True)
    rate = figures["base_rate"]
    click.echo(f"The base rate alone: Brier {rate * (1 - rate):.6f}, AUC 0.5.", err=True)
    single = attempt.examination.get("single")
    if single:
        click.echo(
            f"The best single input when it was examined, {input_in_words(single['input'])}: "
            f"AUC {single['auc']:.4f}, Brier {single['brier']:.6f}.",
            err=True,
        )


def _told(attempt: cancellation.Attempt) -> list[str]:
    on, found = attempt.trained_on, attempt.examination
    if attempt.verdict == TOO_LITTLE:
        return [
            f"Too few cancels to learn from: {on['cancels']} in {on['periods']} fortnights of waiting lines. "
            "What scores stays as it is."
        ]
    told = [
        f"Learnt from {on['periods']} fortnights of {on['lines']} lines, {on['first_day']} to {on['last_day']}: "
        f"{on['cancels']} cancels by customers.",
        f"Examined on {found['rows']} later ones: AUC {_figure(found['auc'])}, Brier {_figure(found['brier'])}, "
        f"skill {_figure(found['brier_skill'])}, calibration slope {_figure(found['calibration_slope'])}.",
    ]
    if attempt.verdict == NO_SIGNAL:
        told.append(f"No useful signal: the base rate of {on['rate']:.2%} is shown for every line.")
    elif attempt.verdict == WORSE:
        told.append("The model before it does better on the same fortnights and stays.")
    else:
        told.append(f"{attempt.version} scores from now on.")
    return [*told, in_words(attempt.offers)]


def _figure(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"
