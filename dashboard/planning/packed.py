"""Columns that only one reader needs, and that whole, as one value: row by row they would take longer than to find."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence

import numpy as np

CELL = np.dtype("<i8")  # on every machine alike
QUICKLY = 1  # of zlib's levels: the next ones take twice as long for a tenth less


def pack(cells: Mapping[str, np.ndarray], names: Sequence[str]) -> bytes:
    """The columns of these names, one after the other."""
    return zlib.compress(np.array([cells[name] for name in names], CELL).tobytes(), QUICKLY)


def unpack(packed: bytes, names: Sequence[str]) -> dict[str, np.ndarray]:
    """The same columns again."""
    cells = np.frombuffer(zlib.decompress(packed), CELL).reshape(len(names), -1).astype(np.int64)
    return dict(zip(names, cells, strict=True))
