"""Why a customer is erased, and whether although lines are open."""

from __future__ import annotations

from wtforms import BooleanField

from dashboard.actions.customer_erasures.queries import ErasedCustomer
from dashboard.actions.forms import ReasonedForm


class ErasureForm(ReasonedForm):
    """The reason stays in the history: it holds nothing of the person."""

    title = "Erase a customer’s personal data"

    although_open = BooleanField("Erase it although lines are open")

    def __init__(self, customer: ErasedCustomer, *, back: str) -> None:
        super().__init__(customer.id, version=customer.version, back=back)
