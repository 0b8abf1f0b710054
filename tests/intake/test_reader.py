"""The reader alone: whatever bytes it is given, it says what is wrong with them and never falls over."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.database import day_number, instant_number
from dashboard.domain.card_numbers import holds_card_number, is_card_number
from dashboard.intake import cells
from dashboard.intake.cells import CellRefused, Reading, quoted
from dashboard.intake.faults import FileRefused
from dashboard.intake.kit import KIT, KIT_FILES, KitFile
from dashboard.intake.rows import RowReader
from dashboard.intake.sources import find_sources

VIENNA = Reading(ZoneInfo("Europe/Vienna"), date(2026, 3, 12))

# Examples that the networks and gateways publish for testing; no real card has them.
EXAMPLE_CARDS = (
    "4111111111111111",
    "5555555555554444",
    "2223003122003222",
    "378282246310005",
    "6011111111111117",
    "36227206271667",
    "3566002020360505",
    "6200000000000005",
)


def read(kit_file: KitFile, data: bytes) -> tuple[list[dict[str, object]], list[str]]:
    """Rows and faults of a file's bytes; a refusal of the whole is one fault."""
    rows: list[dict[str, object]] = []
    faults: list[str] = []
    try:
        for chunk in RowReader(io.BytesIO(data), kit_file, shown_as=kit_file.file_name, reading=VIENNA).chunks():
            assert {len(values) for values in chunk.columns.values()} <= {len(chunk.lines)}
            names = list(chunk.columns)
            rows += [dict(zip(names, row, strict=True)) for row in zip(*chunk.columns.values(), strict=True)]
            faults += [str(fault) for fault in chunk.faults]
    except FileRefused as refusal:
        faults.append(str(refusal.fault(kit_file.file_name)))
    return rows, faults


KIT_FILE = st.sampled_from(KIT)
CELL = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", " ", "0", "1", "-1", "2026-03-01", "2026-02-30", "true", "NO", "'=1", "A", "9" * 30, "\x00"]),
    st.sampled_from(EXAMPLE_CARDS),
    st.dates().map(str),
    st.datetimes(timezones=st.none() | st.timezones()).map(str),
    st.decimals(allow_nan=True).map(str),
    st.integers().map(str),
)


@given(KIT_FILE, st.binary(max_size=400))
@example(KIT_FILES["customers"], b"\xff\xfec\x00u\x00")
@example(KIT_FILES["customers"], b'"customer_id","name\n')
def test_any_bytes_are_read_or_refused_in_words(kit_file: KitFile, data: bytes) -> None:
    for header in (b"", ",".join(column.name for column in kit_file.columns).encode() + b"\n"):
        _rows, faults = read(kit_file, header + data)
        assert all("\n" not in fault and fault.isprintable() for fault in faults)


@given(KIT_FILE, st.data())
def test_any_cells_are_read_or_refused_one_by_one(kit_file: KitFile, data: st.DataObject) -> None:
    width = len(kit_file.columns)
    table = data.draw(st.lists(st.lists(CELL, min_size=width, max_size=width), max_size=5))
    text = io.StringIO()
    csv.writer(text).writerows([[column.name for column in kit_file.columns], *table])
    rows, faults = read(kit_file, text.getvalue().encode("utf-8", "replace"))
    assert all(fault.startswith(f"{kit_file.file_name}:") and fault.isprintable() for fault in faults)
    for row in rows:
        for name in kit_file.required:
            assert row[name] is not None
        for value in row.values():
            assert not isinstance(value, int) or abs(value) < 2**63


METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
ROTTEN = st.lists(st.tuples(st.integers(-300, 300), st.integers(0, 255)), max_size=8)


@given(st.sampled_from(METHODS), ROTTEN, st.integers(0, 400), st.booleans())
def test_any_zip_is_read_or_refused_in_words(method: int, rotten: list[tuple[int, int]], cut: int, whole: bool) -> None:
    """A good zip with some bytes of it changed, or with its end cut off."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("kit/customers.csv", "customer_id,name\nC1,Ada\n" * 9)
        archive.writestr("kit/skus.csv", "sku,name\nCHAIR,Chair\n")
    data = bytearray(packed.getvalue())
    for place, byte in rotten:
        data[place % len(data)] = byte
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "kit.zip"
        path.write_bytes(data if whole else data[: len(data) - cut])
        found = find_sources(path)
        faults = [str(fault) for fault in found.faults]
        for source in found.files:
            try:
                with source.opened() as stream:
                    reader = RowReader(stream, source.kit_file, shown_as=source.shown_as, reading=VIENNA)
                    assert all(chunk.rows for chunk in reader.chunks())
            except FileRefused as refusal:
                faults.append(str(refusal.fault(source.shown_as)))
    assert all("\n" not in fault and fault.isprintable() for fault in faults)


@given(
    st.lists(st.tuples(st.text("ab\r\n\",'=é ", min_size=1, max_size=8), st.text("xy\n\r", max_size=4)), max_size=12)
)
def test_each_row_is_told_with_the_line_that_an_editor_shows(table: list[tuple[str, str]]) -> None:
    """A fault in every row: its line is the number of line breaks before it, and one."""
    text = "customer_id,name\r\n"
    lines = []
    for key, name in table:
        lines.append(len(io.StringIO(text, newline="").readlines()) + 1)
        cells_of_row = ('"' + cell.replace('"', '""') + '"' for cell in (key, name, "one too many"))
        text += ",".join(cells_of_row) + "\r\n"
    _rows, faults = read(KIT_FILES["customers"], text.encode())
    assert [int(fault.split(":")[1]) for fault in faults] == lines


@given(st.text())
def test_a_repeated_cell_is_one_line_and_no_card_number(text: str) -> None:
    assert quoted(text).isprintable()
    assert not holds_card_number(quoted(text))


# Card numbers.


@pytest.mark.parametrize("number", EXAMPLE_CARDS)
def test_the_networks_own_examples_are_found_however_they_are_written(number: str) -> None:
    groups = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
    for text in (number, groups, groups.replace(" ", "-"), f"card {groups} 12/27, thanks", f"x{number}y"):
        assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111112",  # fails the check
        "9111111111111111111",  # no issuer's
        "4111111111111",  # thirteen digits
        "41111111111111111111",  # twenty
        "2026-03-01 12:30:00",
        "0049 171 1234567",
        "5901234123457",  # an EAN-13
        "10012345678901",  # passes the check, but no issuer's numbers begin so
        "4111.1111.1111.1111",
        "",
    ],
)
def test_other_long_numbers_are_no_card_numbers(text: str) -> None:
    assert not holds_card_number(text)


@given(st.integers(0, 10**18))
def test_one_digit_changed_is_no_card_number_any_more(number: int) -> None:
    digits = str(number)
    if is_card_number(digits):
        assert not is_card_number(digits[:-1] + str((int(digits[-1]) + 1) % 10))


# Cells.


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0", 0),
        ("12", 12_000_000),
        ("12.5", 12_500_000),
        (".000001", 1),
        (" 7.70 ", 7_700_000),
        ("1.2500000", 1_250_000),
    ],
)
def test_money_is_read_exactly(text: str, micros: int) -> None:
    assert cells.price(VIENNA)(text) == micros


@pytest.mark.parametrize("word", ["true", "YES", "1", " True "])
def test_yes_is_said_in_three_ways(word: str) -> None:
    assert cells.boolean(VIENNA)(word) is True


@pytest.mark.parametrize("word", ["false", "No", "0"])
def test_no_is_said_in_three_ways(word: str) -> None:
    assert cells.boolean(VIENNA)(word) is False


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-01", "2026-02-28T23:00:00+00:00"),  # midnight in the shop's zone
        ("2026-03-01T12:00:00", "2026-03-01T11:00:00+00:00"),  # shop time
        ("2026-03-01 12:00", "2026-03-01T11:00:00+00:00"),
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00+00:00"),
        ("2026-03-01T12:00:00.25-05:00", "2026-03-01T17:00:00.250000+00:00"),
        ("2025-07-01T12:00:00+0530", "2025-07-01T06:30:00+00:00"),
    ],
)
def test_a_moment_is_a_date_a_shop_time_or_a_time_with_an_offset(text: str, instant: str) -> None:
    value = cells.moment(VIENNA)(text)
    assert value is not None
    assert value[0] == instant_number(datetime.fromisoformat(instant))


def test_a_moment_belongs_to_the_shop_s_day() -> None:
    late = cells.moment(VIENNA)("2026-03-01T23:30:00Z")
    assert late is not None
    assert late[1] == day_number(date(2026, 3, 2))
    assert cells.day(VIENNA)("2026-03-01T23:30:00Z") == day_number(date(2026, 3, 2))


@pytest.mark.parametrize(
    "text", ["2026-3-1", "20260301", "2026-W09-7", "2026-03-01T25:00", "2026-03-01T12", "9999-12-31"]
)
def test_other_dates_are_refused(text: str) -> None:
    with pytest.raises(CellRefused):
        cells.moment(VIENNA)(text)


def test_today_has_come_and_tomorrow_has_not() -> None:
    read_past = cells.past_moment(VIENNA)
    assert read_past("2026-03-12T23:59:59") is not None
    with pytest.raises(CellRefused, match="after today"):
        read_past("2026-03-13")
