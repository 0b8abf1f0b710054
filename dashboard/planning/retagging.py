"""Tags of lines that change: a waiting line is counted under each, though nothing else of it is planned anew."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import numpy as np
from sqlalchemy import Connection

from dashboard.bulk import Words
from dashboard.database import day_number
from dashboard.estimates import cancellation
from dashboard.planning import summaries
from dashboard.planning.counted import Tags, read_tags
from dashboard.planning.state import keep_sums, planned_day


@contextmanager
def retagging(connection: Connection, lines: Collection[int]) -> Iterator[None]:
    """Writes the tags of lines (ids) anew inside, in a transaction; those that wait are then counted under the tags
    that they have.
    """
    ids, words = np.array(sorted(lines), np.int64), Words()
    before = read_tags(connection, words, ids)
    yield
    cancellation.forget_lines(connection, lines)
    after = read_tags(connection, words, ids)
    before, after = _of_changed(before, after)
    if len(before.line_id) or len(after.line_id):
        keep_sums(connection)
        shop_day = planned_day(connection)
        if shop_day is not None:  # else the first plan counts everything
            summaries.count_under_other_tags(connection, words, before, after, day=day_number(shop_day))


def _of_changed(before: Tags, after: Tags) -> tuple[Tags, Tags]:
    """Only the lines that have other tags than they had."""
    span = 1 + max(int(before.tag.max(initial=0)), int(after.tag.max(initial=0)))
    changed = np.setxor1d(before.line_id * span + before.tag, after.line_id * span + after.tag) // span
    return tuple(  # type: ignore[return-value]
        Tags(tags.line_id[of], tags.tag[of]) for tags in (before, after) for of in [np.isin(tags.line_id, changed)]
    )
