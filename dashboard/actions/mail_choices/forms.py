"""What one says about one's mail."""

from __future__ import annotations

from typing import Any

from wtforms import Field, RadioField
from wtforms.fields.choices import SelectChoice

from dashboard.actions.forms import ActForm, WholeNumber
from dashboard.actions.mail_choices.queries import Wishes
from dashboard.domain.mail_to_me import NEVER, NEWS, SENT_WORDS

CHOICES = [SelectChoice(sent, words) for sent, words in SENT_WORDS.items()]


def _field_of(kind: str) -> str:
    return kind.replace("-", "_")


class MailChoicesForm(ActForm):
    """For each kind of news when it is mailed, and the hour of the morning."""

    title = "Mail to me"

    supply_late = RadioField(NEWS["supply-late"].name, choices=CHOICES)
    sku_below = RadioField(NEWS["sku-below"].name, choices=CHOICES)
    refund_due = RadioField(NEWS["refund-due"].name, choices=CHOICES)
    payment_dies = RadioField(NEWS["payment-dies"].name, choices=CHOICES)
    promise_missed = RadioField(NEWS["promise-missed"].name, choices=CHOICES)
    hour = WholeNumber("Morning begins at")

    def __init__(self, wishes: Wishes, *, back: str) -> None:
        chosen = {_field_of(kind): wishes.sent.get(kind, NEVER) for kind in NEWS}
        super().__init__("me", version=wishes.version, back=back, hour=wishes.hour, **chosen)

    @property
    def of_news(self) -> list[tuple[str, Field]]:
        """The kinds with what each means and its field."""
        return [(news.means, self[_field_of(kind)]) for kind, news in NEWS.items()]

    def said(self) -> dict[str, Any]:
        """By kind, and the hour."""
        said = super().said()
        return {"sent": {kind: said[_field_of(kind)] for kind in NEWS}, "hour": said["hour"]}
