"""Files in by command: look first, then load."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy.exc import IntegrityError

from dashboard.actions.load_undos.action import undo_in_steps
from dashboard.cli.faults import INPUT_AT_FAULT, refuse
from dashboard.domain.refusals import Refused
from dashboard.intake.export import write_kit
from dashboard.intake.faults import Fault, Remark
from dashboard.intake.load import FORMATS, LoadResult
from dashboard.intake.load import check as check_files
from dashboard.intake.load import load as load_files

# More remarks than this are counted, not printed: they are for people to read.
REMARKS_PRINTED = 50

_PATH = click.Path(exists=True, readable=True, path_type=Path)

intake = AppGroup("intake", help="Files in: a folder of kit files, a single one, or a zip.")


@intake.command("check")
@click.argument("path", type=_PATH)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="kit", help="Whose files they are.")
def check(path: Path, format_: str) -> None:
    """Read everything, write nothing: what would change, and each fault as file:line: column: reason."""
    with _Printer() as printer:
        result = check_files(path, format=format_, progress=printer.progress, tell=printer.tell)
    printer.summarise(result)
    _end(result)


@intake.command("load")
@click.argument("path", type=_PATH)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="kit", help="Whose files they are.")
def load(path: Path, format_: str) -> None:
    """Load what is good, list what is not, and plan what follows from it."""
    try:
        with _Printer() as printer:
            result = load_files(path, format=format_, progress=printer.progress, tell=printer.tell, plan=True)
    except IntegrityError:
        refuse("The desk's own rows changed while these files were loaded. What was loaded is whole; load them again.")
    printer.summarise(result)
    if (planned := result.planned) is not None:
        click.echo(
            f"{planned.open_lines:,} open lines planned in {planned.seconds:.1f} s: "
            f"{planned.waiting_lines:,} wait for {planned.units_backordered:,} units."
        )
    _end(result)


@intake.command("undo")
@click.argument("load", type=click.IntRange(1, 2**63 - 1))
@click.option("--why", help="For the history.")
def undo(load: int, why: str | None) -> None:
    """Take a load back: what it made goes, what it changed is as before, unless somebody built upon it since."""
    try:
        with _Printer() as printer:
            undone = undo_in_steps(load, why=why, actor=None, progress=printer.progress)
    except Refused as refused:
        refuse(str(refused))
    for one in undone.taken_back.stays:
        click.echo(str(one))
    click.echo(undone.notice)


@intake.command("export")
@click.argument("folder", type=click.Path(file_okay=False, writable=True, path_type=Path))
def export(folder: Path) -> None:
    """Write the shop as files of the kit into a new folder: loaded into an empty desk, they make the same shop."""
    if folder.exists() and any(folder.iterdir()):
        refuse(f"{folder} has files in it already; name a folder that is not there yet.")
    try:
        with _Printer() as printer:
            written = write_kit(folder, progress=lambda what, done: printer.progress(what, done, None))
    except OSError as wrong:
        refuse(f"{folder} cannot be written: {wrong.strerror or wrong}.")
    rows = sum(written.values())
    click.echo(f"{rows:,} rows in {len(written)} files of the kit written to {folder}.")


def _end(result: LoadResult) -> None:
    if result.fault_count:
        raise click.exceptions.Exit(INPUT_AT_FAULT)


class _Printer:
    """Faults and counts on standard output; progress on the terminal, if there is one."""

    def __init__(self) -> None:
        self._remarks = 0
        self._shows_progress = sys.stderr.isatty()
        self._progress_shown = False

    def __enter__(self) -> _Printer:
        return self

    def __exit__(self, *exception: object) -> None:
        self._clear()

    def progress(self, what: str, done: int, of: int | None) -> None:
        if self._shows_progress:
            share = f"{done:,} rows" if of is None else f"{100 * done // max(of, 1)} %"
            click.echo(f"\r\x1b[K{what}: {share}", err=True, nl=False)
            self._progress_shown = True

    def tell(self, said: Fault) -> None:
        self._clear()
        if not isinstance(said, Remark):
            click.echo(str(said))
            return
        self._remarks += 1
        if self._remarks <= REMARKS_PRINTED:
            click.echo(f"remark: {said}")

    def summarise(self, result: LoadResult) -> None:
        if self._remarks > REMARKS_PRINTED:
            click.echo(f"remark: … and {self._remarks - REMARKS_PRINTED:,} more")
        titles = ("file", "rows", "new", "changed", "unchanged", "faulty", "left out")
        rows = [
            (c.file, *(f"{n:,}" for n in (c.rows, c.new, c.changed, c.unchanged, c.faulty, c.left_out)))
            for c in result.files
        ]
        widths = [max(len(row[place]) for row in [titles, *rows]) for place in range(len(titles))]
        for name, *counts in [titles, *rows]:
            counts = [count.rjust(width) for count, width in zip(counts, widths[1:], strict=True)]
            click.echo("  ".join([name.ljust(widths[0]), *counts]))
        click.echo(_sentence(result))

    def _clear(self) -> None:
        if self._progress_shown:
            click.echo("\r\x1b[K", err=True, nl=False)
            self._progress_shown = False


def _sentence(result: LoadResult) -> str:
    faults = f" {result.fault_count:,} faults." if result.fault_count != 1 else " 1 fault."
    faults = faults if result.fault_count else ""
    if result.dry_run:
        would = "This would change the desk" if result.changed_something else "This would change nothing"
        return f"{would}; nothing was written.{faults}"
    what = "Loaded"
    if not result.changed_something:
        what = "Nothing changed" if result.fault_count else "Nothing changed: the desk knew all of it"
    return f"{what}, in {result.seconds:.1f} s.{faults}"
