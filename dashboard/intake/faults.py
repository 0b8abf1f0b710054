"""What is said about a file: faults, which keep rows out, and remarks, which do not."""

from __future__ import annotations

from dataclasses import dataclass

NO_COLUMN = "-"


@dataclass(frozen=True, order=True)
class Fault:
    """Why a row, or a whole file, is left out; `line` is the physical line on which the row begins."""

    file: str
    line: int
    column: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.column}: {self.reason}"


@dataclass(frozen=True, order=True)
class Remark(Fault):
    """What staff should know of a row that is loaded all the same."""


class FileRefused(ValueError):
    """A file that cannot be read as a file of the kit, from this line on."""

    def __init__(self, line: int, reason: str, *, column: str = NO_COLUMN) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column
        self.reason = reason

    def fault(self, file: str) -> Fault:
        """The refusal as the fault that is printed."""
        return Fault(file, self.line, self.column, self.reason)
