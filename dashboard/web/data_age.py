"""What stands at the top of every page while files should have come again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, current_app, request
from flask_security import current_user
from sqlalchemy.orm import Session

from dashboard.database import db
from dashboard.domain.data_ages import OverdueData
from dashboard.web import fragments

Look = Callable[[Session], tuple[OverdueData, ...]]


def show_overdue_data(app: Flask, look: Look) -> None:
    """Say at the top of every page which files should have come again, as `look` finds them."""
    app.extensions["overdue_data"] = look
    app.context_processor(_top_of_page)


def _top_of_page() -> dict[str, Any]:
    """Of the desk's own pages: a part of a page has no top, and an error's page may come from a broken database."""
    view = current_app.view_functions.get(request.endpoint or "")
    is_page = hasattr(view, "required_permission") and not fragments.is_fragment_request()
    if not is_page or not current_user.is_authenticated:
        return {}
    found: tuple[OverdueData, ...] = current_app.extensions["overdue_data"](db.session())
    return {"overdue_data": found}
