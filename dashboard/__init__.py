"""Backorder Desk: where every waiting unit stands, why, until when, and what to do today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask

from dashboard import config, database
from dashboard.extensions import migrate


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
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    database.open_database(app)
    migrate.init_app(app, database.db, directory=str(config.ROOT / "migrations"), render_as_batch=True)
    return app
