"""Tell customers of another date than they were told, one message an order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard import audit, clock, models, planning, settings
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.delay_notices.queries import ShownOrderToTell, orders_to_tell, skus_waiting
from dashboard.actions.delay_notices.standing import unsay, waiting_notices
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.customer import links
from dashboard.database import transaction
from dashboard.domain.delay_notices import Notice, new_promise, said, slip_in_words, tell, told_in_words
from dashboard.domain.refusals import Refused
from dashboard.messages import outbox


@dataclass(frozen=True, slots=True)
class NoticeOutcome(Outcome):
    """What a customer is told of each part, beside the letter."""

    notices: tuple[Notice, ...] = ()

    @property
    def in_short(self) -> str:
        """The same where its order stands beside it."""
        return f"{slip_in_words(self.notices, today=clock.today())}." if self.notices else self.notice


@dataclass(frozen=True, slots=True)
class ToldOrder:
    """What became of one of several orders: what was told, or why nothing was."""

    order_id: int
    outcome: NoticeOutcome | None
    refused: Refused | None = None


@planning.repeated
def tell_customer(
    order_id: int,
    *,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Write to the customer of an order what of it comes later than they were told: that is its promise from now on.

    What an earlier message would say of the same lines, and has not left, is said by this one instead.
    """
    with transaction() as session:
        skus = _keep_still(session, [order_id])
        if repeated := sent_before(submission):
            return repeated
        order = orders_to_tell(session, [order_id])[order_id]
        subjects = (order.subject, *(f"order-line {order.told.number}/{line_no}" for line_no in order.lines))
        refuse_if_changed(version, order.version, *subjects)
        outcome, act = _tell(session, order, why=why, actor=actor)
        planning.replan(skus)
        audit.record_submission(submission, act, outcome.notice)
        return replace(outcome, skus=tuple(sorted(skus)))


@planning.repeated
def tell_customers(
    order_ids: Sequence[int], *, keys: Sequence[str | None], why: str | None = None, actor: Any
) -> list[ToldOrder]:
    """The same of several orders in one transaction, planned once: a message and a line of the history each. Those that
    a rule refuses are left out. `keys` are the submissions of the orders: what was done by one is not done again.
    """
    with transaction() as session:
        skus = _keep_still(session, order_ids)
        orders = orders_to_tell(session, order_ids)
        told = [
            _told(session, orders[order_id], key=key, why=why, actor=actor)
            for order_id, key in zip(order_ids, keys, strict=True)
        ]
        planning.replan(skus)
        return told


def _told(session: Session, order: ShownOrderToTell, *, key: str | None, why: str | None, actor: Any) -> ToldOrder:
    if repeated := sent_before(key):
        return ToldOrder(order.id, NoticeOutcome(repeated.notice, repeats=repeated.repeats))
    try:
        outcome, act = _tell(session, order, why=why, actor=actor)
    except Refused as refused:
        return ToldOrder(order.id, None, refused)
    audit.record_submission(key, act, outcome.notice)
    return ToldOrder(order.id, outcome)


def _keep_still(session: Session, order_ids: Collection[int]) -> set[int]:
    """Nobody else changes what waits of these orders until the transaction ends; the SKUs of it."""
    planning.keep_still(())  # Who reads what waits, and then waits for a plan to be saved, would be in its way.
    skus = skus_waiting(session, order_ids)
    planning.keep_still(skus)
    session.scalars(
        select(models.Order.version)
        .where(models.Order.id.in_(order_ids))
        .order_by(models.Order.id)
        .with_for_update(key_share=True)
    ).all()
    now = skus_waiting(session, order_ids)
    if not now <= skus:
        raise planning.Collision(np.array(sorted(now)))  # another of its lines has begun to wait
    return skus


def _tell(
    session: Session, order: ShownOrderToTell, *, why: str | None, actor: Any
) -> tuple[NoticeOutcome, models.Act]:
    region, today = settings.clock_rule(), clock.today()
    notices = tell(order.told, region=region, today=today)
    if unsaid := waiting_notices(session, order.lines.values()):
        unsay(session, unsaid, region=region)
        order = orders_to_tell(session, [order.id])[order.id]
        notices = tell(order.told, region=region, today=today)
    link = links.make(session, order.id, until=max((one.of.eta for one in notices if one.of.eta), default=None))
    told = outbox.write(order.id, *said(notices, url=links.address_of(link)), actor=actor)
    link.message_id = told.message_id
    session.add_all(
        models.DelayNotice(
            message_id=told.message_id,
            line_id=order.lines[one.of.line_no],
            part=one.of.part,
            earlier_promise=one.of.promised_by,
            new_date=one.of.eta,
            needs_consent=one.needs_consent,
        )
        for one in notices
    )
    for line_no, line_id in order.lines.items():
        if day := new_promise(notices, line_no):
            session.get_one(models.OrderLine, line_id, populate_existing=True).current_promise = day
    session.flush()
    act = audit.record(
        "customer-told",
        order.subject,
        before={"promises": _days({one.of.line_no: one.of.promise for one in notices})},
        after={
            "message": told.message_id,
            "promises": _days({line_no: new_promise(notices, line_no) for line_no in order.lines}),
            "needs_consent": sorted({one.of.line_no for one in notices if one.needs_consent}),
        },
        why=why,
        actor=actor,
    )
    notice = told_in_words(order.told, notices, today=today, told=told.in_words)
    return NoticeOutcome(notice, told=told, moves_lines=False, made=str(told.message_id), notices=notices), act


def _days(by_line: dict[int, Any]) -> dict[str, Any]:
    return {str(line_no): day for line_no, day in sorted(by_line.items())}
