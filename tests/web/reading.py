"""What pages do that stand open, without a browser."""

from __future__ import annotations

import re

from dashboard import topics
from dashboard.database import transaction
from dashboard.web.fragments import MARK_HEADER


def mark_of_page(page) -> str:
    return re.search(r'data-mark="([^"]+)"', page.text).group(1)


def mark_of_panel(answer) -> str:
    return re.search(r'data-live="([^"]*)"', answer.text).group(1)


def reads(browser, address: str = "/aging", *, showing: str = ""):
    """As a panel that reads itself again."""
    return browser.panel(address, headers={MARK_HEADER: showing} if showing else {})


def something_changes() -> None:
    with transaction() as session:
        topics.bump(session.connection(), topics.FACTS)
