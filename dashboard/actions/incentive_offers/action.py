"""Offers something so that a customer stays, or takes it back before it was mailed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning, topics
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.offer_ends import unsay
from dashboard.actions.offers import (
    LoadedOffer,
    as_loaded,
    ceiling_of,
    load_offer,
    offerable,
    order_still,
    risk_of,
    substitute_for,
    tell_customer,
    usual_part,
)
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain import incentive_offers as offers


@dataclass(frozen=True, slots=True)
class OfferOutcome(Outcome):
    """What an offer costs, and what it may save; money in micro-units of the order's currency."""

    what: str = ""
    state: str = ""
    cost: int | None = None
    value: int | None = None
    margin: int | None = None
    qty: int = 0
    currency: str | None = None
    ceiling: int = 0
    risk: int | None = None  # ten-thousandths
    value_at_risk: int = 0

    @property
    def margin_after(self) -> int | None:
        return None if self.margin is None or self.cost is None else self.margin - self.cost

    @property
    def most(self) -> int | None:
        """The most that may be given without approval."""
        return None if self.value is None else self.value * self.ceiling // offers.WHOLE


@planning.repeated
def offer_incentive(
    order_id: int,
    line_no: int,
    *,
    kind: str,
    until: date,
    percent: int | None = None,
    amount: int | None = None,
    gift: str | None = None,
    substitute: str | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Offer the customer of a line something for what waits of it, until a day; above one's own ceiling it waits for
    approval, and nobody is told. `percent` in hundredths, `amount` in micro-units.
    """
    with transaction() as session:
        order = order_still(session, order_id)
        line = order.line(line_no)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, line.row.version, order.subject, line.subject)
        part = usual_part(line.units)
        view = offerable(session, order, line, part)
        instead = substitute_for(session, substitute, line) if kind == offers.SUBSTITUTE else None
        terms = offers.Terms(kind, percent, amount, gift, instead[1] if instead else None)
        ceiling = ceiling_of(session, actor)
        decided = offers.offer(view, terms, until=until, today=clock.today(), ceiling=ceiling)
        row = models.IncentiveOffer(
            line_id=line.row.id,
            part=part,
            kind=kind,
            percent=percent if kind == offers.PERCENT else None,
            amount=(amount or None) if kind in (offers.AMOUNT, offers.CREDIT, offers.GIFT) else None,
            gift=gift if kind == offers.GIFT else None,
            substitute_sku_id=instead[0] if instead else None,
            cost=decided.cost,
            state=decided.state,
            reason=why,
            offered_at=clock.now(),
            offered_by=actor,
            expires_on=until,
        )
        session.add(row)
        session.flush()
        made = as_loaded(session, order, row.id)
        told = tell_customer(session, made, actor=actor) if decided.state == offers.OFFERED else None
        what = made.what[:1].upper() + made.what[1:]
        notice = offers.offered_in_words(view, what, decided, until=until)
        if told:
            notice = f"{notice} {told.in_words}"
        act = audit.record(
            "incentive-offered",
            line.subject,
            after={**in_history(row), "expires_on": until, "kind": kind},
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        risk, value_at_risk = risk_of(session, line.row.id, part)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return OfferOutcome(
            notice,
            (line.row.sku_id,),
            made=str(row.id),
            told=told,
            moves_lines=False,
            waits_for_approval=decided.state == offers.WAITING_APPROVAL,
            what=made.what,
            state=decided.state,
            cost=decided.cost,
            value=view.value,
            margin=view.margin,
            qty=view.qty,
            currency=order.row.currency,
            ceiling=ceiling,
            risk=risk,
            value_at_risk=value_at_risk,
        )


def come_to(made: Iterable[OfferOutcome]) -> offers.OffersTogether:
    """What several offers cost together, by currency."""
    return offers.together(
        offers.CountedOffer(one.currency, one.value, one.margin, one.cost, one.waits_for_approval) for one in made
    )


@planning.repeated
def withdraw_offer(
    offer_id: int, *, why: str | None = None, version: str | None = None, submission: str | None = None, actor: Any
) -> Outcome:
    """An offer is taken back before it was mailed, as if it had never been made. Twice is refused."""
    with transaction() as session:
        offer = load_offer(session, offer_id)
        if repeated := sent_before(submission):
            return repeated
        refuse_if_changed(version, offer.version, offer.order.subject, offer.line.subject)
        offers.withdraw(offer.made, today=clock.today())
        before = end(session, offer, actor=actor)
        notice = offers.withdrawn_in_words(offer.made.line, offer.what)
        act = audit.record(
            "offer-withdrawn",
            offer.line.subject,
            before={"state": before},
            after=in_history(offer.row),
            why=why,
            actor=actor,
        )
        audit.record_submission(submission, act, notice)
        session.flush()
        topics.bump(session.connection(), topics.WORK)
        return Outcome(notice, (offer.line.row.sku_id,), moves_lines=False)


def end(session: Session, offer: LoadedOffer, *, actor: Any) -> str:
    """The offer is void, and what was written of it is unsaid; the state that it had."""
    row, before = offer.row, offer.row.state
    if row.message_id is not None:
        unsay(session, row, offer.line.row.line_no, actor=actor)
    row.state, row.answered_at = offers.VOID, clock.now()
    session.flush()
    return before


def in_history(row: models.IncentiveOffer) -> dict[str, Any]:
    """What the history says of an offer: no words that somebody typed."""
    return {"offer": row.id, "state": row.state, "cost": row.cost, "message": row.message_id}
