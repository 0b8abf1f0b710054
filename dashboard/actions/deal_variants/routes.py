"""Ways of dealing in a browser: keeping one, and changing it."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.deal_variants.action import change_variant, save_variant
from dashboard.actions.deal_variants.forms import VariantForm
from dashboard.actions.deal_variants.queries import ShownVariant, find_variant
from dashboard.database import db
from dashboard.domain.deal_variants import STRATEGY_WORDS
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("deal_variants", __name__)

FORM = "actions/deal_variants/_form.html"
SAID = {"strategy_words": tuple(STRATEGY_WORDS.items())}
VARIANT = "/deals/variants/<int:variant_id>/changes"


@blueprint.get("/deals/variants/new")
@requires(Permission.DEAL_AGAIN)
def new() -> Response:
    """The form of a new one."""
    return answers.hand_out(FORM, VariantForm(None, back=fragments.page_asked_from()), shown=None, **SAID)


@blueprint.post("/deals/variants/preview")
@requires(Permission.DEAL_AGAIN)
def preview() -> Response:
    """What would be kept."""
    return answers.foresee(FORM, VariantForm(None, back=""), save_variant, shown=None, **SAID)


@blueprint.post("/deals/variants")
@requires(Permission.DEAL_AGAIN)
def create() -> Response:
    """Keep it."""
    return answers.post(FORM, VariantForm(None, back=""), save_variant, shown=None, **SAID)


@blueprint.get(f"{VARIANT}/new")
@requires(Permission.DEAL_AGAIN)
def new_change(variant_id: int) -> Response:
    """The form that changes one."""
    shown = _shown(variant_id)
    return answers.hand_out(FORM, VariantForm(shown, back=fragments.page_asked_from()), shown=shown, **SAID)


@blueprint.post(f"{VARIANT}/preview")
@requires(Permission.DEAL_AGAIN)
def preview_change(variant_id: int) -> Response:
    """What the change would say."""
    shown = _shown(variant_id)
    return answers.foresee(FORM, VariantForm(shown, back=""), change_variant, variant_id, shown=shown, **SAID)


@blueprint.post(VARIANT)
@requires(Permission.DEAL_AGAIN)
def create_change(variant_id: int) -> Response:
    """Change it."""
    shown = _shown(variant_id)
    return answers.post(FORM, VariantForm(shown, back=""), change_variant, variant_id, shown=shown, **SAID)


def _shown(variant_id: int) -> ShownVariant:
    return answers.found(find_variant(db.session(), variant_id))
