"""By when somebody calls, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from dashboard.actions.call_backs.queries import version_of
from dashboard.actions.forms import ActForm, PersonField, ShopDay, reason_field
from dashboard.actions.order_queries import ShownOrder
from dashboard.models import CallBack


class CallBackForm(ActForm):
    """Who calls by when, and about what."""

    title = "Promise a call"
    day = ShopDay("Day", [Optional()])
    at = StringField("Time")
    person = SelectField("Who calls")
    about = StringField("About")

    def __init__(
        self,
        order: ShownOrder,
        *,
        back: str,
        day: date | None = None,
        at: str = "",
        person: int | None = None,
        people: Mapping[int, str],
    ) -> None:
        super().__init__(order.id, version=1, back=back, day=day, at=at, person=str(person or ""))
        self.person.choices = [SelectChoice(str(number), name) for number, name in people.items()]

    def said(self) -> dict[str, Any]:
        """The person by id."""
        said = super().said()
        return {**said, "person": int(said["person"]) if said["person"] else None}


class CallForm(ActForm):
    """What came of a call."""

    title = "Note a call"
    part = "done"
    outcome = StringField("What came of it")

    def __init__(self, row: CallBack, *, back: str) -> None:
        super().__init__(row.id, version=1, back=back)


class GivingForm(ActForm):
    """Who calls instead."""

    title = "Give a call to somebody"
    part = "giving"
    person = PersonField("Who calls")

    def __init__(self, row: CallBack, people: Mapping[int, str], *, back: str, person: int | None = None) -> None:
        super().__init__(row.id, version=version_of(row), back=back, person=person)
        self.person.offer(people, nobody="Whoever is free")


class ReopeningForm(ActForm):
    """That it was not made after all."""

    title = "Call after all"
    part = "reopening"
    why = reason_field(required=False)

    def __init__(self, row: CallBack, *, back: str) -> None:
        super().__init__(row.id, version=1, back=back)


class AgainForm(ActForm):
    """By when one rings again, and why not now."""

    title = "Ring again"
    part = "again"
    day = ShopDay("Day", [Optional()])
    at = StringField("Time")
    why = reason_field(required=False)

    def __init__(self, row: CallBack, *, back: str, day: date | None = None, at: str = "") -> None:
        super().__init__(row.id, version=version_of(row), back=back, day=day, at=at)
