"""The list of offers as its page knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from dashboard.panels.filters import SetFilter, set_filters
from dashboard.panels.offers.queries import ListedOffer, count_offers, count_waiting, has_any, offers_page
from dashboard.panels.offers.words import offer_words
from dashboard.panels.pages import Page, View

# So many are counted; of more one is told "more than".
COUNTED_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class OffersPanel:
    """The offers of a selection, page by page."""

    view: View
    today: date
    set_filters: tuple[SetFilter, ...]
    count: int  # of the selection; one more than are counted at most, where there are more
    waiting: int  # of all: somebody must allow them
    is_empty: bool  # nothing was ever offered
    page: Page[ListedOffer]
    words: dict[int, str]  # what each of the page offers, as its customer reads it

    @property
    def is_capped(self) -> bool:
        return self.count == COUNTED_AT_MOST + 1


def load_offers(session: Session, view: View, today: date) -> OffersPanel:
    """A page of the offers that an address means."""
    page = offers_page(session, view)
    return OffersPanel(
        view,
        today,
        set_filters(session, view.selection),
        count_offers(session, view.selection, at_most=COUNTED_AT_MOST),
        count_waiting(session),
        not has_any(session),
        page,
        {row.id: offer_words(row) for row in page.rows},
    )
