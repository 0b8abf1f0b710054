"""One act done to each row of a selection: a transaction a row, a result a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from dashboard.actions.outcomes import Outcome, foreseen
from dashboard.actions.selections.queries import SelectedRow
from dashboard.domain.refusals import Refused
from dashboard.domain.selections import RowResult, done_in_words, refuse_wrong_size

Act = Callable[..., Outcome]


@dataclass(frozen=True, slots=True)
class SelectionOutcome(Outcome):
    """What became of each row."""

    results: tuple[RowResult, ...] = ()


def act_on_selection(
    rows: Sequence[SelectedRow],
    act: Act,
    *,
    said: dict[str, Any],
    submission: str | None,
    actor: Any,
) -> SelectionOutcome:
    """Do an act to each row: what is refused of one leaves the others as they are done. The same form sent again does
    nothing twice, for each row carries a key of its own that is made of the form's.
    """
    refuse_wrong_size(len(rows))
    results: list[RowResult] = []
    skus: set[int] = set()
    for row in rows:
        key = None if submission is None else _key_of(submission, row)
        result, outcome = _tried(row, lambda row=row, key=key: act(*_subject(row), **said, submission=key, actor=actor))
        results.append(result)
        if outcome is not None:
            skus.update(outcome.skus)
    return _outcome(rows, results, skus)


def foresee_selection(rows: Sequence[SelectedRow], act: Act, *, said: dict[str, Any], actor: Any) -> SelectionOutcome:
    """What the act would do to each row if it were done to that one alone; nothing is done."""
    refuse_wrong_size(len(rows))
    tried = (
        _tried(row, lambda row=row: foreseen(act, *_subject(row), **said, submission=None, actor=actor)) for row in rows
    )
    return _outcome(rows, [result for result, _ in tried], set())


def _subject(row: SelectedRow) -> Iterator[int]:
    yield row.order_id
    if row.line_no is not None:
        yield row.line_no


def _tried(row: SelectedRow, do: Callable[[], Outcome]) -> tuple[RowResult, Outcome | None]:
    try:
        outcome = do()
    except Refused as refused:
        return RowResult(row.order, row.line_no, row.customer, str(refused), is_done=False), None
    return (
        RowResult(
            row.order, row.line_no, row.customer, outcome.notice, is_done=True, is_repeat=outcome.repeats is not None
        ),
        outcome,
    )


def _key_of(submission: str, row: SelectedRow) -> str:
    return sha256(f"{submission} {row.key}".encode()).hexdigest()


def _outcome(rows: Sequence[SelectedRow], results: list[RowResult], skus: set[int]) -> SelectionOutcome:
    noun = "order" if rows[0].line_no is None else "line"
    return SelectionOutcome(
        done_in_words(results, noun=noun), tuple(sorted(skus)), moves_lines=False, results=tuple(results)
    )
