"""Loads of files, and looks at them: what became of each in words, and which files cannot be loaded."""

from __future__ import annotations

from dashboard.domain.refusals import Refused

# What `state` may say of a load, and one that is only seen: a load whose process has gone.
WAITING, RUNNING, DONE, FAILED, UNDOING, UNDONE = "waiting", "running", "done", "failed", "undoing", "undone"
STOPPED = "stopped"

# Of so many loads that changed something it is kept how rows stood before: a month of nights, while each of them costs
# as much room as the rows that it changed.
UNDOABLE_LOADS = 30


class LoadRefused(Refused):
    """Files that cannot be loaded."""


def outcome_in_words(state: str, *, is_look: bool, doing: str, failure: str | None, changes: bool, faults: int) -> str:
    """What a load came to, or a look at files; or what is being done."""
    if state == WAITING:
        return "It has not begun yet."
    if state in (RUNNING, UNDOING):
        return f"{doing[:1].upper()}{doing[1:]}." if doing else "It has begun."
    if state == STOPPED:
        return stopped_in_words(is_look=is_look)
    if state == FAILED:
        return failure or "It failed."
    if state == UNDONE:
        return "It was undone."
    if is_look:
        did = "This would change the desk." if changes else "This would change nothing."
    else:
        did = "Loaded." if changes else "Nothing changed: the desk knew all of it."
    return did + (f" {_faults(faults)}." if faults else "")


def stopped_in_words(*, is_look: bool) -> str:
    """What is said of one whose process was killed, or that somebody broke off."""
    return f"It was stopped in the middle. {_left_behind(is_look)}"


def facts_clashed_in_words(*, is_look: bool) -> str:
    """What is said of one that somebody else's work got in the way of."""
    return f"The desk's own rows changed while these files were loaded. {_left_behind(is_look)}"


def went_wrong_in_words(*, is_look: bool) -> str:
    """What is said of one that failed for a reason that only the log knows."""
    return f"Something went wrong that is not the files' fault; the log has more. {_left_behind(is_look)}"


def gone_in_words(source: str) -> str:
    """What is said of one that waited until its files were no more."""
    return f"The files of {source} are not here any more. Nothing was written; send them again."


def sent_in_words(source: str) -> str:
    """What is answered to who sends files."""
    return f"{source} was sent."


def asked_for_in_words(source: str) -> str:
    """What is answered to who has files loaded."""
    return f"{source} is being loaded."


def refuse_if_gone(source: str, *, are_here: bool) -> None:
    """Files that were thrown away cannot be loaded."""
    if not are_here:
        raise LoadRefused(f"The files of {source} are not here any more.", "Send them again.")


def refuse_if_taken(who: str | None, state: str) -> None:
    """What somebody loaded is not loaded a second time by mistake; a load that did not come to its end is none."""
    if state in (FAILED, STOPPED):
        return
    did = "is loading" if state in (WAITING, RUNNING, UNDOING) else "has loaded"
    raise LoadRefused(f"{who or 'Somebody'} {did} these files already.", "Send them again to load them once more.")


def _left_behind(is_look: bool) -> str:
    if is_look:
        return "Nothing was written; look at the files again."
    return "What was loaded is whole; load the files again."


def _faults(count: int) -> str:
    return "1 fault" if count == 1 else f"{count:,} faults"
