"""Addresses in number: a panel is full of links, and the router takes longer to ask than a row takes to draw."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from flask import url_for

from dashboard.panels.pages import View

# What may stand in a query as it is, so that an address is written as the router writes it.
PLAIN = "!$'()*,/:;?@"


def view_addresses(endpoint: str, **given: str) -> Callable[[View], str]:
    """The address of a panel by what is to be seen in it; the router is asked once."""
    path = url_for(endpoint, **given)

    def address(view: View) -> str:
        query = urlencode(view.parameters(), doseq=True, safe=PLAIN)
        return f"{path}?{query}" if query else path

    return address
