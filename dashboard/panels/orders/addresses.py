"""How a merchant's own identifier stands in an address: any text, as one step of the path."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, url_for
from werkzeug.routing import BaseConverter

# Servers decode %2F before they split a path, and browsers resolve steps that are only dots; so both are spelled.
ESCAPE = "~"
SLASH, DOT = ESCAPE + "s", ESCAPE + "d"


class IdentifierConverter(BaseConverter):
    """`A/1` as `A~s1`; everything else as percent encoding has it."""

    regex = "[^/]+"
    part_isolating = True

    def to_python(self, value: str) -> str:
        """The identifier that a step of the path means."""
        pieces = value.split(ESCAPE + ESCAPE)
        return ESCAPE.join(piece.replace(SLASH, "/").replace(DOT, ".") for piece in pieces)

    def to_url(self, value: str) -> str:
        """The step of the path for an identifier."""
        spelled = value.replace(ESCAPE, ESCAPE + ESCAPE).replace("/", SLASH)
        if not spelled.strip("."):
            spelled = spelled.replace(".", DOT)
        return super().to_url(spelled)


def line_addresses() -> Callable[[str, int], str]:
    """The address of a line by its order and number, for a whole table: asking the router takes longer than a row."""
    mark = "number"
    before, _, after = url_for("orders.line", number=mark, line_no=0).rpartition(mark)
    between = after.removesuffix("0")
    spelled = IdentifierConverter(current_app.url_map).to_url
    return lambda number, line_no: f"{before}{spelled(number)}{between}{line_no}"
