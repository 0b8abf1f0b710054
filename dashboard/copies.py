"""Whole, consistent copies of a SQLite database, made while it is used."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

COPIES_KEPT = 5
BUSY_SECONDS = 30


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database page by page, as of one moment, whoever writes it meanwhile; replaces the target whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as reading,
        closing(sqlite3.connect(unfinished)) as writing,
    ):
        reading.backup(writing)
    unfinished.replace(target)


def copy_before_change(database: Path, *, folder: Path, at: datetime) -> Path:
    """Keep a copy of a database that is about to be changed; the oldest beyond five go."""
    target = folder / f"{database.stem}-{at:%Y%m%d-%H%M%S}{database.suffix}"
    copy_sqlite(database, target)
    for old in sorted(folder.glob(f"{database.stem}-*{database.suffix}"))[:-COPIES_KEPT]:
        old.unlink()
    return target
