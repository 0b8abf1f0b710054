"""What one says of an authorisation."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from dashboard.actions.authorizations.queries import PayableOrder
from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.actions.money_field import MoneyField
from dashboard.web.formats import currency_decimals

LONGEST_NUMBER = 100
ALLOWED, REFUSED = "allowed", "refused"
CAPTURES = {"one": False, "several": True, "unknown": None}


class AuthorizationForm(ActForm):
    """What the gateway answered: an amount until a day, or no."""

    title = "Record an authorisation"

    answer = RadioField(
        "The gateway", choices=[SelectChoice(ALLOWED, "Allowed it"), SelectChoice(REFUSED, "Refused it")]
    )
    amount = MoneyField("Amount", [InputRequired("Write the amount that was asked for.")])
    expires_on = ShopDay("Good until", [Optional()])
    captures = RadioField(
        "It can be captured",
        choices=[
            SelectChoice("one", "Once"),
            SelectChoice("several", "Several"),
            SelectChoice("unknown", "Not known"),
        ],
    )
    number = StringField("Its number", [Length(max=LONGEST_NUMBER, message=f"At most {LONGEST_NUMBER} characters.")])
    why = reason_field(required=False)

    def __init__(self, found: PayableOrder, *, back: str) -> None:
        super().__init__(
            f"order-{found.order.id}",
            version=found.order.version,
            back=back,
            answer=ALLOWED,
            amount=found.to_pay or None,
            captures="one",
        )
        self.amount.decimals = currency_decimals(found.currency)
        self.amount.label.text = f"Amount, {found.currency}" if found.currency else "Amount"

    def said(self) -> dict[str, Any]:
        """As the act takes it."""
        said = super().said()
        return {
            "refused": said["answer"] == REFUSED,
            "amount": said["amount"],
            "expires_on": said["expires_on"],
            "multi_capture": CAPTURES[said["captures"]],
            "number": said["number"],
            "why": said["why"],
        }
