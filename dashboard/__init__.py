"""Backorder Desk: where every waiting unit stands, why, until when, and what to do today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard import actions, cli, config, customer, database, jobs, logs, panels
from dashboard.extensions import csrf, htmx, migrate
from dashboard.messages import sign_in_mail
from dashboard.web import errors, formats, frame, guards, live, safety, sign_in, status


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The desk. `settings` (values, by name) win over the environment; tests use them."""
    app = Flask(
        __name__,
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
        instance_path=str(config.INSTANCE),
    )
    app.config.from_mapping(config.read_settings())
    app.config.update(settings or {})
    logs.register(app)

    # What it stands on.
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,  # an error's text is logged, rows are private
        "pool_use_lifo": True,  # few connections that are warm, rather than all of them in turn
    }
    database.open_database(app)
    migrate.init_app(app, database.db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    jobs.register(app)

    # How it speaks with browsers.
    _believe_proxies(app)
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # a page stays open all day: its token lives as long as the session
    htmx.init_app(app)
    csrf.init_app(app)
    status.register(app)
    safety.register(app)
    sign_in.register(app)
    sign_in_mail.register(app)
    guards.register(app)
    errors.register(app)
    formats.register(app)
    live.register(app)
    frame.register(app)

    # What is read.
    panels.register(app)

    # What is done at the row.
    actions.register(app)

    # What customers reach.
    customer.register(app)

    # What is done by command.
    cli.register(app)
    return app


def _believe_proxies(app: Flask) -> None:
    """Take the caller's address, host and scheme from so many proxies in front, and from nobody else."""
    count = app.config["TRUSTED_PROXIES"]
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
