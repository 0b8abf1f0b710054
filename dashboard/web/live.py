"""Whether what stands on open screens is still so: the live state, the pulse by which pages ask, marks of answers."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, wraps
from hashlib import sha256
from typing import Any, TypeVar

from babel.dates import format_date
from flask import Flask, Response, after_this_request, current_app, g, make_response, request
from flask_security import current_user
from itsdangerous import BadSignature, Signer
from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.config import ROOT
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.formats import NO_BREAK_SPACE
from dashboard.web.guards import requires

# How often a page that somebody sees asks whether anything changed, in seconds. With what a process may answer from
# memory and the time that a panel takes to come, a change is on every screen within two.
PULSE_EVERY = 1.25
# How old a process's own knowledge of that may be: many pages ask, the database is asked this often.
READ_EVERY = 0.2
# How often a page asks in full, which alone tells it that its session is over.
LOOK_EVERY = 30

PULSE_PATH = "/pulse"
PULSE_HEADERS = (
    ("Cache-Control", "no-store, private"),
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'"),
)
# Panels read themselves again when they hear it.
CHANGED = {"backorder-changed": {"target": "body"}}
# Answers that are the same for many people are kept for those who ask next; each is some tens of kilobytes.
ANSWERS_KEPT = 64
MARK_LENGTH = 32
# What every page is written with, beside what is in the database.
SETTINGS_SHOWN = ("SHOP_NAME", "SHOP_TIMEZONE", "SHOP_REGION", "SHOP_LOCALE", "BUSINESS_DATE")

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class LiveState:
    """Whether the figures on a page are of the shop's day and of all facts, and which facts and plan those are."""

    planned_for: date | None  # the day that they are of; None before the first plan
    is_of_another_day: bool  # which is not the shop's
    has_facts_left: bool  # facts that no figure knows yet
    versions: tuple[int, ...]  # of every topic, in the order of their names

    @property
    def is_catching_up(self) -> bool:
        return self.is_of_another_day or self.has_facts_left

    @property
    def word(self) -> str:
        """What the top bar says: it is written anew only when this differs."""
        return f"{'catching-up' if self.is_catching_up else 'live'}-{self.planned_for or 'never'}"

    @property
    def mark(self) -> str:
        """By which a page says what it shows; signed, so that only who was shown it can ask by it."""
        return _signer(current_app).sign(f"{self.word}-{'-'.join(map(str, self.versions))}").decode()


def show_live_state(app: Flask, look: Callable[[Session], LiveState]) -> None:
    """Show in the frame whether the figures are up to date, as `look` finds it."""
    app.extensions["live_state"] = look


def register(app: Flask) -> None:
    """Let pages ask whether they are still live, and panels be answered by their mark."""
    app.extensions["kept_answers"] = KeptAnswers()
    app.wsgi_app = Pulse(app)  # type: ignore[method-assign]
    app.jinja_env.globals["live_mark"] = lambda: g.get("live_mark", "")
    app.add_url_rule("/live-state", "live_state", live_state)


def live(*, shared: bool = False) -> Callable[[View], View]:
    """A page whose panel reads itself again: 304 as long as what it shows is still so.

    Its mark is of all that it is made of: facts and plan, the shop's day, the address, the person and what they may do,
    the settings, the code. `shared` says that it depends on nothing of the person but their roles: then it is written
    once for all who ask. It must hold no form, whose token is one person's.
    """

    def marked(view: View) -> View:
        @wraps(view)
        def answered(*args: Any, **kwargs: Any) -> Any:
            # Before the rows, in the same connection: else old rows could be kept under a new mark for ever.
            g.live_mark = mark = _mark_of_answer(shared=shared)
            if not fragments.is_fragment_request():
                return view(*args, **kwargs)
            if fragments.mark_shown() == mark:
                return fragments.unchanged()
            if not shared:
                return view(*args, **kwargs)
            kept: KeptAnswers = current_app.extensions["kept_answers"]
            return fragments.again(kept.get(mark, lambda: make_response(view(*args, **kwargs)).get_data()))

        return answered  # type: ignore[return-value]

    return marked


def see_before_anything_is_read() -> None:
    """A page's live state, before its rows: else it could call old rows live for ever."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_page = hasattr(view, "required_permission") and not fragments.is_fragment_request()
    if is_page and current_user.is_authenticated:
        g.live_state = _live_state()


def in_frame() -> dict[str, Any]:
    """What the top bar shows of it."""
    return {"live": g.get("live_state"), **_particulars()}


@requires(Permission.SEE_DESK)
def live_state() -> Response:
    """The day and the live state again, for a page that stands open: nothing while they are as it shows them.

    When the figures have caught up, its panels are told to read themselves again.
    """
    state = _live_state()
    if state.mark == request.args.get("shown"):
        return make_response("", 204)
    events = None if state.is_catching_up else CHANGED
    return fragments.answer("frame/_live_state.html", events=events, live=state, **_particulars())


class Pulse:
    """Answers pages that ask whether anything changed, before anything else of the desk is troubled.

    A page shows the mark that it was given: 204 while that is the present one, else the present one. Whoever shows
    none that the desk has signed learns nothing. Neither session nor, mostly, database is asked, which costs a tenth of
    what any other answer costs: hundreds of pages may ask every second.
    """

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._answer_all_else = app.wsgi_app
        self._reading = threading.Lock()
        self._read_at = float("-inf")
        self._present: tuple[str, str] | None = None  # mark and word; None where they could not be read
        self._asked = Counter(
            "desk_pulses", "Pages that asked whether anything changed.", registry=app.extensions["measurements"]
        )

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PULSE_PATH:
            return self._answer_all_else(environ, start_response)
        self._asked.inc()
        try:
            mark, word = self._now()
        except SQLAlchemyError:
            return _answer_pulse(start_response, "503 SERVICE UNAVAILABLE", b"")
        shown = environ.get("QUERY_STRING", "")
        if shown == mark:
            return _answer_pulse(start_response, "204 NO CONTENT")
        known = self._has_signed(shown)
        return _answer_pulse(
            start_response, "200 OK", json.dumps({"mark": mark, "word": word} if known else {}).encode()
        )

    def _now(self) -> tuple[str, str]:
        """The present mark, read from the database by one of those who ask; the others take what was read last."""
        if self._is_old() and self._reading.acquire(blocking=self._present is None):
            try:
                if self._is_old():
                    self._present = self._read()
            except SQLAlchemyError:
                self._present = None
                raise
            finally:
                self._read_at = time.monotonic()
                self._reading.release()
        present = self._present
        if present is None:
            raise SQLAlchemyError("The database did not answer a moment ago.")
        return present

    def _is_old(self) -> bool:
        return time.monotonic() - self._read_at >= READ_EVERY

    def _read(self) -> tuple[str, str]:
        with self._app.app_context(), Session(db.engine) as session:
            state: LiveState = self._app.extensions["live_state"](session)
            return state.mark, state.word

    def _has_signed(self, shown: str) -> bool:
        try:
            _signer(self._app).unsign(shown)
        except BadSignature:
            return False
        return True


def _answer_pulse(start_response: Any, status: str, body: bytes | None = None) -> list[bytes]:
    headers = [*PULSE_HEADERS]
    if body is not None:
        headers += [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response(status, headers)
    return [body] if body else []


class KeptAnswers:
    """The fragments that were written last, by their marks: one is written once, however many ask for it at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._writing: dict[str, threading.Lock] = {}
        self._changing = threading.Lock()

    def get(self, mark: str, write: Callable[[], bytes]) -> bytes:
        """The answer of a mark; who comes first writes it, and who comes meanwhile waits for that."""
        with self._changing:
            if mark in self._kept:
                self._kept.move_to_end(mark)
                return self._kept[mark]
            writing = self._writing.setdefault(mark, threading.Lock())
        with writing:
            try:
                written = self._kept.get(mark)
                if written is None:
                    written = write()
                    self._keep(mark, written)
                return written
            finally:
                self._writing.pop(mark, None)

    def _keep(self, mark: str, written: bytes) -> None:
        with self._changing:
            self._kept[mark] = written
            if len(self._kept) > ANSWERS_KEPT:
                self._kept.popitem(last=False)


def _mark_of_answer(*, shared: bool) -> str:
    state = g.get("live_state") or current_app.extensions["live_state"](db.session())
    made_of = (
        state.versions,
        clock.today().isoformat(),
        request.full_path,
        sorted(role.name for role in current_user.roles),
        None if shared else current_user.get_id(),
        [str(current_app.config[name]) for name in SETTINGS_SHOWN],
        _edition(),
    )
    return sha256(repr(made_of).encode()).hexdigest()[:MARK_LENGTH]


@cache
def _edition() -> str:
    """Which code and templates write the pages: another edition may write the same facts otherwise."""
    written = sha256()
    for folder, files in (("dashboard", "*.py"), ("templates", "*.html")):
        for path in sorted((ROOT / folder).rglob(files)):
            written.update(path.read_bytes())
    return written.hexdigest()


def _signer(app: Flask) -> Signer:
    keys = [*app.config["SECRET_KEY_FALLBACKS"], app.config["SECRET_KEY"]]
    return Signer(keys, salt="live state", digest_method=sha256)


def _live_state() -> LiveState:
    """How the figures stand; who finds them behind has them catch up, after the answer."""
    state: LiveState = current_app.extensions["live_state"](db.session())
    if state.is_catching_up:
        ask_for = current_app.extensions["queue"].ask_for
        after_this_request(lambda response: _call_on_close(response, lambda: ask_for("catch_up")))
    return state


def _call_on_close(response: Response, call: Callable[[], Any]) -> Response:
    response.call_on_close(call)
    return response


def _particulars() -> dict[str, Any]:
    written = format_date(clock.today(), "EEE d MMM y", locale=current_app.config["SHOP_LOCALE"])
    return {
        "shop_day": written.replace(" ", NO_BREAK_SPACE),
        "shop_day_pinned": clock.is_pinned(),
        "shop_zone": current_app.config["SHOP_TIMEZONE"],
        "pulse_url": request.script_root + PULSE_PATH,
        "pulse_every": PULSE_EVERY,
        "look_every": LOOK_EVERY,
    }
