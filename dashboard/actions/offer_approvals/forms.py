"""What one says of an offer above somebody's limit."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from dashboard.actions.forms import ReasonedForm
from dashboard.actions.incentive_offers.queries import StandingOffer
from dashboard.actions.offer_approvals.action import APPROVE, REFUSE


class OfferApprovalForm(ReasonedForm):
    """Whether it goes out, and why."""

    title = "Approve an offer"

    decision = RadioField("The offer", choices=[SelectChoice(APPROVE, "Let it go out"), SelectChoice(REFUSE, "Refuse")])

    def __init__(self, offer: StandingOffer, *, back: str) -> None:
        super().__init__(offer.id, version=offer.version, back=back, decision=APPROVE)
