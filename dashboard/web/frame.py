"""What stands around every page: where one can go, what day it is for the shop, whether the figures are of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Flask, Response, abort, after_this_request, current_app, g, make_response, redirect, request, url_for
from flask_security import current_user
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.config import LOOPBACK_HOSTS
from dashboard.database import db
from dashboard.permissions import Permission, can
from dashboard.web import fragments
from dashboard.web.formats import NO_BREAK_SPACE
from dashboard.web.guards import requires

DEMO_BANNER = (
    "This is a made-up merchant. For your own: .venv/bin/flask db upgrade, .venv/bin/flask intake load FOLDER, "
    "then make run."
)


# How often a page asks whether it is still live, in seconds: seldom, but soon again while figures catch up.
LIVE_SECONDS, CATCHING_UP_SECONDS = 25, 4

# Panels read themselves again when they hear it.
CHANGED = {"backorder-changed": {"target": "body"}}


@dataclass(frozen=True)
class LiveState:
    """Whether the figures on a page are of the shop's day and of all facts that came in."""

    planned_for: date | None  # the day that they are of; None before the first plan
    is_of_another_day: bool  # which is not the shop's
    has_facts_left: bool  # facts that no figure knows yet

    @property
    def is_catching_up(self) -> bool:
        return self.is_of_another_day or self.has_facts_left

    @property
    def seconds(self) -> int:
        """When the page asks again."""
        return CATCHING_UP_SECONDS if self.is_catching_up else LIVE_SECONDS

    @property
    def mark(self) -> str:
        """By which a page says what it shows, so that it hears of a change alone."""
        word = "catching-up" if self.is_catching_up else "live"
        return f"{word}-{self.planned_for or 'never'}"


@dataclass(frozen=True)
class Place:
    """Somewhere that the navigation leads to, for people who may see it."""

    label: str
    endpoint: str
    icon: str
    section: str
    permission: Permission


@dataclass(frozen=True)
class NavigationItem:
    """A place as the sidebar shows it."""

    label: str
    url: str
    icon: str
    section: str
    active: bool


def add_to_navigation(
    app: Flask,
    label: str,
    *,
    endpoint: str,
    icon: str,
    section: str = "",
    permission: Permission = Permission.SEE_DESK,
) -> None:
    """Show a place in the sidebar, after those that are there; the first one is the desk's first page."""
    app.extensions.setdefault("places", []).append(Place(label, endpoint, icon, section, permission))


def show_live_state(app: Flask, look: Callable[[Session], LiveState]) -> None:
    """Show in the frame whether the figures are up to date, as `look` finds it."""
    app.extensions["live_state"] = look


def register(app: Flask) -> None:
    """Give every template the frame, and the desk a first page."""
    app.extensions.setdefault("places", [])
    app.before_request(_see_before_anything_is_read)
    app.jinja_env.globals["can"] = _can  # also within macros, which see no context
    app.context_processor(_frame)
    app.add_url_rule("/", "start", start)
    app.add_url_rule("/live-state", "live_state", live_state)
    app.extensions["security"].login_context_processor(_sign_in_context)


@requires(Permission.SEE_DESK)
def start() -> Response:
    """The first place of the navigation."""
    places = _places()
    if not places:
        abort(404)
    return redirect(url_for(places[0].endpoint))  # type: ignore[return-value]


@requires(Permission.SEE_DESK)
def live_state() -> Response:
    """The day and the live state again, for a page that stands open: nothing while they are as it shows them.

    When the figures have caught up, its panels are told to read themselves again.
    """
    state = _live_state()
    if state.mark == request.args.get("shown"):
        return make_response("", 204)
    events = None if state.is_catching_up else CHANGED
    return fragments.answer("frame/_live_state.html", events=events, live=state, **_day())


def _see_before_anything_is_read() -> None:
    """A page's live state, before its rows: else it could call old rows live for ever."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_page = hasattr(view, "required_permission") and not fragments.is_fragment_request()
    if is_page and current_user.is_authenticated:
        g.live_state = _live_state()


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


def _places() -> list[Place]:
    return [place for place in current_app.extensions["places"] if can(current_user, place.permission)]


def _frame() -> dict[str, Any]:
    if fragments.is_fragment_request():
        return {"home_url": "/"}  # a part of a page has no frame around it, and pays for none
    return {
        "navigation": _navigation(),
        "home_url": "/",
        "sign_out_url": url_for("security.logout"),
        "change_password_url": url_for("security.change_password"),
        "second_factor_url": url_for("security.two_factor_setup"),
        "search_url": url_for("orders.index") if "orders.index" in current_app.view_functions else None,
        "shop_name": current_app.config["SHOP_NAME"],
        "live": g.get("live_state"),
        **_day(),
        "demo_banner": DEMO_BANNER if current_app.config["DEMO"] else "",
    }


def _can(permission: str) -> bool:
    """Whether the person may, by the permission's name: `{% if can("EXPORT_ROWS") %}`."""
    return can(current_user, Permission[permission])


def _navigation() -> list[NavigationItem]:
    blueprint = (request.endpoint or "").partition(".")[0]
    return [
        NavigationItem(
            label=place.label,
            url=url_for(place.endpoint),
            icon=place.icon,
            section=place.section,
            active=place.endpoint.partition(".")[0] == blueprint,
        )
        for place in _places()
    ]


def _day() -> dict[str, Any]:
    return {"shop_day": _shop_day(), "shop_day_pinned": clock.is_pinned()}


def _shop_day() -> str:
    written = format_date(clock.today(), "EEE d MMM y", locale=current_app.config["SHOP_LOCALE"])
    return written.replace(" ", NO_BREAK_SPACE)


def _sign_in_context() -> dict[str, Any]:
    """The demo's people, while only this machine can reach it."""
    shown = current_app.config["DEMO"] and current_app.config["HOST"] in LOOPBACK_HOSTS
    if not shown:
        return {"demo_sign_ins": ()}
    from dashboard.demo.sign_ins import DEMO_SIGN_INS  # only a demo pays for the simulation's modules

    return {"demo_sign_ins": DEMO_SIGN_INS}
