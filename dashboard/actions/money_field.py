"""Money as somebody types it: an amount in a currency that the form knows."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wtforms import Field
from wtforms.widgets import TextInput

MICROS = Decimal(1_000_000)
LARGEST_AMOUNT = 10**15  # micro-units: a milliard; what is above it is a slip of the keyboard


class MoneyField(Field):
    """An amount in micro-units; typed with a point or a comma, refused in our words."""

    widget = TextInput()
    data: int | None
    decimals = 2  # of the currency

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{Decimal(self.data) / MICROS:.{self.decimals}f}"

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip().replace(",", ".")
        if not text:
            self.data = None
            return
        try:
            exact = Decimal(text) * MICROS
        except InvalidOperation:
            exact = Decimal("NaN")
        # What is typed has the coins of its currency: a price may be finer, a payment never is.
        if not exact.is_finite() or abs(exact) > LARGEST_AMOUNT or exact % Decimal(10) ** (6 - self.decimals):
            self.data = None
            raise ValueError(f"Write an amount, as {Decimal('12.5'):.{self.decimals}f}.")
        self.data = int(exact)
