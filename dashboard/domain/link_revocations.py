"""Links that a customer was sent to their order, and taking them back."""

from __future__ import annotations

from dashboard.domain.refusals import Refused


class LinkRevocationRefused(Refused):
    """Links that cannot be taken back."""


def refuse_none(order: str, open_links: int) -> None:
    """Only where a link still opens something."""
    if not open_links:
        raise LinkRevocationRefused(f"No link opens order {order} any more.", "Nothing changed.")


def revoked_in_words(order: str, links: int) -> str:
    """What taking the links back did."""
    one = links == 1
    return (
        f"{'The link' if one else f'{links} links'} to order {order} {'opens' if one else 'open'} nothing any more; "
        "what was offered stands, and the next message brings a link of its own."
    )
