"""The reports: their columns, their order, their bytes."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import pytest
from sqlalchemy import event as sa_event

from dashboard import clock, models
from dashboard.config import ROOT
from dashboard.database import db, transaction
from dashboard.panels.filters import EVERY_FILTER, Selection
from dashboard.panels.reports import REPORTS
from dashboard.web.csv_response import csv_bytes


def rows_of(name: str, today: date, *filters: tuple[str, str]) -> list[dict[str, str]]:
    report = REPORTS[name]
    selection = Selection.read(filters, allowed=report.filters)
    text = b"".join(csv_bytes(report.columns, report.read(selection, today))).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_backorders_are_sorted_by_deadline_undated_first_then_by_the_queue(world, today):
    world.purchase_order("P", "CHAIR", 2, expected="2026-05-01")
    for number, sku, tier in (("3", "CHAIR", None), ("1", "CHAIR", "vip"), ("2", "LAMP", None)):
        world.order(number, sku, 1, placed="2026-03-01", promised="2026-04-01", tier=tier)
    world.order("0", "LAMP", 1, placed="2026-03-02", promised="2026-03-20")
    world.plan()
    assert [row["order_id"] for row in rows_of("backorders", today)] == ["0", "2", "1", "3"]


def test_a_backorder_has_everything_that_its_row_says(shop, today):
    row = next(row for row in rows_of("backorders", today) if row["order_id"] == "1")
    assert row == {
        "order_id": "1", "line_no": "1", "sku": "CHAIR", "product": "Braga dining chair", "customer_id": "H",
        "customer": "Hannah Whitlock", "tier": "", "channel": "web", "placed_at": "2026-02-20T00:00:00+00:00",
        "age_days": "20", "qty_ordered": "10", "qty_shipped": "0", "qty_cancelled": "0", "qty_reserved": "5",
        "qty_backordered": "5", "currency": "USD", "unit_price": "215.00", "value": "1075.00",
        "first_promise": "2026-03-13", "current_promise": "2026-03-13", "eta": "2026-03-27", "late_eta": "2026-03-27",
        "eta_basis": "po", "supplier_id": "MINHO", "po_id": "4711", "cause": row["cause"], "deadline": "2026-03-12",
        "deadline_kind": "delay-notice", "cancel_risk": "0.0936", "payment_state": "unknown",
        "likely_eta": "", "likely_late_eta": "",
    }  # fmt: skip


def test_a_divided_line_is_one_row_with_its_parts_added_up(shop, today):
    with transaction() as saving:
        line = shop.line("5")
        for part, qty in ((1, 1), (2, 3)):
            saving.add(models.LinePart(line_id=line.id, part=part, qty=qty, split_at=clock.now()))
    shop.plan()
    assert shop.waiting("5", part=2).qty_backordered == 3
    rows = rows_of("backorders", today)
    assert [row["order_id"] for row in rows] == ["5", "4", "1", "2", "3"]
    assert (rows[0]["qty_ordered"], rows[0]["qty_backordered"], rows[0]["value"]) == ("4", "4", "232.00")
    aged = {(row["bucket"], row["currency"]): row for row in rows_of("aging", today)}
    assert (aged["61+", "USD"]["lines"], aged["61+", "USD"]["units"]) == ("1", "4")
    assert rows_of("aging", today, ("channel", "not-known"), ("dated", "no"))[-1]["lines"] == "1"


def test_an_unknown_price_is_an_empty_cell_and_no_zero(world, today):
    world.order("1", "CHAIR", 1, placed="2026-03-01", unit_price=None)
    world.plan()
    (row,) = rows_of("backorders", today)
    assert (row["unit_price"], row["value"]) == ("", "")


def test_aging_has_every_bucket_of_every_currency_present(shop, today):
    rows = rows_of("aging", today)
    assert [(row["bucket"], row["currency"]) for row in rows] == [
        (bucket, currency) for bucket in ("0-7", "8-14", "15-30", "31-60", "61+") for currency in ("GBP", "USD")
    ]
    assert rows[6] == {
        "bucket": "31-60", "currency": "GBP", "lines": "1", "orders": "1", "customers": "1", "units": "3",
        "value": "59.99", "oldest_days": "39",
    }  # fmt: skip
    assert (rows[7]["lines"], rows[7]["value"], rows[7]["oldest_days"]) == ("0", "0.00", "")
    assert {row["currency"] for row in rows_of("aging", today, ("channel", "store"))} == {"USD"}
    assert [row["lines"] for row in rows_of("aging", today, ("age", "15-30"))] == ["0", "0", "1", "0", "0"]


def test_money_has_its_currencys_own_decimals(world, today):
    world.order("1", "CHAIR", 3, placed="2026-03-01", currency="JPY", unit_price="33.5")
    world.order("2", "CHAIR", 1, placed="2026-03-01", currency="KWD", unit_price="1.2345")
    world.plan()
    values = {row["currency"]: row["value"] for row in rows_of("backorders", today)}
    assert values == {"JPY": "101", "KWD": "1.235"}


def test_reservations_and_pegs_say_what_is_held_and_what_is_awaited(shop, today):
    assert [tuple(row.values()) for row in rows_of("reservations", today)] == [
        ("1", "1", "CHAIR", "MAIN", "5", "2026-02-20T00:00:00+00:00", ""),
        ("4", "2", "CHAIR", "MAIN", "1", "2026-02-01T00:00:00+00:00", ""),
    ]
    assert [tuple(row.values()) for row in rows_of("pegs", today)] == [
        ("1", "1", "CHAIR", "4711", "1", "5", "2026-03-27"),
        ("2", "1", "LAMP", "4725", "1", "2", "2026-03-17"),
        ("3", "1", "CHAIR", "4711", "1", "1", "2026-03-27"),
        ("4", "1", "LAMP", "4725", "1", "3", "2026-03-17"),
    ]
    assert [row["order_id"] for row in rows_of("pegs", today, ("supplier", "MINHO"), ("sku", "LAMP"))] == ["2", "4"]
    assert [row["order_id"] for row in rows_of("reservations", today, ("currency", "GBP"))] == ["4"]


def test_means_of_payment_are_listed_by_the_day_on_which_they_end(world, today):
    world.customer("H")
    world.card("OLD", customer="H", month=2, year=2026, default=False)
    world.card("B", customer="H", month=6, year=2026)
    world.card("A", customer="H", month=3, year=2026)
    world.purchase_order("P", "CHAIR", 20, expected="2026-04-02")
    for number in ("1", "2", "3", "4"):
        world.order(number, "CHAIR", 1, placed="2026-03-01", customer="H" if number != "4" else "D")
    with transaction() as saving:
        old = saving.query(models.PaymentMethod).filter_by(code="OLD").one()
        saving.query(models.Order).filter_by(number="2").one().payment_method_id = old.id
    world.authorization("3", on="2026-03-01", expires="2026-03-20")
    world.authorization("3", on="2026-03-01", expires="2026-03-25", number="LONGEST")
    world.authorization("3", on="2026-03-01", expires="2026-05-25", state="Voided")
    world.order("5", "LAMP", 1, placed="2026-03-01", customer="H")
    world.plan()
    rows = rows_of("expiring-payments", today)
    assert [
        (row["order_id"], row["payment_method_id"], row["good_through"], row["authorization_expires_at"],
         row["needed_on"], row["days_short"], row["state"])
        for row in rows
    ] == [
        ("2", "OLD", "2026-02-28", "", "2026-04-02", "", "dead"),
        ("3", "A", "2026-03-31", "2026-03-25T00:00:00+00:00", "2026-04-02", "8", "dies"),
        ("1", "A", "2026-03-31", "", "2026-04-02", "2", "dies"),
        ("5", "A", "2026-03-31", "", "", "", "unknown"),
        ("4", "", "", "", "2026-04-02", "", "unknown"),
    ]  # fmt: skip
    assert {row["state"] for row in rows_of("expiring-payments", today, ("sku", "LAMP"))} == {"unknown"}
    world.move("P", expected="2026-03-31")
    world.plan()
    by_order = {row["order_id"]: row for row in rows_of("expiring-payments", today)}
    assert by_order["1"]["state"] == "good", "on its last day a card is still good"


def test_a_divided_line_has_one_means_of_payment_needed_when_its_last_part_ships(world, today):
    world.card("A", month=3, year=2026)
    world.purchase_order("P", "CHAIR", 1, expected="2026-03-20")
    world.purchase_order("Q", "CHAIR", 3, expected="2026-04-10")
    world.order("1", "CHAIR", 4, placed="2026-03-01")
    with transaction() as saving:
        for part, qty in ((1, 1), (2, 3)):
            saving.add(models.LinePart(line_id=world.line("1").id, part=part, qty=qty, split_at=clock.now()))
    world.plan()
    (row,) = rows_of("expiring-payments", today)
    assert (row["needed_on"], row["days_short"], row["state"]) == ("2026-04-10", "10", "dies")


def test_a_held_unit_names_its_hold(shop, today):
    shop.hold("1", 5, kind="told")
    shop.plan()
    held = {row["order_id"]: row["held"] for row in rows_of("reservations", today)}
    assert held == {"1": "told", "4": ""}


@pytest.mark.parametrize("name", REPORTS)
def test_page_and_command_give_the_same_bytes(app, shop, manager, name, tmp_path):
    out = tmp_path / "report.csv"
    filters = ("channel=web", "supplier=MINHO", "act=person-added")
    chosen = next((one for one in filters if one.partition("=")[0] in REPORTS[name].filters), "")
    narrowed = ["--filter", chosen] if chosen else []
    done = app.test_cli_runner().invoke(args=["report", name, *narrowed, "--out", str(out)])
    assert (done.exit_code, done.output) == (0, "")
    assert manager.get(f"/reports/{name}?{chosen}").data == out.read_bytes()
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_panels_button_is_the_report_of_the_same_rows(shop, viewer):
    assert viewer.get("/aging/export?channel=web").data == viewer.get("/reports/backorders?channel=web").data


def test_the_page_lists_every_report_with_its_command(shop, manager):
    text = manager.get("/reports").text
    for report in REPORTS.values():
        assert f"flask report {report.name}" in text
        assert f'href="/reports/{report.name}"' in text
    assert manager.get("/reports/nonsense").status_code == 404
    assert manager.get("/reports/pegs?age=0-7").status_code == 200, "a filter of others is nobody's business here"


def test_the_page_of_a_report_has_its_filters_its_rows_and_a_download_of_exactly_these(shop, manager):
    given = {
        "backorders": "channel=web&placed=..2026-03-01",
        "pegs": "eta=next-7-days",
        "lead-times": "sku=LAMP",
        "history": "act=person-added",
    }
    for name, report in REPORTS.items():
        asked = given.get(name, "")
        text = manager.get(f"/reports/{name}/page?{asked}").text
        offered = set(re.findall(rf'hx-get="/reports/{name}/choices/([\w-]+)[?"]', text))
        assert offered == set(report.filters) - {"subject"}, name
        link = re.search(rf'href="(/reports/{name}(?:\?[^"]*)?)" download', text)[1].replace("&amp;", "&")
        rows = manager.get(link).data.decode("utf-8-sig").splitlines()[1:]
        assert manager.get(f"/reports/{name}?{asked}").data.decode("utf-8-sig").splitlines()[1:] == rows
        if report.count is not None:
            assert f", {len(rows)} row" in text, name
        assert report.about in text.replace("&#39;", "'")
    text = manager.get("/reports/backorders/page?channel=web&placed=last-7-days").text
    assert "flask report backorders --filter channel=web --filter placed=last-7-days" in text
    assert manager.get("/reports/nonsense/page").status_code == 404
    assert manager.get("/reports/backorders/choices/nonsense").status_code == 404


def test_every_menu_of_a_report_counts_the_rows_that_it_leads_to(shop, viewer):
    for name in ("reservations", "pegs"):
        for key in REPORTS[name].filters:
            menu = viewer.panel(f"/reports/{name}/choices/{key}").text
            for address, count in re.findall(r'class="menu-item" href="([^"]+)".*?class="menu-count">(\d+)<', menu):
                taken = viewer.get(address.replace("&amp;", "&").replace("/page", ""))
                assert len(taken.data.decode("utf-8-sig").splitlines()) - 1 == int(count), address


def test_who_took_a_report_last_when_and_with_which_filters_is_kept(app, shop, viewer, manager):
    assert manager.get("/reports").text.count("never taken") == len(REPORTS)
    assert viewer.get("/reports").text.count("never taken") == len(REPORTS) - 1, "the history is not for everybody"
    assert [viewer.get(f"/reports/history{page}").status_code for page in ("", "/page", "/choices/who")] == [403] * 3
    viewer.get("/aging/export?supplier=MINHO&deadline=overdue")
    app.test_cli_runner().invoke(args=["report", "pegs", "--out", "/dev/null"])
    assert app.test_cli_runner().invoke(args=["report", "pegs", "--filter", "sku=LAMP"]).exit_code == 0
    text = manager.get("/reports").text
    assert text.count("never taken") == len(REPORTS) - 2
    assert "Supplier: Minho Cadeiras, Deadline overdue" in text
    assert "/reports/backorders/page?supplier=MINHO&amp;deadline=overdue" in text, "the same again is one click away"
    assert "by command" in text
    page = manager.get("/reports/pegs/page").text
    assert page.index("SKU: LAMP") < page.index("all rows"), "the last first"
    assert db.session.query(models.Act).filter_by(act="report-exported").count() == 3
    viewer.get("/reports/backorders?supplier=NOBODY&age=weather")
    assert db.session.query(models.Act).filter_by(act="report-exported").count() == 3, "what was refused was not taken"


def test_a_copy_that_takes_no_writes_gives_its_reports_all_the_same(world, viewer):
    world.plan()
    on_sqlite = db.engine.dialect.name == "sqlite"

    def refuse_writes(connection, _record):
        read_only = "PRAGMA query_only = ON" if on_sqlite else "SET default_transaction_read_only = on"
        connection.cursor().execute(read_only)
        connection.commit()

    sa_event.listen(db.engine, "connect", refuse_writes)
    db.session.remove()
    db.engine.dispose()
    try:
        assert viewer.get("/reports/backorders").data.startswith(b"\xef\xbb\xbf")
    finally:
        sa_event.remove(db.engine, "connect", refuse_writes)
        db.session.remove()
        db.engine.dispose()
    assert db.session.query(models.Act).filter_by(act="report-exported").count() == 0, "the log alone says so"


def test_every_filter_is_documented():
    text = (ROOT / "docs" / "panels.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text.partition("## Filters")[2], re.MULTILINE) == list(EVERY_FILTER)


def test_reports_are_put_on_a_schedule_where_they_are(world, viewer):
    listed = viewer.get("/reports").text
    assert "Mail it to me on a schedule" in listed
    assert 'href="/report-schedules/new"' in listed
    of_one = viewer.get("/reports/backorders/page").text
    address = re.search(r'href="(/report-schedules/new[?][^"]+)"', of_one)[1].replace("&amp;", "&")
    assert re.search(r'<option selected[^>]*value="report backorders"', viewer.panel(address).text)
