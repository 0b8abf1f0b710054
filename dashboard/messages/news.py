"""News for the staff: what has become so is noticed once, and told once to each who chose it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import BigInteger as Big
from sqlalchemy import Select, cast, delete, func, select, union, update
from sqlalchemy import case as case_when
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.bulk import upsert
from dashboard.database import day_number, day_of, db, require_transaction, transaction
from dashboard.domain.mail_to_me import (
    ALERT,
    AT_ONCE,
    DAYS_AHEAD,
    DAYS_BACK,
    DIGEST,
    MORNING,
    NAMED_AT_MOST,
    NEWS,
    Section,
    is_morning,
    letter,
)
from dashboard.messages.letters_to_staff import page_address, write_to
from dashboard.models import (
    AlertCase,
    MailChoice,
    MailHabit,
    Order,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderLine,
    Refund,
    Sku,
    SkuFigure,
    Supplier,
    User,
    Waiting,
)
from dashboard.models.purchase_orders import STATED_DATE
from dashboard.permissions import Permission, can
from dashboard.web import formats

PAGE = "mail_to_me.show"
# Any number that no other advisory lock of the desk uses.
NOTICING_LOCK = 7_305_134
UNDER_ITS_POINT = ("out", "below")
Subjects = Collection[str]


@dataclass(frozen=True, slots=True)
class Source:
    """Where a kind of news is found: what it is about now, words for some of these, and the list that shows all."""

    now: Callable[[date], Select]
    words: Callable[[Session, Subjects, date], Sequence[str]]
    endpoint: str
    given: Mapping[str, str]


def notice(session: Session, kinds: Collection[str], today: date) -> None:
    """Note what has become so of these kinds, and forget what is so no longer. What is new is noted with one instant,
    which is later than all that was noted before, whoever noted it.
    """
    require_transaction()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(NOTICING_LOCK)))
    at = clock.real_now()
    for kind in kinds:
        known = select(AlertCase.subject).where(AlertCase.kind == kind)
        now = SOURCES[kind].now(today)
        new = session.scalars(now.except_(known)).all()
        over = session.scalars(known.except_(now)).all()
        if over:
            session.connection().execute(
                delete(AlertCase).where(AlertCase.kind == kind, AlertCase.subject.in_(over))
                if len(over) <= NAMED_AT_MOST
                else delete(AlertCase).where(AlertCase.kind == kind, AlertCase.subject.not_in(now))
            )
        if new:
            session.connection().execute(
                upsert(session.connection(), AlertCase).on_conflict_do_nothing(),
                [{"kind": kind, "subject": subject, "noticed_at": at} for subject in new],
            )


def chosen_kinds(session: Session) -> set[str]:
    """The kinds that anybody chose."""
    return set(session.scalars(select(MailChoice.kind).distinct()))


def tell_at_once(today: date) -> int:
    """Write to everybody who wants to know at once of what is new to them; how many letters."""
    waiting = (
        select(MailChoice.person_id)
        .distinct()
        .join(AlertCase, (AlertCase.kind == MailChoice.kind) & (AlertCase.noticed_at > MailChoice.told_up_to))
        .where(MailChoice.sent == AT_ONCE)
    )
    people = db.session.scalars(waiting).all()
    db.session.rollback()
    return sum(_tell(person_id, AT_ONCE, today) for person_id in people)


def tell_in_the_morning(today: date) -> int:
    """Write the digest to everybody whose hour has come and who was not looked at today; how many letters."""
    now = clock.real_now().astimezone(clock.shop_zone())
    rows = db.session.execute(
        select(MailHabit.person_id, MailHabit.digest_hour, MailHabit.digest_on).where(
            MailHabit.person_id.in_(select(MailChoice.person_id).where(MailChoice.sent == MORNING))
        )
    ).all()
    db.session.rollback()
    due = [row.person_id for row in rows if is_morning(now, hour=row.digest_hour, last=row.digest_on)]
    return sum(_tell(person_id, MORNING, today, morning=now) for person_id in due)


def _tell(person_id: int, sent: str, today: date, *, morning: datetime | None = None) -> bool:
    """One letter to one person, together with the memory of what it tells: a kill leaves both or neither."""
    with transaction() as session:
        habit = session.get_one(MailHabit, person_id, with_for_update=True, populate_existing=True)
        if morning is not None:
            if not is_morning(morning, hour=habit.digest_hour, last=habit.digest_on):
                return False  # another worker was first
            habit.digest_on = morning.date()
        told = session.scalar(select(func.max(AlertCase.noticed_at)))
        sections = _sections(session, person_id, sent, today) if told else []
        if told:
            session.execute(
                update(MailChoice)
                .where(MailChoice.person_id == person_id, MailChoice.sent == sent, MailChoice.told_up_to < told)
                .values(told_up_to=told)
                .execution_options(synchronize_session=False)
            )
        person = session.get_one(User, person_id)
        if not sections or not can(person, Permission.SEE_DESK):
            return False
        is_digest = morning is not None
        subject, body = letter(
            sections, shop=current_app.config["SHOP_NAME"], page=page_address(PAGE), is_digest=is_digest
        )
        write_to(person, kind=DIGEST if is_digest else ALERT, subject=subject, body=body)
        return True


def _sections(session: Session, person_id: int, sent: str, today: date) -> list[Section]:
    """What is new to a person of each kind that they chose so, in the order of the kinds."""
    choice, case = MailChoice, AlertCase
    is_new = case.noticed_at > choice.told_up_to
    rows = session.execute(
        select(case.kind, func.count(), func.sum(case_when((is_new, 1), else_=0)))
        .join(choice, case.kind == choice.kind)
        .where(choice.person_id == person_id, choice.sent == sent)
        .group_by(case.kind)
    )
    counts = {kind: (now, int(new or 0)) for kind, now, new in rows}
    found = []
    for kind in NEWS:
        now, new = counts.get(kind, (0, 0))
        if not new:
            continue
        subjects = session.scalars(
            select(case.subject)
            .join(choice, case.kind == choice.kind)
            .where(choice.person_id == person_id, case.kind == kind, is_new)
            .order_by(case.subject)
            .limit(NAMED_AT_MOST)
        ).all()
        source = SOURCES[kind]
        lines = tuple(source.words(session, subjects, today))
        found.append(Section(kind, new, now, lines, page_address(source.endpoint, **source.given)))
    return found


def _day(value: date) -> str:
    return formats.written_day(value, locale=current_app.config["SHOP_LOCALE"])


def _money(micros: int, currency: str | None) -> str:
    return formats.money(micros, currency, locale=current_app.config["SHOP_LOCALE"])


def _late_supply(today: date) -> Select:
    return (
        select(PurchaseOrder.number)
        .distinct()
        .join(PurchaseOrderLine, PurchaseOrderLine.purchase_order_id == PurchaseOrder.id)
        .where(PurchaseOrderLine.qty_open > 0, today > STATED_DATE)
    )


def _late_supply_words(session: Session, numbers: Subjects, today: date) -> list[str]:
    rows = session.execute(
        select(
            PurchaseOrder.number,
            func.coalesce(Supplier.name, Supplier.code).label("supplier"),
            cast(func.sum(PurchaseOrderLine.qty_open), Big).label("units"),
            func.min(cast(STATED_DATE, Big)).label("stated"),
        )
        .join(PurchaseOrderLine, PurchaseOrderLine.purchase_order_id == PurchaseOrder.id)
        .join(Supplier, Supplier.id == PurchaseOrder.supplier_id)
        .where(PurchaseOrder.number.in_(numbers), PurchaseOrderLine.qty_open > 0, today > STATED_DATE)
        .group_by(PurchaseOrder.number, Supplier.name, Supplier.code)
        .order_by(PurchaseOrder.number)
    )
    return [
        f"{row.number}, {row.supplier}: {row.units} to come, expected {_day(day_of(row.stated))}, "
        f"{day_number(today) - row.stated} d late"
        for row in rows
    ]


def _below_point(today: date) -> Select:
    return select(SkuFigure.sku).where(
        SkuFigure.status.in_(UNDER_ITS_POINT), SkuFigure.position < SkuFigure.reorder_point
    )


def _below_point_words(session: Session, codes: Subjects, today: date) -> list[str]:
    rows = session.execute(
        select(
            SkuFigure.sku,
            Sku.name,
            SkuFigure.position,
            SkuFigure.reorder_point,
            SkuFigure.suggested_order,
        )
        .join(Sku, Sku.id == SkuFigure.sku_id)
        .where(SkuFigure.sku.in_(codes))
        .order_by(SkuFigure.sku)
    )
    return [
        f"{row.sku}{f', {row.name}' if row.name else ''}: {row.position}, its point is {row.reorder_point}, "
        f"order {row.suggested_order}"
        for row in rows
    ]


def _refunds_due(today: date) -> Select:
    since = today - timedelta(days=DAYS_BACK)
    cancelled = (
        select(Order.number)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Refund, Refund.line_id == OrderLine.id)
        .where(Refund.amount > 0, Refund.due_on.between(since, today))
    )
    lapsed = select(Waiting.order_number).where(
        Waiting.deadline_kind == "refund", Waiting.deadline.between(since, today)
    )
    either = union(cancelled, lapsed).subquery()
    return select(either.c[0])


def _refunds_due_words(session: Session, numbers: Subjects, today: date) -> list[str]:
    rows = session.execute(
        select(
            Order.number,
            Order.currency,
            cast(func.sum(Refund.amount), Big).label("amount"),
            func.min(cast(Refund.due_on, Big)).label("due"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Refund, Refund.line_id == OrderLine.id)
        .where(Order.number.in_(numbers), Refund.amount > 0, Refund.due_on <= today)
        .group_by(Order.number, Order.currency)
    )
    owed = {
        row.number: f"Order {row.number}: {_money(row.amount, row.currency)} by {_day(day_of(row.due))}" for row in rows
    }
    return [owed.get(number, f"Order {number}: its promise lapsed without consent") for number in numbers]


def _dying_payments(today: date) -> Select:
    last = today + timedelta(days=DAYS_AHEAD)
    return (
        select(Waiting.order_number)
        .distinct()
        .where(
            Waiting.payment_state == "dies",
            Waiting.last_good_order >= day_number(today),
            Waiting.last_good_order <= day_number(last),
        )
    )


def _dying_payments_words(session: Session, numbers: Subjects, today: date) -> list[str]:
    rows = session.execute(
        select(
            Waiting.order_number,
            func.min(Waiting.last_good_order).label("good"),
            func.max(Waiting.needed_order).label("needed"),
        )
        .where(Waiting.order_number.in_(numbers), Waiting.payment_state == "dies")
        .group_by(Waiting.order_number)
        .order_by(Waiting.order_number)
    )
    return [
        f"Order {row.order_number}: good until {_day(day_of(row.good))}, needed on {_day(day_of(row.needed))}"
        for row in rows
    ]


def _missed_promises(today: date) -> Select:
    since = today - timedelta(days=DAYS_BACK)
    return (
        select(Waiting.order_number).distinct().where(Waiting.current_promise >= since, Waiting.current_promise < today)
    )


def _missed_promises_words(session: Session, numbers: Subjects, today: date) -> list[str]:
    rows = session.execute(
        select(
            Waiting.order_number,
            func.min(cast(Waiting.current_promise, Big)).label("promise"),
            func.min(Waiting.dated).label("dated"),
            func.max(Waiting.eta_order).label("eta"),
        )
        .where(
            Waiting.order_number.in_(numbers),
            Waiting.current_promise >= today - timedelta(days=DAYS_BACK),
            Waiting.current_promise < today,
        )
        .group_by(Waiting.order_number)
        .order_by(Waiting.order_number)
    )
    return [
        f"Order {row.order_number}: promised {_day(day_of(row.promise))}, "
        f"{f'now {_day(day_of(row.eta))}' if row.dated else 'no date yet'}"
        for row in rows
    ]


SOURCES: Mapping[str, Source] = {
    "supply-late": Source(_late_supply, _late_supply_words, "purchase_orders.index", {}),
    "sku-below": Source(_below_point, _below_point_words, "fast_movers.show", {"status": "below"}),
    "refund-due": Source(_refunds_due, _refunds_due_words, "orders.index", {}),
    "payment-dies": Source(_dying_payments, _dying_payments_words, "expiring_payments.show", {"state": "dies"}),
    "promise-missed": Source(_missed_promises, _missed_promises_words, "orders.index", {"deadline": "overdue"}),
}
