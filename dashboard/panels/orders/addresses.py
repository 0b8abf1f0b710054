"""How a merchant's own identifiers and numbers stand in an address: any text, as one step of the path."""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app, url_for
from werkzeug.routing import BaseConverter, IntegerConverter, Map, ValidationError

# Servers decode %2F before they split a path, and browsers resolve steps that are only dots; so both are spelled.
ESCAPE = "~"
SLASH, DOT = ESCAPE + "s", ESCAPE + "d"
NOTHING = "\0"
LARGEST_NUMBER = 2**31 - 1  # of a line, in either database


class IdentifierConverter(BaseConverter):
    """`A/1` as `A~s1`; everything else as percent encoding has it."""

    regex = "[^/]+"
    part_isolating = True

    def to_python(self, value: str) -> str:
        """The identifier that a step of the path means; none has the one character that no database keeps."""
        if NOTHING in value:
            raise ValidationError
        pieces = value.split(ESCAPE + ESCAPE)
        return ESCAPE.join(piece.replace(SLASH, "/").replace(DOT, ".") for piece in pieces)

    def to_url(self, value: str) -> str:
        """The step of the path for an identifier."""
        spelled = value.replace(ESCAPE, ESCAPE + ESCAPE).replace("/", SLASH)
        if not spelled.strip("."):
            spelled = spelled.replace(".", DOT)
        return super().to_url(spelled)


class NumberConverter(IntegerConverter):
    """A number of those that a column of them can hold; a larger one leads nowhere, and the database never sees it."""

    def __init__(self, url_map: Map, *, max: int = LARGEST_NUMBER) -> None:
        super().__init__(url_map, max=max)


def line_addresses() -> Callable[[str, int], str]:
    """The address of a line by its order and number, for a whole table: asking the router takes longer than a row."""
    mark = "number"
    before, _, after = url_for("orders.line", number=mark, line_no=0).rpartition(mark)
    between = after.removesuffix("0")
    spelled = IdentifierConverter(current_app.url_map).to_url
    return lambda number, line_no: f"{before}{spelled(number)}{between}{line_no}"


def form_addresses(endpoint: str, *, of_order: bool) -> Callable[[str, int], str]:
    """The address of a form about a line, or its order, by order and number, for a whole table."""
    mark = "number"
    before, _, after = url_for(endpoint, number=mark, **({} if of_order else {"line_no": 0})).partition(f"/{mark}/")
    spelled = IdentifierConverter(current_app.url_map).to_url
    if of_order:
        return lambda number, line_no: f"{before}/{spelled(number)}/{after}"
    between, _, rest = after.partition("/0/")
    return lambda number, line_no: f"{before}/{spelled(number)}/{between}/{line_no}/{rest}"


def sku_form_addresses(endpoint: str) -> Callable[[str], str]:
    """The address of a form about a SKU by its code, for a whole table."""
    mark = "code"
    before, _, after = url_for(endpoint, code=mark).partition(f"/{mark}/")
    spelled = IdentifierConverter(current_app.url_map).to_url
    return lambda code: f"{before}/{spelled(code)}/{after}"
