"""What is somebody's own to do: calls, questions without an answer, lines, orders that they follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Text, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from dashboard.database import Instant
from dashboard.domain.call_backs import call_version
from dashboard.domain.messages import WITHDRAWN
from dashboard.models import (
    Act,
    Assignment,
    CallBack,
    CardRequest,
    Consent,
    Customer,
    DelayNotice,
    Message,
    Order,
    OrderFollow,
    OrderLine,
    Sku,
    User,
    Waiting,
)
from dashboard.people import who_may
from dashboard.permissions import Permission

# Of each kind so many are shown; whoever has more has them elsewhere, filtered and page by page.
LISTED_AT_MOST = 50
# What is said of the following itself is no news of an order.
OF_FOLLOWING = ("order-followed", "order-seen", "order-let-go")
CUSTOMER = func.coalesce(Customer.name, Customer.code)
UNDATED = func.coalesce(func.sum(case((Waiting.dated == 0, 1), else_=0)), 0)


@dataclass(frozen=True, slots=True)
class DueCalls:
    """How many calls of somebody are due, and when the next one will be; None: no other is promised."""

    count: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class MyCall:
    """A call that somebody is to make."""

    id: int
    due_at: datetime
    order: str
    customer: str
    phone: str | None
    about: str | None
    promised_by: str | None  # None: the desk, or who reads it
    person_id: int | None  # who calls; None: whoever is free
    whose: str | None

    @property
    def version(self) -> str:
        return call_version(self.due_at, self.person_id)


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that a customer was asked, and has not answered."""

    kind: str  # consent or card
    message_id: int
    order: str
    customer: str
    at: datetime
    state: str  # of the message
    attempts: int  # to send it
    until: date | None  # by when their word is needed


@dataclass(frozen=True, slots=True)
class MyLine:
    """An open line that is somebody's."""

    line_id: int
    order_number: str
    line_no: int
    customer: str
    sku: str
    product: str
    qty_open: int
    qty_waiting: int
    eta: date | None  # of all that waits; None: no date yet
    deadline: date | None  # None: nothing of it waits
    put_away_until: date | None
    whose: str
    version: int  # of whose it is


@dataclass(frozen=True, slots=True)
class News:
    """What was done last to an order, and by whom."""

    at: datetime
    who: str | None  # None: the desk, or the customer
    act: str

    @property
    def words(self) -> str:
        return self.act.replace("-", " ")


@dataclass(frozen=True, slots=True)
class FollowedOrder:
    """An order that somebody follows, and where it stands."""

    id: int
    number: str
    customer: str
    followed_at: datetime
    qty_waiting: int
    eta: date | None  # of all that waits; None: no date yet
    deadline: date | None  # None: nothing of it waits
    news: News | None  # what was done to it since they looked last


# Whoever was to make it left, or may not call any more; or whoever is free was to.
IS_NOBODYS_CALL = or_(CallBack.person_id.is_(None), CallBack.person_id.not_in(who_may(Permission.CONTACT_CUSTOMERS)))
_IS_DUE = CallBack.due_at <= bindparam("now", type_=Instant)
# Asked for the sidebar of every page, and to write it takes longer than to answer it: so it is written once.
_DUE_CALLS = select(
    func.coalesce(func.sum(case((_IS_DUE, 1), else_=0)), 0).label("due"),
    func.min(case((~_IS_DUE, CallBack.due_at))).label("next_at"),
).where(or_(CallBack.person_id == bindparam("person"), IS_NOBODYS_CALL), CallBack.done_at.is_(None))


def due_calls(session: Session, person: int, now: datetime) -> DueCalls:
    """The calls that are due of somebody, or of nobody, and when that changes by itself."""
    row = session.execute(_DUE_CALLS, {"person": person, "now": now}).one()
    return DueCalls(int(row.due), row.next_at)


def my_calls(session: Session, person: int, *, at_most: int) -> list[MyCall]:
    """The calls that somebody is to make, the one due first before the others."""
    return _calls(session, CallBack.person_id == person, reader=person, at_most=at_most)


def calls_of_nobody(session: Session, person: int, *, at_most: int) -> list[MyCall]:
    """The calls that whoever is free is to make, as somebody sees them: those of who left among them."""
    return _calls(session, IS_NOBODYS_CALL, reader=person, at_most=at_most)


def _calls(session: Session, which: ColumnElement[bool], *, reader: int, at_most: int) -> list[MyCall]:
    promiser, caller = aliased(User), aliased(User)
    rows = session.execute(
        select(
            CallBack.id,
            CallBack.due_at,
            Order.number,
            CUSTOMER,
            Customer.phone,
            CallBack.about,
            case((CallBack.promised_by == reader, None), else_=func.coalesce(promiser.name, promiser.email)),
            CallBack.person_id,
            func.coalesce(caller.name, caller.email),
        )
        .join(Order, Order.id == CallBack.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(promiser, promiser.id == CallBack.promised_by)
        .outerjoin(caller, caller.id == CallBack.person_id)
        .where(which, CallBack.done_at.is_(None))
        .order_by(CallBack.due_at, CallBack.id)
        .limit(at_most)
    )
    return [MyCall(*row) for row in rows]


def unanswered_consents(session: Session, person: int, *, at_most: int) -> list[Asked]:
    """Letters of somebody that need the customer's word on a later date and have none, while something still waits."""
    notice, later, answered = DelayNotice, aliased(DelayNotice), aliased(DelayNotice)
    is_told_anew = (
        select(later.id)
        .where(later.line_id == notice.line_id, later.part == notice.part, later.in_force, later.id > notice.id)
        .exists()
    )
    covers = or_(answered.message_id == notice.message_id, Consent.until.is_(None), Consent.until >= notice.new_date)
    is_answered = (
        select(Consent.id)
        .outerjoin(answered, answered.id == Consent.notice_id)
        .where(Consent.line_id == notice.line_id, Consent.part == notice.part, covers)
        .exists()
    )
    rows = session.execute(
        select(
            literal("consent"),
            Message.id,
            Order.number,
            CUSTOMER,
            Message.created_at,
            Message.state,
            Message.attempts,
            func.min(notice.earlier_promise),
        )
        .join(notice, notice.message_id == Message.id)
        .join(Waiting, (Waiting.line_id == notice.line_id) & (Waiting.part == notice.part))
        .join(Order, Order.id == Waiting.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Message.written_by == person, notice.needs_consent, notice.in_force, ~is_told_anew, ~is_answered)
        .group_by(Message.id, Order.id, Customer.id)
        .order_by(Message.id)
        .limit(at_most)
    )
    return [Asked(*row) for row in rows]


def unanswered_cards(session: Session, person: int, *, at_most: int) -> list[Asked]:
    """Cards that somebody asked for last, of orders whose means of payment still will not do."""
    later, letter = aliased(CardRequest), aliased(Message)
    is_asked_anew = (
        select(later.id)
        .join(letter, letter.id == later.message_id)
        .where(later.order_id == CardRequest.order_id, later.id > CardRequest.id, letter.state != WITHDRAWN)
        .exists()
    )
    needs_one = Waiting.payment_state != "good"
    rows = session.execute(
        select(
            literal("card"),
            Message.id,
            Order.number,
            CUSTOMER,
            CardRequest.asked_at,
            Message.state,
            Message.attempts,
            func.min(Waiting.last_good_day),
        )
        .select_from(CardRequest)
        .join(Message, Message.id == CardRequest.message_id)
        .join(Order, Order.id == CardRequest.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Waiting, (Waiting.order_id == Order.id) & needs_one)
        .where(CardRequest.asked_by == person, Message.state != WITHDRAWN, ~is_asked_anew)
        .group_by(CardRequest.id, Message.id, Order.id, Customer.id)
        .order_by(CardRequest.id)
        .limit(at_most)
    )
    return [Asked(*row) for row in rows]


def my_lines(session: Session, person: int, today: date, *, at_most: int) -> list[MyLine]:
    """Open lines that are somebody's, by deadline; those that are put away for later last."""
    return _lines(session, Assignment.person_id == person, today, at_most=at_most)


def lines_of_who_left(session: Session, today: date, *, at_most: int) -> list[MyLine]:
    """Open lines of those who left, or may not act any more, by deadline."""
    has_left = Assignment.person_id.not_in(who_may(Permission.ASSIGN_LINES))
    return _lines(session, has_left, today, at_most=at_most)


def _lines(session: Session, which: ColumnElement[bool], today: date, *, at_most: int) -> list[MyLine]:
    is_away = and_(Assignment.snoozed_until.is_not(None), Assignment.snoozed_until > today)
    rows = session.execute(
        select(
            OrderLine.id,
            Order.number,
            OrderLine.line_no,
            CUSTOMER.label("customer"),
            Sku.code.label("sku"),
            func.coalesce(Sku.name, Sku.code).label("product"),
            OrderLine.qty_open,
            func.coalesce(func.sum(Waiting.qty_backordered), 0).label("qty_waiting"),
            func.max(Waiting.eta).label("eta"),
            UNDATED.label("undated"),
            func.min(Waiting.deadline).label("deadline"),
            case((is_away, Assignment.snoozed_until)).label("put_away_until"),
            func.coalesce(User.name, User.email).label("whose"),
            Assignment.version,
        )
        .select_from(Assignment)
        .join(OrderLine, OrderLine.id == Assignment.line_id)
        .join(Order, Order.id == OrderLine.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .join(User, User.id == Assignment.person_id)
        .outerjoin(Waiting, Waiting.line_id == OrderLine.id)
        .where(which, OrderLine.qty_open > 0)
        .group_by(OrderLine.id, Assignment.line_id, Order.id, Customer.id, Sku.id, User.id)
        .order_by(
            is_away, func.min(Waiting.deadline).is_(None), func.min(Waiting.deadline), Order.number, OrderLine.line_no
        )
        .limit(at_most)
    )
    return [
        MyLine(
            row.id,
            row.number,
            row.line_no,
            row.customer,
            row.sku,
            row.product,
            row.qty_open,
            int(row.qty_waiting),
            None if row.undated else row.eta,
            row.deadline,
            row.put_away_until,
            row.whose,
            row.version,
        )
        for row in rows
    ]


def followed_orders(session: Session, person: int, *, at_most: int) -> list[FollowedOrder]:
    """Orders that somebody follows, those followed last first, each with what others did to it since they looked."""
    follow = OrderFollow
    # Not by the index of ids, through which a database would look for the last act of an order among all there are.
    act = Act.id + 0
    of_others = (
        act > follow.seen_act,
        Act.actor_id.is_distinct_from(person),
        Act.act.not_in(OF_FOLLOWING),
    )
    # "order-line 10482/1" stands after "order-line 10482/" and before "order-line 104820".
    line = literal("order-line ", Text) + Order.number
    of_order = select(func.max(act)).where(Act.subject == literal("order ", Text) + Order.number, *of_others)
    of_lines = select(func.max(act)).where(Act.subject > line + "/", Act.subject < line + "0", *of_others)
    rows = session.execute(
        select(
            Order.id,
            Order.number,
            CUSTOMER.label("customer"),
            follow.followed_at,
            func.coalesce(func.sum(Waiting.qty_backordered), 0).label("qty_waiting"),
            func.max(Waiting.eta).label("eta"),
            UNDATED.label("undated"),
            func.min(Waiting.deadline).label("deadline"),
            of_order.correlate(follow, Order).scalar_subquery().label("of_order"),
            of_lines.correlate(follow, Order).scalar_subquery().label("of_lines"),
        )
        .select_from(follow)
        .join(Order, Order.id == follow.order_id)
        .join(Customer, Customer.id == Order.customer_id)
        .outerjoin(Waiting, Waiting.order_id == Order.id)
        .where(follow.person_id == person)
        .group_by(follow.person_id, follow.order_id, Order.id, Customer.id)
        .order_by(follow.followed_at.desc(), Order.id)
        .limit(at_most)
    ).all()
    last = {row.id: max(row.of_order or 0, row.of_lines or 0) for row in rows}
    news = _acts(session, [one for one in last.values() if one])
    return [
        FollowedOrder(
            row.id,
            row.number,
            row.customer,
            row.followed_at,
            int(row.qty_waiting),
            None if row.undated else row.eta,
            row.deadline,
            news.get(last[row.id]),
        )
        for row in rows
    ]


def _acts(session: Session, ids: list[int]) -> dict[int, News]:
    rows = session.execute(
        select(Act.id, Act.at, func.coalesce(User.name, User.email), Act.act)
        .outerjoin(User, User.id == Act.actor_id)
        .where(Act.id.in_(ids))
    )
    return {row[0]: News(*row[1:]) for row in rows}
