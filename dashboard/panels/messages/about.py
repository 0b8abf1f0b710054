"""What the list of messages is: its filters and their menus, its order, its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from dashboard.models import Message
from dashboard.panels.addresses import view_addresses
from dashboard.panels.anatomy import Panel
from dashboard.panels.choices import Choices, Counting, load_choices
from dashboard.panels.filters import Selection
from dashboard.panels.messages.queries import DEFAULT_SORT, FILTERED_BY, SORTS, where
from dashboard.panels.messages.report import MESSAGES
from dashboard.panels.pages import View


@dataclass(frozen=True, slots=True)
class ListOfMessages(Panel):
    """The list of messages, with the parts of a panel of rows."""

    def addresses(self) -> Callable[[View], str]:
        return view_addresses(self.endpoint("index"))

    def choices(self, session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
        """The menu of a filter, with the number of messages behind each value."""
        others = tuple(where(selection.without(key), with_sign_in=False))
        counting = Counting("message", {"mail": Message.state, "kind": Message.kind}, among=lambda key: others)
        return load_choices(session, key, selection.only((key,)), today, sought, counting=counting)


LIST = ListOfMessages(
    word="messages",
    name="Messages",
    question="Messages",
    icon="mail",
    blueprint=Blueprint("messages", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=FILTERED_BY,
    report=MESSAGES,
)
