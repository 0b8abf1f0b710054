"""A kit file read as a stream: a few thousand rows at a time, column by column, each fault with its physical line.

Whole columns of a chunk are read at once, because that is what makes it fast enough (docs/decisions/0008): texts are
looked at together and one by one only where something in them is suspicious; of everything else the values of texts
that were seen before are remembered.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO, NoReturn

from dashboard.domain.card_numbers import SHORTEST, holds_card_number, may_hold_card_number
from dashboard.intake.cells import CARD_NUMBER, MICROS, CellRefused, Reading, quoted
from dashboard.intake.faults import NO_COLUMN, Fault, FileRefused, Remark
from dashboard.intake.kit import DESK_PREFIX, Column, KitFile

ROWS_AT_ONCE = 5_000
BLOCK = 1 << 16
LONGEST_LINE = 1 << 20  # bytes; a kit row has a few hundred
REMEMBERED_TEXTS = 20_000  # values remembered of each column, so that memory stays flat
MOST_VALUE = 10**11 * MICROS  # of one line; nine hundred of the largest still add up within 64 bits

_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "upright bars"}


@dataclass
class Chunk:
    """Rows of a file that could be read, and what is to be said of the others.

    `columns` has one list a column that the header has (and one more for a day that is kept beside a moment), all as
    long as `lines`. `bad_keys` holds by what faulty rows are known (`KitFile.known_by`), as far as it could be read.
    """

    lines: list[int]
    columns: dict[str, Sequence[Any]]
    rows: int
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    bad_keys: list[tuple[int, tuple[str | None, ...]]] = field(default_factory=list)


class RowReader:
    """Reads one kit file; what makes it unreadable raises `FileRefused`, at once or further down the file."""

    def __init__(self, stream: BinaryIO, kit_file: KitFile, *, shown_as: str, reading: Reading) -> None:
        self.kit_file = kit_file
        self.shown_as = shown_as
        text = io.TextIOWrapper(_Checked(stream), encoding="utf-8-sig", newline="")  # type: ignore[type-var]
        self._records = csv.reader(text, strict=True)
        header = self._header()
        self.unknown = [(place, name) for place, name in enumerate(header) if name not in kit_file.by_name]
        self.present = [kit_file.by_name[name] for name in header if name in kit_file.by_name]
        self._places = [place for place, name in enumerate(header) if name in kit_file.by_name]
        self._width = len(header)
        self._readers = [_reader(column, reading) for column in self.present]
        self._key_places = [header.index(name) if name in header else None for name in kit_file.known_by]

    def remarks(self) -> list[Remark]:
        """What is to be said of the header: columns that the kit does not have."""
        if not self.unknown:
            return []
        names = ", ".join(quoted(name) for _place, name in self.unknown)
        return [Remark(self.shown_as, 1, NO_COLUMN, f"the kit has no such column, it is ignored: {names}")]

    def chunks(self) -> Iterator[Chunk]:
        """The rows in the order of the file, `ROWS_AT_ONCE` at a time."""
        ended = False
        while not ended:
            rows, lines, misfits, ended = self._take()
            if rows or misfits:
                yield self._read(rows, lines, misfits)

    def _header(self) -> list[str]:
        try:
            stated = next(self._records, None)
        except csv.Error as wrong:
            raise FileRefused(1, f"the header cannot be read: {wrong}") from None
        if stated is None or not any(cell.strip() for cell in stated):
            raise FileRefused(1, "is empty; the first line must name the columns")
        header = [cell.strip().lower() for cell in stated]
        missing = [name for name in self.kit_file.required if name not in header]
        if missing:
            for separator, name in _OTHER_SEPARATORS.items():
                split = {cell.strip().strip('"').lower() for cell in separator.join(header).split(separator)}
                if len(split) > len(header) and split & set(self.kit_file.by_name):
                    raise FileRefused(1, f"its cells are separated by {name}; save it with commas")
            if len(missing) == 1:
                raise FileRefused(1, "this column is required and missing", column=missing[0])
            raise FileRefused(1, f"these columns are required and missing: {', '.join(missing)}")
        for name in self.kit_file.by_name:
            if header.count(name) > 1:
                raise FileRefused(1, "this column stands in the header more than once", column=name)
        return header

    def _take(self) -> tuple[list[list[str]], list[int], list[tuple[int, list[str]]], bool]:
        """The next rows of the right width with their lines, the others apart, and whether the file has ended."""
        rows: list[list[str]] = []
        lines: list[int] = []
        misfits: list[tuple[int, list[str]]] = []
        records, width = self._records, self._width
        before = records.line_num
        try:
            for row in records:
                if len(row) == width:
                    rows.append(row)
                    lines.append(before + 1)
                elif row:  # An empty line is nothing, not even a fault.
                    misfits.append((before + 1, row))
                before = records.line_num
                if len(rows) + len(misfits) >= ROWS_AT_ONCE:
                    return rows, lines, misfits, False
        except csv.Error as wrong:
            raise FileRefused(before + 1, f"the quotes of this row do not match, or it is too long ({wrong})") from None
        return rows, lines, misfits, True

    def _read(self, rows: list[list[str]], lines: list[int], misfits: list[tuple[int, list[str]]]) -> Chunk:
        chunk = Chunk(lines, {}, rows=len(rows) + len(misfits))
        refused: set[int] = set()
        texts = list(zip(*rows, strict=True)) if rows else [()] * self._width

        def fault(index: int, column: str, reason: str) -> None:
            refused.add(index)
            chunk.faults.append(Fault(self.shown_as, lines[index], column, reason))

        for column, place, read in zip(self.present, self._places, self._readers, strict=True):
            values, refusals = read(texts[place])
            for index, reason in refusals:
                fault(index, column.name, reason)
            if column.day is not None:
                chunk.columns[column.day] = [None if value is None else value[1] for value in values]
            if column.is_moment:
                values = [None if value is None else value[0] for value in values]
            chunk.columns[column.name] = values
            if column.is_identifier:
                self._remark_on_identifiers(chunk, column, texts[place])
        for place, name in self.unknown:
            for index in _card_numbers(texts[place]):
                fault(index, quoted(name), CARD_NUMBER)
        for index, name, reason in _row_rules(self.kit_file, chunk.columns):
            if index not in refused:
                fault(index, name, reason)
        for line, row in misfits:
            self._misfit(chunk, line, row)
        if refused:
            for index in sorted(refused):
                chunk.bad_keys.append((lines[index], self._key(rows[index])))
            kept = [index for index in range(len(rows)) if index not in refused]
            chunk.lines = [lines[index] for index in kept]
            chunk.columns = {name: [values[index] for index in kept] for name, values in chunk.columns.items()}
        return chunk

    def _misfit(self, chunk: Chunk, line: int, row: list[str]) -> None:
        cells = f"{len(row)} cell{'' if len(row) == 1 else 's'}"
        chunk.faults.append(Fault(self.shown_as, line, NO_COLUMN, f"has {cells}, the header {self._width}"))
        if any(holds_card_number(cell) for cell in row if len(cell) >= SHORTEST):
            chunk.faults.append(Fault(self.shown_as, line, NO_COLUMN, CARD_NUMBER))
        chunk.bad_keys.append((line, self._key(row)))

    def _key(self, row: list[str]) -> tuple[str | None, ...]:
        """By what a faulty row is known, as far as it can be read."""
        return tuple(
            None if place is None or place >= len(row) else _as_key(self.kit_file.by_name[name], row[place])
            for name, place in zip(self.kit_file.known_by, self._key_places, strict=True)
        )

    def _remark_on_identifiers(self, chunk: Chunk, column: Column, texts: Sequence[str]) -> None:
        for index in _card_numbers(texts):
            chunk.remarks.append(
                Remark(
                    self.shown_as, chunk.lines[index], column.name, "has the form of a whole card number (not repeated)"
                )
            )
        if column.name == self.kit_file.key[0] and self.kit_file.name in ("shipments", "receipts"):
            chunk.remarks.extend(
                Remark(self.shown_as, chunk.lines[index], column.name, f"looks like one of the desk's own: {quoted(t)}")
                for index, t in enumerate(texts)
                if t.startswith(DESK_PREFIX)
            )


def _as_key(column: Column, cell: str) -> str | None:
    """A key's cell as staged keys are compared: texts as they stand, line numbers without leading zeros."""
    if column.is_text:
        cell = cell[1:] if cell.startswith("'") and len(cell) > 1 and cell[1] in "=+-@\t\r" else cell
        return cell if cell.strip() and "\x00" not in cell and len(cell) <= 1000 else None
    stripped = cell.strip()
    return str(int(stripped)) if stripped.isascii() and stripped.isdecimal() and len(stripped) < 19 else None


# Columns. A column's reader takes the texts of a chunk and gives its values and what was refused, by index.

Refusals = Sequence[tuple[int, str]]
ColumnReader = Callable[[Sequence[str]], tuple[Sequence[Any], Refusals]]


def _reader(column: Column, reading: Reading) -> ColumnReader:
    read = column.kind(reading)
    if column.is_text:
        return _text_reader(column, read)
    return _remembering_reader(column, read)


def _text_reader(column: Column, read: Callable[[str], Any]) -> ColumnReader:
    required, forbids_cards = column.required, not column.is_identifier
    fits = read.surely_fits  # type: ignore[attr-defined]

    def read_column(texts: Sequence[str]) -> tuple[Sequence[Any], Refusals]:
        longest = max(map(len, texts), default=0)
        together = "\n".join(texts)
        if (
            longest <= fits
            and not (required and "" in texts)
            and "'" not in together
            and "\x00" not in together
            and together.count("\n") == len(texts) - 1
            and not _has_blank_end(together)
            and not (forbids_cards and longest >= SHORTEST and may_hold_card_number(together))
        ):
            return texts if required else [text or None for text in texts], ()
        return _one_by_one(texts, read, required=required, forbids_cards=forbids_cards)

    return read_column


def _has_blank_end(together: str) -> bool:
    """Whether some text ends in a blank, and so may be nothing but blanks."""
    return together[-1:].isspace() or any(blank in together for blank in (" \n", "\t\n", "\r\n", "\u00a0\n"))


def _one_by_one(
    texts: Sequence[str], read: Callable[[str], Any], *, required: bool, forbids_cards: bool
) -> tuple[list[Any], Refusals]:
    values: list[Any] = []
    refusals: list[tuple[int, str]] = []
    for index, text in enumerate(texts):
        value = None
        try:
            if forbids_cards and len(text) >= SHORTEST and holds_card_number(text):
                raise CellRefused(CARD_NUMBER)
            value = read(text)
            if value is None and required:
                raise CellRefused("is required and empty")
        except CellRefused as refusal:
            refusals.append((index, str(refusal)))
        values.append(value)
    return values, refusals


class _Remembered(dict[str, Any]):
    """Values by text; a text that was not seen before is read, one that is refused is not kept."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        super().__init__()
        self._read = read
        self.refused = False

    def __missing__(self, text: str) -> Any:
        try:
            value = self._read(text)
        except CellRefused:
            self.refused = True
            return None
        if len(self) >= REMEMBERED_TEXTS:
            self.clear()
        self[text] = value
        return value


def _remembering_reader(column: Column, read: Callable[[str], Any]) -> ColumnReader:
    remembered = _Remembered(read)
    required = column.required

    def read_column(texts: Sequence[str]) -> tuple[Sequence[Any], Refusals]:
        values = list(map(remembered.__getitem__, texts))
        if remembered.refused or (required and None in values):
            remembered.refused = False
            return _one_by_one(texts, read, required=required, forbids_cards=False)
        return values, ()

    return read_column


def _card_numbers(texts: Sequence[str]) -> list[int]:
    """Which of the texts hold a whole card number."""
    if max(map(len, texts), default=0) < SHORTEST or not may_hold_card_number("\n".join(texts)):
        return []
    return [index for index, text in enumerate(texts) if len(text) >= SHORTEST and holds_card_number(text)]


# Rules over the cells of one row.


def _row_rules(kit_file: KitFile, columns: dict[str, Sequence[Any]]) -> Iterator[tuple[int, str, str]]:
    rule = _RULES.get(kit_file.name)
    if rule is not None:
        yield from rule(columns)


def _line_values(columns: dict[str, Sequence[Any]]) -> Iterator[tuple[int, str, str]]:
    for name in ("unit_price", "unit_cost"):
        for index, (qty, price) in enumerate(zip(columns["qty"], columns.get(name, ()), strict=False)):
            if price and qty and qty * price > MOST_VALUE:
                yield index, name, f"quantity × price is more than {MOST_VALUE // MICROS:,}"


def _event_days(columns: dict[str, Sequence[Any]]) -> Iterator[tuple[int, str, str]]:
    for index, (starts_on, ends_on) in enumerate(zip(columns["starts_on"], columns["ends_on"], strict=True)):
        if starts_on is not None and ends_on is not None and ends_on < starts_on:
            yield index, "ends_on", "is before starts_on"


_RULES: dict[str, Callable[[dict[str, Sequence[Any]]], Iterator[tuple[int, str, str]]]] = {
    "order_lines": _line_values,
    "purchase_order_lines": _line_values,
    "events": _event_days,
}


# Bytes and lines.


class _Checked(io.RawIOBase):
    """Passes bytes on; refuses what is not UTF-8, and a line that has no end, so that no file fills the memory.

    It sees blocks, not lines, since a look at each line would cost as much as parsing it.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._line = 1
        self._since_break = 0
        self._after_return = False

    def readable(self) -> bool:
        return True

    def read1(self, size: int = -1) -> bytes:
        data = self._stream.read(BLOCK if size < 0 else size)
        try:
            self._decoder.decode(data, final=not data)
        except UnicodeDecodeError as wrong:
            # What the decoder kept of the block before stands in front of this one's bytes; it has no line break.
            kept = len(wrong.object) - len(data)
            self._refuse_byte(wrong.object[wrong.start], data[: max(wrong.start - kept, 0)])
        end = max(data.rfind(b"\n"), data.rfind(b"\r"))
        self._since_break = self._since_break + len(data) if end < 0 else len(data) - end - 1
        if self._since_break > LONGEST_LINE:
            raise FileRefused(self._line, f"this line, or one after it, is longer than {LONGEST_LINE:,} bytes")
        self._count_lines(data)
        return data

    read = read1

    def _count_lines(self, data: bytes) -> None:
        split = self._after_return and data.startswith(b"\n")
        self._line += data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n") - split
        self._after_return = data.endswith(b"\r")

    def _refuse_byte(self, byte: int, before: bytes) -> NoReturn:
        if self._line == 1 and not before and byte in (0xFE, 0xFF):
            raise FileRefused(1, "is UTF-16, not UTF-8; save it as UTF-8")
        self._count_lines(before)
        raise FileRefused(self._line, f"is not UTF-8 (byte 0x{byte:02X}); save it as UTF-8")
