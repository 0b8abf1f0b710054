"""A load of files that is taken back, as far as nobody built upon it since."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.domain.loads import UNDOABLE_LOADS
from dashboard.domain.refusals import Refused

# So many rows are taken back while others wait; a larger load is undone by command, a piece at a time.
MOST_AT_ONCE = 20_000
# And so many only to see what would follow, which takes about a second.
MOST_FORESEEN = 4_000
NAMED_AT_MOST = 3


class UndoRefused(Refused):
    """A load that cannot be taken back."""


def refuse_unless_over(load_id: int, state: str, *, is_look: bool) -> None:
    """Only what has been loaded, and is not being loaded still, can be taken back."""
    if is_look:
        raise UndoRefused("These files were only looked at.", "There is nothing to take back.")
    if state in ("waiting", "running"):
        raise UndoRefused(f"Load {load_id} is still under way.", "Wait for its end.")
    if state == "undoing":
        raise UndoRefused(f"Load {load_id} is being undone already.", "Wait for its end.")


def refuse_if_old(load_id: int, *, is_too_old: bool) -> None:
    """Only of the newest loads is it known how rows stood before them."""
    if is_too_old:
        raise UndoRefused(
            f"Load {load_id} is too old: how rows stood before it is no longer kept.",
            f"That is kept for the newest {UNDOABLE_LOADS} loads that changed something.",
        )


def refuse_if_large(load_id: int, rows: int, *, at_most: int) -> None:
    """While a load is taken back at once, everybody else waits: that is for small ones."""
    if rows > at_most:
        raise UndoRefused(
            f"Load {load_id} made and changed {rows:,} rows; to take more than {at_most:,} back at once would keep "
            "everybody waiting.",
            f"Have it done by command, a piece at a time: flask intake undo {load_id}.",
        )


def refuse_to_foresee_if_large(load_id: int, *, made: int, changed: int) -> None:
    """Nobody can write while it is tried what an undo would do: that is for small loads."""
    if made + changed > MOST_FORESEEN:
        raise UndoRefused(
            f"Load {load_id} made {_rows(made)} and changed {changed:,}. To try what follows when more than "
            f"{MOST_FORESEEN:,} are taken back would keep everybody waiting.",
            "It can be undone all the same; what stays is said then.",
        )


def undone_in_words(load_id: int, *, removed: int, restored: int, stays: Sequence[str], stay_count: int) -> str:
    """What an undo did, and what it left."""
    if not removed and not restored and not stay_count:
        return f"Load {load_id} is undone: it had changed nothing."
    words = f"Load {load_id} is undone: {_rows(removed)} removed, {_rows(restored)} as before."
    if stay_count:
        more = stay_count - min(len(stays), NAMED_AT_MOST)
        words += f" {' '.join(stays[:NAMED_AT_MOST])}" + (f" And {more:,} more stay." if more else "")
    return words


def undone_before_in_words(load_id: int) -> str:
    """What is answered to who undoes a load again."""
    return f"Load {load_id} was undone before; nothing more is done."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
