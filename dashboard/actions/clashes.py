"""When a colleague was faster: what a form stood on has changed since it was opened."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard import audit
from dashboard.audit import Done
from dashboard.domain.particulars import Fact, changed_by
from dashboard.people import with_names

# What people do to one thing while a form of it stands open; of more, the oldest are not told.
ACTS_TOLD = 50


@dataclass(frozen=True, slots=True)
class Overtaken:
    """What became of that which a form stood on: who did it, what they were answered, and each fact then and now.

    Nobody, where something changed it that leaves no act, as a file does.
    """

    people: tuple[str | None, ...] = ()  # None: the desk itself
    at: datetime | None = None  # of the last of their acts
    notices: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def names_subjects(self) -> bool:
        """Whether facts are of several things, so that each must say of which."""
        return len({fact.subject for fact in self.facts}) > 1


class ChangedMeanwhile(Exception):
    """What the form shows is no longer so; `version` is that of the new state, `acts` what was done by hand, the newest
    first.
    """

    def __init__(self, version: str, acts: Sequence[Done]) -> None:
        super().__init__("Changed meanwhile.")
        self.version = version
        self.acts = acts

    def since(self, was_open: Callable[[datetime], bool]) -> Overtaken:
        """What overtook a form that stood open then; an older act did not."""
        acts = [act for act in self.acts if was_open(act.seen.at)]
        if not acts:
            return Overtaken()
        oldest_first = acts[::-1]
        return Overtaken(
            people=tuple(dict.fromkeys(act.seen.who for act in oldest_first)),
            at=acts[0].seen.at,
            notices=tuple(dict.fromkeys(act.seen.notice for act in oldest_first if act.seen.notice)),
            facts=with_names([changed_by(act.told for act in oldest_first)])[0],
        )


def refuse_if_changed(opened: str | None, now: object, *subjects: str, among: Collection[str] = ()) -> None:
    """Refuse a form that was opened on another state than stands now; None was no form. Called with the lock held.

    `subjects` are what may have changed, as the history names it; `among` the acts that change such a state, where
    others are done to the same subjects.
    """
    if opened is not None and opened != str(now):
        raise ChangedMeanwhile(str(now), audit.last_acts(*subjects, among=among, at_most=ACTS_TOLD))
