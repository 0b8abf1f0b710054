"""One act done to each row of a selection: a transaction a row, a result a row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import groupby
from typing import Any, Protocol

from dashboard import planning
from dashboard.actions.incentive_offers.action import OfferOutcome, come_to
from dashboard.actions.outcomes import Outcome, foreseen
from dashboard.actions.selections.queries import SelectedRow
from dashboard.database import transaction
from dashboard.domain.incentive_offers import OffersTogether
from dashboard.domain.refusals import Refused
from dashboard.domain.selections import RowResult, done_in_words, refuse_wrong_size

Act = Callable[..., Outcome]
ActOnAll = Callable[..., Sequence["DoneOfAll"]]
Tried = tuple[RowResult, Outcome | None]  # what became of a row, and what the act answered unless it was refused


class DoneOfAll(Protocol):
    """What an act did to one of several orders, or why it did not."""

    @property
    def outcome(self) -> Outcome | None: ...

    @property
    def refused(self) -> Refused | None: ...


@dataclass(frozen=True, slots=True)
class SelectionOutcome(Outcome):
    """What became of each row."""

    results: tuple[RowResult, ...] = ()
    together: OffersTogether | None = None  # what the offers among it come to
    what: str = ""  # that is offered to each


def act_on_selection(
    rows: Sequence[SelectedRow],
    act: Act,
    *,
    said: dict[str, Any],
    submission: str | None,
    actor: Any,
    is_one_letter: bool = False,
) -> SelectionOutcome:
    """Do an act to each row: what is refused of one leaves the others as they are done. The same form sent again does
    nothing twice, for each row carries a key of its own that is made of the form's.

    `is_one_letter`: the rows of an order share a transaction, so that its customer reads one message of them. Only for
    acts that are refused before they change anything.
    """
    refuse_wrong_size(len(rows))

    def do(row: SelectedRow) -> Tried:
        key = None if submission is None else _key_of(submission, row)
        return _tried(row, lambda: act(*_subject(row), **said, submission=key, actor=actor))

    tried: list[Tried] = []
    for _, of_order in groupby(rows, key=lambda row: row.order_id):
        lines = list(of_order)
        tried += _in_one_letter(lines, do) if is_one_letter else map(do, lines)
    return _outcome(rows, tried)


@planning.repeated
def _in_one_letter(rows: Sequence[SelectedRow], do: Callable[[SelectedRow], Tried]) -> list[Tried]:
    with transaction():
        return [do(row) for row in rows]


def act_on_all(
    rows: Sequence[SelectedRow], act: ActOnAll, *, said: dict[str, Any], submission: str | None, actor: Any
) -> SelectionOutcome:
    """Do an act that takes all orders of a selection in one transaction, planned once; each has its result, and its
    place in the history.
    """
    refuse_wrong_size(len(rows))
    keys = [None if submission is None else _key_of(submission, row) for row in rows]
    done = act([row.order_id for row in rows], keys=keys, **said, actor=actor)
    return _outcome(rows, [_of_all(row, one) for row, one in zip(rows, done, strict=True)])


def foresee_all(rows: Sequence[SelectedRow], act: ActOnAll, *, said: dict[str, Any], actor: Any) -> SelectionOutcome:
    """What that would do, found by doing it and taking everything back."""
    return foreseen(act_on_all, rows, act, said=said, submission=None, actor=actor)


def _of_all(row: SelectedRow, one: DoneOfAll) -> Tried:
    if one.outcome is None:
        return RowResult(row.order, row.line_no, row.customer, str(one.refused), is_done=False), None
    letter = f"{one.outcome.told.subject}\n\n{one.outcome.told.body}" if one.outcome.told else ""
    is_repeat = one.outcome.repeats is not None
    said = getattr(one.outcome, "in_short", one.outcome.notice)
    return RowResult(row.order, row.line_no, row.customer, said, is_done=True, is_repeat=is_repeat, letter=letter), (
        one.outcome
    )


def foresee_selection(rows: Sequence[SelectedRow], act: Act, *, said: dict[str, Any], actor: Any) -> SelectionOutcome:
    """What the act would do to each row if it were done to that one alone; nothing is done."""
    refuse_wrong_size(len(rows))
    return _outcome(
        rows,
        [_tried(row, partial(foreseen, act, *_subject(row), **said, submission=None, actor=actor)) for row in rows],
    )


def _subject(row: SelectedRow) -> Iterator[int]:
    yield row.order_id
    if row.line_no is not None:
        yield row.line_no


def _tried(row: SelectedRow, do: Callable[[], Outcome]) -> Tried:
    try:
        outcome = do()
    except Refused as refused:
        return RowResult(row.order, row.line_no, row.customer, str(refused), is_done=False), None
    return (
        RowResult(
            row.order,
            row.line_no,
            row.customer,
            outcome.notice,
            is_done=True,
            is_repeat=outcome.repeats is not None,
            waits=outcome.waits_for_approval,
        ),
        outcome,
    )


def _key_of(submission: str, row: SelectedRow) -> str:
    return sha256(f"{submission} {row.key}".encode()).hexdigest()


def _outcome(rows: Sequence[SelectedRow], tried: Sequence[Tried]) -> SelectionOutcome:
    noun = "order" if rows[0].line_no is None else "line"
    results = tuple(result for result, _ in tried)
    outcomes = [outcome for _, outcome in tried if outcome is not None]
    offers = [outcome for outcome in outcomes if isinstance(outcome, OfferOutcome)]
    return SelectionOutcome(
        done_in_words(results, noun=noun),
        tuple(sorted({sku for outcome in outcomes for sku in outcome.skus})),
        moves_lines=False,
        results=results,
        together=come_to(offers) if offers else None,
        what=offers[0].what if offers else "",
    )
