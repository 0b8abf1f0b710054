"""`flask report`: the CSV of a panel or list, the same bytes as the page's export button."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from dashboard import clock
from dashboard.exports import record_export
from dashboard.panels.filters import FilterRefused, Selection
from dashboard.panels.reports import REPORTS, NoSuchReport, report_named
from dashboard.web.csv_response import csv_bytes


@click.command(help=f"Write the report NAME as CSV: {', '.join(REPORTS)}.")
@click.argument("name")
@click.option("--filter", "filters", multiple=True, metavar="KEY=VALUE", help="Only such rows; may be given again.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, not to the screen.")
@with_appcontext
def report(name: str, filters: tuple[str, ...], out: Path | None) -> None:
    """Write a report as CSV."""
    try:
        chosen = report_named(name)
        selection = Selection.read(map(_pair, filters), allowed=chosen.filters)
    except (NoSuchReport, FilterRefused) as refused:
        raise click.UsageError(str(refused.args[0])) from None

    record_export(chosen.name, selection.parameters())
    pieces = csv_bytes(chosen.columns, chosen.read(selection, clock.today()))
    if out is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    try:
        with out.open("wb") as file:
            file.writelines(pieces)
    except OSError as refused:
        raise click.UsageError(f"{out} cannot be written: {refused.strerror}.") from None


def _pair(given: str) -> tuple[str, str]:
    key, equals, value = given.partition("=")
    if not equals:
        raise FilterRefused(f"A filter is written KEY=VALUE, not {given!r}.")
    return key.strip(), value
