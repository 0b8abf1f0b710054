"""What customers answer who were told of another date."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from dashboard.actions.consents.action import record_consent
from dashboard.database import db, transaction
from dashboard.domain.consents import AS_TOLD, CANCELS, OPEN_ENDED, UNTIL, ConsentRefused
from dashboard.domain.delay_notices import DelayNoticeRefused
from dashboard.models import Consent, Customer
from tests.actions.posting import assert_copies_are_right, order_id, refused, units
from tests.actions.test_delay_notices import clocks, letters, move, sent, shop, tell

__all__ = ["shop"]  # told in the file of what is told


def test_without_a_date_their_word_is_needed_and_who_agrees_has_no_more_deadline_but_may_cancel(shop, viewer):
    assert "on no day that is known yet" in tell("4").notice
    assert "Please tell us by March 28, 2026" in letters()[-1].body
    assert clocks("4") == (date(2026, 3, 28), date(2026, 3, 28), "promise")
    sent("4")
    record_consent(order_id("4"), answer=OPEN_ENDED, actor=None)
    assert clocks("4") == (date(2026, 3, 28), date(9999, 12, 31), "promise")
    with refused(DelayNoticeRefused, "Nothing of order 4"):
        tell("4")
    shown = viewer.panel("/aging").text
    assert "They wait" in shown
    assert "no deadline" in shown
    assert "9999" not in shown + viewer.get("/reports/backorders").text
    record_consent(order_id("4"), answer=CANCELS, actor=None)
    assert units("4") == (0, 1, 0)
    assert_copies_are_right()


def test_who_has_no_address_is_told_otherwise_and_what_they_say_is_recorded(shop):
    with transaction() as session:
        session.query(Customer).filter_by(code="D").one().email = None
    move("PO-1", "2026-04-10")
    with refused(DelayNoticeRefused, "The customer has no e-mail address. Tell them otherwise"):
        tell("2")
    with refused(ConsentRefused, "The customer was not told of another date"):
        record_consent(order_id("2"), answer=AS_TOLD, actor=None)
    record_consent(order_id("2"), answer=UNTIL, until=date(2026, 4, 12), why="by phone", actor=None)
    assert clocks("2") == (date(2026, 4, 12), date(2026, 4, 12), "promise")
    [consent] = db.session.scalars(sa.select(Consent)).all()
    assert (consent.answer, consent.until, consent.notice_id) == ("waits", date(2026, 4, 12), None)
    assert_copies_are_right()


def test_an_answer_is_about_one_line_where_somebody_says_so(shop, agent):
    move("PO-1", "2026-05-10")
    move("PO-2", "2026-05-10")
    tell("1")
    assert (clocks("1")[2], clocks("1", 2)[2]) == ("consent", "consent")
    form = agent.panel("/orders/1/consents/new").text
    assert "Wait, as told" in form
    assert "line 2, Brass lamp" in form
    typed = {"line": "2", "answer": "as-told", "why": "by phone"}
    preview = agent.act("/orders/1/consents/preview", typed).text
    assert "waits until 10 May" in preview
    assert agent.act("/orders/1/consents", typed).status_code == 200
    assert (clocks("1")[2], clocks("1", 2)[2]) == ("consent", "promise")
    assert agent.act("/orders/1/consents", {"line": "", "answer": "as-told"}).status_code == 200
    assert clocks("1") == (date(2026, 5, 10), date(2026, 5, 10), "promise")
    assert_copies_are_right()


def test_who_does_not_wait_has_it_cancelled_and_reads_what_goes_back(shop, agent):
    move("PO-1", "2026-05-10")
    tell("2")
    answer = agent.act("/orders/2/consents", {"line": "", "answer": "cancels", "submission": "once"})
    assert answer.status_code == 200
    assert (
        "Sent before" in agent.act("/orders/2/consents", {"line": "", "answer": "cancels", "submission": "once"}).text
    )
    assert units("2") == (0, 3, 0)
    assert letters()[-1].kind == "rest-cancelled"
    assert_copies_are_right()
