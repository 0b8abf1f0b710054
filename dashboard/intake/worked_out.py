"""Lines of orders and purchase orders as they will be: what files state, beside what is known of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, SQLColumnExpression, case, insert, or_, select

from dashboard.database import db
from dashboard.intake.staging import CHANGED, LINES, NEW, SAME

CARRIED = ("staged", "seq", "number", "line_no", "line_id", "was_qty")


def work_out(stated: Select) -> CTE:
    """What is stated of each line; sums that it takes are taken once, wherever they are used."""
    return stated.cte("worked_out").prefix_with("MATERIALIZED")


def keep_lines(
    worked_out: CTE,
    before: Any,
    final: Mapping[str, tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]]],
    *,
    differs: ColumnElement[bool] | None = None,
) -> None:
    """Into `LINES`, each as new, changed or the same; `final` has by column what will be and what was `before`. A line
    may differ for a reason of its own, too.
    """
    new = worked_out.c
    changes = [will_be.is_distinct_from(was) for will_be, was in final.values()]
    is_other = or_(*changes) if differs is None else or_(differs, *changes)
    state = case((new.line_id.is_(None), NEW), (is_other, CHANGED), else_=SAME)
    rows = (
        select(state, *(new[name] for name in CARRIED), *(will_be for will_be, _ in final.values()))
        .select_from(worked_out.outerjoin(before, before.c.id == new.line_id))
        .order_by(new.seq, new.line_no)
    )
    db.session.execute(insert(LINES).from_select(["state", *CARRIED, *final], rows))
