"""What was said of the rows of a load, as CSV."""

from __future__ import annotations

from dashboard.web.csv_response import text, whole

# In the order in which `flask intake` prints them: faults keep rows out, remarks do not.
FAULTS = (
    text("kind", lambda said: "remark" if said.is_remark else "fault"),
    text("file"),
    whole("line"),
    text("column", lambda said: said.column_in_words),
    text("reason"),
)
