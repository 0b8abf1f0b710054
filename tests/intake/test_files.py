"""Whole files, and what they come in: what cannot be read is refused in words, and takes down what hangs on it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from dashboard import models
from dashboard.intake import rows, sources
from dashboard.intake.load import check, load
from tests.intake.conftest import ORDER_LINES, SHOP, Kit

Column = Callable[..., list[Any]]

CUSTOMERS = SHOP["customers"]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "1: -: is empty; the first line must name the columns"),
        (b"\xef\xbb\xbf\r\n", "1: -: is empty; the first line must name the columns"),
        (b"customer_id;name\nC1;Ada\n", "1: -: its cells are separated by semicolons; save it with commas"),
        (b"customer_id\tname\nC1\tAda\n", "1: -: its cells are separated by tabs; save it with commas"),
        (b"customer_id;name,first\nC1;A,B\n", "1: -: its cells are separated by semicolons; save it with commas"),
        (b"customer_id,tier\nC1,vip\n", "1: name: this column is required and missing"),
        (b"email,tier\na,vip\n", "1: -: these columns are required and missing: customer_id, name"),
        (b"customer_id,name,Name\nC1,A,B\n", "1: name: this column stands in the header more than once"),
        ("customer_id,name\nC1,Ada\nC2,Zoë\n".encode("latin-1"), "3: -: is not UTF-8 (byte 0xEB); save it as UTF-8"),
        ("customer_id,name\nC1,Ada\n".encode("utf-16"), "1: -: is UTF-16, not UTF-8; save it as UTF-8"),
        (
            b'customer_id,name\nC1,"Ada\nC2,Grace\n',
            "2: -: the quotes of this row do not match, or it is too long (unexpected end of data)",
        ),
        (
            b'customer_id,name\nC1,Ada\nC2,"Grace" Hopper\n',
            "3: -: the quotes of this row do not match, or it is too long (',' expected after '\"')",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(sqlite_kit: Kit, content: bytes, fault: str) -> None:
    sqlite_kit.remove("orders", "order_lines")
    assert sqlite_kit.faults(customers=content) == [f"customers.csv:{fault}"]


@pytest.mark.parametrize(
    "content",
    [
        CUSTOMERS.encode("utf-8-sig"),
        CUSTOMERS.replace("\n", "\r\n").encode(),
        CUSTOMERS.replace("\n", "\r").encode(),
        CUSTOMERS.rstrip("\n").encode(),
        (CUSTOMERS + "\n\n\n").encode(),
        b' Customer_ID , NAME\nC1,"Ada"\nC2,Grace\n',
        b"name,customer_id\nAda,C1\nGrace,C2\n",
    ],
    ids=["byte order mark", "CRLF", "CR", "no last line break", "empty lines", "header in capitals", "another order"],
)
def test_what_spreadsheets_make_of_a_good_file_is_still_good(sqlite_kit: Kit, column: Column, content: bytes) -> None:
    assert sqlite_kit.faults(customers=content) == []
    assert column(models.Customer.name) == ["Ada", "Grace"]


def test_a_header_alone_is_a_file_without_rows(sqlite_kit: Kit) -> None:
    sqlite_kit.remove("orders", "order_lines")
    result = sqlite_kit.load(customers="customer_id,name\n")
    assert (result.fault_count, result.files[0].rows) == (0, 0)


def test_names_keep_their_accents_line_breaks_and_quotes(kit: Kit, column: Column) -> None:
    kit.load(customers='customer_id,name\nC1,"Zoë ""Z"" Łukasz\n& Søn, 株式会社"\nC2,\u2028Grace\n')
    assert column(models.Customer.name) == ['Zoë "Z" Łukasz\n& Søn, 株式会社', "\u2028Grace"]


def test_when_a_file_of_orders_cannot_be_read_no_order_loads_and_the_rest_does(kit: Kit, column: Column) -> None:
    result = kit.load(order_lines=ORDER_LINES.encode() + b"B,2,L\xe4MP,1,1\n")
    assert [str(fault) for fault in result.faults] == [
        "order_lines.csv:5: -: is not UTF-8 (byte 0xE4); save it as UTF-8"
    ]
    assert column(models.Order.number) == []
    assert column(models.Customer.code) == ["C1", "C2"]
    assert column(models.PurchaseOrder.number) == ["P1", "P2"]


def test_what_refers_into_an_unreadable_file_says_so(kit: Kit) -> None:
    kit.remove("purchase_orders", "purchase_order_lines", "order_lines")
    assert kit.faults(customers=b"customer_id;name\n") == [
        "customers.csv:1: -: its cells are separated by semicolons; save it with commas",
        "orders.csv:2: customer_id: customer 'C1' is nowhere; customers.csv could not be read",
        "orders.csv:3: customer_id: customer 'C2' is nowhere; customers.csv could not be read",
    ]


def test_a_line_without_an_end_does_not_fill_the_memory(sqlite_kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    sqlite_kit.remove("orders", "order_lines")
    monkeypatch.setattr(rows, "LONGEST_LINE", 100_000)
    faults = sqlite_kit.faults(customers=b"customer_id,name\nC1,Ada\nC2," + b"x" * 400_000)
    assert len(faults) == 1
    assert "longer than 100,000 bytes" in faults[0]


def test_a_path_without_kit_files_says_which_files_the_kit_has(sqlite_app: Flask, tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("a\n")
    for path, said in ((tmp_path, "has no file of the kit in it; they are"), (tmp_path / "notes.csv", "is no file of")):
        fault = check(path).faults[0]
        assert said in fault.reason
        assert "order_lines.csv" in fault.reason


# Zips.


def _zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return path


@pytest.mark.parametrize(
    "name", ["../customers.csv", "/etc/customers.csv", "a/../../customers.csv", "..\\customers.csv"]
)
def test_a_zip_that_would_leave_its_folder_is_refused(sqlite_app: Flask, tmp_path: Path, name: str) -> None:
    archive = _zip(tmp_path / "a.zip", {name: CUSTOMERS.encode(), "skus.csv": SHOP["skus"].encode()})
    result = load(archive)
    assert len(result.faults) == 1
    assert "would leave its folder" in result.faults[0].reason
    assert result.rows == 0


def test_a_zip_that_explodes_is_refused_before_it_is_unpacked(sqlite_app: Flask, tmp_path: Path) -> None:
    archive = _zip(
        tmp_path / "a.zip", {"customers.csv": b"customer_id,name\n" + b"0" * (sources.UNSUSPICIOUS_SIZE + 1)}
    )
    assert [fault.reason for fault in load(archive).faults] == [
        "has a file in it that unpacks to more than 250 times its size: 'customers.csv'"
    ]


def test_a_zip_of_too_many_or_too_large_files_is_refused(
    sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = _zip(tmp_path / "a.zip", {f"{n}.csv": b"a" for n in range(4)})
    monkeypatch.setattr(sources, "MOST_MEMBERS", 3)
    assert "has 4 files in it" in load(archive).faults[0].reason
    monkeypatch.setattr(sources, "MOST_MEMBERS", 10)
    monkeypatch.setattr(sources, "MOST_UNPACKED", 3)
    assert "would unpack to more than" in load(archive).faults[0].reason


def test_a_zip_that_lies_about_its_sizes_is_refused(sqlite_app: Flask, tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", {"customers.csv": CUSTOMERS.encode() * 50})
    data = bytearray(archive.read_bytes())
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (40).to_bytes(4, "little")  # the size that the directory tells
    archive.write_bytes(bytes(data))
    faults = load(archive).faults
    assert len(faults) == 1
    assert faults[0].file == "customers.csv"


def test_a_damaged_zip_is_refused_in_words(sqlite_app: Flask, tmp_path: Path) -> None:
    good = _zip(tmp_path / "a.zip", {"customers.csv": CUSTOMERS.encode() * 50}).read_bytes()
    for damaged in (good[:40], b"PK\x03\x04 no zip at all", good[:60] + b"\xff" * 20 + good[80:]):
        (tmp_path / "b.zip").write_bytes(damaged)
        result = load(tmp_path / "b.zip")
        assert result.fault_count >= 1
        assert "zip" in result.faults[0].reason
        assert not result.changed_something


def test_a_file_that_stands_twice_in_a_zip_is_a_fault(sqlite_app: Flask, tmp_path: Path) -> None:
    archive = _zip(tmp_path / "a.zip", {"one/customers.csv": CUSTOMERS.encode(), "two/customers.csv": b"x"})
    assert "stands here more than once" in load(archive).faults[0].reason


def test_a_link_in_a_zip_leads_nowhere_and_a_zip_in_a_zip_is_not_opened(sqlite_app: Flask, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(CUSTOMERS)
    link = zipfile.ZipInfo("customers.csv")
    link.external_attr = 0o120777 << 16
    inner = _zip(tmp_path / "inner.zip", {"skus.csv": SHOP["skus"].encode()})
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(link, str(tmp_path / "secret.csv"))
        packed.write(inner, "inner.zip")
    result = load(tmp_path / "a.zip")
    assert [str(fault) for fault in result.faults] == [
        "customers.csv:1: -: these columns are required and missing: customer_id, name"
    ]
    assert [file.rows for file in result.files] == [0]


def test_a_zip_is_never_unpacked_to_disk(sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = _zip(tmp_path / "a.zip", {"kit/customers.csv": CUSTOMERS.encode(), "__MACOSX/._customers.csv": b"x"})
    there = set(tmp_path.rglob("*"))

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("a zip must not be unpacked")

    monkeypatch.setattr(zipfile.ZipFile, "extract", refuse)
    monkeypatch.setattr(zipfile.ZipFile, "extractall", refuse)
    result = load(archive)
    assert (result.fault_count, result.files[0].new) == (0, 2)
    assert {path for path in tmp_path.rglob("*") if "sqlite" not in path.name} <= there


def test_bytes_are_read_to_the_end_whatever_their_pieces(sqlite_kit: Kit, monkeypatch: pytest.MonkeyPatch) -> None:
    content = CUSTOMERS + "".join(f"D{n},Näme {n}\n" for n in range(3_000))
    monkeypatch.setattr(io, "DEFAULT_BUFFER_SIZE", 7)
    result = sqlite_kit.load(customers=content)
    assert (result.fault_count, result.files[0].new) == (0, 3_002)
