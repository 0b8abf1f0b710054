"""Money as somebody types it: an amount in a currency that the form knows."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wtforms import Field, Form
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
        self.data = None
        if exact.is_finite() and abs(exact) <= LARGEST_AMOUNT and not exact % 1:
            self.data = int(exact)
            return
        raise ValueError(self._as_it_should_be())

    def pre_validate(self, form: Form) -> None:
        """What is typed has the coins of its currency, which a form knows by now: a price may be finer than these."""
        if self.data is not None and self.data % 10 ** (6 - self.decimals):
            self.data = None
            raise ValueError(self._as_it_should_be())

    def _as_it_should_be(self) -> str:
        return f"Write an amount, as {Decimal('12.5'):.{self.decimals}f}."
