"""Offers in a browser: making one for a line, and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_security import current_user

from dashboard import clock
from dashboard.actions import answers
from dashboard.actions.incentive_offers.action import offer_incentive, withdraw_offer
from dashboard.actions.incentive_offers.forms import IncentiveOfferForm, WithdrawalForm
from dashboard.actions.incentive_offers.queries import StandingOffer, find_offer, find_offered
from dashboard.database import db
from dashboard.domain.incentive_offers import USUAL_DAYS
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("incentive_offers", __name__)

FORM = "actions/incentive_offers/_form.html"
WITHDRAWAL = "actions/incentive_offers/_withdrawal.html"
LINE = "/orders/<identifier:number>/lines/<int:line_no>/incentive-offers"
OFFER = "/incentive-offers/<int:offer_id>/withdrawals"


@blueprint.get(f"{LINE}/new")
@requires(Permission.OFFER_INCENTIVES)
def new(number: str, line_no: int) -> Response:
    """The form, with what is usual filled in."""
    shown = _shown(number, line_no)
    return answers.hand_out(FORM, _form(shown, back=fragments.page_asked_from()), **shown)


@blueprint.post(f"{LINE}/preview")
@requires(Permission.OFFER_INCENTIVES)
def preview(number: str, line_no: int) -> Response:
    """What the offer would cost, and what its customer would read."""
    shown = _shown(number, line_no)
    return answers.foresee(FORM, _form(shown, back=""), offer_incentive, shown["order"].id, line_no, **shown)


@blueprint.post(LINE)
@requires(Permission.OFFER_INCENTIVES)
def create(number: str, line_no: int) -> Response:
    """Make the offer; taken back until it is mailed."""
    shown = _shown(number, line_no)
    return answers.post(
        FORM,
        _form(shown, back=""),
        offer_incentive,
        shown["order"].id,
        line_no,
        undo=lambda outcome: url_for("incentive_offers.create_withdrawal", offer_id=int(outcome.made)),
        anew=lambda: _shown(number, line_no),
        **shown,
    )


@blueprint.get(f"{OFFER}/new")
@requires(Permission.OFFER_INCENTIVES)
def new_withdrawal(offer_id: int) -> Response:
    """The form that takes an offer back."""
    offer = _offer(offer_id)
    return answers.hand_out(WITHDRAWAL, WithdrawalForm(offer, back=fragments.page_asked_from()), offer=offer)


@blueprint.post(f"{OFFER}/preview")
@requires(Permission.OFFER_INCENTIVES)
def preview_withdrawal(offer_id: int) -> Response:
    """What taking the offer back would do."""
    offer = _offer(offer_id)
    return answers.foresee(WITHDRAWAL, WithdrawalForm(offer, back=""), withdraw_offer, offer.id, offer=offer)


@blueprint.post(OFFER)
@requires(Permission.OFFER_INCENTIVES)
def create_withdrawal(offer_id: int) -> Response:
    """Take the offer back: by its form, or by the undo of its notice."""
    offer = _offer(offer_id)
    if "undo" in request.form:
        return answers.undo(withdraw_offer, offer.id, why=None, back=fragments.page_asked_from())
    return answers.post(
        WITHDRAWAL,
        WithdrawalForm(offer, back=""),
        withdraw_offer,
        offer.id,
        anew=lambda: {"offer": _offer(offer_id)},
        offer=offer,
    )


def _shown(number: str, line_no: int) -> dict[str, Any]:
    found = answers.found(find_offered(db.session(), number, line_no, current_user.id))
    return {"order": found.order, "line": found.line, "found": found}


def _form(shown: dict[str, Any], *, back: str) -> IncentiveOfferForm:
    return IncentiveOfferForm(shown["found"], back=back, until=clock.today() + timedelta(days=USUAL_DAYS))


def _offer(offer_id: int) -> StandingOffer:
    return answers.found(find_offer(db.session(), offer_id))
