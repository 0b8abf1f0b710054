"""CSV to the byte, as the contract has it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.web import csv_response
from dashboard.web.csv_response import csv_bytes


@dataclass(frozen=True)
class Row:
    """One row with a cell of each kind."""

    name: str | None = None
    units: int | None = None
    value: int | None = None
    currency: str | None = "USD"
    day: date | None = None
    share: float | None = None
    wait: float | None = None
    known: bool | None = None
    at: datetime | None = None


COLUMNS = (
    csv_response.text("name"),
    csv_response.whole("units"),
    csv_response.money("value"),
    csv_response.day("day"),
    csv_response.rate("share"),
    csv_response.days("wait"),
    csv_response.flag("known"),
    csv_response.instant("at", zone=ZoneInfo("Europe/Vienna")),
)


def written(*rows: Row) -> list[str]:
    return b"".join(csv_bytes(COLUMNS, rows)).decode("utf-8-sig").split("\r\n")


def test_a_file_begins_with_the_mark_and_the_header_and_ends_its_lines_with_both_signs():
    assert b"".join(csv_bytes(COLUMNS, [])) == b"\xef\xbb\xbfname,units,value,day,share,wait,known,at\r\n"


def test_a_row_is_written_by_the_contract():
    row = Row("Lamp", 3, 12_345_000, "USD", date(2026, 3, 1), 0.5, 12.25, True, datetime(2026, 3, 1, 12, tzinfo=UTC))
    assert written(row)[1] == "Lamp,3,12.35,2026-03-01,0.5000,12.3,true,2026-03-01T13:00:00+01:00"


def test_what_is_unknown_is_an_empty_cell_and_never_zero():
    assert written(Row())[1] == ",,,,,,,"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(begin):
    text = f"{begin}cmd|' /C calc'!A0"
    [read] = list(csv.reader(io.StringIO(b"".join(csv_bytes(COLUMNS[:1], [Row(text)])).decode("utf-8-sig"))))[1:]
    assert read == ["'" + text]


def test_a_number_below_zero_gets_no_apostrophe():
    assert written(Row(units=-3, value=-1_500_000, wait=-2.0))[1] == ",-3,-1.50,,,-2,,"


@pytest.mark.parametrize(
    ("micros", "currency", "text"),
    [
        (1_234_500_000, "JPY", "1235"),
        (1_234_567_500, "KWD", "1234.568"),
        (5_000, "USD", "0.01"),
        (4_999, "USD", "0.00"),
        (-4_999, "USD", "0.00"),
        (1_000_000, None, "1.00"),
    ],
)
def test_money_has_its_currencys_own_decimals_half_up(micros, currency, text):
    assert written(Row(value=micros, currency=currency))[1].split(",")[2] == text


@pytest.mark.parametrize(("wait", "text"), [(3, "3"), (3.0, "3"), (3.04, "3"), (3.05, "3.1"), (2.96, "3"), (0, "0")])
def test_days_have_one_decimal_unless_whole(wait, text):
    assert written(Row(wait=wait))[1].split(",")[5] == text


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_every_text_is_read_back_as_it_was(texts):
    columns = [csv_response.text(f"c{n}", lambda row, n=n: row[n]) for n in range(len(texts))]
    whole = b"".join(csv_bytes(columns, [texts])).decode("utf-8-sig")
    [_, read] = csv.reader(io.StringIO(whole, newline=""))
    assert [_without_apostrophe(cell) for cell in read] == texts


def _without_apostrophe(cell: str) -> str:
    runs = cell.startswith("'") and cell[1:].startswith(csv_response.RUN_BY_SPREADSHEETS)
    return cell[1:] if runs else cell


def test_rows_are_sent_while_they_are_read():
    drawn = []

    def rows():
        for number in range(50_000):
            drawn.append(number)
            yield SimpleNamespace(units=number)

    pieces = csv_bytes([csv_response.whole("units")], rows())
    next(pieces)
    assert 0 < len(drawn) < 50_000
