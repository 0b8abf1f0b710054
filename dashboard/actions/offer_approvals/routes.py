"""Approvals of offers in a browser."""

from __future__ import annotations

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.incentive_offers.queries import StandingOffer, find_offer
from dashboard.actions.offer_approvals.action import decide_offer
from dashboard.actions.offer_approvals.forms import OfferApprovalForm
from dashboard.database import db
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("offer_approvals", __name__)

FORM = "actions/offer_approvals/_form.html"
OFFER = "/incentive-offers/<int:offer_id>/offer-approvals"


@blueprint.get(f"{OFFER}/new")
@requires(Permission.APPROVE_OFFERS)
def new(offer_id: int) -> Response:
    """The form."""
    offer = _offer(offer_id)
    return answers.hand_out(FORM, OfferApprovalForm(offer, back=fragments.page_asked_from()), offer=offer)


@blueprint.post(f"{OFFER}/preview")
@requires(Permission.APPROVE_OFFERS)
def preview(offer_id: int) -> Response:
    """What the decision would do."""
    offer = _offer(offer_id)
    return answers.foresee(FORM, OfferApprovalForm(offer, back=""), decide_offer, offer.id, offer=offer)


@blueprint.post(OFFER)
@requires(Permission.APPROVE_OFFERS)
def create(offer_id: int) -> Response:
    """Let the offer go out, or refuse it."""
    offer = _offer(offer_id)
    return answers.post(
        FORM,
        OfferApprovalForm(offer, back=""),
        decide_offer,
        offer.id,
        anew=lambda: {"offer": _offer(offer_id)},
        offer=offer,
    )


def _offer(offer_id: int) -> StandingOffer:
    return answers.found(find_offer(db.session(), offer_id))
