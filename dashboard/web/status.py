"""Whether the desk lives, whether it can work, and how it fares: for machines that watch it."""

from __future__ import annotations

import ipaddress
import time

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, make_response, request
from flask_security import current_user
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy.exc import SQLAlchemyError

from dashboard import upkeep
from dashboard.database import db
from dashboard.domain.upkeep import Figures
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
        current = upkeep.migrations_of(db.session())
    except SQLAlchemyError:
        missing.append("The database does not answer.")
    else:
        if not current <= upkeep.known_migrations():
            missing.append("The database belongs to a later version of the desk; start that one.")
        elif current != upkeep.newest_migrations():
            missing.append("The database is not at the newest migration; run flask db upgrade.")
    # Here and not above: `python -m dashboard.web.assets` must not find itself imported already.
    from dashboard.web import assets

    if not assets.is_installed(assets.fingerprint()):
        missing.append("The browser assets are not installed; run make setup.")
    return missing


@status.get("/metrics")
@public
def metrics() -> Response:
    """Measurements for Prometheus: to this machine itself, else to people who may read them."""
    if not (_is_from_this_machine() or can(current_user, Permission.SEE_METRICS)):
        abort(403)
    measured = generate_latest(current_app.extensions["measurements"]) + _of_the_whole_desk()
    return Response(measured, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _of_the_whole_desk() -> bytes:
    """What is the same whichever web process is asked; nothing of it where the database cannot say."""
    try:
        condition = upkeep.look(db.session())
    except SQLAlchemyError:
        db.session.rollback()
        return b""
    registry = CollectorRegistry()
    info = Gauge("desk_info", "Which desk this is; always 1.", ("version", "migration"), registry=registry)
    info.labels(condition.version, condition.migration).set(1)
    _set_gauges(registry, condition.figures)
    return generate_latest(registry)


def _set_gauges(registry: CollectorRegistry, figures: Figures) -> None:
    def gauge(name: str, help: str, value: float | None) -> None:
        if value is not None:
            Gauge(name, help, registry=registry).set(value)

    gauge("desk_jobs_queued", "Jobs that were asked for and not begun.", figures.queued_jobs)
    gauge("desk_mail_waiting", "Messages that wait in the outbox.", figures.mail_waiting)
    gauge("desk_mail_failed", "Messages that did not arrive.", figures.mail_failed)
    gauge("desk_disk_free_bytes", "Free on the disk of the machine that answers.", figures.disk_free_bytes)
    gauge("desk_database_bytes", "How large the database is.", figures.database_bytes)
    gauge(
        "desk_catching_up", "1 while figures are of another day, or facts wait to be planned.", figures.is_catching_up
    )
    if figures.worker_seen_at is not None:
        gauge("desk_worker_seen_seconds", "When a worker last took a job.", figures.worker_seen_at.timestamp())
    if figures.backed_up_at is not None:
        gauge("desk_backed_up_seconds", "When flask backup last ended.", figures.backed_up_at.timestamp())
    failures = Gauge(
        "desk_job_failures", "How often a job failed since it last succeeded.", ("job",), registry=registry
    )
    for job in figures.jobs:
        failures.labels(job.name).set(job.failures)


def _is_from_this_machine() -> bool:
    """Whether the caller sits here and nobody stands between: a proxy on this machine speaks for others."""
    if any(name in request.headers for name in FORWARDING_HEADERS):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
