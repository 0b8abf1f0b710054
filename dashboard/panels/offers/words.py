"""What an offer of the list says."""

from __future__ import annotations

from dashboard.messages.offers import offer_in_words
from dashboard.panels.offers.queries import ListedOffer
from dashboard.web import formats


def offer_words(row: ListedOffer) -> str:
    """What is offered, as its customer reads it."""
    what = offer_in_words(
        row.kind,
        percent=row.percent,
        amount=row.amount,
        gift=row.gift,
        instead=row.instead,
        saves=row.cost,
        currency=row.currency,
        locale=formats.locale_in_use(),
    )
    return what[:1].upper() + what[1:]
