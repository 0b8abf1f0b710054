"""The list of messages, one of them, and how the texts read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dashboard.domain.messages import BOUNCED, FAILED, KINDS, QUEUED
from dashboard.messages.samples import Sample, sample_of
from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.messages.queries import (
    DidToMessage,
    ListedMessage,
    WholeMessage,
    count_messages,
    count_states,
    done_to,
    find_message,
    messages_page,
    newest_waiting_order,
    order_of,
)
from dashboard.panels.pages import Page, View

# So many are counted; of more one is told "more than".
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class MessagesPanel:
    """The messages of a selection, page by page."""

    view: View
    today: date
    set_filters: tuple[SetFilter, ...]
    count: int  # of the selection; one more than are counted at most, where there are more
    waiting: int  # of all: they will leave
    failed: int  # of all: a person must look
    total: int  # of all
    page: Page[ListedMessage]

    @property
    def is_capped(self) -> bool:
        return self.count == COUNTED_AT_MOST + 1


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One message, and what was done to it."""

    whole: WholeMessage
    done: tuple[DidToMessage, ...]

    @property
    def listed(self) -> ListedMessage:
        return self.whole.listed


@dataclass(frozen=True, slots=True)
class TextsPage:
    """How the text of a kind reads, tried on a real order."""

    kind: str
    kinds: tuple[str, ...]
    order: str  # as it was typed, or the order that is due first
    is_known: bool  # whether there is such an order
    sample: Sample | None


def load_messages(session: Session, view: View, today: date, *, with_sign_in: bool) -> MessagesPanel:
    """A page of the messages that an address means."""
    states = count_states(session, with_sign_in=with_sign_in)
    return MessagesPanel(
        view,
        today,
        set_filters(session, view.selection),
        count_messages(session, view.selection, with_sign_in=with_sign_in, at_most=COUNTED_AT_MOST),
        states.get(QUEUED, 0),
        states.get(FAILED, 0) + states.get(BOUNCED, 0),
        sum(states.values()),
        messages_page(session, view, with_sign_in=with_sign_in),
    )


def load_message(session: Session, message_id: int, *, with_sign_in: bool) -> MessagePage | None:
    """One message; None where there is none of that number for who asks."""
    whole = find_message(session, message_id, with_sign_in=with_sign_in)
    return None if whole is None else MessagePage(whole, done_to(session, message_id))


def load_texts(session: Session, kind: str, order: str) -> TextsPage | None:
    """The text of a kind, filled with what is known of an order; None where there is no such kind."""
    if kind not in KINDS:
        return None
    number = order or newest_waiting_order(session) or ""
    order_id = order_of(session, number) if number else None
    sample = None if order_id is None else sample_of(session, order_id, kind)
    return TextsPage(kind, tuple(KINDS), number, order_id is not None, sample)
