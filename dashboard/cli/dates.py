"""How well dates held, by command: history replayed, and what was shown."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from dashboard import estimates
from dashboard.cli.faults import refuse
from dashboard.database import db
from dashboard.domain.kept_dates import LIKELY, PLAIN, REPLAYED, SHOWN
from dashboard.domain.lead_times import ENOUGH_OBSERVATIONS
from dashboard.panels.track_record.queries import record


@click.group("dates")
def dates() -> None:
    """How well the dates of supply hold."""


@dates.command("evaluate")
@with_appcontext
def evaluate() -> None:
    """Replay the last twelve months by the plain and by the likely rule, and print how many late dates held."""
    estimates.judge_anew()
    records = {
        (origin, rule): record(db.session(), origin=origin, rule=rule)
        for origin in (REPLAYED, SHOWN)
        for rule in (PLAIN, LIKELY)
    }
    if not any(found.judged for found in records.values()):
        refuse(
            f"No date can be judged yet: that takes {ENOUGH_OBSERVATIONS} receipts of purchase orders, and orders "
            "placed after them whose late dates are over."
        )
    for (origin, rule), found in records.items():
        low, high = found.interval
        for name, value in (
            ("judged", found.judged),
            ("held", _rounded(found.share)),
            ("held_low", _rounded(low)),
            ("held_high", _rounded(high)),
            ("days_off", _rounded(found.days_off)),
        ):
            click.echo(f"{origin}_{rule}_{name} {value}")


def _rounded(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"
