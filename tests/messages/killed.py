"""A worker that a test kills while it delivers."""

from __future__ import annotations

import time
from typing import Any

from dashboard import create_app
from dashboard.messages.delivery import deliver


def deliver_for_ever(settings: dict[str, Any]) -> None:
    """Delivers what waits, round after round; whoever listens ends the process."""
    with create_app(settings).app_context():
        while True:
            deliver()
            time.sleep(0.01)
