"""What SKUs will sell, by command: forecast anew, and how well that did."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from dashboard import estimates
from dashboard.cli.faults import refuse
from dashboard.domain.demand_forecasts import KINDS, LEAST_WEEKS, METHODS, STRETCH


@click.group("demand")
def demand() -> None:
    """What SKUs are likely to sell."""


@demand.command("evaluate")
@with_appcontext
def evaluate() -> None:
    """Replay history, forecast anew, and print how far each method was off, as a share of the units sold."""
    judged = estimates.forecast_anew()
    if not judged.forecasts.any():
        refuse(
            f"No forecast can be judged yet: that takes orders of {LEAST_WEEKS + STRETCH} weeks, {LEAST_WEEKS} to "
            f"forecast from and {STRETCH} that show what came."
        )
    click.echo(f"forecasts {int(judged.forecasts[:, 0].sum())}")
    units = judged.units[:, 0].sum()
    for place, method in enumerate(METHODS):
        click.echo(f"{method} {_share(judged.missed[:, place].sum(), units)}")
    chosen = sum(judged.missed[kind, judged.chosen[kind]] for kind in range(len(KINDS)))
    click.echo(f"chosen {_share(chosen, units)}")
    click.echo(f"covered {_share(judged.covered[:, 0].sum(), judged.forecasts[:, 0].sum())}")
    for place, kind in enumerate(KINDS):
        click.echo(f"method_{kind} {METHODS[judged.chosen[place]]}")


def _share(part: float, whole: float) -> str:
    return f"{part / whole:.4f}" if whole else ""
