"""Whether what stands on open screens is still so: the live state, the pulse by which pages ask, marks of answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from babel.dates import format_date
from flask import Flask, Response, after_this_request, current_app, g, make_response, request
from flask_security import current_user
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import formats, fragments, marks
from dashboard.web.formats import NO_BREAK_SPACE
from dashboard.web.guards import requires
from dashboard.web.kept_answers import KeptAnswers
from dashboard.web.pulse import PULSE_EVERY, PULSE_PATH, Pulse
from dashboard.web.rereads import LIVE_STATE_PATH, Rereads

# How often a page asks in full, which alone tells it that its session is over.
LOOK_EVERY = 30
# Panels read themselves again when they hear it.
CHANGED = {"backorder-changed": {"target": "body"}}

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class LiveState:
    """Whether the figures on a page are of the shop's day and of all facts, and which facts and plan those are."""

    planned_for: date | None  # the day that they are of; None before the first plan
    is_of_another_day: bool  # which is not the shop's
    has_facts_left: bool  # facts that no figure knows yet
    versions: tuple[int, ...]  # of every topic, in the order of their names
    calls: int  # the version of whom staff call back alone

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
        return marks.signed(current_app, f"{self.word}-{'-'.join(map(str, self.versions))}")


def show_live_state(app: Flask, look: Callable[[Session], LiveState]) -> None:
    """Show in the frame whether the figures are up to date, as `look` finds it."""
    app.extensions["live_state"] = look


def register(app: Flask) -> None:
    """Let pages ask whether they are still live, and panels be answered by their mark."""
    app.extensions["kept_answers"] = KeptAnswers()
    app.wsgi_app = Rereads(app)  # type: ignore[method-assign]
    app.extensions["pulse"] = app.wsgi_app = Pulse(app)  # type: ignore[method-assign]
    app.jinja_env.globals["live_mark"] = lambda: g.get("live_mark", "")
    app.add_url_rule(LIVE_STATE_PATH, "live_state", live_state)


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


def _mark_of_answer(*, shared: bool) -> str:
    state = g.get("live_state") or current_app.extensions["live_state"](db.session())
    return marks.mark_of_answer(
        state.versions,
        address=request.full_path,
        roles=[role.name for role in current_user.roles],
        locale=formats.locale_in_use(),
        person=None if shared else current_user.get_id(),
    )


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
    written = format_date(clock.today(), "EEE d MMM y", locale=formats.locale_in_use())
    return {
        "shop_day": written.replace(" ", NO_BREAK_SPACE),
        "shop_day_pinned": clock.is_pinned(),
        "shop_zone": current_app.config["SHOP_TIMEZONE"],
        "pulse_url": request.script_root + PULSE_PATH,
        "pulse_every": PULSE_EVERY,
        "look_every": LOOK_EVERY,
    }
