"""Runs that deal supply out again: asked for, simulated, committed, undone."""

from __future__ import annotations

from datetime import date

from dashboard.domain.deals import DealRefused
from dashboard.domain.quantities import units

WAITING, RUNNING, SIMULATED, FAILED = "waiting", "running", "simulated", "failed"
COMMITTED, UNDONE = "committed", "undone"
HOLD_REASON = "run {}"  # by which the holds of a run are known


def refuse_unless_simulated(run_id: int, state: str, who: str | None) -> None:
    """Only what was seen can be put in force, and only once."""
    if state in (WAITING, RUNNING):
        raise DealRefused(f"Run {run_id} is not simulated yet.", "Wait for its end.")
    if state == FAILED:
        raise DealRefused(f"Run {run_id} could not be simulated.", "Simulate again.")
    if state == COMMITTED:
        raise DealRefused(f"{who or 'The desk'} committed run {run_id} already.", "It is in force.")
    if state == UNDONE:
        raise DealRefused(f"Run {run_id} was undone by {who or 'the desk'}.", "Simulate again, and commit that.")


def refuse_if_moved(run_id: int, *, is_behind: bool, moved: bool, simulated_for: date, today: date) -> None:
    """What was seen must still be what would happen."""
    if is_behind:
        raise DealRefused("Facts came in that are not planned yet.", "In a moment they are; then simulate again.")
    if simulated_for != today:
        raise DealRefused(f"Run {run_id} was simulated on another day.", "Simulate again, and commit that.")
    if moved:
        raise DealRefused(
            f"Lines of run {run_id} moved since it was simulated: somebody gained, lost or got another date.",
            "Simulate again, and commit that.",
        )


def refuse_unless_committed(run_id: int, state: str, who: str | None) -> None:
    """Only what is in force can be undone."""
    if state == UNDONE:
        raise DealRefused(f"{who or 'The desk'} undid run {run_id} already.", "Nothing of it holds any more.")
    if state != COMMITTED:
        raise DealRefused(f"Run {run_id} was never committed.", "Nothing of it holds.")


def asked_in_words(run_id: int, name: str) -> str:
    """What was asked for."""
    return f"Run {run_id} of “{name}” is being simulated. Nothing moves before somebody commits it."


def committed_in_words(run_id: int, name: str, *, lines: int, held: int) -> str:
    """What holds from now on."""
    moved = "no line moves" if not lines else "1 line moves" if lines == 1 else f"{lines:,} lines move"
    return f"Run {run_id} of “{name}” is committed: {moved}, {units(held)} {'is' if held == 1 else 'are'} held."


def undone_in_words(run_id: int, name: str, *, lines: int) -> str:
    """What holds no longer."""
    moved = "no line moves" if not lines else "1 line moves" if lines == 1 else f"{lines:,} lines move"
    return f"Run {run_id} of “{name}” is undone: what it held is free, {moved}."
