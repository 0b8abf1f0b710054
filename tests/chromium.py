"""The browser that the tests drive: the system's Chromium or Chrome, else playwright's, else apt's where it may.

`python -m tests.chromium` makes sure that there is one, and says in a sentence what to do where it cannot.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
STARTS_WITHIN = 60  # seconds; a cold disk is slow
INSTALLS_WITHIN = 600


def find() -> str | None:
    """The path of a browser that starts, or None."""
    for candidate in (*map(shutil.which, NAMES), *PLACES):
        if candidate and _starts(candidate):
            return candidate
    playwrights = _playwrights_own()
    return playwrights if _starts(playwrights) else None


def obtain() -> str | None:
    """A browser that starts, installed if need be; None where nobody would let us."""
    return find() or (_install_playwrights() and find()) or (_install_from_apt() and find()) or None


def _starts(path: str) -> bool:
    if not Path(path).exists():
        return False
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=STARTS_WITHIN).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return playwright.chromium.executable_path


def _install_playwrights() -> bool:
    print("No Chromium or Chrome here; asking playwright for its own.", flush=True)
    return _done([sys.executable, "-m", "playwright", "install", "chromium"])


def _install_from_apt() -> bool:
    if shutil.which("apt-get") is None:
        return False
    if os.geteuid() == 0:
        as_root: list[str] = []
    elif shutil.which("sudo") and _done(["sudo", "-n", "true"]):
        as_root = ["sudo", "-n"]
    else:
        return False
    print("Installing Chromium with apt-get.", flush=True)
    quietly = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    _done([*quietly, "update"])  # One stale list among several is no reason to stop.
    return _done([*quietly, "install", "-y", "--no-install-recommends", "chromium"])


def _done(command: list[str]) -> bool:
    try:
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=INSTALLS_WITHIN)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return ended.returncode == 0


if __name__ == "__main__":
    if obtain() is None:
        sys.exit(
            "The browser tests need Chromium or Chrome, and neither playwright nor apt-get could bring one. Install "
            "one, so that `chromium` or `google-chrome` is on the PATH, or run only the others: "
            ".venv/bin/python -m pytest -m 'not browser'"
        )
