"""What the list of offers is: its filters and their menus, its order, its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import Blueprint
from sqlalchemy.orm import Session

from dashboard.models import IncentiveOffer
from dashboard.panels.addresses import view_addresses
from dashboard.panels.anatomy import Panel
from dashboard.panels.choices import Choices, Counting, load_choices
from dashboard.panels.filters import Selection
from dashboard.panels.offers.queries import DEFAULT_SORT, FILTERED_BY, SORTS, where
from dashboard.panels.offers.report import OFFERS
from dashboard.panels.pages import View


@dataclass(frozen=True, slots=True)
class ListOfOffers(Panel):
    """The list of offers, with the parts of a panel of rows."""

    def addresses(self) -> Callable[[View], str]:
        return view_addresses(self.endpoint("index"))

    def choices(self, session: Session, key: str, selection: Selection, today: date, sought: str = "") -> Choices:
        """The menu of a filter, with the number of offers behind each value."""
        others = tuple(where(selection.without(key)))
        counting = Counting("offer", {"offer": IncentiveOffer.state}, among=lambda key: others)
        return load_choices(session, key, selection.only((key,)), today, sought, counting=counting)


LIST = ListOfOffers(
    word="offers",
    name="Offers",
    question="Offers",
    icon="rosette-discount",
    blueprint=Blueprint("offers", __name__),
    sorts=SORTS,
    default_sort=DEFAULT_SORT,
    filters=FILTERED_BY,
    report=OFFERS,
)
