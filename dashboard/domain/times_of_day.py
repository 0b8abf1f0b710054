"""Times of day as somebody writes them."""

from __future__ import annotations

import re
from datetime import time

_WRITTEN = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def read_time(text: str | None) -> time | None:
    """`14:30`, `9.05`; None where it is no time of day."""
    said = _WRITTEN.fullmatch(text or "")
    return None if said is None else time(int(said[1]), int(said[2]))
