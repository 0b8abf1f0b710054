"""How the domain reads columns: 64-bit whole numbers, with one value for "not known".

Planning works on a million lines at once, so its facts come as numpy columns rather than objects. Days are whole
days since 1970-01-01, instants microseconds since then, money micro-units.
"""

import numpy as np

# Stands for an empty cell in a column of whole numbers. It is far below every day, instant and id, and adding
# days to it cannot bring it back among them.
NONE = -(2**62)

# The other end: what a deadline that does not apply counts as when the earliest is sought.
NEVER = 2**62


def known(column):
    """Where a column holds a value rather than "not known" (also after days were added to it)."""
    return column > NONE // 2


def first_known(*columns):
    """The first of several columns that is known, row by row."""
    result = columns[-1]
    for column in reversed(columns[:-1]):
        result = np.where(known(column), column, result)
    return result


def plus(column, days):
    """A column of days moved by so many days; what is not known stays so."""
    return np.where(known(column), column + days, NONE)


def before_in_group(amounts, starts):
    """The running total of what stands before each row within its group.

    Rows of a group are contiguous; `starts` holds, for each row, the position of the first row of its group.
    """
    ends = np.cumsum(amounts)
    before = ends - amounts
    return before - before[starts]


def group_starts(keys):
    """For sorted keys, the position of the first row of each row's group."""
    if not len(keys):
        return np.zeros(0, np.int64)
    first = np.empty(len(keys), bool)
    first[0] = True
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    firsts = np.flatnonzero(first)
    return np.repeat(firsts, np.diff(np.append(firsts, len(keys))))


def sorting(*keys):
    """The permutation that sorts rows by several columns, the first one counting most.

    Packs the columns into one 64-bit number where they fit, because sorting one column is ten times as fast as
    sorting by several; the row number is packed with them, so equal rows keep their order.
    """
    count = len(keys[0])
    if count < 2:
        return np.arange(count)
    lows = [int(key.min()) for key in keys]
    spans = [int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True)]
    size = count
    for span in spans:
        size *= span
    if size >= 2**63:
        return np.lexsort(tuple(reversed(keys)))
    packed = np.zeros(count, np.int64)
    for key, low, span in zip(keys, lows, spans, strict=True):
        packed *= span
        packed += key
        packed -= low
    packed *= count
    packed += np.arange(count)
    packed.sort()
    packed %= count
    return packed
