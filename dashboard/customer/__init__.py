"""What customers reach without an account: one order each, by a link that was sent to them."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the customers' pages to the app."""
    # Not sooner: what it imports needs the links of this package.
    from dashboard.customer import routes

    app.register_blueprint(routes.blueprint)
    routes.limit(app)
