"""Ways of dealing supply out again, kept under a name."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from dashboard.domain.deals import LONGEST_NAME, SEGMENTS_AT_MOST, SORTS, STRATEGIES, DealRefused

WAY_CHANGED = "the way of dealing was changed"  # why a schedule is paused

# What each strategy means for the lines of its segment, and how they stand one behind the other.
STRATEGY_WORDS = {
    "win": ("Win", "must be served in full and on time; whoever is not, is listed"),
    "gain": ("Gain", "keeps what it has, and may get more"),
    "redistribute": ("Redistribute", "may gain or lose"),
    "fill": ("Fill", "may only lose"),
    "lose": ("Lose", "gives everything up"),
    "none": ("Everybody else", "keeps what it has, and takes what is left"),
}
SORT_WORDS = {
    "queue": "as in the queue",
    "oldest": "oldest order first",
    "promise": "earliest promise first",
    "value": "highest value first",
    "smallest": "fewest units first",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """Lines that are treated alike: filters as an address has them, an order, a strategy."""

    filters: str
    sort: str
    strategy: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of dealing as rules see it."""

    name: str
    scope: str
    segments: tuple[Segment, ...]


def keep(name: str | None, scope: str | None, segments: Sequence[Segment], *, beside: Collection[str]) -> Variant:
    """What is kept; `beside` are the names that are taken."""
    name = " ".join((name or "").split())
    if not name:
        raise DealRefused("It has no name.", "Write one, as “VIPs first”.", field="name")
    if len(name) > LONGEST_NAME:
        raise DealRefused(
            f"A name of {len(name)} characters is not read in a list.", f"At most {LONGEST_NAME}.", field="name"
        )
    if name.casefold() in {other.casefold() for other in beside}:
        raise DealRefused(f"There is a “{name}” already.", "Choose another name, or change that one.", field="name")
    if not segments:
        raise DealRefused("Nobody gains or loses.", "Choose a strategy for at least one group.", field="strategy1")
    if len(segments) > SEGMENTS_AT_MOST:
        raise DealRefused(f"There are {len(segments)} groups.", f"At most {SEGMENTS_AT_MOST} can be told apart.")
    for place, segment in enumerate(segments, start=1):
        if segment.strategy not in STRATEGIES or segment.sort not in SORTS:
            raise DealRefused(
                "There is no such strategy or order.", "Choose one of the list.", field=f"strategy{place}"
            )
        if not segment.filters and place < len(segments):
            raise DealRefused(
                f"Group {place} is everybody, so that nobody is left for those after it.",
                "Say whom it means, or put it last.",
                field=f"filters{place}",
            )
    return Variant(name, scope or "", tuple(segments))


def kept_in_words(variant: Variant) -> str:
    """What was kept."""
    groups = "1 group" if len(variant.segments) == 1 else f"{len(variant.segments)} groups"
    return f"“{variant.name}” is kept: {groups}. Nothing is dealt out yet."


def changed_in_words(variant: Variant, *, pauses: bool) -> str:
    """What was changed, and whether its schedule rests because of it."""
    rests = " Its schedule is paused until somebody resumes it." if pauses else ""
    return f"“{variant.name}” is changed. Runs that were simulated before stay as they were.{rests}"
