"""What one says of a way of dealing: its name, whose SKUs, and its groups of lines."""

from __future__ import annotations

from typing import Any

from flask import current_app
from wtforms import Field, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice

from dashboard.actions.deal_variants.queries import ShownVariant
from dashboard.actions.forms import ActForm
from dashboard.domain.deal_variants import SORT_WORDS, STRATEGY_WORDS, Segment
from dashboard.domain.deals import SORTS, STRATEGIES

# As many groups as a form shows; what has more is no rule that anybody could say.
GROUPS = 5
NO_GROUP = SelectChoice("", "— not used —")


def _checked(form: Any, field: Field) -> None:
    """Filters, as panels have them in their addresses; a whole address will do."""
    try:
        field.data = current_app.extensions["line_filters"](field.data or "")
    except ValueError as refused:
        raise ValidationError(str(refused)) from None


def _strategies() -> SelectField:
    return SelectField(
        "Strategy", choices=[NO_GROUP, *(SelectChoice(one, STRATEGY_WORDS[one][0]) for one in STRATEGIES)], default=""
    )


def _filters(label: str) -> StringField:
    return StringField(label, [_checked])


def _sorts() -> SelectField:
    return SelectField("Order", choices=[SelectChoice(one, SORT_WORDS[one]) for one in SORTS], default=SORTS[0])


class VariantForm(ActForm):
    """A way of dealing: a group without a strategy is not used."""

    title = "A way of dealing out"

    name = StringField("Name")
    scope = _filters("Of which SKUs")
    strategy1, filters1, sort1 = _strategies(), _filters("Whom"), _sorts()
    strategy2, filters2, sort2 = _strategies(), _filters("Whom"), _sorts()
    strategy3, filters3, sort3 = _strategies(), _filters("Whom"), _sorts()
    strategy4, filters4, sort4 = _strategies(), _filters("Whom"), _sorts()
    strategy5, filters5, sort5 = _strategies(), _filters("Whom"), _sorts()

    def __init__(self, shown: ShownVariant | None, *, back: str) -> None:
        said: dict[str, Any] = {}
        if shown is not None:
            said = {"name": shown.name, "scope": shown.scope}
            for place, segment in enumerate(shown.segments, start=1):
                said |= {f"strategy{place}": segment.strategy, f"filters{place}": segment.filters}
                said[f"sort{place}"] = segment.sort
        super().__init__(
            "new" if shown is None else shown.id, version="" if shown is None else shown.version, back=back, **said
        )

    @property
    def groups(self) -> list[tuple[Field, Field, Field]]:
        """The fields of each group: strategy, whom, order."""
        return [(self[f"strategy{n}"], self[f"filters{n}"], self[f"sort{n}"]) for n in range(1, GROUPS + 1)]

    def said(self) -> dict[str, Any]:
        """The groups as rules see them."""
        segments = tuple(
            Segment(filters.data or "", sort.data or SORTS[0], strategy.data)
            for strategy, filters, sort in self.groups
            if strategy.data
        )
        return {"name": self["name"].data, "scope": self.scope.data, "segments": segments}
