"""How one likes to read the desk."""

from __future__ import annotations

from itertools import starmap

from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from dashboard.actions.forms import ActForm
from dashboard.domain.preferences import LOCALES, THEMES
from dashboard.models import Preference

LANGUAGES = [SelectChoice("", "As the shop does"), *starmap(SelectChoice, LOCALES.items())]


class PreferenceForm(ActForm):
    """Language of numbers, light or dark, hints."""

    title = "How you read the desk"

    # What cannot be chosen the rule refuses, in its words.
    locale = SelectField("Numbers and dates", choices=LANGUAGES, validate_choice=False)
    theme = RadioField("Light or dark", choices=list(starmap(SelectChoice, THEMES.items())), validate_choice=False)
    key_hints = BooleanField()

    def __init__(self, preference: Preference, *, back: str) -> None:
        super().__init__(
            preference.user_id,
            version=preference.version,
            back=back,
            locale=preference.locale or "",
            theme=preference.theme,
            key_hints=preference.key_hints,
        )
