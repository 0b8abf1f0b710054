"""The list of messages, one of them, and how the texts read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dashboard.domain.messages import BOUNCED, FAILED, QUEUED
from dashboard.domain.text_changes import LANGUAGES, NAMES, TITLES
from dashboard.messages.samples import Sample, order_to_try, sample_of
from dashboard.messages.texts import FIRST_LANGUAGE, StandingText, lacking, languages_of, standing_text
from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.messages.queries import (
    DidToMessage,
    ListedMessage,
    TextChange,
    WholeMessage,
    changes_of,
    count_messages,
    count_states,
    done_to,
    find_message,
    messages_page,
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
    """A text with what it is for and who changed it, read on a real order."""

    text: StandingText
    title: str
    meaning: str
    texts: tuple[tuple[str, str], ...]  # name and title of every text
    languages: tuple[tuple[str, str, bool], ...]  # code and name of each, and whether the text is written in it
    lacking: tuple[str, ...]  # titles of what must be written too until customers read it in this language
    order: str  # as it was typed, or the order that is due first
    sample: Sample | None
    changes: tuple[TextChange, ...]  # the newest first


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


def load_texts(session: Session, name: str, order: str, language: str = "") -> TextsPage | None:
    """A text, filled with what is known of an order; where no language is named in its customer's, if it is written
    in that. None where there is no such text.
    """
    if name not in NAMES or (language and language not in LANGUAGES):
        return None
    tried = order_to_try(session, order)
    written_in = languages_of(session, name)
    spoken = language or (tried.language if tried and tried.language in written_in else FIRST_LANGUAGE)
    text = standing_text(session, name, spoken)
    return TextsPage(
        text,
        *TITLES[name],
        texts=tuple((one, TITLES[one][0]) for one in NAMES),
        languages=tuple((code, called, code in written_in) for code, called in LANGUAGES.items()),
        lacking=tuple(TITLES[one][0] for one in lacking(session, name, spoken)),
        order=order or (tried.number if tried else ""),
        sample=None if tried is None else sample_of(session, tried.id, name, spoken),
        changes=changes_of(session, text.subject),
    )
