"""CSV as the contract fixes it, to the byte, for the export button and the command alike; streamed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, stream_with_context
from flask_security import current_user

from dashboard.exports import record_export
from dashboard.web.formats import currency_decimals

BYTE_ORDER_MARK = "\ufeff"
MICRO_DECIMALS = 6
RATE_DECIMALS = 4
# A spreadsheet runs a cell that begins with one of these; intake takes exactly one apostrophe off again.
RUN_BY_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")
# How much text is gathered before it is sent: enough that a million small rows are few writes.
PIECE_CHARACTERS = 64 * 1024

Read = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """One column: its name and how a row's cell is written (a string, or a whole number)."""

    name: str
    cell: Callable[[Any], Any]


def text(name: str, read: Read | None = None) -> Column:
    """A text, made harmless for spreadsheets."""
    read = read or attrgetter(name)

    def cell(row: Any) -> str:
        value = read(row)
        if value is None:
            return ""
        return "'" + value if value.startswith(RUN_BY_SPREADSHEETS) else value

    return Column(name, cell)


def whole(name: str, read: Read | None = None) -> Column:
    """A whole number: a quantity, a count, a line's number."""
    read = read or attrgetter(name)

    def cell(row: Any) -> Any:
        value = read(row)
        return "" if value is None else value

    return Column(name, cell)


def rate(name: str, read: Read | None = None) -> Column:
    """A share or a daily demand, with four decimals."""
    return _measured(name, read, lambda value: _fixed(value, RATE_DECIMALS))


def days(name: str, read: Read | None = None) -> Column:
    """A length of time in days, with one decimal unless it is whole."""
    return _measured(name, read, lambda value: str(int(value)) if value == int(value) else _one_decimal(value))


def _one_decimal(value: float) -> str:
    written = _fixed(value, 1)
    return written[:-2] if written.endswith(".0") else written


def money(name: str, read: Read | None = None, *, currency: Read = attrgetter("currency")) -> Column:
    """Money in micro-units, half up to its currency's own decimals."""
    read = read or attrgetter(name)

    def cell(row: Any) -> str:
        micros = read(row)
        return "" if micros is None else _money_text(micros, currency_decimals(currency(row)))

    return Column(name, cell)


def day(name: str, read: Read | None = None) -> Column:
    """A date, ISO."""
    return _measured(name, read, date.isoformat)


def instant(name: str, read: Read | None = None, *, zone: ZoneInfo) -> Column:
    """A moment, ISO, in the shop's zone with its offset, to the second."""
    return _measured(name, read, lambda value: _aware(value).astimezone(zone).isoformat(timespec="seconds"))


def flag(name: str, read: Read | None = None) -> Column:
    """true or false."""
    return _measured(name, read, lambda value: "true" if value else "false")


def _measured(name: str, read: Read | None, write: Callable[[Any], str]) -> Column:
    read = read or attrgetter(name)

    def cell(row: Any) -> str:
        value = read(row)
        return "" if value is None else write(value)

    return Column(name, cell)


def _fixed(value: float, decimals: int) -> str:
    exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return str(abs(exact) if exact == 0 else exact)


def _money_text(micros: int, decimals: int) -> str:
    """Integers only, since this runs for every row of a million."""
    sign, size = ("-", -micros) if micros < 0 else ("", micros)
    unit = 10 ** (MICRO_DECIMALS - decimals)
    steps = (size + unit // 2) // unit
    if not decimals:
        return f"{sign if steps else ''}{steps}"
    units, rest = divmod(steps, 10**decimals)
    return f"{sign if steps else ''}{units}.{rest:0{decimals}d}"


def _aware(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


class _Gathered:
    """What the csv module writes into, in pieces large enough to send."""

    def __init__(self) -> None:
        self._parts: list[str] = [BYTE_ORDER_MARK]
        self._size = 0

    def write(self, line: str) -> None:
        self._parts.append(line)
        self._size += len(line)

    def is_full(self) -> bool:
        return self._size >= PIECE_CHARACTERS

    def take(self) -> bytes:
        piece = "".join(self._parts).encode("utf-8")
        self._parts.clear()
        self._size = 0
        return piece


def csv_bytes(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[bytes]:
    """The whole file in pieces: byte order mark, header, rows; CRLF, quotes where RFC 4180 wants them."""
    gathered = _Gathered()
    writer = csv.writer(gathered, lineterminator="\r\n")
    writer.writerow([column.name for column in columns])
    cells = [column.cell for column in columns]
    for row in rows:
        writer.writerow([cell(row) for cell in cells])
        if gathered.is_full():
            yield gathered.take()
    yield gathered.take()


def report_response(
    name: str, filters: Mapping[str, Sequence[str]], file_name: str, columns: Sequence[Column], rows: Iterable[Any]
) -> Response:
    """A report of exactly these rows as a download, which the history remembers with its filters."""
    record_export(name, filters, actor=current_user.id)
    return csv_response(file_name, columns, rows)


def csv_response(file_name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """A download of exactly these rows, sent while they are read."""
    response = Response(stream_with_context(csv_bytes(columns, rows)), mimetype="text/csv")
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    # A proxy that gathers the answer before sending it would make the browser wait for the last row.
    response.headers["X-Accel-Buffering"] = "no"
    return response
