"""Whether a notice of another date still counts: it does not once its message failed, came back or was withdrawn, and
one that has not left is taken back when the goods come in time after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from dashboard import audit, planning
from dashboard.customer import links
from dashboard.database import db, transaction
from dashboard.domain.deadlines import Region, promise_of
from dashboard.domain.delay_notices import moved_back_in_words
from dashboard.domain.messages import BOUNCED, FAILED, QUEUED, WITHDRAWN, DateMoved, MessageRefused
from dashboard.messages import outbox
from dashboard.models import Consent, DelayNotice, Message, Order, OrderLine, Waiting

NOT_TOLD = (FAILED, BOUNCED, WITHDRAWN)  # states of a message that its customer has not read
AT_ONCE = 200  # messages of one sweep; the next one takes the others


def skus_told_of(session: Session, message_id: int) -> set[int]:
    """The SKUs (ids) of the lines that a message says another date of."""
    return set(
        session.scalars(
            select(OrderLine.sku_id)
            .join(DelayNotice, DelayNotice.line_id == OrderLine.id)
            .where(DelayNotice.message_id == message_id)
        )
    )


def follow_message(session: Session, message_id: int, *, region: Region | str) -> bool:
    """Has the notices of a message count as its state says, with the promises that hang on them. Whether any changed:
    then its SKUs are to be planned, which were kept still before.
    """
    session.flush()
    state = session.scalar(select(Message.state).where(Message.id == message_id))
    counts = state not in NOT_TOLD
    notices = session.scalars(
        select(DelayNotice).where(DelayNotice.message_id == message_id, DelayNotice.in_force.is_(not counts))
    ).all()
    for notice in notices:
        notice.in_force = counts
    _restate(session, notices, told=counts, region=region)
    return bool(notices)


def unsay(session: Session, notices: Sequence[DelayNotice], *, region: Region | str) -> None:
    """What waits in the outbox is not said: of these notices nobody will ever know. In the transaction that plans."""
    ids = [notice.id for notice in notices]
    _restate(session, notices, told=False, region=region)
    for message_id, line_no in _said_of(session, ids):
        if outbox.take_back(message_id, kind=DateMoved.kind, line_no=line_no):
            links.revoke(session, message_id, actor=None)
    session.execute(update(Consent).where(Consent.notice_id.in_(ids)).values(notice_id=None))
    session.execute(delete(DelayNotice).where(DelayNotice.id.in_(ids)))


def waiting_notices(session: Session, line_ids: Iterable[int]) -> list[DelayNotice]:
    """The notices of these lines whose message has not left."""
    return list(
        session.scalars(
            select(DelayNotice)
            .join(Message, and_(Message.id == DelayNotice.message_id, Message.state == QUEUED))
            .where(DelayNotice.line_id.in_(list(line_ids)), DelayNotice.in_force)
            .order_by(DelayNotice.id)
        )
    )


def settle_notices(*, region: Region | str) -> str | None:
    """Take back what need not be told any more, and let what was not read count no more; in words, nothing if nothing.
    What is refused meanwhile, because it leaves at this moment, is left.
    """
    moved_back = db.session.scalars(_moved_back().limit(AT_ONCE)).all()
    astray = db.session.scalars(_astray().limit(AT_ONCE)).all()
    db.session.rollback()
    settled = sum(_take_back(message_id, region=region) for message_id in moved_back)
    settled += sum(_follow(message_id, region=region) for message_id in astray)
    return f"{settled} notices settled" if settled else None


@planning.repeated
def _take_back(message_id: int, *, region: Region | str) -> bool:
    """Of one message, what its customers need not be told, because those goods come in time or wait no more."""
    with transaction() as session:
        skus = skus_told_of(session, message_id)
        planning.keep_still(skus)
        session.scalar(select(Message.id).where(Message.id == message_id).with_for_update())
        ids = session.scalars(_moved_back(DelayNotice.id).where(DelayNotice.message_id == message_id)).all()
        lines = select(DelayNotice.line_id).where(DelayNotice.id.in_(ids))
        # A letter says all of a line or nothing: of a line of which one part still slips everything stays.
        slipping = set(
            session.scalars(
                select(DelayNotice.line_id).where(
                    DelayNotice.message_id == message_id, DelayNotice.line_id.in_(lines), DelayNotice.id.not_in(ids)
                )
            )
        )
        notices = [one for one in session.scalars(_by_ids(ids)) if one.line_id not in slipping]
        if not notices:
            return False
        try:
            unsay(session, notices, region=region)
        except MessageRefused:
            return False
        number = session.scalar(select(Order.number).join(Message, Message.order_id == Order.id).where(
            Message.id == message_id))  # fmt: skip
        planning.replan(skus)
        state = session.scalar(select(Message.state).where(Message.id == message_id))
        audit.record(
            "notice-taken-back",
            f"order {number}",
            after={"message": message_id, "lines": len({one.line_id for one in notices}), "state": state},
            why=moved_back_in_words(str(number)),
        )
        return True


@planning.repeated
def _follow(message_id: int, *, region: Region | str) -> bool:
    with transaction() as session:
        skus = skus_told_of(session, message_id)
        planning.keep_still(skus)
        changed = follow_message(session, message_id, region=region)
        if changed:
            planning.replan(skus)
        return changed


def _by_ids(ids: Sequence[int]) -> Select[DelayNotice]:
    return select(DelayNotice).where(DelayNotice.id.in_(ids)).order_by(DelayNotice.id)


def _moved_back(what: Any = DelayNotice.message_id) -> Select[int]:
    """Notices that wait in the outbox, of goods that now come by the day that was promised before, or are here."""
    waits = and_(Waiting.line_id == DelayNotice.line_id, Waiting.part == DelayNotice.part)
    return (
        select(what)
        .join(Message, Message.id == DelayNotice.message_id)
        .outerjoin(Waiting, waits)
        .where(
            DelayNotice.in_force,
            Message.state == QUEUED,
            or_(Waiting.line_id.is_(None), Waiting.eta <= DelayNotice.earlier_promise),
        )
        .distinct()
    )


def _astray() -> Select[int]:
    """Messages whose notices do not count as their state says."""
    return (
        select(DelayNotice.message_id)
        .join(Message, Message.id == DelayNotice.message_id)
        .where(DelayNotice.in_force == Message.state.in_(NOT_TOLD))
        .distinct()
    )


def _said_of(session: Session, ids: Sequence[int]) -> list[tuple[int, int]]:
    rows = session.execute(
        select(DelayNotice.message_id, OrderLine.line_no)
        .join(OrderLine, OrderLine.id == DelayNotice.line_id)
        .where(DelayNotice.id.in_(ids))
        .distinct()
        .order_by(DelayNotice.message_id, OrderLine.line_no)
    )
    return [(message_id, line_no) for message_id, line_no in rows]


def _restate(session: Session, notices: Sequence[DelayNotice], *, told: bool, region: Region | str) -> None:
    """The promise of each line as the customer knows it, unless somebody stated another one since."""
    by_line: dict[int, list[DelayNotice]] = {}
    for notice in notices:
        by_line.setdefault(notice.line_id, []).append(notice)
    for line_id, of_line in by_line.items():
        days = [one.new_date for one in of_line]
        if any(day is None for day in days):
            continue  # no day was told, so that the promise is as it was
        line = session.get_one(OrderLine, line_id, populate_existing=True, with_for_update={"key_share": True})
        new, earlier = max(day for day in days if day is not None), _as_stated(session, line, of_line[0], region)
        if told and line.current_promise == earlier:
            line.current_promise = new
        elif not told and line.current_promise == new:
            line.current_promise = earlier
    session.flush()


def _as_stated(session: Session, line: OrderLine, notice: DelayNotice, region: Region | str) -> date | None:
    """What was promised before a notice: nothing, where the day in it is the one by which the law expects the goods."""
    order = session.get_one(Order, line.order_id)
    by_law = promise_of(None, placed_on=order.placed_on, credit_applied=order.credit_applied, region=region)
    if line.first_promise is None and notice.earlier_promise == by_law:
        return None
    return notice.earlier_promise
