"""What one says of an offer, and of taking it back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import Field, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import TextInput

from dashboard.actions.forms import ActForm, ShopDay, reason_field
from dashboard.actions.incentive_offers.queries import OfferedLine, StandingOffer
from dashboard.actions.money_field import MoneyField
from dashboard.domain import incentive_offers as offers
from dashboard.web.formats import currency_decimals

KINDS = (
    SelectChoice(offers.PERCENT, "Percent"),
    SelectChoice(offers.AMOUNT, "Amount"),
    SelectChoice(offers.FREE_SHIPPING, "Free shipping"),
    SelectChoice(offers.CREDIT, "Credit"),
    SelectChoice(offers.GIFT, "Gift"),
    SelectChoice(offers.SUBSTITUTE, "Substitute"),
)
USUAL_PERCENT = 1000
LONGEST_CODE = 255


class PercentField(Field):
    """A percentage in hundredths; typed with a point or a comma, with or without its sign."""

    widget = TextInput()
    data: int | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{(Decimal(self.data) / 100).normalize():f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").replace("%", "").replace(",", ".").strip()
        self.data = None
        if not text:
            return
        try:
            exact = Decimal(text) * 100
        except InvalidOperation:
            exact = Decimal("NaN")
        if not exact.is_finite() or not 0 <= exact <= offers.WHOLE or exact % 1:
            raise ValueError("Write a percentage from 0.01 to 100.")
        self.data = int(exact)


class OfferTermsForm(ActForm):
    """What is offered, to one or to many, and until when."""

    kind = RadioField("What", choices=list(KINDS))
    percent = PercentField("Percent off")
    amount = MoneyField("Amount")
    gift = StringField("What they get", [Length(max=offers.LONGEST_GIFT, message="Say it shorter.")])
    until = ShopDay("Open until", [InputRequired("Write until when it stands.")])
    why = reason_field(required=False)

    def said(self) -> dict[str, Any]:
        """Only what is typed for the kind that is chosen."""
        said = super().said()
        belongs = {
            offers.PERCENT: {"percent"},
            offers.AMOUNT: {"amount"},
            offers.CREDIT: {"amount"},
            offers.GIFT: {"gift", "amount"},
            offers.SUBSTITUTE: {"substitute"},
        }.get(said["kind"], set())
        typed = ("percent", "amount", "gift", "substitute")
        return {name: None if name in typed and name not in belongs else value for name, value in said.items()}

    def in_currency(self, currency: str | None) -> None:
        """An amount has the coins of its currency."""
        self.amount.decimals = currency_decimals(currency)
        self.amount.label.text = f"Amount, {currency}" if currency else "Amount"


class IncentiveOfferForm(OfferTermsForm):
    """What is offered for one line."""

    title = "Offer something"

    substitute = StringField("SKU that goes out instead", [Length(max=LONGEST_CODE)])

    def __init__(self, line: OfferedLine, *, back: str, until: date) -> None:
        super().__init__(
            line.id,
            version=line.version,
            back=back,
            kind=offers.PERCENT,
            percent=USUAL_PERCENT,
            until=until,
        )
        self.in_currency(line.currency)

    def validate_substitute(self, field: StringField) -> None:
        """Before a SKU is typed there is none to judge."""
        if self.kind.data == offers.SUBSTITUTE and not field.data:
            raise ValidationError("Write the SKU that goes out instead.")


class WithdrawalForm(ActForm):
    """Why an offer is taken back."""

    title = "Withdraw an offer"
    part = "withdrawal"

    why = reason_field(required=False)

    def __init__(self, offer: StandingOffer, *, back: str) -> None:
        super().__init__(offer.id, version=offer.version, back=back)
