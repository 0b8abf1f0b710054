"""What one says once for many lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask_security import current_user
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Optional

from dashboard import clock
from dashboard.actions.assignments.queries import people_who_act
from dashboard.actions.cause_corrections.forms import CauseField
from dashboard.actions.forms import (
    ActForm,
    CancellingForm,
    PersonField,
    ReasonedForm,
    ShopDay,
    WholeNumber,
    reason_field,
)
from dashboard.actions.incentive_offers.forms import KINDS, USUAL_PERCENT, OfferTermsForm
from dashboard.actions.offers import ceiling_of
from dashboard.actions.selections.queries import SelectedRow
from dashboard.actions.shipment_splits.forms import CHARGE, WE_PAY
from dashboard.actions.ties.queries import orders_that_bring
from dashboard.database import db
from dashboard.domain import incentive_offers as offers
from dashboard.models.shipments import CUSTOMERS_CANCEL


class SelectionForm(ActForm):
    """A form of an act for a selection: it carries the rows, and nobody types them."""

    rows = HiddenField()

    def __init__(self, word: str, rows: str, *, back: str) -> None:
        super().__init__(word, version="", back=back, rows=rows, **self.usual())

    def usual(self) -> dict[str, object]:
        """What is filled in at first."""
        return {}

    def know(self, rows: Sequence[SelectedRow]) -> None:
        """Look at the rows, where a field hangs on them."""

    @property
    def typed(self) -> Iterator[Field]:
        """The fields that somebody fills in."""
        return (field for field in super().typed if field.short_name != "rows")


class PrioritiesForm(SelectionForm, ReasonedForm):
    """The class of several orders, and why."""

    priority = WholeNumber("Class", [Optional()])


class CancellationsForm(SelectionForm, CancellingForm):
    """Who wants the rest of several lines no more."""

    def usual(self) -> dict[str, object]:
        return {"reason": CUSTOMERS_CANCEL}


class AssignmentsForm(SelectionForm):
    """Whose several lines are, and when they are back."""

    person = PersonField("Whose they are")
    until = ShopDay("Back on", [Optional()])
    why = reason_field(required=False)

    def __init__(self, word: str, rows: str, *, back: str) -> None:
        super().__init__(word, rows, back=back)
        self.person.offer(people_who_act(db.session()))


class CausesForm(SelectionForm):
    """Why several lines wait, and how one knows."""

    cause = CauseField("Cause")
    why = reason_field("How you know", required=False)


class DelayNoticesForm(SelectionForm):
    """Why several customers are told of another date, for the history; the letters are made of the facts."""

    why = reason_field(required=False)


class HoldsForm(SelectionForm):
    """Why what is here of several lines is kept for them."""

    reason = reason_field(required=False)


class ReleasesForm(SelectionForm, ReasonedForm):
    """Why several lines keep nothing for themselves any more."""


class TiesForm(SelectionForm):
    """To which purchase order several lines are tied, and why."""

    # Whether it brings what a line waits for is a rule's to say, line by line.
    purchase_order = SelectField("Purchase order", validate_choice=False)
    reason = reason_field(required=False)

    def know(self, rows: Sequence[SelectedRow]) -> None:
        offered = orders_that_bring(db.session(), {row.sku_id for row in rows if row.sku_id is not None})
        self.purchase_order.choices = [SelectChoice(number, number) for number in offered]
        if not offered:
            self.purchase_order.choices = [SelectChoice("", "none brings what these wait for")]


class CardRequestsForm(SelectionForm):
    """Whether customers are asked once more, and why."""

    again = BooleanField("Ask again who was asked this week")
    why = reason_field(required=False)


class NotesForm(SelectionForm):
    """What a colleague should know of several orders."""

    says = TextAreaField("Note", [DataRequired("Write what a colleague should know.")])


class SplitsForm(SelectionForm):
    """Who pays for the further parcels of several lines."""

    charged = RadioField(
        "Who pays for the parcels", choices=[SelectChoice(WE_PAY, "We pay"), SelectChoice(CHARGE, "Charge")]
    )

    def usual(self) -> dict[str, object]:
        return {"charged": WE_PAY}

    def said(self) -> dict[str, Any]:
        """As the act takes it."""
        return {"charged": super().said()["charged"] == CHARGE}


class OffersForm(SelectionForm, OfferTermsForm):
    """What is offered to several customers; another SKU is not, of which there may be enough for one of them alone."""

    kind = RadioField("What", choices=[kind for kind in KINDS if kind.value != offers.SUBSTITUTE])
    ceiling = 0  # the share of each line's value that its reader may give

    def usual(self) -> dict[str, object]:
        until = clock.today() + timedelta(days=offers.USUAL_DAYS)
        return {"kind": offers.PERCENT, "percent": USUAL_PERCENT, "until": until}

    def know(self, rows: Sequence[SelectedRow]) -> None:
        currencies = {row.currency for row in rows}
        self.in_currency(currencies.pop() if len(currencies) == 1 else None)
        self.ceiling = ceiling_of(db.session(), current_user.id)
