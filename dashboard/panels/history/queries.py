"""Acts: which are meant, a page of them, and all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, or_, outerjoin, select, type_coerce
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.exports import EXPORTED, subject_of
from dashboard.models import Act, User
from dashboard.panels.days import days_of, placed_between
from dashboard.panels.filters import NOT_KNOWN, Selection
from dashboard.panels.pages import Page, Sort, View, number, read_page
from dashboard.panels.report import ROWS_AT_ONCE

FILTERED_BY = ("who", "act", "subject", "days")
DEFAULT_SORT = "-at"
# As they were written: the instants of acts follow the shop's day, which may be pinned.
SORTS: dict[str, Sort] = {"at": Sort((number(Act.id),), largest_first=True)}

# How the screen calls whoever did it; empty: the desk itself.
WHO = func.coalesce(User.name, User.email, "")
ACTS_AND_PEOPLE = outerjoin(Act, User, User.id == Act.actor_id)
# Whoever takes the history would else find another one each time, and no two copies of it would be the same. Who took
# it, its page among the reports says.
BUT_ITS_OWN_EXPORTS = ~and_(Act.act == EXPORTED, Act.subject == subject_of("history"))


@dataclass(frozen=True, slots=True)
class WrittenAct:
    """One act as it stands in the history."""

    id: int
    at: datetime
    who: str  # empty: the desk itself
    act: str
    subject: str
    before: str | None  # JSON of its particulars
    after: str | None
    why: str | None


_SHOWN = select(Act.id, Act.at, WHO, Act.act, Act.subject, Act.before, Act.after, Act.why).select_from(ACTS_AND_PEOPLE)


def where(selection: Selection, today: date) -> list[ColumnElement[bool]]:
    """The selection as conditions on acts with their people."""
    found: list[ColumnElement[bool]] = [BUT_ITS_OWN_EXPORTS]
    if people := selection.of("who"):
        found.append(WHO.in_(["" if one == NOT_KNOWN else one for one in people]))
    if acts := selection.of("act"):
        found.append(Act.act.in_(acts))
    if subjects := selection.of("subject"):
        found.append(or_(*(_of_subject(one) for one in subjects)))
    if days := selection.on(today).of("days"):
        at = type_coerce(Act.at, BigInteger)
        found.append(or_(*(placed_between(at, days_of(one)) for one in days)))
    return found


def _of_subject(sought: str) -> ColumnElement[bool]:
    """The subject of that name, or what has that number: of an order its lines too."""
    return or_(
        Act.subject == sought,
        Act.subject.endswith(f" {sought}", autoescape=True),
        Act.subject.contains(f" {sought}/", autoescape=True),
        Act.subject.startswith(f"{sought}/", autoescape=True),
    )


def count_acts(session: Session, selection: Selection, today: date, *, at_most: int) -> int:
    """How many acts are meant, up to one more than that many."""
    found = select(Act.id).select_from(ACTS_AND_PEOPLE).where(*where(selection, today)).limit(at_most + 1)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def acts_page(session: Session, view: View, today: date) -> Page[WrittenAct]:
    """One page, the newest first."""
    narrow = select(Act.id.label("found")).select_from(ACTS_AND_PEOPLE).where(*where(view.selection, today))

    def widen(found: Select) -> Select:
        rows = found.subquery()
        return _SHOWN.add_columns(rows.c.place_0).join(rows, rows.c.found == Act.id)

    return read_page(session, narrow, SORTS[view.sort], view, widen=widen, make=lambda row: WrittenAct(*row[:-1]))


def all_acts(session: Session, selection: Selection, today: date) -> Iterator[WrittenAct]:
    """Every act of the selection, the newest first, each in the shop's own time."""
    zone = clock.shop_zone()
    rows = session.execute(
        _SHOWN.where(*where(selection, today)).order_by(Act.id.desc()).execution_options(yield_per=ROWS_AT_ONCE)
    )
    for id, at, *rest in rows:
        yield WrittenAct(id, at.astimezone(zone), *rest)
