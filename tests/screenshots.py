"""The pictures of the README, taken of the demo merchant: `make screenshots`.

The merchant is made anew in a file of its own for a fixed day, so that the same version gives the same picture.
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from playwright.sync_api import sync_playwright

from dashboard import create_app
from dashboard.cli.demo import FIRST_SEED, make_demo
from dashboard.config import ROOT
from dashboard.demo import SHOP_NAME
from dashboard.demo.sign_ins import DEMO_SIGN_INS
from tests import chromium
from tests.browser.server import served

IMAGES = ROOT / "docs" / "images"
SHOP_DAY = date(2026, 3, 12)
WINDOW = {"width": 1280, "height": 860}
PICTURES = {"overview.png": "/overview", "aging.png": "/aging"}
LARGEST = 300_000  # bytes; a README is read over slow lines too


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
    with app.app_context():
        make_demo("small", FIRST_SEED, say=print)
    manager = next(person for person in DEMO_SIGN_INS if person.role == "manager")
    IMAGES.mkdir(exist_ok=True)
    with served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=["--no-sandbox"])
        page = browser.new_page(base_url=address, viewport=WINDOW, reduced_motion="reduce")
        page.goto("/")
        page.get_by_label("E-mail").fill(manager.email)
        page.get_by_label("Password", exact=True).fill(manager.password)
        page.get_by_role("button", name="Sign in").click()
        for name, shown in PICTURES.items():
            page.goto(shown)
            page.wait_for_load_state("networkidle")
            picture = page.screenshot(path=IMAGES / name)
            print(f"{name}: {len(picture):,} bytes")
            if len(picture) > LARGEST:
                raise SystemExit(f"{name} is larger than {LARGEST:,} bytes: show less in it.")
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="desk-screenshots-") as folder:
        take(Path(folder) / "demo.sqlite3")
