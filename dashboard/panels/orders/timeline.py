"""What happened around an order, in one line of time: goods, letters, offers, contacts and acts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress

from dashboard.panels.orders.done import DoneAct
from dashboard.panels.orders.kept import KeptNote
from dashboard.panels.orders.offers import StandingOffer
from dashboard.panels.orders.queries import Event
from dashboard.panels.orders.told import ToldMessage

# What of it somebody may want alone, and how a switch calls that. A thing may be of several kinds.
PARTS_OF_TIME = {"messages": "Messages", "supply": "Supply", "staff": "Staff"}
# Acts by which the customer was spoken to or answered, and acts that move units; others are told by their subject.
ON_MESSAGES = (
    "call-back-done",
    "call-back-given",
    "call-back-moved",
    "call-back-promised",
    "call-back-reopened",
    "consent-recorded",
    "links-revoked",
    "notice-taken-back",
    "offer-accepted",
    "offer-approved",
    "offer-declined",
    "offer-ended",
    "offer-refused",
    "offer-withdrawn",
)
ON_SUPPLY = ("hold-released", "shipment-split", "split-undone", "units-held", "units-picked", "units-tied")


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened, and what is known of it."""

    at: datetime
    kind: str  # event, told, offer, note or act
    what: Event | ToldMessage | StandingOffer | KeptNote | DoneAct

    @property
    def parts(self) -> frozenset[str]:
        """Which of `PARTS_OF_TIME` it is told in."""
        match self.what:
            case DoneAct() as act:
                told = act.act in ON_MESSAGES, act.is_of_supply or act.act in ON_SUPPLY, act.who is not None
            case KeptNote() as note:
                told = note.contact is not None, False, note.who is not None
            case StandingOffer() as offer:
                told = True, False, offer.who is not None
            case ToldMessage():
                told = True, False, False
            case Event():
                told = False, True, False
        return frozenset(compress(PARTS_OF_TIME, told))


def in_time(
    *,
    events: Sequence[Event],
    told: Sequence[ToldMessage],
    offers: Sequence[StandingOffer],
    notes: Sequence[KeptNote],
    done: Sequence[DoneAct],
    only: str = "",
) -> tuple[Happening, ...]:
    """All of these, the newest first; what happened at the same moment stays in the order of its kind.

    `only` is one of `PARTS_OF_TIME`; empty: everything.
    """
    happened = [
        *(Happening(one.at, "event", one) for one in events),
        *(Happening(one.at, "told", one) for one in told),
        *(Happening(one.at, "offer", one) for one in offers),
        *(Happening(one.at, "note", one) for one in notes),
        *(Happening(one.at, "act", one) for one in done),
    ]
    wanted = (one for one in happened if not only or only in one.parts)
    return tuple(sorted(wanted, key=lambda one: one.at, reverse=True))
