"""Whether offers keep orders: of the lines that got one, how many stayed, beside like lines that got none.

Like are lines that waited on the same morning with about the same chance of a cancel. Stayed means that the customer
did not cancel the line within the days of `cancellation_risk.DAYS`. Nobody drew by lot who gets an offer, so what staff
know and the desk does not can still stand behind a difference.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.domain.cancellation_risk import BANDS, WHOLE
from dashboard.domain.kept_dates import wilson

# With fewer offers, or like lines, a share says nothing.
ENOUGH_OFFERS, ENOUGH_LIKE = 20, 20
# Where lines begin to be as likely to leave as one another, in ten-thousandths: the bands that are shown, divided.
LIKE_FROM = (0, 150, 300, 500, 750, 1_000, 1_500, 2_000, 2_750, 3_500, 5_000)
EVERY = "all"
FINE = 0.095  # shares below it are told with a decimal
TOO_FEW, KEEP, LEAVE, NO_DIFFERENCE = "too-few", "keep", "leave", "no-difference"


@dataclass(frozen=True, slots=True)
class OfferOutcome:
    """What became of the lines of one band of chances that got an offer, and of like ones."""

    risk: str  # the key of a band of cancellation_risk; `all`
    offers: int  # whose days are over, and that have like lines
    stayed: int
    like_lines: int
    like_stayed: float  # the share that would have stayed, had they done as like lines did
    like_weight: float  # as how many lines, drawn at random, the like ones tell that share

    @property
    def stayed_share(self) -> float | None:
        return self.stayed / self.offers if self.offers else None

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies, 19 times of 20."""
        return wilson(self.stayed, self.offers)

    @property
    def is_enough(self) -> bool:
        return self.offers >= ENOUGH_OFFERS and self.like_weight >= ENOUGH_LIKE

    @property
    def difference(self) -> float | None:
        """How many more stayed, as a share of the lines that got an offer; below zero fewer."""
        return None if self.stayed_share is None else self.stayed_share - self.like_stayed

    @property
    def difference_interval(self) -> tuple[float, float]:
        """Between which differences the true one lies, 19 times of 20 (Newcombe, Statistics in Medicine 17, 1998,
        method 10).
        """
        share, gap = self.stayed_share or 0.0, self.difference or 0.0
        low, high = self.interval
        like_low, like_high = wilson(self.like_stayed * self.like_weight, self.like_weight)
        below = ((share - low) ** 2 + (like_high - self.like_stayed) ** 2) ** 0.5
        above = ((high - share) ** 2 + (self.like_stayed - like_low) ** 2) ** 0.5
        return max(gap - below, -1.0), min(gap + above, 1.0)

    @property
    def verdict(self) -> str:
        if not self.is_enough:
            return TOO_FEW
        low, high = self.difference_interval
        return KEEP if low > 0 else LEAVE if high < 0 else NO_DIFFERENCE


@dataclass(frozen=True, slots=True)
class Counted:
    """Lines by morning and by what chance they had, one row a morning and a column for each of LIKE_FROM."""

    offers: np.ndarray
    stayed: np.ndarray
    like: np.ndarray
    like_stayed: np.ndarray


def outcomes(counted: Counted) -> tuple[OfferOutcome, ...]:
    """What became of offers: of all, then band by band. Offers without a like line on their morning are left out."""
    shown = np.searchsorted([band.first for band in BANDS], LIKE_FROM, side="right") - 1
    whole = _outcome(EVERY, counted, np.ones(len(LIKE_FROM), bool))
    return whole, *(_outcome(band.key, counted, shown == place) for place, band in enumerate(BANDS))


def _outcome(risk: str, counted: Counted, among: np.ndarray) -> OfferOutcome:
    offers, stayed, like, like_stayed = (
        column[:, among].ravel() for column in (counted.offers, counted.stayed, counted.like, counted.like_stayed)
    )
    has_like = (offers > 0) & (like > 0)
    offers, stayed, like, like_stayed = (column[has_like] for column in (offers, stayed, like, like_stayed))
    every = int(offers.sum())
    if not every:
        return OfferOutcome(risk, 0, 0, 0, 0.0, 0.0)
    # Like lines count as if each morning and chance had as many of them as got an offer; how surely they are known then
    # is that of so many lines (Kish, Survey Sampling, 1965, 11.7).
    weight = offers / every
    share = float((weight * like_stayed / like).sum())
    return OfferOutcome(
        risk, every, int(stayed.sum()), int(like.sum()), share, float(1 / (weight * weight / like).sum())
    )


def in_words(found: Sequence[OfferOutcome]) -> str:
    """What there is to say of all offers together."""
    every = found[0]
    if every.verdict == TOO_FEW:
        return (
            f"Too few to say: {every.offers} offers were judged beside {every.like_lines} like lines, and "
            f"{ENOUGH_OFFERS} of each are needed."
        )
    low, high = every.difference_interval
    of_100 = "of 100 lines with an offer,"
    if every.verdict == KEEP:
        return f"Offers keep orders: {of_100} {_of_100(low)} to {_of_100(high)} more stay than of like lines without."
    if every.verdict == LEAVE:
        return (
            f"Offers do not keep orders: {of_100} {_of_100(-high)} to {_of_100(-low)} fewer stay than of like lines "
            "without. They may go to those who are about to leave anyway."
        )
    return f"Nothing that luck does not explain: {of_100} {_of_100(-low)} fewer to {_of_100(high)} more stay."


def _of_100(share: float) -> str:
    """With a decimal where whole ones would say nothing."""
    return f"{100 * share:.1f}" if share < FINE else f"{100 * share:.0f}"


def bands_of_chance(chance: np.ndarray) -> np.ndarray:
    """The place in LIKE_FROM of chances between 0 and 1."""
    return np.searchsorted(LIKE_FROM, np.floor(chance * WHOLE + 0.5), side="right") - 1
