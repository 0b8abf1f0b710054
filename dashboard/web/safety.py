"""What every answer tells the browser: what it may run, keep and say on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # not stricter: over https a form's token is believed only with its origin
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
A_YEAR = 31_536_000
VERSION_CHARACTERS = 12
LARGEST_REQUEST = 32 * 1024 * 1024


def register(app: Flask) -> None:
    """Put the headers on every answer and the version into every address of a static file."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    app.config["SEND_FILE_MAX_AGE_DEFAULT"] = None
    app.after_request(_headers)
    app.url_defaults(_version_static_address)
    app.jinja_env.globals["static_url"] = static_url


def static_url(file_name: str) -> str:
    """The address of a static file, which changes when the file does, so that browsers may keep it for a year."""
    return current_app.url_for("static", filename=file_name)


def _version_static_address(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static" and "filename" in values and "v" not in values:
        version = _version(Path(current_app.static_folder or "") / values["filename"])
        if version:
            values["v"] = version


# By path: when it was last changed and how long it is, and the version that this gave.
_versions: dict[Path, tuple[tuple[int, int], str]] = {}


def _version(path: Path) -> str:
    try:
        state = path.stat()
    except OSError:
        return ""
    seen = (state.st_mtime_ns, state.st_size)
    known = _versions.get(path)
    if known is None or known[0] != seen:
        known = (seen, hashlib.sha256(path.read_bytes()).hexdigest()[:VERSION_CHARACTERS])
        _versions[path] = known
    return known[1]


def protected(response: Response, *, is_secure: bool) -> Response:
    """The answer with what every one of them tells the browser; nobody may keep it."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_secure or current_app.config["BASE_URL"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", STRICT_TRANSPORT)
    response.headers["Cache-Control"] = "no-store, private"
    return response


def _headers(response: Response) -> Response:
    protected(response, is_secure=request.is_secure)
    if request.endpoint == "static":
        _let_browsers_keep(response)
    return response


def _let_browsers_keep(response: Response) -> None:
    if response.status_code in (200, 206, 304) and "v" in request.args:
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"
