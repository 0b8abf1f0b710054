"""When a rule says no: the sentence that staff read, and the field that it is about."""

from __future__ import annotations


class Refused(ValueError):
    """A rule said no. `sentence` says what cannot be, `allowed` what would; `field` is the word for what to correct."""

    def __init__(self, sentence: str, allowed: str = "", *, field: str = "") -> None:
        super().__init__(f"{sentence} {allowed}".strip())
        self.sentence = sentence
        self.allowed = allowed
        self.field = field
