"""What the history is: its filters and their menus, its order, its address, and what its templates are given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from flask import Blueprint, current_app, url_for
from sqlalchemy.orm import Session

from dashboard.panels.addresses import view_addresses
from dashboard.panels.anatomy import Panel
from dashboard.panels.choices import Choices, load_choices
from dashboard.panels.filters import Selection
from dashboard.panels.history.panel import ShownAct
from dashboard.panels.history.queries import DEFAULT_SORT, FILTERED_BY, SORTS, where
from dashboard.panels.history.report import HISTORY
from dashboard.panels.pages import View

UNDOS = "undos"  # where the acts say by which address each is taken back


@dataclass(frozen=True, slots=True)
class ListOfActs(Panel):
    """The history, with the parts of a panel of rows."""

    def addresses(self) -> Callable[[View], str]:
        return view_addresses(self.endpoint("index"))

    def choices(self, session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
        """The menu of a filter, with the number of acts behind each value."""
        others = tuple(where(selection.without(key), today))
        counting = replace(self.counting, among=lambda key: others)
        menu = load_choices(session, key, selection.only((key,)), today, _as_written(key, sought), counting=counting)
        if key != "act":
            return menu
        return replace(menu, found=tuple(replace(one, words=one.words.replace("-", " ")) for one in menu.found))


def _as_written(key: str, sought: str) -> str:
    """What was typed to find an act, as acts are written: “goods rec” for goods-received."""
    return sought.strip().replace(" ", "-") if key == "act" else sought


LIST = ListOfActs(
    word="history",
    name="History",
    question="Who did what?",
    icon="history",
    blueprint=Blueprint("history", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=FILTERED_BY,
    report=HISTORY,
    counting=HISTORY.counting,
)


def subject_url(act: ShownAct) -> str | None:
    """The page of what an act was done to; None where it has none."""
    noun, _, name = act.subject.partition(" ")
    if noun == "order":
        return url_for("orders.order", number=name)
    if noun == "order-line":
        number, _, line_no = name.rpartition("/")
        return url_for("orders.line", number=number, line_no=int(line_no)) if number and line_no.isdecimal() else None
    if noun == "purchase-order":
        return url_for("purchase_orders.order", number=name)
    if noun == "purchase-order-line":
        number, _, _ = name.rpartition("/")
        return url_for("purchase_orders.order", number=number) if number else None
    if noun == "intake-load" and name.isdecimal():
        return url_for("intake.load", load_id=int(name))
    if noun == "message" and name.isdecimal():
        return url_for("messages.message", message_id=int(name))
    if noun == "report" and name != "messages":
        return url_for("reports.show", name=name)
    return None


def undo_url(act: ShownAct) -> str | None:
    """Where an act is taken back, as far as that can be said of its kind; whether it still can, the undo decides."""
    find = current_app.extensions.get(UNDOS, {}).get(act.act)
    return None if find is None else find(act)
