"""Answers that are the same for many people: written once, kept for those who ask next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

# Each is some tens of kilobytes.
ANSWERS_KEPT = 64
# Python writes one after the other however many threads try, but each that tries holds the memory for it: two, so that
# one writes while the other one's rows are read.
WRITTEN_AT_ONCE = 2


class KeptAnswers:
    """The fragments that were written last, by their marks: one is written once, however many ask for it at once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._writing: dict[str, threading.Lock] = {}
        self._changing = threading.Lock()
        self._turns = threading.BoundedSemaphore(WRITTEN_AT_ONCE)

    def get(self, mark: str, write: Callable[[], bytes]) -> bytes:
        """The answer of a mark; who comes first writes it, and who comes meanwhile waits for that."""
        with self._changing:
            written = self._look_up(mark)
            if written is not None:
                return written
            writing = self._writing.setdefault(mark, threading.Lock())
        with writing:
            try:
                written = self._kept.get(mark)
                if written is None:
                    with self._turns:
                        written = write()
                    self._keep(mark, written)
                return written
            finally:
                self._writing.pop(mark, None)

    def found(self, mark: str) -> bytes | None:
        """The answer of a mark where it was written, or is being written just now: then after waiting for it."""
        with self._changing:
            written, writing = self._look_up(mark), self._writing.get(mark)
        if written is not None or writing is None:
            return written
        with writing, self._changing:
            return self._look_up(mark)

    def _look_up(self, mark: str) -> bytes | None:
        if mark in self._kept:
            self._kept.move_to_end(mark)
        return self._kept.get(mark)

    def _keep(self, mark: str, written: bytes) -> None:
        with self._changing:
            self._kept[mark] = written
            if len(self._kept) > ANSWERS_KEPT:
                self._kept.popitem(last=False)
