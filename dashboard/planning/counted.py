"""What sums count of each waiting row: as it was derived, or as it is stored."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache

import numpy as np
from sqlalchemy import select

from dashboard import models
from dashboard.bulk import Among, Words, code, columns, flag, number, text
from dashboard.domain.cancellation_risk import NOT_SCORED
from dashboard.domain.causes import CAUSES
from dashboard.domain.columns import known
from dashboard.domain.expiring_payments import PAYMENT_STATES
from dashboard.planning.derive import Plan

NO_KEY = -1
PARTS = 2**15  # more than a line can have

# Lines whose tags are asked for at once: the words of more would fill memory before they are numbers.
TAGGED_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Counted:
    """Columns of waiting rows; words as numbers, keys NO_KEY where there is none."""

    line_id: np.ndarray
    part: np.ndarray
    supplier: np.ndarray
    channel: np.ndarray
    location: np.ndarray
    tier: np.ndarray
    cause: np.ndarray
    planned: np.ndarray
    dated: np.ndarray
    currency: np.ndarray
    placed_on: np.ndarray
    eta: np.ndarray  # NONE where there is none
    deadline: np.ndarray
    order_id: np.ndarray
    customer_id: np.ndarray
    units: np.ndarray
    value: np.ndarray
    payment_state: np.ndarray
    last_good_day: np.ndarray  # NONE where not known
    cancel_risk: np.ndarray  # NOT_SCORED where nothing scores it

    @property
    def key(self):
        """One number for line and part."""
        return keys_of_parts(self.line_id, self.part)

    def of(self, rows):
        return Counted(*(getattr(self, field.name)[rows] for field in fields(self)))

    def and_also(self, other):
        """The rows of both, whose words have the same numbers."""
        return Counted(
            *(np.concatenate((getattr(self, field.name), getattr(other, field.name))) for field in fields(self))
        )


def keys_of_parts(line_id, part):
    """One number for each line and part."""
    return line_id * PARTS + part


def counted(plan: Plan, which=slice(None)) -> Counted:
    """Rows of a plan that was derived."""
    rows = plan.waiting
    supplier, location = rows.supplier_id[which], rows.location_id[which]
    return Counted(
        rows.line_id[which],
        rows.part[which],
        np.where(known(supplier), supplier, NO_KEY),
        plan.channel[which],
        np.where(known(location), location, NO_KEY),
        plan.tier[which],
        rows.cause[which],
        rows.planned[which],
        known(rows.eta[which]).astype(np.int8),
        plan.currency[which],
        plan.placed_on[which],
        rows.eta[which],
        rows.deadline[which],
        plan.order_id[which],
        plan.customer_id[which],
        rows.qty_open[which] - rows.qty_reserved[which],
        rows.value[which],
        rows.payment_state[which],
        rows.last_good_day[which],
        rows.cancel_risk[which],
    )


@cache
def _stored_query(among):
    row = models.Waiting
    query = select(
        number(row.line_id),
        number(row.part),
        number(row.supplier_id, NO_KEY),
        text(row.channel),
        number(row.location_id, NO_KEY),
        text(row.tier),
        code(row.cause, CAUSES),
        flag(row.planned),
        number(row.dated),
        text(row.currency),
        number(row.placed_on),
        number(row.eta),
        number(row.deadline),
        number(row.order_id),
        number(row.customer_id),
        number(row.qty_backordered),
        number(row.value),
        code(row.payment_state, PAYMENT_STATES),
        number(row.last_good_day),
        number(row.cancel_risk, NOT_SCORED),
    )
    return query.where(Among(getattr(row, among), among)) if among else query


def stored(connection, words: Words, **listed) -> Counted:
    """The rows of the plan as stored: all, or those whose `customer_id` or `line_id` is listed."""
    found = columns(connection, _stored_query(next(iter(listed), None)), **listed)
    return Counted(*(words.numbers(column) if isinstance(column, list) else column for column in found))


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of lines, one row each line and tag, sorted by line; tags as numbers of words."""

    line_id: np.ndarray
    tag: np.ndarray

    def and_also(self, other):
        """The tags of both, of different lines."""
        line_id = np.concatenate((self.line_id, other.line_id))
        by = np.argsort(line_id, kind="stable")
        return Tags(line_id[by], np.concatenate((self.tag, other.tag))[by])

    def of(self, line_id):
        """The tags of these lines: the place of the line and the tag, one row each."""
        first = np.searchsorted(self.line_id, line_id)
        count = np.searchsorted(self.line_id, line_id, side="right") - first
        place = np.repeat(np.arange(len(line_id)), count)
        within = np.arange(len(place)) - np.repeat(np.cumsum(count) - count, count)
        return place, self.tag[first[place] + within]


@cache
def _tags_query():
    row = models.LineTag
    return select(number(row.line_id), text(row.tag)).where(Among(row.line_id, "lines"))


def read_tags(connection, words: Words, line_id) -> Tags:
    """The tags of these lines."""
    lines = np.unique(line_id)
    found = [(lines[:0], lines[:0])]
    for start in range(0, len(lines), TAGGED_AT_ONCE):
        of, tags = columns(connection, _tags_query(), lines=lines[start : start + TAGGED_AT_ONCE])
        found.append((of, words.numbers(tags)))
    of, tag = (np.concatenate(column) for column in zip(*found, strict=True))
    by = np.argsort(of, kind="stable")
    return Tags(of[by], tag[by])
