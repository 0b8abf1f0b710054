"""What stands around every page: where one can go, who is there, and whether the figures are live."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, abort, current_app, g, make_response, redirect, request, session, url_for
from flask_security import current_user
from sqlalchemy.orm import Session

from dashboard import settings
from dashboard.config import LOOPBACK_HOSTS
from dashboard.database import db
from dashboard.permissions import Permission, can
from dashboard.web import formats, fragments, live
from dashboard.web.guards import requires

DEMO_BANNER = (
    "This is a made-up merchant. For your own: .venv/bin/flask db upgrade, .venv/bin/flask intake load FOLDER, "
    "then make run."
)


@dataclass(frozen=True)
class Count:
    """How much waits somewhere for somebody, and in how many seconds that changes by itself; None: it does not."""

    now: int
    changes_in: int | None = None


@dataclass(frozen=True)
class Waits:
    """How much waits somewhere for somebody who may see to it, by their id, and where that leads.

    `is_live`: the number follows what is said of `topics.CALLS` and the time, while the page stands open.
    """

    permission: Permission
    count: Callable[[Session, int], Count]
    given: Mapping[str, Any]
    is_live: bool = False


@dataclass(frozen=True)
class Place:
    """Somewhere that the navigation leads to, for people who may see it."""

    label: str
    endpoint: str
    icon: str
    section: str
    permission: Permission
    given: Mapping[str, Any]  # what its address says beside
    waits: Waits | None  # what waits there for its reader


@dataclass(frozen=True)
class NavigationItem:
    """A place as the sidebar shows it."""

    label: str
    url: str
    icon: str
    section: str
    active: bool
    count: Count | None = None  # what waits there; None: nothing is counted
    is_live: bool = False  # whether that follows while the page stands open


def add_to_navigation(
    app: Flask,
    label: str,
    *,
    endpoint: str,
    icon: str,
    section: str = "",
    permission: Permission = Permission.SEE_DESK,
    waits: Waits | None = None,
    **given: Any,
) -> None:
    """Show a place in the sidebar, after those that are there; the first one is the desk's first page.

    What else is `given` stands in its address. Where something `waits` there, its number stands beside.
    """
    app.extensions.setdefault("places", []).append(Place(label, endpoint, icon, section, permission, given, waits))


def register(app: Flask) -> None:
    """Give every template the frame, and the desk a first page."""
    app.extensions.setdefault("places", [])
    app.before_request(_know_the_reader)
    app.before_request(live.see_before_anything_is_read)
    app.jinja_env.globals["can"] = _can  # also within macros, which see no context
    app.context_processor(_frame)
    app.add_url_rule("/", "start", start)
    app.add_url_rule("/live-count", "live_count", live_count)
    app.extensions["security"].login_context_processor(_sign_in_context)


def _know_the_reader() -> None:
    """How who is signed in likes to read the desk."""
    if "_user_id" not in session or request.endpoint == "static":
        return
    g.reader = settings.reading_of(current_user.id) if current_user.is_authenticated else None
    if g.reader is not None:
        setattr(g, formats.READERS_LOCALE, g.reader.locale)


@requires(Permission.SEE_DESK)
def start() -> Response:
    """The first place of the navigation."""
    places = _places()
    if not places:
        abort(404)
    return make_response(redirect(url_for(places[0].endpoint)))


@requires(Permission.SEE_DESK)
def live_count() -> Response:
    """What waits for whoever asks, where the sidebar says so while a page stands open; nothing where it does not."""
    counts = [_count(place) for place in _places() if place.waits is not None and place.waits.is_live]
    shown = [count for count in counts if count is not None]
    return fragments.answer("frame/_live_count.html", count=shown[0]) if shown else make_response("", 204)


def _places() -> list[Place]:
    return [place for place in current_app.extensions["places"] if can(current_user, place.permission)]


def _frame() -> dict[str, Any]:
    if fragments.is_fragment_request():
        return {"home_url": "/"}  # a part of a page has no frame around it, and pays for none
    return {
        "navigation": _navigation(),
        "home_url": "/",
        "reader": g.get("reader"),
        "you_url": url_for("you.show") if "you.show" in current_app.view_functions else None,
        "sign_out_url": url_for("security.logout"),
        "change_password_url": url_for("security.change_password"),
        "mail_to_me_url": url_for("mail_to_me.show"),
        "second_factor_url": url_for("security.two_factor_setup"),
        "search_url": url_for("search.show") if "search.show" in current_app.view_functions else None,
        "shop_name": current_app.config["SHOP_NAME"],
        **live.in_frame(),
        "demo_banner": DEMO_BANNER if current_app.config["DEMO"] else "",
    }


def _can(permission: str) -> bool:
    """Whether the person may, by the permission's name: `{% if can("EXPORT_ROWS") %}`."""
    return can(current_user, Permission[permission])


def _navigation() -> list[NavigationItem]:
    blueprint = (request.endpoint or "").partition(".")[0]
    return [_item(place, blueprint) for place in _places()]


def _item(place: Place, blueprint: str) -> NavigationItem:
    count = _count(place)
    given = place.waits.given if place.waits is not None and count is not None and count.now else place.given
    return NavigationItem(
        label=place.label,
        url=url_for(place.endpoint, **given),
        icon=place.icon,
        section=place.section,
        active=place.endpoint.partition(".")[0] == blueprint,
        count=count,
        is_live=place.waits is not None and place.waits.is_live,
    )


def _count(place: Place) -> Count | None:
    if place.waits is None or not can(current_user, place.waits.permission):
        return None
    return place.waits.count(db.session(), current_user.id)


def _sign_in_context() -> dict[str, Any]:
    """The demo's people, while only this machine can reach it."""
    shown = current_app.config["DEMO"] and current_app.config["HOST"] in LOOPBACK_HOSTS
    if not shown:
        return {"demo_sign_ins": ()}
    from dashboard.demo.sign_ins import DEMO_SIGN_INS  # only a demo pays for the simulation's modules

    return {"demo_sign_ins": DEMO_SIGN_INS}
