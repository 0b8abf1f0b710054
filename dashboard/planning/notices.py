"""What customers were told of lines that slip, and what they answered, as planning reads it."""

from __future__ import annotations

from functools import cache

import numpy as np
from sqlalchemy import and_, func, select

from dashboard import models
from dashboard.bulk import Among, columns, flag, number
from dashboard.domain.columns import NONE, known, sorting
from dashboard.domain.deadlines import Told


def read_told(connection, parts_of, rows: int, **listed) -> Told:
    """The last that was told of each of so many parts; `parts_of(line ids, parts)` says which row each is, below zero
    where it is none. All notices, or those of listed `lines`.
    """
    line_id, part, notice, message, earlier, new_date, needs = columns(
        connection, _notices_query(bool(listed)), **listed
    )
    answer_line, answer_part, answer, answered_message, until = columns(
        connection, _answers_query(bool(listed)), **listed
    )
    told = Told(np.full(rows, NONE), np.full(rows, NONE), np.zeros(rows, bool), np.zeros(rows, bool))
    at, last = _last_of_each(parts_of(line_id, part), notice)
    told.earlier_promise[at], told.new_date[at] = earlier[last], new_date[last]
    of_message = np.full(rows, NONE)
    of_message[at] = message[last]
    told.is_open[at] = needs[last] == 1

    at, last = _last_of_each(parts_of(answer_line, answer_part), answer)
    agreed = until[last]
    told.has_no_end[at] = ~known(agreed)
    answers = (answered_message[last] == of_message[at]) & known(of_message[at])
    covers = ~known(agreed) | (known(told.new_date[at]) & (told.new_date[at] <= agreed))
    told.is_open[at[answers | covers]] = False
    return told


def read_told_of(connection, line_id, part) -> Told:
    """The same of listed parts, in their order."""
    place = {key: row for row, key in enumerate(zip(line_id.tolist(), part.tolist(), strict=True))}

    def rows(lines, parts):
        return np.array([place.get(key, -1) for key in zip(lines.tolist(), parts.tolist(), strict=True)], np.int64)

    return read_told(connection, rows, len(line_id), lines=np.unique(line_id))


def _last_of_each(row, age):
    """The rows that something is said of, and the place of what was said last of each."""
    places = np.flatnonzero(row >= 0)
    places = places[sorting(row[places], age[places])]
    ends = np.diff(row[places], append=-1) != 0
    return row[places[ends]], places[ends]


@cache
def _notices_query(listed):
    notice, line = models.DelayNotice, models.OrderLine
    query = (
        select(
            number(notice.line_id),
            number(notice.part),
            number(notice.id),
            number(notice.message_id),
            number(notice.earlier_promise),
            number(notice.new_date),
            flag(notice.needs_consent),
        )
        .join(line, line.id == notice.line_id)
        .where(notice.in_force, line.qty_open > 0)
    )
    return query.where(Among(notice.line_id, "lines")) if listed else query


@cache
def _answers_query(listed):
    """Who says that they want it cancelled has nothing left that waits."""
    consent, notice, line = models.Consent, models.DelayNotice, models.OrderLine
    query = (
        select(
            number(consent.line_id),
            number(consent.part),
            number(consent.id),
            # Who answers what nobody wrote has no notice.
            func.coalesce(number(notice.message_id), NONE),
            number(consent.until),
        )
        .join(line, line.id == consent.line_id)
        .outerjoin(notice, notice.id == consent.notice_id)
        .where(and_(consent.answer == "waits", line.qty_open > 0))
    )
    return query.where(Among(consent.line_id, "lines")) if listed else query
