"""Files in somebody's hands: chosen, looked at, loaded while one watches, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, expect

from tests.actions.sending import KIT, work
from tests.browser.accessibility import assert_accessible
from tests.factories import World

FAULTY = "order_id,line_no,sku,qty\n10480,1,CHAIR,6\n10481,1,CHAIR,none\n"


def test_files_are_sent_watched_and_undone(
    app: Flask, world: World, open_desk: Callable[..., Page], tmp_path: Path
) -> None:
    app.instance_path = str(tmp_path)
    world.purchase_order("PO-1", "CHAIR", 12, promised="2026-03-20")
    world.order("10479", "CHAIR", 2, placed="2026-02-01")
    world.plan()
    page = open_desk("/intake")
    page.get_by_role("link", name="Send files").first.click()
    sent = [*KIT[:2], ("order_lines.csv", FAULTY)]
    page.get_by_label("Files of the kit").set_input_files(
        [{"name": name, "mimeType": "text/csv", "buffer": text.encode()} for name, text in sent]
    )
    expect(page.locator(".files-chosen li")).to_have_count(3)
    page.get_by_role("button", name="Look at 3 files").click()
    expect(page.get_by_text("It begins in a moment.")).to_be_visible()
    assert_accessible(page)

    work()
    page.get_by_role("link", name="Load these files").click()
    expect(page.get_by_role("row", name="order_lines.csv 3")).to_contain_text("qty")
    assert_accessible(page)
    page.get_by_label("Why").fill("the export of March")
    page.keyboard.press("Enter")
    expect(page.locator(".badge")).to_contain_text("Waiting")

    work()
    expect(page.locator(".badge")).to_contain_text("Loaded")
    expect(page.locator("#intake-progress")).to_have_count(0)
    assert_accessible(page)

    page.get_by_role("link", name="Undo").click()
    expect(page.locator(".foreseen")).to_contain_text("removed")
    page.get_by_role("button", name="Undo the load").click()
    expect(page.locator(".badge")).to_contain_text("Undone")
