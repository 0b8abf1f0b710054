"""What every inline form carries: the key by which it is known again, and the state that it was opened on."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import TextInput

from dashboard import clock
from dashboard.database import instant_number
from dashboard.domain.card_numbers import holds_card_number
from dashboard.domain.refusals import Refused
from dashboard.models.shipments import CUSTOMERS_CANCEL
from dashboard.web.fragments import path_on_this_site, url_for_start

SUBMISSION_BYTES = 16
LONGEST_REASON = 500
LONGEST_INSTANT = 18  # digits of an instant that the desk wrote into a form; what is longer was not its own
NOT_SAID_YET = "…"
# What people write in their own words: what a customer reads out on the phone must not end there.
OWN_WORDS = ("why", "reason", "remark", "says", "about", "outcome")
CARRIED = frozenset({"submission", "version", "back", "opened"})  # not typed by anybody


class WholeNumber(IntegerField):
    """A whole number, refused in our words; without the arrows that browsers draw, on which a wheel turns unseen."""

    widget = TextInput()

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([text.strip() for text in valuelist])
        except ValueError:
            raise ValueError("Write a whole number.") from None


class ShopDay(DateField):
    """A day, refused in our words."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError("Write a day, as 2026-03-31.") from None


def number_or_nobody(chosen: str | int | None) -> int | None:
    """The number of a person, or nobody."""
    return int(chosen) if chosen not in (None, "", "None") and str(chosen).isdecimal() else None


class PersonField(SelectField):
    """Somebody who may act, or nobody."""

    def __init__(self, label: str, **carried: Any) -> None:
        super().__init__(label, coerce=number_or_nobody, validate_choice=False, **carried)

    def offer(self, people: Mapping[int, str], *, nobody: str = "Nobody") -> None:
        """Whom one can choose, and what it is called to choose nobody."""
        self.choices = [SelectChoice("", nobody), *(SelectChoice(one, name) for one, name in people.items())]


def reason_field(label: str = "Why", *, required: bool) -> StringField:
    """The reason, which stays in the history."""
    long = Length(max=LONGEST_REASON, message=f"At most {LONGEST_REASON} characters.")
    return StringField(label, [DataRequired("Say why; it stays in the history."), long] if required else [long])


def readable(typed: Any) -> Any:
    """Typed text without what nobody sees: spaces around it, and control characters, which databases refuse."""
    if not isinstance(typed, str):
        return typed
    return "".join(one for one in typed if unicodedata.category(one) not in {"Cc", "Cs"}).strip()


def without_card_number(_: BaseForm, field: Field) -> None:
    """Refuses a whole card number, which is kept nowhere and not shown again either."""
    if isinstance(field.data, str) and holds_card_number(field.data):
        field.data = ""
        raise ValidationError("That held a whole card number, which is kept nowhere: write its last four digits.")


class ActForm(FlaskForm):
    """A form that does one act. Its fields have the names of the act's arguments, but for those that it carries."""

    title = ""  # of its page, where it has one of its own
    part = "form"  # what its template is called

    class Meta:
        csrf = False  # every POST's token is looked at before any route, in dashboard.extensions

        def bind_field(self, form: BaseForm, unbound_field: UnboundField, options: dict[str, Any]) -> Field:
            """Every field of every form takes readable text alone."""
            own = unbound_field.kwargs.get("filters", ())
            return unbound_field.bind(form=form, **{**options, "filters": [readable, *own]})

    opened = HiddenField(default=lambda: str(instant_number(clock.now())))
    submission = HiddenField(default=lambda: secrets.token_urlsafe(SUBMISSION_BYTES))
    version = HiddenField()
    back = HiddenField()

    def __init__(self, key: int | str, *, version: object, back: str, **defaults: Any) -> None:
        """The form for one row: `key` is what is unique of it on a page, `back` the page that it was opened on."""
        super().__init__(data={"version": str(version), "back": back, **defaults})
        feature = type(self).__module__.split(".")[-2].replace("_", "-")
        self.key = key
        self.root_id = f"{feature}-{self.part}-{key}"
        for field in self:  # several forms may stand open on a page
            field.id = field.label.field_id = f"{self.root_id}-{field.short_name}"

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Whether all fields are as they should be, and hold nothing that the desk must not keep."""
        asked = {name: [*found] for name, found in (extra_validators or {}).items()}
        for name in OWN_WORDS:
            if name in self:
                asked.setdefault(name, []).append(without_card_number)
        return bool(super().validate(asked))

    @property
    def way_back(self) -> str:
        """The page that the form was opened on; the first one where what came back with it is no path on this site."""
        return path_on_this_site(self.back.data) or url_for_start()

    @property
    def typed(self) -> Iterator[Field]:
        """The fields that somebody fills in."""
        return (field for field in self if field.short_name not in CARRIED)

    def said(self) -> dict[str, Any]:
        """What was typed, by the names of the act's arguments; nothing typed is None."""
        return {field.short_name: None if field.data == "" else field.data for field in self.typed}

    def was_open(self, at: datetime) -> bool:
        """Whether the form stood open when something happened."""
        opened = self.opened.data or ""
        return opened.isdecimal() and len(opened) <= LONGEST_INSTANT and instant_number(at) >= int(opened)

    def stand_on(self, version: str) -> None:
        """Go on from another state than the one that the form was opened on; what was typed is kept."""
        self.version.data = version

    def show(self, refused: Refused) -> None:
        """Mark the field that a refusal is about."""
        if refused.field:
            self[refused.field].errors = [*self[refused.field].errors, refused.allowed or refused.sentence]


class ReasonedForm(ActForm):
    """A form of an act that a rule never lets happen without a reason, which stays in the history."""

    reason = reason_field(required=True)

    def said(self) -> dict[str, Any]:
        """What would change is shown before the reason is typed; without one nothing is ever done."""
        return {**super().said(), "reason": self.reason.data or NOT_SAID_YET}


class CancellingForm(ActForm):
    """A form of an act that cancels units: by whose wish."""

    reason = reason_field("Who wanted it", required=True)

    def said(self) -> dict[str, Any]:
        """The customer is the customer, in capitals or not."""
        said = super().said()
        by_customer = (said["reason"] or "").casefold() == CUSTOMERS_CANCEL
        return {**said, "reason": CUSTOMERS_CANCEL} if by_customer else said
