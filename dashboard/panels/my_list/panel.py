"""Somebody's own list as its page knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from dashboard.panels.my_list.queries import (
    LISTED_AT_MOST,
    Asked,
    FollowedOrder,
    MyCall,
    MyLine,
    calls_of_nobody,
    due_calls,
    followed_orders,
    lines_of_who_left,
    my_calls,
    my_lines,
    unanswered_cards,
    unanswered_consents,
)
from dashboard.panels.offers.queries import ListedOffer, waiting_offers
from dashboard.panels.offers.words import offer_words

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Listed(Generic[Row]):
    """The first rows of a kind, and whether there are more."""

    rows: tuple[Row, ...]
    has_more: bool

    @property
    def count(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class MyList:
    """What is somebody's own to do, kind by kind."""

    today: date
    now: datetime
    calls: Listed[MyCall]
    free_calls: Listed[MyCall]  # that whoever is free makes, or who left was to
    calls_due: int  # of all of these
    changes_in: int | None  # seconds until the next call is due; None: no other is promised
    approvals: Listed[ListedOffer]  # that they may decide, else that they asked for
    words: dict[int, str]  # what each of these offers, as its customer reads it
    asked: Listed[Asked]  # of customers, without an answer; the longest ago first
    lines: Listed[MyLine]
    left_lines: Listed[MyLine]  # of those who left
    followed: Listed[FollowedOrder]  # what was done to last first, then what falls due first

    @property
    def is_empty(self) -> bool:
        kinds = (self.calls, self.free_calls, self.approvals, self.asked, self.lines, self.left_lines, self.followed)
        return not any(kind.rows for kind in kinds)

    def is_due(self, call: MyCall) -> bool:
        """Whether a call should have been made by now."""
        return call.due_at <= self.now


def load_my_list(session: Session, person: int, *, decides_offers: bool, now: datetime, today: date) -> MyList:
    """Everything that is somebody's own to do; `decides_offers`: they may allow what others offer above their limit."""
    more = LISTED_AT_MOST + 1
    due = due_calls(session, person, now)
    approvals = waiting_offers(session, asked_by=None if decides_offers else person, at_most=more)
    asked = [
        *unanswered_consents(session, person, at_most=more),
        *unanswered_cards(session, person, at_most=more),
    ]
    followed = followed_orders(session, person, at_most=more)
    return MyList(
        today,
        now,
        _listed(my_calls(session, person, at_most=more)),
        _listed(calls_of_nobody(session, person, at_most=more)),
        due.count,
        changes_in(due.next_at, now),
        _listed(approvals),
        {row.id: offer_words(row) for row in approvals},
        _listed(sorted(asked, key=lambda one: (one.at, one.kind, one.message_id))),
        _listed(my_lines(session, person, today, at_most=more)),
        _listed(lines_of_who_left(session, today, at_most=more)),
        _listed(sorted(followed, key=_news_and_deadline)),
    )


def changes_in(next_at: datetime | None, now: datetime) -> int | None:
    """Whole seconds until a moment has come; None: none is to come."""
    return None if next_at is None else max(ceil((next_at - now).total_seconds()), 1)


def _listed(rows: list[Row]) -> Listed[Row]:
    return Listed(tuple(rows[:LISTED_AT_MOST]), len(rows) > LISTED_AT_MOST)


def _news_and_deadline(order: FollowedOrder) -> tuple[float, date, str]:
    return (-order.news.at.timestamp() if order.news else 0, order.deadline or date.max, order.number)
