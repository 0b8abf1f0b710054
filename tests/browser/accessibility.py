"""Whether a page can be used by everybody, as far as a machine can tell."""

from __future__ import annotations

import json
import warnings
from typing import Any

from playwright.sync_api import Page

from dashboard.config import ROOT

AXE = ROOT / "static" / "vendor" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REFUSED = ("serious", "critical")


def assert_accessible(page: Page, *, within: str | None = None) -> None:
    """axe-core finds nothing serious or critical on the page; what is lesser is reported as a warning."""
    # Read into the page by the debugger: our own policy rightly refuses a script that is not served.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate(f"axe.run({json.dumps(within)} || document, {json.dumps(options)})")
    for violation in found["violations"]:
        if violation["impact"] not in REFUSED:
            warnings.warn(f"axe ({violation['impact']}) on {page.url}: {_told(violation)}", stacklevel=2)
    refused = [_told(violation) for violation in found["violations"] if violation["impact"] in REFUSED]
    assert not refused, f"axe-core refuses {page.url}:\n" + "\n".join(refused)


def _told(violation: dict[str, Any]) -> str:
    places = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:5])
    return f"{violation['id']}: {violation['help']} ({len(violation['nodes'])} places: {places})"
