"""Offers as acts load them: what waits of a line's part, what stands of an offer, who may give how much."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.actions.order_lines import LoadedLine, LoadedOrder, load
from dashboard.actions.order_money import load_money
from dashboard.currencies import coin_of
from dashboard.customer import links
from dashboard.domain import incentive_offers as offers
from dashboard.domain.messages import FAILED, QUEUED, SENDING, WITHDRAWN, OfferMade
from dashboard.domain.order_lines import OPEN, LineUnits
from dashboard.messages import outbox
from dashboard.messages.offers import offer_in_words
from dashboard.messages.outbox import Written
from dashboard.models import IncentiveOffer, Message, OfferCeiling, Order, OrderLine, Sku, Stock, User, Waiting

NOT_TOLD = (QUEUED, FAILED, WITHDRAWN)  # states of a message that nobody has read


@dataclass(frozen=True, slots=True)
class LoadedOffer:
    """An offer's row, with the line's part that it is for."""

    row: IncentiveOffer
    order: LoadedOrder
    line: LoadedLine
    made: offers.MadeOffer
    what: str  # in words, as the customer reads it

    @property
    def version(self) -> str:
        """Changes with the offer and with its line."""
        return f"{self.row.state}-{self.made.told or ''}-{self.line.row.version}"


def order_still(session: Session, order_id: int) -> LoadedOrder:
    """An order that nobody else changes, ships, cancels or makes an offer for until the transaction ends."""
    session.scalar(select(Order.version).where(Order.id == order_id).with_for_update(key_share=True))
    return load(session, order_id)


def usual_part(line: LineUnits) -> int:
    """The part that an offer is for unless somebody says otherwise: the one of which most waits."""
    here = {part.part: sum(one.qty for one in line.reserved if one.part == part.part) for part in line.parts}
    return max(line.parts, key=lambda part: (part.left - here[part.part], part.left, -part.part)).part


def offerable(session: Session, order: LoadedOrder, line: LoadedLine, part: int) -> offers.OfferableLine:
    """What is open of a part, by what it is worth and what is offered for it already."""
    units, row = line.units, line.row
    amounts = load_money(session, order).left_of(units, part)
    left = units.of_part(part).left if units.status == OPEN else 0
    cost, currency = session.execute(select(Sku.cost, Sku.currency).where(Sku.id == row.sku_id)).one()
    margin = None
    if cost is not None and amounts.goods is not None and currency == order.row.currency:
        margin = amounts.goods - left * cost
    return offers.OfferableLine(
        name=units.name,
        order=units.order,
        status=units.status,
        qty=left,
        value=amounts.goods,
        margin=margin,
        shipping=amounts.shipping,
        coin=coin_of(order.row.currency),
        live=_live(session, row.id, part),
    )


def _live(session: Session, line_id: int, part: int) -> offers.LiveOffer | None:
    offer = IncentiveOffer
    found = session.execute(
        select(offer.state, func.coalesce(User.name, User.email), offer.offered_at)
        .outerjoin(User, User.id == offer.offered_by)
        .where(offer.line_id == line_id, offer.part == part, offer.state.in_(offers.LIVE))
    ).first()
    return None if found is None else offers.LiveOffer(found[0], found[1], found[2].astimezone(clock.shop_zone()))


def substitute_for(session: Session, code: str | None, line: LoadedLine) -> tuple[int, offers.Substitute] | None:
    """Another SKU by its code, as what would go out instead; None where there is none."""
    if not code:
        return None
    other = session.scalar(select(Sku).where(Sku.code == code))
    own = session.get_one(Sku, line.row.sku_id)
    if other is None or other.id == own.id:
        return None
    on_hand, reserved = session.execute(
        select(func.coalesce(func.sum(Stock.on_hand), 0), func.coalesce(func.sum(Stock.reserved), 0)).where(
            Stock.sku_id == other.id
        )
    ).one()
    known = other.cost is not None and own.cost is not None and other.currency == own.currency
    dearer = other.cost - own.cost if known and other.cost is not None and own.cost is not None else None
    available = max(0, int(on_hand) - int(reserved))
    return other.id, offers.Substitute(other.code, other.active is not False, available, dearer)


def ceiling_of(session: Session, actor: int) -> int:
    """Up to which share of a line's value somebody may offer: the highest of their roles'."""
    roles = [role.name for role in session.get_one(User, actor).roles]
    return session.scalar(select(func.max(OfferCeiling.share)).where(OfferCeiling.role.in_(roles))) or 0


def load_offer(session: Session, offer_id: int) -> LoadedOffer:
    """An offer under lock, with the line that it is for."""
    order_id = session.scalars(
        select(OrderLine.order_id)
        .join(IncentiveOffer, IncentiveOffer.line_id == OrderLine.id)
        .where(IncentiveOffer.id == offer_id)
    ).one()
    return as_loaded(session, order_still(session, order_id), offer_id)


def as_loaded(session: Session, order: LoadedOrder, offer_id: int) -> LoadedOffer:
    """An offer of an order that is loaded."""
    row = session.get_one(IncentiveOffer, offer_id, populate_existing=True)
    line = next(line for line in order.lines if line.row.id == row.line_id)
    state = None if row.message_id is None else session.get_one(Message, row.message_id, populate_existing=True).state
    told = None if state is None or state in NOT_TOLD else ("sending" if state == SENDING else "sent")
    known = row.part in {part.part for part in line.units.parts}
    view = offerable(session, order, line, row.part if known else line.units.parts[0].part)
    at = None if row.answered_at is None else row.answered_at.astimezone(clock.shop_zone())
    made = offers.MadeOffer(view, row.state, row.cost, row.expires_on, at, told)
    return LoadedOffer(row, order, line, made, words_of(session, row, order.row.currency))


def words_of(session: Session, row: IncentiveOffer, currency: str | None) -> str:
    """What is offered, as its customer reads it."""
    instead = None
    if row.substitute_sku_id is not None:
        instead = session.scalar(select(func.coalesce(Sku.name, Sku.code)).where(Sku.id == row.substitute_sku_id))
    return offer_in_words(
        row.kind,
        percent=row.percent,
        amount=row.amount,
        gift=row.gift,
        instead=instead,
        saves=row.cost,
        currency=currency,
        locale=current_app.config["SHOP_LOCALE"],
    )


def tell_customer(session: Session, offer: LoadedOffer, *, actor: int) -> Written:
    """Write the customer of what is offered, with a link of their own to answer it."""
    link = links.make(session, offer.order.row.id, until=offer.row.expires_on)
    told = outbox.write(
        offer.order.row.id,
        OfferMade(
            line_no=offer.line.row.line_no,
            qty=offer.made.line.qty,
            offer=offer.what,
            answer_by=offer.row.expires_on,
            url=links.address_of(link),
        ),
        actor=actor,
    )
    offer.row.message_id = link.message_id = told.message_id
    session.flush()
    return told


def risk_of(session: Session, line_id: int, part: int) -> tuple[int | None, int]:
    """The chance that the customer leaves within a fortnight, in ten-thousandths, and the value at risk."""
    row = session.execute(
        select(Waiting.cancel_risk, Waiting.value_at_risk).where(Waiting.line_id == line_id, Waiting.part == part)
    ).first()
    return (None, 0) if row is None else (row[0], row[1])
