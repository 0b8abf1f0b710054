"""The pictures of the README taken of the demo merchant: `make screenshots`.

The merchant is made anew in a file of its own for a fixed day, so that the same version gives the same picture.
"""

from __future__ import annotations

import base64
import tempfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from playwright.sync_api import Page, ViewportSize, sync_playwright

from dashboard import create_app
from dashboard.actions.assignments.action import assign_line
from dashboard.actions.call_backs.action import promise_call_back
from dashboard.actions.card_requests.action import request_card
from dashboard.actions.delay_notices.action import tell_customer
from dashboard.actions.notes.action import write_note
from dashboard.actions.order_follows.action import follow_order
from dashboard.cli.demo import FIRST_SEED, make_demo
from dashboard.config import ROOT
from dashboard.database import db
from dashboard.demo import SHOP_NAME
from dashboard.demo.sign_ins import DEMO_SIGN_INS, DemoSignIn
from dashboard.models import PurchaseOrder, PurchaseOrderLine, Supplier, SupplierSku, User, Waiting
from tests import chromium
from tests.browser.server import served

IMAGES = ROOT / "docs" / "images"
SHOP_DAY = date(2026, 3, 12)
WINDOW: ViewportSize = {"width": 1280, "height": 860}
SMALL_WINDOW: ViewportSize = {"width": 1180, "height": 760}
PICTURES = {"overview.png": "/overview", "aging.png": "/aging"}
# What docs/pages.md shows, by the file's name: of a page what a small window sees of it, of an act its form.
PAGES = {
    "overview": "/overview",
    "aging": "/aging",
    "cancellation-risk": "/cancellation-risk",
    "expiring-payments": "/expiring-payments",
    "lead-times": "/lead-times",
    "fast-movers": "/fast-movers",
    "orders": "/orders?backorder=yes",
    "order": "/orders/{order}",
    "line": "/orders/{order}/lines/{line}",
    "my-list": "/my-list",
    "purchasing": "/purchasing",
    "purchase-order": "/purchase-orders/{supply}",
    "receiving": "/receiving",
    "picking": "/picking",
    "deals": "/deals",
    "reports": "/reports",
    "track-record": "/track-record",
    "history": "/history",
    "intake": "/intake",
    "mail-to-me": "/mail-to-me",
    "personal-data": "/personal-data/{customer}",
    "health": "/health",
    "offers": "/offers",
    "messages": "/messages",
    "texts": "/messages/texts/date-moved",
    "people": "/people",
    "settings": "/settings",
    "setting": "/settings/tiers",
}
FORMS = {
    "shipment-splits": "/orders/{order}/lines/{line}/shipment-splits/new",
    "incentive-offers": "/orders/{order}/lines/{line}/incentive-offers/new",
    "supplier-reassignments": "/purchase-orders/{supply}/lines/{supply_line}/supplier-reassignments/new",
    "cancellations": "/orders/{order}/lines/{line}/cancellations/new",
    "quantity-cuts": "/orders/{order}/lines/{line}/quantity-cuts/new",
    "priorities": "/orders/{order}/priorities/new",
    "holds": "/orders/{order}/lines/{line}/holds/new",
    "ties": "/orders/{order}/lines/{line}/ties/new",
    "card-requests": "/orders/{order}/card-requests/new",
    "notes": "/orders/{order}/notes/new",
    "receipts": "/purchase-orders/{supply}/lines/{supply_line}/receipts/new",
    "purchase-order-dates": "/purchase-orders/{supply}/lines/{supply_line}/purchase-order-dates/new",
    "stock-counts": "/skus/{sku}/stock-counts/new",
    "text-changes": "/messages/texts/date-moved/en/text-changes/new",
    "report-schedules": "/report-schedules/new",
    "mail-choices": "/mail-choices/new",
    "customer-erasures": "/customers/{customer}/customer-erasures/new",
}
LARGEST = 300_000  # bytes; a README is read over slow lines too
LARGEST_OF_A_PAGE = 150_000  # there are fifty of these
WEBP_QUALITY = 82  # letters stay sharp


def take(file: Path) -> None:
    app = create_app(
        {
            "DATABASE_URL": f"sqlite:///{file}",
            "SECRET_KEY": "for an hour and one machine",
            "BUSINESS_DATE": SHOP_DAY,
            "SHOP_NAME": SHOP_NAME,
            "LOG_LEVEL": "WARNING",
        }
    )
    admin = next(person for person in DEMO_SIGN_INS if person.role == "admin")
    with app.app_context():
        make_demo("small", FIRST_SEED, say=print)
        shown = what_is_shown()
        give_work(admin.email)
    manager = next(person for person in DEMO_SIGN_INS if person.role == "manager")
    (IMAGES / "pages").mkdir(parents=True, exist_ok=True)
    with served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])

        def desk(person: DemoSignIn, window: ViewportSize) -> Page:
            page = browser.new_page(base_url=address, viewport=window, reduced_motion="reduce")
            page.goto("/")
            page.get_by_label("E-mail").fill(person.email)
            page.get_by_label("Password", exact=True).fill(person.password)
            page.get_by_role("button", name="Sign in").click()
            return page

        page = desk(manager, WINDOW)
        for name, at in PICTURES.items():
            picture(page, at, IMAGES / name)
        page = desk(admin, SMALL_WINDOW)
        for name, at in PAGES.items():
            picture(page, at.format(**shown), IMAGES / "pages" / f"{name}.webp")
        for name, at in FORMS.items():
            picture(page, at.format(**shown), IMAGES / "pages" / f"{name}.webp", of=".act-page form")
        browser.close()


def picture(page: Page, at: str, file: Path, *, of: str = "") -> None:
    """What a window sees at an address, or a part of it."""
    answer = page.goto(at)
    if answer is None or not answer.ok:
        raise SystemExit(f"{at} answers {answer and answer.status}: nothing to take a picture of.")
    page.wait_for_load_state("networkidle")
    taken, largest = (webp(page, of), LARGEST_OF_A_PAGE) if file.suffix == ".webp" else (page.screenshot(), LARGEST)
    print(f"{file.name}: {len(taken):,} bytes")
    if len(taken) > largest:
        raise SystemExit(f"{file.name} is larger than {largest:,} bytes: show less in it.")
    file.write_bytes(taken)


def webp(page: Page, of: str) -> bytes:
    """A picture in a third of the bytes of a PNG, which the browser makes when it is asked in its own language."""
    asked: dict[str, Any] = {"format": "webp", "quality": WEBP_QUALITY}
    if of:
        box = page.locator(of).bounding_box()
        if box is None:
            raise SystemExit(f"{page.url} shows no {of}.")
        asked |= {"clip": {**box, "scale": 1}, "captureBeyondViewport": True}
    answer = page.context.new_cdp_session(page).send("Page.captureScreenshot", asked)
    return base64.b64decode(answer["data"])


def what_is_shown() -> dict[str, str]:
    """An order with something here and something to come, where it comes from, and whose it is."""
    row, po, po_line = Waiting, PurchaseOrder, PurchaseOrderLine
    waits = db.session.execute(
        sa.select(row.order_number, row.line_no, row.sku, row.customer_id)
        .where(row.qty_reserved > 0, row.purchase_order_id.is_not(None))
        .order_by(row.order_number, row.line_no)
        .limit(1)
    ).one()
    # Something of which another supplier has terms too, so that it can be had from somebody else.
    elsewhere = (
        sa.select(SupplierSku.id)
        .join(Supplier, Supplier.id == SupplierSku.supplier_id)
        .where(SupplierSku.sku_id == po_line.sku_id, SupplierSku.supplier_id != po.supplier_id, Supplier.active)
        .exists()
    )
    comes = db.session.execute(
        sa.select(po.number, po_line.line_no)
        .join(po, po.id == po_line.purchase_order_id)
        .where(po_line.qty_open > 0, elsewhere)
        .order_by(po_line.qty_open.desc(), po.number)
        .limit(1)
    ).one()
    return {
        "order": waits.order_number,
        "line": str(waits.line_no),
        "sku": waits.sku,
        "customer": str(waits.customer_id),
        "supply": comes.number,
        "supply_line": str(comes.line_no),
    }


def give_work(email: str) -> None:
    """Something of each kind for whoever has that address, so that their own list can be seen."""
    person = db.session.execute(sa.select(User.id).where(User.email == email)).scalar_one()
    row = Waiting
    lines = db.session.execute(
        sa.select(row.order_id, row.line_no, row.payment_state, row.deadline_kind)
        .where(row.line_no == 1, row.part == 1)
        .order_by(row.deadline, row.order_number)
    ).all()
    about = ("asks whether the chairs can come before Easter", None)
    for line, days, what in zip(lines, (1, 2), about, strict=False):
        day = SHOP_DAY + timedelta(days=days)
        promise_call_back(line.order_id, day=day, at="10:30", about=what, actor=person)
    unpaid = next(line for line in lines if line.payment_state in ("dead", "dies"))
    request_card(unpaid.order_id, again=True, actor=person)
    untold = next(line for line in lines if line.deadline_kind == "delay-notice")
    tell_customer(untold.order_id, actor=person)
    for line in lines[2:5]:
        assign_line(line.order_id, line.line_no, person=person, actor=person)
    for line in lines[5:7]:
        follow_order(line.order_id, actor=person)
    write_note(lines[5].order_id, says="She rings at noon.", actor=None)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="desk-screenshots-") as folder:
        take(Path(folder) / "demo.sqlite3")
