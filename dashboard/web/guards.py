"""What a route needs, written under the route; a route that says nothing is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_security import current_user

from dashboard.permissions import Permission, can
from dashboard.web.fragments import session_is_over

View = TypeVar("View", bound=Callable[..., Any])

# Endpoints that are not ours and look after themselves: the sign-in extension's and the files served as they are.
OTHERS_ENDPOINTS = ("static", "security.")


def requires(permission: Permission) -> Callable[[View], View]:
    """Only for people with the permission: others get 403, and who is not signed in is sent to sign in."""

    def guarded(view: View) -> View:
        @wraps(view)
        def guard(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return session_is_over()
            if not can(current_user, permission):
                abort(403)
            return view(*args, **kwargs)

        guard.required_permission = permission  # type: ignore[attr-defined]
        return guard  # type: ignore[return-value]

    return guarded


def public(view: View) -> View:
    """For anybody, signed in or not: said aloud, so that it is never an oversight."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def is_guarded(endpoint: str, view: Callable[..., Any]) -> bool:
    """Whether a route says who may use it, or is one that looks after itself."""
    if endpoint.startswith(OTHERS_ENDPOINTS):
        return True
    return hasattr(view, "required_permission") or getattr(view, "is_public", False)


def register(app: Flask) -> None:
    """Close every route that forgot to say who may use it."""
    app.before_request(_refuse_unguarded)


def _refuse_unguarded() -> None:
    endpoint = request.endpoint
    if endpoint is None:
        return
    if not is_guarded(endpoint, current_app.view_functions[endpoint]):
        current_app.logger.error("Route %s names no permission and is closed.", endpoint)
        abort(403)
