"""What became of offers, by risk, as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy.orm import Session

from dashboard.domain.offer_outcomes import OfferOutcome
from dashboard.estimates import cancellation
from dashboard.panels.filters import Selection
from dashboard.panels.report import Report
from dashboard.web.csv_response import rate, text, whole

COLUMNS = (
    text("risk"),
    whole("offers"),
    whole("stayed"),
    rate("stayed_share"),
    rate("low", lambda row: row.interval[0]),
    rate("high", lambda row: row.interval[1]),
    whole("like_lines"),
    rate("like_stayed_share", lambda row: row.like_stayed if row.like_lines else None),
    rate("difference"),
    rate("difference_low", lambda row: row.difference_interval[0]),
    rate("difference_high", lambda row: row.difference_interval[1]),
    text("verdict"),
)


def offer_outcomes(session: Session, selection: Selection, today: date) -> Iterator[OfferOutcome]:
    """All offers together, then by what chance of a cancel their lines had; nothing before a model scores."""
    attempt = cancellation.latest(session.connection())
    return iter(attempt.offers if attempt else ())


OFFER_OUTCOMES = Report(
    "offer-outcomes",
    "Offer outcomes",
    "band of risk, all of them first",
    COLUMNS,
    offer_outcomes,
    filters=(),
    about="Of the lines that got an offer how many stayed, beside like lines that got none.",
)
