"""Whether the desk lives, whether it can work, and how it fares: for machines that watch it."""

from __future__ import annotations

import ipaddress
import time
from functools import lru_cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, make_response, request
from flask_security import current_user
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from dashboard.config import ROOT
from dashboard.database import db
from dashboard.permissions import Permission, can
from dashboard.web.guards import public

status = Blueprint("status", __name__)

# Where somebody else's word on the caller is written down: such a request came from further away than it seems.
FORWARDING_HEADERS = ("Forwarded", "X-Forwarded-For", "X-Real-IP")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


def register(app: Flask) -> None:
    """Watch every answer, and say how the desk fares."""
    registry = CollectorRegistry()
    app.extensions["measurements"] = registry
    requests = Counter("desk_requests", "Answered requests.", ("endpoint", "method", "status"), registry=registry)
    seconds = Histogram(
        "desk_request_seconds", "How long answers took.", ("endpoint",), buckets=SECONDS, registry=registry
    )

    @app.before_request
    def begin() -> None:
        g.request_began = time.perf_counter()

    @app.after_request
    def measure(response: Response) -> Response:
        endpoint = request.endpoint or "none"
        requests.labels(endpoint, request.method, response.status_code).inc()
        if "request_began" in g:
            seconds.labels(endpoint).observe(time.perf_counter() - g.request_began)
        return response

    app.register_blueprint(status)


@status.get("/healthz")
@public
def healthz() -> Response:
    """The process answers."""
    return jsonify(alive=True)


@status.get("/readyz")
@public
def readyz() -> Response:
    """The desk can work; if not, what is missing: 503."""
    missing = what_is_missing()
    return make_response(jsonify(ready=not missing, missing=missing), 503 if missing else 200)


def what_is_missing() -> list[str]:
    """What keeps the desk from working, a sentence each; nothing when it can."""
    missing = []
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            current = set(MigrationContext.configure(connection).get_current_heads())
    except SQLAlchemyError:
        missing.append("The database does not answer.")
    else:
        if current != _heads():
            missing.append("The database is not at the newest migration; run flask db upgrade.")
    # Here and not above: `python -m dashboard.web.assets` must not find itself imported already.
    from dashboard.web import assets

    if not assets.is_installed(assets.fingerprint()):
        missing.append("The browser assets are not installed; run make setup.")
    return missing


@lru_cache(maxsize=1)
def _heads() -> set[str]:
    return set(ScriptDirectory(str(ROOT / "migrations")).get_heads())


@status.get("/metrics")
@public
def metrics() -> Response:
    """Measurements for Prometheus: to this machine itself, else to people who may read them."""
    if not (_is_from_this_machine() or can(current_user, Permission.SEE_METRICS)):
        abort(403)
    return Response(
        generate_latest(current_app.extensions["measurements"]), headers={"Content-Type": CONTENT_TYPE_LATEST}
    )


def _is_from_this_machine() -> bool:
    """Whether the caller sits here and nobody stands between: a proxy on this machine speaks for others."""
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
