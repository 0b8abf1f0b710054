"""What happened around an order, in one line of time: goods, letters, offers and contacts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.panels.orders.kept import KeptNote
from dashboard.panels.orders.offers import StandingOffer
from dashboard.panels.orders.queries import Event
from dashboard.panels.orders.told import ToldMessage


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, and what is known of it."""

    at: datetime
    kind: str  # event, told, offer or note
    what: Event | ToldMessage | StandingOffer | KeptNote


def in_time(
    *,
    events: Sequence[Event],
    told: Sequence[ToldMessage],
    offers: Sequence[StandingOffer],
    notes: Sequence[KeptNote],
) -> tuple[Happening, ...]:
    """All of these, the newest first; what happened at the same moment stays in the order of its kind."""
    happened = [
        *(Happening(one.at, "event", one) for one in events),
        *(Happening(one.at, "told", one) for one in told),
        *(Happening(one.at, "offer", one) for one in offers),
        *(Happening(one.at, "note", one) for one in notes),
    ]
    return tuple(sorted(happened, key=lambda one: one.at, reverse=True))
