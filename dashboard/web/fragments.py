"""The one builder of answers: page or fragment, refused, done, clash, over."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Response, flash, make_response, redirect, render_template, request, url_for

# A browser's session or form token is over: not HTTP's own number, but one that no cache or proxy acts upon.
SESSION_OVER = 419
VARY = ("HX-Request", "HX-Request-Type")

# What a page asks by itself, whoever sits before it: no sign that somebody is there, and no reason to take the page,
# with what was typed into it, away.
UNATTENDED_ENDPOINTS = frozenset({"live_state", "live_count"})
# What a panel shows that reads itself again: the mark of its last answer. Nobody's click carries one.
MARK_HEADER = "HX-PTag"


def is_fragment_request() -> bool:
    """Whether only a part of the page is asked for; a boosted or history request asks for the page."""
    return request.headers.get("HX-Request-Type") == "partial"


def is_htmx_request() -> bool:
    """Whether htmx asks, for a part or for the page."""
    return request.headers.get("HX-Request") == "true"


def mark_shown() -> str:
    """The mark of what a panel shows that reads itself again; empty where somebody asked for it."""
    return request.headers.get(MARK_HEADER, "")


def is_unattended() -> bool:
    """Whether the page asks by itself: no sign that somebody is there."""
    return request.endpoint in UNATTENDED_ENDPOINTS or bool(mark_shown())


def show(page: str, fragment: str, /, **context: Any) -> Response:
    """One URL, two faces: the fragment where a part is asked for, else the page that includes it."""
    return answer(fragment if is_fragment_request() else page, **context)


def answer(template: str, *, status: int = 200, events: Mapping[str, Any] | None = None, **context: Any) -> Response:
    """A rendered template with the headers that every answer of both faces needs."""
    response = make_response(render_template(template, **context), status)
    response.vary.update(VARY)
    if events:
        response.headers["HX-Trigger"] = json.dumps(dict(events))
    return response


def failed(status: int, **problem: Any) -> Response:
    """An error as a page; within a page as a notice at its foot, so that what stands there, and was typed, stays."""
    if not is_fragment_request():
        was_read = request.method in ("GET", "HEAD")
        again = path_on_this_site(request.url) if was_read and status >= 500 else None
        back = None if was_read else path_on_this_site(request.referrer)
        return answer("errors/page.html", status=status, code=status, again_url=again, back_url=back, **problem)
    response = answer("errors/_fragment.html", status=status, code=status, **problem)
    response.headers.update({"HX-Retarget": "#errors", "HX-Reswap": "innerHTML", "HX-Push-Url": "false"})
    return response


def unchanged() -> Response:
    """What the panel shows is still so: 304."""
    response = make_response("", 304)
    response.vary.update(VARY)
    return response


def again(written: bytes) -> Response:
    """A fragment that was written before."""
    response = make_response(written)
    response.vary.update(VARY)
    return response


def invalid(page: str, fragment: str, /, **context: Any) -> Response:
    """The same form again with what is wrong at its fields and the typed text kept: 422."""
    return answer(fragment if is_fragment_request() else page, status=422, **context)


def conflict(page: str, fragment: str, /, **context: Any) -> Response:
    """The same form on the new state, with who changed it and when, and the typed text kept: 409."""
    return answer(fragment if is_fragment_request() else page, status=409, **context)


def done(
    slot: str, *, notice: str, events: Mapping[str, Any], to: str, undo: str | None = None, **shown: Any
) -> Response:
    """The form's slot empty again, a notice (with its undo where there is one), and the news for every panel.

    Without JavaScript the browser goes to `to`, where the notice waits.
    """
    if not is_htmx_request():
        flash(notice, "done")
        return make_response(redirect(to, code=303))
    return answer("components/_done.html", events=events, slot=slot, notice=notice, undo=undo, **shown)


def not_undone(sentence: str, *, to: str) -> Response:
    """An undo that a rule refuses: 422, and the sentence in the place of the notice whose button was pressed."""
    if not is_htmx_request():
        flash(sentence, "error")
        return make_response(redirect(to, code=303))
    return answer("components/_not_undone.html", status=422, sentence=sentence)


def elsewhere(address: str) -> Response:
    """Something else comes first: there, by redirect, or for htmx by HX-Redirect; a page that asks by itself waits."""
    if not is_htmx_request():
        return make_response(redirect(address))
    response = make_response("", 204)
    if not is_unattended():
        response.headers["HX-Redirect"] = address
    return response


def session_is_over() -> Response:
    """Who is not signed in goes to sign in and comes back: by redirect, or for htmx by 419 and HX-Redirect.

    A page that asks by itself only says so.
    """
    if not is_htmx_request():
        return make_response(redirect(url_for("security.login", next=_path_asked_for())))
    if request.endpoint in UNATTENDED_ENDPOINTS:
        sign_in_url = url_for("security.login", next=_page_of_htmx())
        return answer("frame/_signed_out.html", status=SESSION_OVER, sign_in_url=sign_in_url)
    response = make_response("", SESSION_OVER)
    if not mark_shown():
        response.headers["HX-Redirect"] = url_for("security.login", next=_page_of_htmx())
    response.vary.update(VARY)
    return response


def _path_asked_for() -> str:
    """Where to come back to: only what was read, never what was posted."""
    if request.method not in ("GET", "HEAD"):
        return url_for_start()
    return request.full_path.rstrip("?")


def _page_of_htmx() -> str:
    """The page that htmx runs in, as a path on this site."""
    return path_on_this_site(request.headers.get("HX-Current-URL")) or url_for_start()


def page_asked_from() -> str:
    """The page that the browser shows while it asks, as a path on this site."""
    return path_on_this_site(request.headers.get("HX-Current-URL") or request.referrer) or url_for_start()


def path_on_this_site(address: str | None) -> str | None:
    """An address as a path on this site; None where it is none, or leads to another host."""
    try:
        asked = urlsplit(address or "")
    except ValueError:  # as of "http://[", which is no address at all
        return None
    # A browser takes a backslash for a slash, and what begins with two of them for another host.
    if (asked.netloc and asked.netloc != request.host) or not re.match(r"/(?![/\\])", asked.path):
        return None
    return asked.path + (f"?{asked.query}" if asked.query else "")


def url_for_start() -> str:
    """The desk's first page."""
    return "/"
