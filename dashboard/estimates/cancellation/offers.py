"""Which lines got an offer, and what became of them and of like lines, by the model that scores."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Select, func, select

from dashboard import models
from dashboard.bulk import Rows, columns, number
from dashboard.domain.cancellation_model import Model, chance, constant_points, daily_points
from dashboard.domain.cancellation_risk import DAYS
from dashboard.domain.offer_outcomes import LIKE_FROM, Counted, OfferOutcome, bands_of_chance, outcomes
from dashboard.estimates.cancellation.asked import NOBODY, Which, read_columns, read_ends, read_lines, shop_days
from dashboard.estimates.cancellation.periods import NEVER, daily_columns, lives, periods
from dashboard.estimates.cancellation.training import asked_columns

# Offers of so many days are judged: what was offered last, and how.
MOST_MORNINGS = 180
# Letters that somebody reads, or is about to.
TOLD = ("queued", "sending", "sent")


def judge_offers(connection: Any, today: int, model: Model) -> tuple[OfferOutcome, ...]:
    """What became of offers whose days are over: of all, then by chance. A line counts by the first offer that its
    customer was told of; like are lines that waited on the same morning and got none until the days were over.
    """
    line_id, moment = columns(connection, _told_query())
    offered_day = shop_days(moment)
    mornings = np.unique(offered_day[offered_day + DAYS <= today])[-MOST_MORNINGS:].tolist()
    if not mornings:
        return outcomes(_nothing(0))
    lines = read_lines(connection, Which.EVER)
    lines = lines.of(np.flatnonzero(lines.placed_on < today))
    ends = read_ends(connection, lines, today)
    life = lives(lines, ends)
    asked = asked_columns(model.inputs, read_columns(connection, lines, model.money, Which.EVER), len(lines.id))
    constant = constant_points(model, asked, len(lines.id))
    offered_on = np.full(len(lines.id), NEVER)
    row = Rows(lines.id).of(line_id)
    np.minimum.at(offered_on, row[row != NOBODY], offered_day[row != NOBODY])

    counted = _nothing(len(mornings))
    for place, morning in enumerate(mornings):
        found = periods(connection, lines, ends, [morning], life)
        points = daily_points(model, daily_columns(lines, found), constant[found.line])
        band, stayed = bands_of_chance(chance(points)), ~found.cancelled
        got = offered_on[found.line] == morning
        none = offered_on[found.line] >= morning + DAYS
        for column, among in (
            (counted.offers, got),
            (counted.stayed, got & stayed),
            (counted.like, none),
            (counted.like_stayed, none & stayed),
        ):
            column[place] = np.bincount(band[among], minlength=len(LIKE_FROM))
    return outcomes(counted)


def _nothing(mornings: int) -> Counted:
    return Counted(*(np.zeros((mornings, len(LIKE_FROM)), np.int64) for _ in range(4)))


@cache
def _told_query() -> Select:
    """Each line with the moment of the first offer of which its customer was told, or is about to be."""
    offer, message = models.IncentiveOffer, models.Message
    return (
        select(number(offer.line_id), number(func.min(offer.offered_at)))
        .join(message, message.id == offer.message_id)
        .where(message.state.in_(TOLD))
        .group_by(offer.line_id)
    )
