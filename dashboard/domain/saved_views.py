"""Views of a list that people keep under a name: their filters, order and columns, for oneself or for everybody."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode

from dashboard.domain.refusals import Refused

# The lists that views can be kept of, by the words of their addresses.
LISTS = ("aging", "cancellation-risk", "expiring-payments", "lead-times", "fast-movers", "purchasing")
# What an address says beside what a view keeps: where in the list one was.
PLACES = ("after", "before")
# A name is read in a menu at a glance, and a menu of more views is searched instead of read.
LONGEST_NAME = 60
OWN_VIEWS_AT_MOST = 30
# Longer addresses are cut off by mail programs and servers on the way to a colleague.
LONGEST_KEPT = 2_000


class ViewRefused(Refused):
    """A view that cannot be kept so."""


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view as rules see it."""

    name: str
    kept: str  # the query of its address
    shared: bool
    is_own: bool = True  # of who asks


def kept_of(address: str, word: str) -> str:
    """What a view keeps of an address of its list; nothing where it is another page's."""
    path, _, query = address.partition("?")
    if path.rpartition("/")[2] != word:
        return ""
    return urlencode([(key, value) for key, value in parse_qsl(query) if key not in PLACES])


def keep(view: KeptView, *, beside: Collection[KeptView]) -> KeptView:
    """A new view, among those that its owner sees of this list."""
    if not view.kept:
        raise ViewRefused(
            "There is nothing to keep: so the list opens by itself.", "Set a filter, an order or columns first."
        )
    if sum(other.is_own for other in beside) >= OWN_VIEWS_AT_MOST:
        raise ViewRefused(
            f"You keep {OWN_VIEWS_AT_MOST} views of this list already.", "Remove one that you no longer use."
        )
    return _checked(view, beside)


def change(view: KeptView, *, name: str, shared: bool, kept: str | None, beside: Collection[KeptView]) -> KeptView:
    """A view under another name, shown to others or no longer, or keeping something else (None: what it keeps)."""
    changed = replace(view, name=name, shared=shared, kept=view.kept if kept is None else kept)
    if not changed.kept:
        raise ViewRefused(
            "There is nothing to keep instead: so the list opens by itself.",
            "Set a filter, an order or columns first, or remove the view.",
        )
    if changed == view:
        raise ViewRefused(f"“{view.name}” is so already.", "Write another name, or tick what is to be different.")
    return _checked(changed, beside)


def refuse_if_removed(view: KeptView, *, is_removed: bool) -> None:
    """What was removed cannot be changed, nor removed once more."""
    if is_removed:
        raise ViewRefused(f"“{view.name}” was removed meanwhile.", "Keep what you see as a new view.")


def _checked(view: KeptView, beside: Collection[KeptView]) -> KeptView:
    name = " ".join(view.name.split())
    if not name:
        raise ViewRefused("A view needs a name.", "Write how you want to find it again.", field="name")
    if len(name) > LONGEST_NAME:
        raise ViewRefused("This name is too long.", f"Write at most {LONGEST_NAME} characters.", field="name")
    if len(view.kept) > LONGEST_KEPT:
        raise ViewRefused("This address is too long to be kept.", "Choose fewer values in its filters.")
    same = next((other for other in beside if other.name.casefold() == name.casefold()), None)
    if same is not None:
        whose = "You keep" if same.is_own else "Everybody sees"
        raise ViewRefused(f"{whose} a view called “{same.name}” already.", "Write another name.", field="name")
    return replace(view, name=name)


def kept_in_words(view: KeptView) -> str:
    """What keeping a view does."""
    return f"“{view.name}” stands among {'everybody’s views' if view.shared else 'your views'} of this list."


def changed_in_words(before: KeptView, after: KeptView) -> str:
    """What a change of a view did."""
    did = []
    if before.name != after.name:
        did.append(f"is called “{after.name}”")
    if before.kept != after.kept:
        did.append("keeps what is shown now")
    if before.shared != after.shared:
        did.append("is seen by everybody" if after.shared else "is seen by its owner alone")
    words = did[0] if len(did) == 1 else f"{', '.join(did[:-1])} and {did[-1]}"
    return f"“{before.name}” now {words}."


def removed_in_words(view: KeptView) -> str:
    """What removing a view did."""
    whose = "everybody’s views" if view.shared else "your views"
    return f"“{view.name}” is gone from {whose}. Links to it still open."
