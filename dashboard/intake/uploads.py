"""Files that somebody sent by the browser: taken in under names of ours, kept until they are loaded, then thrown away.

They stand in a folder of the instance that nothing is ever served from. A name that a browser sends is words, no path:
of it only the last part counts, and only where the kit has a file of that name or it is a zip.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask import current_app

from dashboard import clock
from dashboard.domain.refusals import Refused
from dashboard.intake.kit import FILE_NAMES

# What a browser may send at once. More than this takes minutes to send and is better loaded where the files are.
LARGEST_MEGABYTES = 256
LARGEST_UPLOAD = LARGEST_MEGABYTES << 20

# What nobody loaded is thrown away after so long: it holds customers' names.
KEPT_FOR = timedelta(hours=24)

# What people call a parcel by that has one of them.
SPOKEN_OF_FIRST = ("orders.csv", "stock.csv")

LONGEST_NAME = 100
DATABASE_CHARACTERS = 12
ZIP = ".zip"
# What was taken in and not yet given a number; older than KEPT_FOR, its request was cut off.
UNNUMBERED = "new-"


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent: the name that its sender gave it, and how to put it somewhere."""

    name: str
    save: Callable[[Path], object]


@dataclass(frozen=True)
class Parcel:
    """Files that were taken in together: where they stand, what people call them, how many and how large they are."""

    folder: Path
    name: str
    files: int
    size: int


def take_in(sent: Iterable[SentFile]) -> Parcel:
    """Keep what was sent, or refuse all of it in words."""
    named = _named([one for one in sent if one.name])
    folder = _folder() / f"{UNNUMBERED}{secrets.token_hex(8)}"
    folder.mkdir(parents=True, mode=0o700)
    try:
        for name, one in named.items():
            one.save(folder / name)
        size = sum(path.stat().st_size for path in folder.iterdir())
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Parcel(folder, _called(list(named)), len(named), size)


def keep_as(parcel: Parcel, upload_id: int) -> None:
    """Give what was taken in its number, by which it is found again."""
    empty(upload_id)  # of a database that was since put back to an earlier day
    parcel.folder.rename(_folder() / str(upload_id))


def drop(parcel: Parcel) -> None:
    """Throw away what was taken in for nothing."""
    shutil.rmtree(parcel.folder, ignore_errors=True)


def path_of(upload_id: int) -> Path | None:
    """What intake is to read: the zip, or the folder of files; none once it was thrown away, or where another machine
    has it.
    """
    folder = _folder() / str(upload_id)
    if not folder.is_dir():
        return None
    zips = [path for path in folder.iterdir() if path.suffix == ZIP]
    return zips[0] if zips else folder


def empty(upload_id: int) -> None:
    """Throw the files away."""
    shutil.rmtree(_folder() / str(upload_id), ignore_errors=True)


def empty_old(*, but: Sequence[int] = ()) -> int:
    """Throw away what nobody loaded for a day, but for what still waits for its turn; how much it was."""
    before = (clock.real_now() - KEPT_FOR).timestamp()
    kept = {str(upload_id) for upload_id in but}
    folder = _folder()
    old = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name not in kept and path.stat().st_mtime < before
    ]
    for path in old:
        shutil.rmtree(path, ignore_errors=True)
    return len(old)


def _folder() -> Path:
    """One for each database: two desks of one machine number their uploads alike."""
    database = hashlib.sha256(current_app.config["DATABASE_URL"].encode()).hexdigest()
    return Path(current_app.instance_path) / "uploads" / database[:DATABASE_CHARACTERS]


def _named(sent: Sequence[SentFile]) -> dict[str, SentFile]:
    """What was sent, by the names under which it is kept."""
    if not sent:
        raise Refused("No file was chosen.", "Choose files of the kit, or one zip of them.", field="files")
    named: dict[str, SentFile] = {}
    for one in sent:
        last = re.split(r"[/\\]", one.name)[-1].strip()
        known = FILE_NAMES.get(last.lower())
        if known is None and not last.lower().endswith(ZIP):
            raise Refused(
                f"“{_shown(last)}” is no file of the kit.",
                "Choose files named as orders.csv or stock.csv are, or one zip of them.",
                field="files",
            )
        name = known.file_name if known else _name_of_zip(last)
        if name in named:
            raise Refused(f"{name} was chosen twice.", "Only one of them can be meant.", field="files")
        named[name] = one
    if len(named) > 1 and any(name.endswith(ZIP) for name in named):
        raise Refused(
            "A zip was chosen together with other files.",
            "Choose one zip, or the files themselves.",
            field="files",
        )
    return named


def _name_of_zip(last: str) -> str:
    """Letters, digits, dots and hyphens of a name, so that it is a name on every machine."""
    stem = re.sub(r"[^\w.-]+", "-", last[: -len(ZIP)]).strip(".-_")[:LONGEST_NAME]
    return f"{stem or 'files'}{ZIP}"


def _called(names: Sequence[str]) -> str:
    first, *others = sorted(names, key=lambda name: (name not in SPOKEN_OF_FIRST, name))
    if not others:
        return first
    return f"{first} and {others[0]}" if len(others) == 1 else f"{first} and {len(others)} more files"


def _shown(name: str) -> str:
    plain = "".join(sign if sign.isprintable() else "?" for sign in name)
    return plain if len(plain) <= LONGEST_NAME else f"{plain[:LONGEST_NAME]}…"
