"""Takes a load back: what it made goes, what it changed is as before, unless somebody built upon it since."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, consequences, learns, sent_before
from dashboard.database import transaction
from dashboard.domain import load_undos
from dashboard.domain.loads import DONE, FAILED, UNDOING, UNDONE
from dashboard.intake import loads, watching
from dashboard.intake.undoing import Step, TakenBack, Undoing
from dashboard.planning import Move

SUBJECT = "intake-load {}"

Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Undone(Outcome):
    """What was taken back, and what stays."""

    taken_back: TakenBack = field(default_factory=TakenBack)


@planning.repeated
def undo_load(
    load_id: int, *, why: str | None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """Take a load back at once, with all that follows for the lines that wait. Twice is once.

    While it is only foreseen nothing is learnt anew, which would keep everybody waiting: what is told then is what
    follows from the facts.
    """
    with transaction() as session:
        loads.keep_claims_away()  # nor does anybody forget meanwhile how rows stood
        undoing = Undoing(load_id)
        skus = undoing.skus()
        planning.keep_still(skus)
        load = session.get_one(models.IntakeLoad, load_id, with_for_update=True)
        if repeated := sent_before(submission):
            return repeated
        subject = SUBJECT.format(load_id)
        refuse_if_changed(version, load.state, subject)
        if load.state == UNDONE:
            return Outcome(load_undos.undone_before_in_words(load_id))
        seen = loads.find_load(load_id)
        load_undos.refuse_unless_over(load_id, load.state if seen is None else seen.state, is_look=load.dry_run)
        load_undos.refuse_if_old(load_id, is_too_old=seen is not None and seen.is_too_old)
        made, changed = undoing.size()
        load_undos.refuse_if_large(load_id, made + changed, at_most=load_undos.MOST_AT_ONCE)
        is_only_foreseen = not learns(session, something=True)
        if is_only_foreseen:
            load_undos.refuse_to_foresee_if_large(load_id, made=made, changed=changed)

        for step in undoing.steps_back():
            step.do()
        closed = planning.replan(skus)
        for step in undoing.steps_away():
            step.do()
        moves: Iterable[Move] = closed.moves
        if not is_only_foreseen:
            # Orders and receipts teach: what was learnt from them is unlearnt, and everything planned by what is left.
            moves = (*moves, *planning.replan((), history=True).moves)
        moves = _joined(moves, gone=undoing.removed_lines)
        notice = _end(session, load, undoing.taken_back, why=why, submission=submission, actor=actor)
        return Undone(notice, tuple(skus), consequences(session, list(moves)), taken_back=undoing.taken_back)


def undo_in_steps(load_id: int, *, why: str | None, actor: Any, progress: Progress | None = None) -> Undone:
    """Take a load back, however large: some thousand rows at a time, with a plan of everything between and after.

    If it is interrupted, what was taken back is whole; done again, it goes on.
    """
    load = loads.find_load(load_id)
    if load is None:
        raise load_undos.UndoRefused(f"There is no load {load_id}.", "The page of loads names them.")
    if load.state == UNDONE:
        return Undone(load_undos.undone_before_in_words(load_id))
    load_undos.refuse_unless_over(load_id, load.state, is_look=load.dry_run)
    load_undos.refuse_if_old(load_id, is_too_old=load.is_too_old)
    if not loads.claim(load_id, of=(DONE, FAILED), to=UNDOING):
        raise load_undos.UndoRefused(f"Somebody undoes load {load_id} already.", "Wait for its end.")
    undoing = Undoing(load_id)
    with watching.watched(load_id) as watch:

        def tell(doing: str, done: int, of: int) -> None:
            watch.say(doing, done, of)
            if progress is not None:
                progress(doing, done, of)

        _walk(undoing.taken_back, list(undoing.steps_back()), "taking back", tell)
        tell("planning", 0, 1)
        planning.plan()
        _walk(undoing.taken_back, list(undoing.steps_away()), "removing", tell)
        tell("planning", 0, 1)
        planning.plan()
    with transaction() as session:
        row = session.get_one(models.IntakeLoad, load_id, with_for_update=True)
        notice = _end(session, row, undoing.taken_back, why=why, submission=None, actor=actor)
    return Undone(notice, taken_back=undoing.taken_back)


def _walk(counts: TakenBack, steps: Sequence[Step], doing: str, tell: Callable[[str, int, int], None]) -> None:
    for place, step in enumerate(steps):
        tell(doing, place, len(steps))
        _do(step, counts)


@planning.repeated
def _do(step: Step, counts: TakenBack) -> None:
    """One step, saved; the planning is left to the run that follows."""
    before = replace(counts, stays=list(counts.stays))
    try:
        with transaction() as session:
            planning.keep_still(step.skus(), planned_later=True)
            step.do()
            planning.facts_changed(session)
    except BaseException:
        # It was taken back, and may be done again.
        counts.removed, counts.restored = before.removed, before.restored
        counts.stays, counts.stay_count = before.stays, before.stay_count
        raise


def _end(
    session: Session, load: models.IntakeLoad, done: TakenBack, *, why: str | None, submission: str | None, actor: Any
) -> str:
    """Say on the list of loads, and in the history, that it was undone."""
    before = load.state
    load.state, load.undone_at, load.undone_by, load.doing = UNDONE, clock.now(), actor, None
    if load.finished_at is None:
        load.finished_at = clock.now()
    notice = load_undos.undone_in_words(
        load.id,
        removed=done.removed,
        restored=done.restored,
        stays=[str(one) for one in done.stays],
        stay_count=done.stay_count,
    )
    act = audit.record(
        "load-undone",
        SUBJECT.format(load.id),
        before={"state": before},
        after={"state": UNDONE, "removed": done.removed, "restored": done.restored, "stays": done.stay_count},
        why=why,
        actor=actor,
    )
    audit.record_submission(submission, act, notice)
    session.flush()
    return notice


def _joined(moves: Iterable[Move], *, gone: set[int]) -> Any:
    """The moves of plans in a row as those of one, without the lines that are gone."""
    joined: dict[tuple[int, int], Move] = {}
    for move in moves:
        if move.line_id in gone:
            continue
        earlier = joined.get((move.line_id, move.part))
        joined[move.line_id, move.part] = (
            move if earlier is None else Move(move.line_id, move.part, earlier.before, move.after)
        )
    return tuple(move for move in joined.values() if move.before != move.after)
