"""Why the model says what it says of some lines: their inputs are read anew, by a page of lines at a time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from dashboard.bulk import columns
from dashboard.database import day_number
from dashboard.domain.cancellation_model import daily_columns
from dashboard.domain.cancellation_risk import Reason
from dashboard.domain.cancellation_words import reasons_of
from dashboard.estimates.cancellation.asked import Which, read_columns, read_lines
from dashboard.estimates.cancellation.stored import Scoring
from dashboard.estimates.cancellation.strengths import points_query
from dashboard.estimates.cancellation.training import asked_columns


def explain(connection: Any, current: Scoring, line_ids: Iterable[int], today: Any) -> dict[int, tuple[Reason, ...]]:
    """By line (id) why; of lines that the model does not score, because it was never asked of them yet, nothing."""
    asked = np.unique(np.fromiter(line_ids, np.int64))
    (scored, _, _) = columns(connection, points_query(current.id, True), lines=asked)
    if not len(scored):
        return {}
    lines = read_lines(connection, Which.LISTED, scored)
    known = read_columns(connection, lines, current.model.money, Which.LISTED)
    known |= daily_columns(lines.placed_on, lines.first_promise, lines.last_date, day_number(today))
    known |= asked_columns(current.model.inputs, known, len(lines.id))
    reasons = reasons_of(current.model, known, len(lines.id))
    return dict(zip(lines.id.tolist(), reasons, strict=True))
