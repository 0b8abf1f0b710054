"""Where files come from: a folder, one file, or a zip that is read without being unpacked."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from dashboard.intake.cells import quoted
from dashboard.intake.faults import NO_COLUMN, Fault, FileRefused, Remark
from dashboard.intake.kit import FILE_NAMES, KIT, KitFile

MOST_MEMBERS = 1_000
# All members of a zip together, unpacked. A kit of ten million lines has about 1 GB.
MOST_UNPACKED = 8 << 30
# CSV shrinks to a tenth or a thirtieth; what shrinks far more was made to explode.
MOST_SHRUNK = 250
UNSUSPICIOUS_SIZE = 16 << 20
ENCRYPTED = 0x1  # flag bit of a member (APPNOTE 4.4.4)

# What the libraries say of bytes that are no zip, each in its own way.
DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, OverflowError, KeyError),
)


@dataclass(frozen=True)
class Source:
    """One kit file that is there to be read."""

    kit_file: KitFile
    shown_as: str
    path: Path
    member: str | None = None

    @contextmanager
    def opened(self) -> Iterator[BinaryIO]:
        """Its bytes as a stream; `FileRefused` where they cannot be had."""
        try:
            if self.member is None:
                with self.path.open("rb") as stream:
                    yield stream
                return
            with zipfile.ZipFile(self.path) as archive:
                try:
                    member = archive.open(self.member)
                except DAMAGES as wrong:
                    raise FileRefused(1, f"the zip is damaged here: {_one_line(str(wrong))}") from None
                with member:
                    yield _Member(member, archive.getinfo(self.member).file_size)  # type: ignore[arg-type, misc]
        except zipfile.BadZipFile as wrong:
            raise FileRefused(1, f"the zip is damaged here: {_one_line(str(wrong))}") from None
        except OSError as wrong:
            raise FileRefused(1, f"cannot be read: {wrong.strerror or wrong}") from None


@dataclass
class Sources:
    """What was found under a path: kit files in the order in which they load, and what is to be said of the rest."""

    name: str
    files: list[Source] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


def find_sources(path: Path) -> Sources:
    """The kit files under a path."""
    found = Sources(path.name or str(path.resolve().name))
    if path.is_dir():
        _look_into_folder(path, found)
    elif _is_zip(path):
        _look_into_zip(path, found)
    elif path.name.lower() in FILE_NAMES:
        found.files.append(Source(FILE_NAMES[path.name.lower()], path.name, path))
    else:
        found.faults.append(Fault(path.name, 1, NO_COLUMN, f"is no file of the kit; its files are {_kit_names()}"))
    if not found.files and not found.faults:
        found.faults.append(Fault(found.name, 1, NO_COLUMN, f"has no file of the kit in it; they are {_kit_names()}"))
    order = {kit_file.name: place for place, kit_file in enumerate(KIT)}
    found.files.sort(key=lambda source: order[source.kit_file.name])
    return found


def _look_into_folder(path: Path, found: Sources) -> None:
    try:
        names = sorted(entry.name for entry in path.iterdir() if entry.is_file())
    except OSError as wrong:
        found.faults.append(Fault(found.name, 1, NO_COLUMN, f"cannot be read: {wrong.strerror or wrong}"))
        return
    for name in names:
        _take(found, Source(FILE_NAMES[name.lower()], name, path / name) if name.lower() in FILE_NAMES else None, name)


def _look_into_zip(path: Path, found: Sources) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (*DAMAGES, OSError) as wrong:
        found.faults.append(Fault(found.name, 1, NO_COLUMN, f"is no zip that can be read: {_one_line(str(wrong))}"))
        return
    refusal = _refusal_of_zip(members)
    if refusal:
        found.faults.append(Fault(found.name, 1, NO_COLUMN, refusal))
        return
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if member.is_dir() or "__MACOSX" in inside.parts or inside.name.startswith("."):
            continue
        known = FILE_NAMES.get(inside.name.lower())
        source = Source(known, inside.name, path, member.filename) if known else None
        _take(found, source, inside.name)


def _refusal_of_zip(members: list[zipfile.ZipInfo]) -> str | None:
    """Why a zip is not looked into; nothing of it is ever written to disk, but such a zip means no good."""
    if len(members) > MOST_MEMBERS:
        return f"has {len(members):,} files in it; at most {MOST_MEMBERS:,} are read"
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        return f"would unpack to more than {MOST_UNPACKED >> 30} GB"
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/") or ".")
        if member.flag_bits & ENCRYPTED:
            return f"has a file in it that needs a password: {quoted(member.filename)}"
        if inside.is_absolute() or ".." in inside.parts or ":" in inside.parts[0]:
            return f"has a file in it that would leave its folder: {quoted(member.filename)}"
        if member.file_size > UNSUSPICIOUS_SIZE and member.file_size > MOST_SHRUNK * max(member.compress_size, 1):
            return f"has a file in it that unpacks to more than {MOST_SHRUNK} times its size: {quoted(member.filename)}"
    return None


def _take(found: Sources, source: Source | None, name: str) -> None:
    if source is None:
        if name.lower().endswith(".csv"):
            found.remarks.append(Remark(_one_line(name), 1, NO_COLUMN, "is no file of the kit, it is ignored"))
        return
    if any(source.kit_file is other.kit_file for other in found.files):
        found.faults.append(Fault(name, 1, NO_COLUMN, "stands here more than once; only one can be meant"))
        return
    found.files.append(source)


def _is_zip(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return path.suffix.lower() == ".zip" or stream.read(4) == b"PK\x03\x04"
    except OSError:
        return path.suffix.lower() == ".zip"


def _one_line(name: str) -> str:
    return quoted(name)[1:-1]


def _kit_names() -> str:
    return ", ".join(FILE_NAMES)


class _Member(io.RawIOBase):
    """A member's bytes, never more of them than the zip says there are."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            data = self._stream.read(size)
        except DAMAGES as wrong:
            raise FileRefused(1, f"the zip is damaged here: {_one_line(str(wrong))}") from None
        self._left -= len(data)
        if self._left < 0:
            raise FileRefused(1, "is larger than the zip says; the zip is damaged")
        return data
