"""Which reports left the desk: when, by whom, and with which filters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import structlog
from sqlalchemy.exc import DBAPIError

from dashboard import audit
from dashboard.database import transaction

EXPORTED = "report-exported"

log = structlog.get_logger()


def subject_of(report: str) -> str:
    """What the history calls a report."""
    return f"report {report}"


def record_export(report: str, filters: Mapping[str, Sequence[str]], *, actor: Any = None) -> None:
    """Write into the history that a report was taken; `actor` None: by command.

    A copy of the database that takes no writes still gives its reports: then the log alone says so.
    """
    written = urlencode(filters, doseq=True)
    try:
        with transaction():
            audit.record(EXPORTED, subject_of(report), after={"filters": written}, actor=actor)
    except DBAPIError as refused:
        log.warning("export is in no history", report=report, filters=written, because=str(refused.orig))
