"""Who did what, as CSV."""

from __future__ import annotations

from sqlalchemy import BigInteger, type_coerce

from dashboard.models import Act
from dashboard.panels.choices import Counting
from dashboard.panels.history.queries import ACTS_AND_PEOPLE, BUT_ITS_OWN_EXPORTS, FILTERED_BY, WHO, all_acts
from dashboard.panels.report import Report
from dashboard.permissions import Permission
from dashboard.web.csv_response import Column, text

COLUMNS = (
    Column("at", lambda row: row.at.isoformat(timespec="seconds")),
    text("who"),
    text("act"),
    text("subject"),
    text("before"),
    text("after"),
    text("why"),
)

HISTORY = Report(
    "history",
    "History",
    "act, the newest first",
    COLUMNS,
    all_acts,
    filters=FILTERED_BY,
    about="Who did what to which subject, when, from what to what, and why. It holds ids, no names of customers.",
    counting=Counting(
        "act",
        {"who": WHO, "act": Act.act, "days": type_coerce(Act.at, BigInteger)},
        among=lambda key: (BUT_ITS_OWN_EXPORTS,),
        rows=ACTS_AND_PEOPLE,
        # Which day an instant is for the shop, no database says; to ask for each act would be to read them all.
        uncounted=("days",),
    ),
    permission=Permission.SEE_HISTORY,
)
