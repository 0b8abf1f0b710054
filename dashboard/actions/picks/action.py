"""Marks a walked pick list: all of it in one transaction, each line with its own word in the history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select, tuple_, update
from sqlalchemy.orm import Session

from dashboard import audit, clock, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, of_others, sent_before
from dashboard.actions.picks.queries import ReservedRow, find_list, keys_written, version_of
from dashboard.database import transaction
from dashboard.domain.holds import PICKED, UNITS_PICKED
from dashboard.domain.picks import picked_in_words, refuse_wrong_rows
from dashboard.models import Hold, Order, OrderLine

PICK_LIST = "pick-list"  # what the history calls what was walked


@planning.repeated
def pick_units(rows: str, *, version: str | None = None, submission: str | None = None, actor: Any) -> Outcome:
    """Everything that these rows ("line-part-location") reserve is picked: out of its shelf, held for its parcel."""
    with transaction() as session:
        keys = keys_written(rows)
        refuse_wrong_rows(asked=len(keys), standing=1)
        lines = select(OrderLine.sku_id, OrderLine.order_id).where(OrderLine.id.in_({key[0] for key in keys}))
        touched = session.execute(lines.distinct()).all()
        skus = sorted({sku_id for sku_id, _ in touched})
        planning.keep_still(skus)
        orders = sorted({order_id for _, order_id in touched})
        session.scalars(
            select(Order.version).where(Order.id.in_(orders)).order_by(Order.id).with_for_update(key_share=True)
        ).all()
        if repeated := sent_before(submission):
            return repeated
        found = find_list(session, rows).rows
        refuse_wrong_rows(asked=len(keys), standing=len(found))
        refuse_if_changed(version, version_of(found), *sorted({_subject(row) for row in found}))

        _end_other_holds(session, found, actor=actor)
        _hold(session, found, actor=actor)
        _renew_versions(session, found)
        did = consequences(session, of_others(planning.replan(skus), [row.line_id for row in found]))
        per_order = Counter[str]()
        for row in found:
            per_order[row.order] += row.qty
        notice = picked_in_words(
            list(per_order.items()),
            lines=len({row.line_id for row in found}),
            gone=len(set(keys) - {row.key for row in found}),
        )
        _tell_history_of_lines(session, found, actor=actor)
        places = Counter[str]()
        for row in found:
            places[row.location] += row.qty
        act = audit.record(
            "units-picked",
            PICK_LIST,
            after={
                "units": sum(row.qty for row in found),
                "lines": len({row.line_id for row in found}),
                "locations": dict(places),
            },
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        return Outcome(notice, tuple(skus), did)


def _end_other_holds(session: Session, rows: Sequence[ReservedRow], *, actor: Any) -> None:
    """What was fixed, told or dealt turns into what is picked, whole: a list takes all that a row reserves."""
    held = [(row.line_id, row.part, row.location_id, row.held) for row in rows if row.held]
    if held:
        session.execute(
            update(Hold)
            .where(Hold.ended_at.is_(None), tuple_(Hold.line_id, Hold.part, Hold.location_id, Hold.kind).in_(held))
            .values(ended_at=clock.now(), ended_by=getattr(actor, "id", actor), end_reason=UNITS_PICKED)
            .execution_options(synchronize_session=False)
        )


def _hold(session: Session, rows: Sequence[ReservedRow], *, actor: Any) -> None:
    units = Counter[tuple[int, int, int]]()
    for row in rows:
        units[row.key] += row.qty
    now, who = clock.now(), getattr(actor, "id", actor)
    session.execute(
        insert(Hold),
        [
            {
                "line_id": line_id,
                "part": part,
                "location_id": location_id,
                "qty": qty,
                "kind": PICKED,
                "made_at": now,
                "made_by": who,
            }
            for (line_id, part, location_id), qty in sorted(units.items())
        ],
    )


def _renew_versions(session: Session, rows: Sequence[ReservedRow]) -> None:
    """Forms that stand open on these lines are told that something changed."""
    changed: tuple[tuple[Any, set[int]], ...] = (
        (OrderLine, {row.line_id for row in rows}),
        (Order, {row.order_id for row in rows}),
    )
    for model, ids in changed:
        session.execute(
            update(model)
            .where(model.id.in_(ids))
            .values(version=model.version + 1)
            .execution_options(synchronize_session=False)
        )
    session.expire_all()


def _tell_history_of_lines(session: Session, rows: Sequence[ReservedRow], *, actor: Any) -> None:
    """Each line's own history says what was picked of it, and where."""
    held = dict(
        session.execute(
            select(Hold.line_id, func.sum(Hold.qty))
            .where(Hold.line_id.in_({row.line_id for row in rows}), Hold.ended_at.is_(None))
            .group_by(Hold.line_id)
        ).all()
    )
    by_line: dict[int, list[ReservedRow]] = {}
    for row in rows:
        by_line.setdefault(row.line_id, []).append(row)
    for line_id, mine in by_line.items():
        places = Counter[str]()
        for row in mine:
            places[row.location] += row.qty
        newly = sum(row.qty for row in mine if not row.held)
        audit.record(
            "units-held",
            _subject(mine[0]),
            before={"qty_held": int(held[line_id]) - newly},
            after={
                "kind": PICKED,
                "qty": sum(row.qty for row in mine),
                "locations": dict(places),
                "qty_held": int(held[line_id]),
            },
            actor=actor,
        )


def _subject(row: ReservedRow) -> str:
    return f"order-line {row.order}/{row.line_no}"
