"""What every act must do, whatever it is: asked of each in `ACTS`, so that a new one is asked as well."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select

from dashboard import clock, planning
from dashboard.actions import ACTIONS
from dashboard.actions.accounts.action import change_role
from dashboard.actions.assignments.action import assign_line
from dashboard.actions.call_backs.action import move_call, note_call, promise_call_back
from dashboard.actions.deal_runs.action import ask_for_run, commit_run
from dashboard.actions.deal_schedules.action import pause_schedule, set_schedule
from dashboard.actions.deal_variants.action import save_variant
from dashboard.actions.deliveries.action import take_in_delivery
from dashboard.actions.incentive_offers.action import offer_incentive
from dashboard.actions.load_undos.action import undo_load
from dashboard.actions.loads.action import send_files
from dashboard.actions.mail_choices.action import choose_mail
from dashboard.actions.notes.action import write_note
from dashboard.actions.order_follows.action import follow_order
from dashboard.actions.preferences.action import set_preferences
from dashboard.actions.purchase_order_drafts.action import draft_orders
from dashboard.actions.receipts.action import receive, reverse
from dashboard.actions.saved_views.action import save_view
from dashboard.actions.setting_changes.action import change_setting
from dashboard.actions.shipment_splits.action import split_shipment
from dashboard.actions.shipments.action import ship_reserved
from dashboard.actions.supplier_calendars.action import say_calendar
from dashboard.actions.supplier_reassignments.action import reassign_supply
from dashboard.actions.supplier_reassignments.queries import find_supply
from dashboard.actions.text_changes.action import change_text
from dashboard.audit import ACTS
from dashboard.database import db, transaction
from dashboard.domain.accounts import known_as
from dashboard.domain.deal_variants import Segment
from dashboard.domain.mail_to_me import NEWS
from dashboard.domain.messages import CardAskedFor
from dashboard.domain.particulars import Fact, Told, changed_by
from dashboard.intake.loads import announce, close
from dashboard.intake.uploads import SentFile, keep_as, take_in
from dashboard.jobs.simulate_deals import simulate_deals
from dashboard.messages.outbox import write
from dashboard.models import (
    Act,
    DealSchedule,
    DealVariant,
    Message,
    Order,
    OrderLine,
    PurchaseOrder,
    PurchaseOrderLine,
    ReportSchedule,
    SavedView,
    SignInSession,
    Submission,
    User,
)
from dashboard.permissions import ROLES
from tests.conftest import Desk, same_on_both, somebody
from tests.factories import World
from tests.shops import filled_once


@pytest.fixture
def manager(sign_in: Callable[..., Desk], example: Example) -> Desk:
    """Mara, who may do nearly every act; Ada, where none but an admin may."""
    if example.act in ADMINS:
        return sign_in("admin", "ada@desk.example")
    return sign_in("manager", "mara@desk.example")


@dataclass(frozen=True)
class Example:
    """One act as somebody does it in the shop of `shop`: where, with what typed, and what a rule would refuse."""

    act: str
    address: str
    typed: Mapping[str, Any]
    # Typed, and refused by a rule; None where whatever is typed is accepted: its own tests have the worlds in which a
    # rule says no.
    refused: Mapping[str, Any] | None
    # What a colleague does meanwhile; None where nothing that others do is in its way.
    changes: Callable[[World], Any] | None
    field: str = field(default="")  # a field whose typed text must stay


def bump_person(world: World) -> None:
    """A colleague gave everybody another role."""
    for person in (4, 5, 6):
        change_role(person, role="manager", actor=None)


def bump_preference(world: World) -> None:
    """They said it in another window."""
    with transaction() as session:
        mara = session.scalar(select(User.id).where(User.email == "mara@desk.example"))
    set_preferences(locale=None, theme="light", key_hints=False, actor=mara)


def bump_setting(world: World) -> None:
    """A colleague set the same rule."""
    change_setting("session_idle_minutes", value=["60"], actor=None)


def bump_text(world: World) -> None:
    """A colleague wrote the same letter anew."""
    change_text("goods-ready", "en", text="Subject: Ready\n[each]\n- {product}", actor=None)


def bump_supply(world: World) -> None:
    """A colleague changed the line of the purchase order."""
    with transaction() as session:
        line = session.get(PurchaseOrderLine, world.po_line("PO-1").id)
        line.unit_cost = 17


def bump_draft(world: World) -> None:
    """A colleague changed the line that a reassignment drafted."""
    with transaction() as session:
        line = session.get(PurchaseOrderLine, world.po_line("DESK-P2").id)
        line.unit_cost = 17


def bump_drafted_order(world: World) -> None:
    """A colleague changed the draft."""
    with transaction() as session:
        order = session.get(PurchaseOrder, world.po_line("DESK-P2").purchase_order_id)
        order.expected_date = clock.today()


def bump_delivery(world: World) -> None:
    """A colleague took back the receipt of a delivery."""
    reverse(2, why=None, actor=None)


def bump_pick_list(world: World) -> None:
    """A colleague shipped something of the list."""
    ship_reserved(world.line("10480").order_id, 1, qty=1, actor=None)


def bump_shelf(world: World) -> None:
    """A colleague counted the shelf."""
    world.stock("CHAIR", 9)


def bump_line(world: World) -> None:
    """A colleague changed the line of the order."""
    with transaction() as session:
        line = session.get(OrderLine, world.line("10480").id)
        line.unit_price = 17


def bump_other_line(world: World) -> None:
    """A colleague changed the line that something is held for."""
    with transaction() as session:
        line = session.get(OrderLine, world.line("10481").id)
        line.unit_price = 17


def bump_divided_line(world: World) -> None:
    """A colleague changed the line that is in parts."""
    with transaction() as session:
        line = session.get(OrderLine, world.line("10483").id)
        line.unit_price = 17


def bump_third_line(world: World) -> None:
    """A colleague changed the line that something is offered for."""
    with transaction() as session:
        session.get(OrderLine, world.line("10484").id).tags = "kind:gift"


def bump_fourth_line(world: World) -> None:
    """A colleague changed the line for which more is asked than an agent may give."""
    with transaction() as session:
        session.get(OrderLine, world.line("10485").id).tags = "kind:gift"


def bump_order(world: World) -> None:
    """A colleague changed the order."""
    with transaction() as session:
        order = session.get(Order, world.line("10480").order_id)
        order.last_date = clock.today()


def bump_told_order(world: World) -> None:
    """A colleague changed the order whose customer must be told."""
    with transaction() as session:
        session.get(Order, world.line("10485").order_id).last_date = clock.today()


def bump_assignment(world: World) -> None:
    """A colleague took the line."""
    assign_line(world.line("10480").order_id, 1, person=None, until=clock.today() + timedelta(days=3), actor=None)


def bump_call(world: World) -> None:
    """A colleague put the call off."""
    move_call(1, day=date(2026, 3, 30), at="11:00", actor=None)


def bump_loads(world: World) -> None:
    """A colleague had other files loaded."""
    announce("monday.zip", format="kit", dry_run=False)


def bump_load(world: World) -> None:
    """A colleague undid the load."""
    undo_load(2, why=None, actor=None)


def bump_letter(message_id: int) -> Callable[[World], None]:
    """The mail server refused the message meanwhile."""

    def bump(world: World) -> None:
        with transaction() as session:
            session.get_one(Message, message_id).attempts += 1

    return bump


def bump_view(world: World) -> None:
    """A colleague called the view something else."""
    with transaction() as session:
        session.get(SavedView, 1).name = "Of last week"


def bump_variant(world: World) -> None:
    """A colleague called the way of dealing something else."""
    with transaction() as session:
        session.get_one(DealVariant, 1).name = "VIPs before all"


def bump_deal_schedule(variant_id: int) -> Callable[[World], None]:
    """A colleague gave the schedule another reason."""

    def bump(world: World) -> None:
        with transaction() as session:
            session.get_one(DealSchedule, variant_id).reason = "the other fair"

    return bump


def bump_sent_order(world: World) -> None:
    """A colleague changed the order that was sent."""
    with transaction() as session:
        order = session.get(PurchaseOrder, world.po_line("PO-1").purchase_order_id)
        order.promised_date = clock.today()


def bump_drafts(world: World) -> None:
    """A colleague drafted the same."""
    draft_orders({world.sku("CHAIR").id: 3}, actor=None)


def bump_calendar(world: World) -> None:
    """A colleague said when the supplier works."""
    say_calendar(world.supplier("OTHER").id, days_off=[6], keeps_holidays=False, closures=[], actor=None)


def bump_wishes(world: World) -> None:
    """The same person chose something else in another window."""
    choose_mail(sent=dict.fromkeys(NEWS, "at-once"), hour=5, actor=somebody("manager", "mara@desk.example").id)


def bump_customer(world: World) -> None:
    """A file brought another order of the customer."""
    world.order("10490", "CHAIR", 1, placed="2026-03-08")


def bump_schedule(world: World) -> None:
    """The same person called it something else."""
    with transaction() as session:
        session.get_one(ReportSchedule, 1).name = "Of Mondays"


NO_NEWS = {kind.replace("-", "_"): "never" for kind in NEWS}
EXAMPLES = (
    Example(
        "goods-received",
        "/purchase-orders/PO-1/lines/1/receipts",
        {"qty": "4", "at": "MAIN"},
        {"qty": "0", "at": "MAIN"},
        bump_supply,
        "qty",
    ),
    Example(
        "receipt-reversed",
        "/receipts/DESK-R1/reversals",
        {"why": "counted twice"},
        None,
        bump_supply,
        "why",
    ),
    Example(
        "delivery-taken-in",
        "/purchase-orders/PO-1/deliveries",
        {"came_1": "4", "damaged_1": "1", "at": "MAIN"},
        {"came_1": "40", "at": "MAIN"},
        bump_supply,
        "came_1",
    ),
    Example(
        "delivery-reversed",
        "/deliveries/DESK-D1/reversals",
        {"why": "another pallet"},
        {"why": "w" * 501},
        bump_delivery,
        "why",
    ),
    Example("units-picked", "/picks", {}, None, bump_pick_list),
    Example(
        "stock-counted",
        "/skus/CHAIR/stock-counts",
        {"at": "MAIN", "qty": "7", "why": "two stood behind"},
        {"at": "MAIN", "qty": "-7"},
        bump_shelf,
        "qty",
    ),
    Example(
        "supply-date-moved",
        "/purchase-orders/PO-1/lines/1/purchase-order-dates",
        {"to": "2026-04-02", "why": "strike at the port"},
        {"to": "2026-01-02", "why": "strike at the port"},
        bump_supply,
        "to",
    ),
    Example(
        "supplier-reassigned",
        "/purchase-orders/PO-1/lines/1/supplier-reassignments",
        {"to": "OTHER", "qty": "3", "why": "late again"},
        {"to": "OTHER", "qty": "300", "why": "late again"},
        bump_supply,
        "qty",
    ),
    Example(
        "reassignment-undone",
        "/supplier-reassignments/1/undos",
        {"why": "it came after all"},
        {"why": "w" * 501},
        bump_draft,
        "why",
    ),
    Example(
        "purchase-order-sent",
        "/purchase-orders/DESK-P2/purchase-order-sendings",
        {"promised": "2026-04-02", "why": "by phone"},
        {"promised": "2026-01-02", "why": "by phone"},
        bump_drafted_order,
        "promised",
    ),
    Example(
        "purchase-order-drafted",
        "/skus/CHAIR/purchase-order-drafts",
        {"qty_1": "4", "why": "for April"},
        {"qty_1": "-4", "why": "for April"},
        bump_drafts,
        "qty_1",
    ),
    Example(
        "draft-revised",
        "/purchase-orders/DESK-P2/draft-revisions",
        {"qty_1": "5", "why": "some more"},
        {"qty_1": "1", "why": "fewer"},
        bump_drafted_order,
        "qty_1",
    ),
    Example(
        "purchase-order-confirmed",
        "/purchase-orders/PO-1/purchase-order-confirmations",
        {"to": "2026-04-02", "why": "by phone"},
        {"to": "2026-01-02", "why": "by phone"},
        bump_sent_order,
        "to",
    ),
    Example(
        "purchase-order-cancelled",
        "/purchase-orders/PO-1/purchase-order-cancellations",
        {"why": "they close"},
        {"why": "w" * 501},
        bump_sent_order,
        "why",
    ),
    Example(
        "supplier-calendar-said",
        "/suppliers/OTHER/supplier-calendars",
        {"days_off": ["5", "6"], "closures": "2026-08-03..2026-08-21", "why": "on their page"},
        {"days_off": ["5", "6"], "closures": "2026-08-03..2026-08-21", "why": "w" * 501},
        bump_calendar,
        "why",
    ),
    Example(
        "quantity-cut",
        "/orders/10480/lines/1/quantity-cuts",
        {"wanted": "2", "reason": "customer"},
        {"wanted": "6", "reason": "customer"},
        bump_line,
        "wanted",
    ),
    Example(
        "rest-cancelled",
        "/orders/10480/lines/1/cancellations",
        {"reason": "customer"},
        None,
        bump_line,
        "reason",
    ),
    Example(
        "rest-cancelled",
        "/orders/10480/cancellations",
        {"reason": "customer"},
        None,
        bump_order,
        "reason",
    ),
    Example(
        "goods-shipped",
        "/orders/10480/lines/1/shipments",
        {"qty": "2", "carrier": "DHL", "tracking": "JD0146"},
        {"qty": "7", "carrier": "DHL"},
        bump_line,
        "qty",
    ),
    Example(
        "goods-shipped",
        "/orders/10480/shipments",
        {"carrier": "DHL", "tracking": ""},
        None,
        bump_order,
        "carrier",
    ),
    Example(
        "shipment-split",
        "/orders/10480/lines/1/shipment-splits",
        {"mode": "here", "qty": "2", "cost": "4.90"},
        {"mode": "here", "qty": "7", "cost": "4.90"},
        bump_line,
        "qty",
    ),
    Example(
        "split-undone",
        "/shipment-splits/1/undos",
        {"why": "they come together"},
        {"why": "w" * 501},
        bump_divided_line,
        "why",
    ),
    Example(
        "payment-authorised",
        "/orders/10480/authorizations",
        {"answer": "allowed", "amount": "60.00", "captures": "one", "number": "AU-7"},
        {"answer": "allowed", "amount": "0.00", "captures": "one"},
        bump_order,
        "amount",
    ),
    Example(
        "payment-refused",
        "/orders/10480/authorizations",
        {"answer": "refused", "amount": "60.00", "why": "no funds"},
        None,
        bump_order,
        "why",
    ),
    Example(
        "incentive-offered",
        "/orders/10480/lines/1/incentive-offers",
        {"kind": "percent", "percent": "10", "until": "2026-03-19", "why": "asked twice"},
        {"kind": "percent", "percent": "10", "until": "2026-03-01", "why": "asked twice"},
        bump_line,
        "why",
    ),
    Example(
        "offer-withdrawn",
        "/incentive-offers/1/withdrawals",
        {"why": "it is here after all"},
        {"why": "w" * 501},
        bump_third_line,
        "why",
    ),
    Example(
        "links-revoked",
        "/orders/10484/link-revocations",
        {"why": "it went to somebody else"},
        {"why": "w" * 501},
        None,
        "why",
    ),
    Example(
        "offer-approved",
        "/incentive-offers/2/offer-approvals",
        {"decision": "approve", "reason": "she is worth it"},
        {"decision": "approve", "reason": "w" * 501},
        bump_fourth_line,
        "reason",
    ),
    Example(
        "offer-refused",
        "/incentive-offers/2/offer-approvals",
        {"decision": "refuse", "reason": "too dear"},
        None,
        bump_fourth_line,
        "reason",
    ),
    Example(
        "priority-changed",
        "/orders/10480/priorities",
        {"priority": "9", "reason": "they may wait"},
        {"priority": "100", "reason": "they may wait"},
        bump_order,
        "priority",
    ),
    Example(
        "cause-corrected",
        "/orders/10480/lines/1/cause-corrections",
        {"cause": "demand-spike", "why": "the fair was in town"},
        {"cause": "", "why": "the facts know"},
        bump_line,
        "why",
    ),
    Example(
        "line-assigned",
        "/orders/10480/lines/1/assignments",
        {"person": "", "until": "2026-03-20", "why": "they call back"},
        {"person": "", "until": "2026-03-01", "why": "they call back"},
        bump_assignment,
        "until",
    ),
    Example(
        "note-written",
        "/orders/10480/lines/1/notes",
        {"says": "needs six for a dinner"},
        None,
        None,
    ),
    Example("note-written", "/orders/10480/notes", {"says": "rings at noon"}, None, None),
    Example("note-removed", "/notes/1/removals", {"why": "it is over"}, {"why": "w" * 501}, None, "why"),
    Example(
        "answer-sent",
        "/orders/10480/order-answers",
        {"says": "Your chairs leave on 20 March."},
        None,
        None,
    ),
    Example(
        "call-back-promised",
        "/orders/10480/call-backs",
        {"day": "2026-03-30", "at": "14:30", "about": "the dinner"},
        {"day": "2026-03-01", "at": "14:30"},
        None,
        "at",
    ),
    Example("call-back-done", "/call-backs/1/calls", {"outcome": "waits"}, {"outcome": ""}, None, "outcome"),
    Example(
        "call-back-moved",
        "/call-backs/1/call-moves",
        {"day": "2026-03-31", "at": "14:30", "why": "nobody answered"},
        {"day": "2026-03-01", "at": "14:30"},
        bump_call,
        "at",
    ),
    Example(
        "call-back-given",
        "/call-backs/1/call-givings",
        {"person": ""},
        None,
        bump_call,
    ),
    Example(
        "call-back-reopened",
        "/call-backs/2/call-reopenings",
        {"why": "it was the neighbour"},
        {"why": "w" * 501},
        None,
        "why",
    ),
    Example("order-followed", "/orders/10480/order-follows", {}, None, None),
    Example("order-seen", "/orders/10481/order-looks", {}, None, None),
    Example("order-let-go", "/orders/10481/follow-ends", {}, None, None),
    Example(
        "units-held",
        "/orders/10480/lines/1/holds",
        {"qty": "2", "kind": "fixed", "reason": "fetched today"},
        {"qty": "7", "kind": "fixed", "reason": "fetched today"},
        bump_line,
        "qty",
    ),
    Example(
        "units-tied",
        "/orders/10480/lines/1/ties",
        {"supply": "1", "qty": "2", "reason": "cross-dock"},
        {"supply": "1", "qty": "7", "reason": "cross-dock"},
        bump_line,
        "qty",
    ),
    Example(
        "hold-released",
        "/holds/1/releases",
        {"reason": "not fetched"},
        {"reason": "w" * 501},
        bump_other_line,
        "reason",
    ),
    Example(
        "load-asked-for",
        "/intake/uploads/1/loads",
        {"why": "the export of March"},
        {"why": "w" * 501},
        bump_loads,
        "why",
    ),
    Example(
        "load-undone",
        "/intake/loads/2/load-undos",
        {"why": "the export of last year"},
        {"why": "w" * 501},
        bump_load,
        "why",
    ),
    Example(
        "deal-variant-saved",
        "/deals/variants",
        {"name": "Oldest first", "scope": "sku=VASE", "strategy1": "redistribute", "filters1": "", "sort1": "oldest"},
        {"name": "w" * 61, "strategy1": "redistribute", "filters1": "", "sort1": "oldest"},
        None,
        "name",
    ),
    Example(
        "deal-variant-changed",
        "/deals/variants/1/changes",
        {"name": "VIPs win", "scope": "sku=VASE", "strategy1": "win", "filters1": "tier=vip", "sort1": "queue"},
        {"name": "VIPs win", "scope": "colour=red", "strategy1": "win", "filters1": "tier=vip", "sort1": "queue"},
        bump_variant,
        "name",
    ),
    Example(
        "deal-scheduled",
        "/deals/variants/1/schedules",
        {"weekdays": ["0", "2"], "at": "06:30", "reason": "the fairs"},
        {"weekdays": ["0", "2"], "at": "25:00", "reason": "the fairs"},
        bump_deal_schedule(1),
        "at",
    ),
    Example("deal-schedule-paused", "/deals/variants/1/pauses", {"why": "a holiday"}, None, bump_deal_schedule(1)),
    Example(
        "deal-schedule-resumed",
        "/deals/variants/2/resumptions",
        {"reason": "it is over"},
        {"reason": "w" * 501},
        bump_deal_schedule(2),
        "reason",
    ),
    Example("deal-asked-for", "/deals/variants/1/deal-runs", {}, None, bump_variant),
    Example(
        "deal-committed",
        "/deals/2/commits",
        {"reason": "the fair is on Monday"},
        {"reason": "w" * 501},
        None,
        "reason",
    ),
    Example(
        "deal-undone",
        "/deals/1/undos",
        {"why": "the fair is off"},
        {"why": "w" * 501},
        None,
        "why",
    ),
    Example(
        "view-saved",
        "/lists/aging/saved-views",
        {"name": "Late VIPs", "kept": "tier=vip"},
        {"name": "w" * 61, "kept": "tier=vip"},
        None,
        "name",
    ),
    Example(
        "view-changed",
        "/saved-views/1/changes",
        {"name": "Over two weeks"},
        {"name": "w" * 61},
        bump_view,
        "name",
    ),
    Example(
        "card-asked-for",
        "/orders/10480/card-requests",
        {"why": "she told us that it was lost"},
        {"why": "w" * 501},
        bump_order,
        "why",
    ),
    Example(
        "customer-told",
        "/orders/10485/delay-notices",
        {"why": "nobody makes it any more"},
        {"why": "w" * 501},
        bump_told_order,
        "why",
    ),
    Example(
        "consent-recorded",
        "/orders/10485/consents",
        {"line": "1", "answer": "until", "until": "2026-05-01", "why": "by phone"},
        {"line": "1", "answer": "until", "until": "2026-01-02", "why": "by phone"},
        bump_told_order,
        "until",
    ),
    Example(
        "message-withdrawn",
        "/messages/1/withdrawals",
        {"why": "said by phone"},
        {"why": "w" * 501},
        bump_letter(1),
        "why",
    ),
    Example(
        "message-sent-again",
        "/messages/2/retries",
        {"why": "the address is right now"},
        {"why": "w" * 501},
        bump_letter(2),
        "why",
    ),
    Example(
        "message-came-back",
        "/messages/3/bounces",
        {"why": "the mailbox is closed"},
        {"why": "w" * 501},
        bump_letter(3),
        "why",
    ),
    Example(
        "person-invited",
        "/people/invitations",
        {"email": "nora@desk.example", "name": "Nora", "role": "agent"},
        {"email": "nowhere", "name": "Nora", "role": "agent"},
        None,
        "email",
    ),
    *(
        Example(
            act,
            f"/people/{person}/{verb}",
            {**typed, "why": "it is so"},
            {**typed, "why": "w" * 501},
            bump_person,
            "why",
        )
        for act, person, verb, typed in (
            ("role-changed", 4, "role-changes", {"role": "agent"}),
            ("person-deactivated", 4, "deactivations", {}),
            ("person-reactivated", 5, "reactivations", {}),
            ("password-link-sent", 4, "password-links", {}),
            ("sessions-ended", 4, "sign-outs", {}),
            ("second-factor-removed", 6, "second-factor-removals", {}),
        )
    ),
    Example("session-ended", "/sessions/1/session-ends", {"why": "a library"}, {"why": "w" * 501}, None, "why"),
    Example("preferences-set", "/you/preferences", {"locale": "de_AT", "theme": "dark"}, None, bump_preference),
    Example(
        "setting-changed",
        "/settings/session_idle_minutes/setting-changes",
        {"value": "90", "why": "the auditors"},
        {"value": "0", "why": "the auditors"},
        bump_setting,
        "value",
    ),
    Example(
        "text-changed",
        "/messages/texts/goods-ready/en/text-changes",
        {"text": "Subject: It is here\n[each]\n- {qty} × {product}", "why": "shorter"},
        {"text": "Subject: It is here\n[each]\n- {qty} × {produkt}", "why": "shorter"},
        bump_text,
        "why",
    ),
    Example("view-removed", "/saved-views/1/removals", {}, None, bump_view),
    Example(
        "customer-erased",
        "/customers/1/customer-erasures",
        {"reason": "letter of 12 March", "although_open": "y"},
        {"reason": "letter of 12 March"},
        bump_customer,
        "reason",
    ),
    Example("mail-chosen", "/mail-choices", {**NO_NEWS, "hour": "6"}, {**NO_NEWS, "hour": "24"}, bump_wishes, "hour"),
    Example(
        "report-scheduled",
        "/report-schedules",
        {"source": "report backorders", "when": "every-day", "hour": "6"},
        {"source": "report backorders", "when": "every-day", "hour": "24"},
        None,
        "hour",
    ),
    Example("report-stopped", "/report-schedules/1/removals", {}, None, bump_schedule),
)
# What anybody may do who sees the desk; that it is done to one's own alone, their own tests show.
ANYBODYS = {act for action in ACTIONS if action.permission in ROLES["viewer"] for act in action.acts}

# What only an admin may do.
ADMINS = {act for action in ACTIONS if action.permission in ROLES["admin"] - ROLES["manager"] for act in action.acts}

each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.address.strip("/").replace("/", "-"))


SENT = [SentFile("stock.csv", lambda path: path.write_text(""))]


@filled_once
def filled(world: World) -> None:
    """Some of everything that an act can be about."""
    manager, agent = somebody("manager", "mara@desk.example"), somebody("agent", "abel@desk.example")
    somebody("admin", "ada@desk.example")
    for name in ("vera", "left", "phone"):
        somebody("viewer", f"{name}@desk.example")
    with transaction() as session:
        session.get_one(User, 5).active = False
        session.get_one(User, 6).tf_primary_method = "authenticator"
        now = clock.real_now()
        listed = {"known_as": known_as(manager.fs_uniquifier), "device": "Firefox on a Mac"}
        session.add(SignInSession(key="k", user_id=manager.id, began_at=now, seen_at=now, **listed))
    world.stock("CHAIR", 5)
    world.order("10480", "CHAIR", 6, placed="2026-03-01", promised="2026-03-22")
    world.order("10481", "CHAIR", 6, placed="2026-03-02")
    world.purchase_order("PO-1", "CHAIR", 12, expected="2026-03-20")
    world.order("10483", "LAMP", 6, placed="2026-03-03")
    world.order("10484", "LAMP", 6, placed="2026-03-04")
    world.order("10485", "LAMP", 6, placed="2026-03-05")
    world.hold("10481", 1)
    world.terms("OTHER", "CHAIR", lead_time_days=5)
    world.plan()
    reassign_supply(find_supply(db.session(), "PO-1", 1, clock.today()).asked, to="OTHER", qty=2, actor=manager.id)
    sent = send_files(take_in(SENT), actor=manager.id)
    close(sent, "done")
    close(announce("tuesday.zip", format="kit", dry_run=False), "done")
    with transaction() as session:
        write(world.line("10480").order_id, CardAskedFor())
        failed = write(world.line("10481").order_id, CardAskedFor())
        session.get_one(Message, failed.message_id).state = "failed"
        sent = write(world.line("10483").order_id, CardAskedFor())
        session.get_one(Message, sent.message_id).state = "sent"
    with current_app.test_request_context():
        for number, percent in (("10484", 1000), ("10485", 4000)):
            terms = {"kind": "percent", "percent": percent, "until": clock.today()}
            offer_incentive(world.line(number).order_id, 1, **terms, actor=agent.id)
    write_note(world.line("10481").order_id, says="rings at noon", actor=manager.id)
    by = {"day": date(2026, 3, 30), "at": "9:00"}
    promise_call_back(world.line("10481").order_id, **by, actor=manager.id)
    promise_call_back(world.line("10481").order_id, **by, actor=manager.id)
    note_call(2, outcome="Reached.", actor=manager.id)
    follow_order(world.line("10481").order_id, actor=manager.id)
    with transaction() as session:
        session.add(
            ReportSchedule(
                owner_id=manager.id, report="backorders", filters="", name="Rows", hour=7, made_at=clock.real_now()
            )
        )
    save_view("aging", name="Of this week", kept="age=0-7", shared=True, actor=manager.id)
    split_shipment(world.line("10483").order_id, 1, mode="divide", parts=[4], actor=manager.id)
    receive(world.po_line("PO-1").id, qty=1, at="MAIN", actor=manager.id)
    order = world.purchase_order("PO-2", "RUG", 5, expected="2026-03-20")
    take_in_delivery(order.id, came={1: 3}, damaged={1: 1}, at="MAIN", actor=manager.id)
    for sku in ("URN", "VASE"):
        world.stock(sku, 4)
        world.order(f"1{sku}", sku, 3, placed="2026-03-06")
        world.order(f"2{sku}", sku, 3, placed="2026-03-07", tier="vip")
    world.plan()
    segments = (Segment("tier=vip", "queue", "win"), Segment("", "queue", "redistribute"))
    for sku in ("URN", "VASE"):
        kept = save_variant(name=f"VIPs of {sku}", scope=f"sku={sku}", segments=segments, actor=manager.id)
        ask_for_run(int(kept.made), actor=manager.id)
        simulate_deals()
        if sku == "URN":
            commit_run(1, reason="the fair", actor=manager.id)
        set_schedule(int(kept.made), weekdays=[4], at="6:00", reason="the fair", actor=manager.id)
    pause_schedule(2, why=None, actor=manager.id)


@pytest.fixture
def shop(filled: World, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """That shop, with the file that was sent to it."""
    monkeypatch.setattr(app, "instance_path", str(tmp_path))
    keep_as(take_in(SENT), 1)
    return filled


def handed_out(desk: Desk, address: str) -> dict[str, str]:
    """What the form carries that nobody types."""
    text = desk.panel(f"{address}/new").text
    inputs = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", text)
    pairs = ((re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs)
    return {name.group(1): value.group(1) if value else "" for name, value in pairs if name}


def acts(act: str) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Act).where(Act.act == act)) or 0


def test_every_act_of_every_action_has_an_example_here() -> None:
    named = [act for action in ACTIONS for act in action.acts]
    assert set(named) == {example.act for example in EXAMPLES}, "Give the act an Example."
    assert set(named) <= set(ACTS)


@each
@same_on_both
def test_its_form_opens_in_a_row_and_as_a_page(shop: World, manager: Desk, example: Example) -> None:
    fragment, page = manager.panel(f"{example.address}/new"), manager.get(f"{example.address}/new")
    assert fragment.status_code == page.status_code == 200
    assert fragment.text.lstrip().startswith("<form")
    assert "<html" in page.text
    assert {"submission", "version", "csrf_token"} <= set(handed_out(manager, example.address))


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if one.act not in ANYBODYS],
    ids=lambda one: one.address.strip("/").replace("/", "-"),
)
@same_on_both
def test_a_viewer_sees_no_form_and_a_forged_request_is_refused(shop: World, viewer: Desk, example: Example) -> None:
    before = acts(example.act)
    assert viewer.panel(f"{example.address}/new").status_code == 403
    assert viewer.act(example.address, dict(example.typed)).status_code == 403
    assert viewer.act(f"{example.address}/preview", dict(example.typed)).status_code == 403
    assert acts(example.act) == before


@each
@same_on_both
def test_without_its_token_nothing_is_done(shop: World, manager: Desk, example: Example) -> None:
    before = acts(example.act)
    answer = manager.post(example.address, data=dict(example.typed), headers={"HX-Request": "true"})
    assert answer.status_code == 419
    assert acts(example.act) == before


@each
def test_it_is_done_recorded_and_announced_and_all_sums_are_of_what_waits(
    shop: World, manager: Desk, example: Example
) -> None:
    before, wrong = acts(example.act), set(planning.check())
    answer = manager.act(example.address, {**handed_out(manager, example.address), **example.typed})
    assert answer.status_code == 200, answer.text
    assert "backorder-changed" in answer.headers["HX-Trigger"]
    assert 'hx-target="#notices"' in answer.text
    assert acts(example.act) == before + 1
    act = db.session.scalar(select(Act).order_by(Act.id.desc()))
    assert act is not None
    assert act.actor_id == manager.person.id
    db.session.rollback()
    assert not set(planning.check()) - wrong, "the copies, the plan and its sums follow what was done"


@each
def test_pressed_twice_it_counts_once_and_the_second_answer_points_at_the_first(
    shop: World, manager: Desk, example: Example
) -> None:
    form = {**handed_out(manager, example.address), **example.typed}
    before = acts(example.act)
    first, second = manager.act(example.address, form), manager.act(example.address, form)
    assert (first.status_code, second.status_code) == (200, 200)
    assert acts(example.act) == before + 1
    assert f"Sent before by {manager.person.name}" in second.text
    notice = db.session.scalar(select(Submission.notice).where(Submission.key == form["submission"]))
    assert notice is not None
    assert notice in first.text.replace("&#39;", "'")
    assert notice in second.text.replace("&#39;", "'")


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if one.refused is not None],
    ids=lambda one: one.address.strip("/").replace("/", "-"),
)
def test_what_a_rule_refuses_comes_back_with_the_typed_text(shop: World, manager: Desk, example: Example) -> None:
    assert example.refused is not None
    before = acts(example.act)
    answer = manager.act(example.address, {**handed_out(manager, example.address), **example.refused})
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith("<form")
    assert f'value="{example.refused[example.field]}"' in answer.text
    assert acts(example.act) == before


@pytest.mark.parametrize(
    "example",
    [one for one in EXAMPLES if one.changes is not None],
    ids=lambda one: one.address.strip("/").replace("/", "-"),
)
def test_who_saves_later_sees_that_it_changed_and_keeps_what_was_typed(
    shop: World, manager: Desk, example: Example
) -> None:
    form = {**handed_out(manager, example.address), **example.typed}
    assert example.changes is not None
    known = db.session.scalar(select(func.max(Act.id))) or 0
    example.changes(shop)
    before = acts(example.act)
    answer = manager.act(example.address, form)
    assert answer.status_code == 409
    facts = changed_since(known)
    assert not facts or any(is_told(answer.text, fact) for fact in facts), f"what was done by hand: {facts}"
    assert not example.field or f'value="{example.typed[example.field]}"' in answer.text
    assert "what you typed is kept" in answer.text
    assert acts(example.act) == before
    again = {**form, "version": re.search(r'name="version"[^>]*value="([^"]*)"', answer.text).group(1)}
    assert manager.act(example.address, again).status_code == 200, "sent once more, on the new state, it is done"


def changed_since(act_id: int) -> tuple[Fact, ...]:
    """What the history says that people changed after an act."""
    done = db.session.scalars(select(Act).where(Act.id > act_id).order_by(Act.id)).all()
    told = [Told(one.subject, json.loads(one.before or "null"), json.loads(one.after or "{}")) for one in done]
    db.session.rollback()
    return changed_by(told)


def is_told(text: str, fact: Fact) -> bool:
    """Whether a form's table of then and now has a row of the fact."""
    rows = re.findall(r'<tr>\s*<th scope="row">([^<]*).*?</tr>', text, re.DOTALL)
    return any(words.casefold() == fact.words.casefold() for words in rows)


@each
def test_what_would_change_is_shown_and_nothing_is_done(shop: World, manager: Desk, example: Example) -> None:
    before = acts(example.act)
    answer = manager.act(f"{example.address}/preview", {**handed_out(manager, example.address), **example.typed})
    assert answer.status_code == 200
    assert "What changes" in answer.text
    assert acts(example.act) == before


@each
@same_on_both
def test_without_javascript_it_leads_back_to_where_it_was_opened(shop: World, manager: Desk, example: Example) -> None:
    page = manager.get(f"{example.address}/new", headers={"Referer": "http://localhost/orders/10480"})
    back = re.search(r'name="back"[^>]*value="([^"]*)"', page.text)
    assert back is not None
    form = {**handed_out(manager, example.address), **example.typed, "back": back.group(1)}
    answer = manager.post(example.address, data={**form, "csrf_token": manager.token()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/orders/10480")


@each
@same_on_both
def test_nobody_is_led_to_another_site(shop: World, manager: Desk, example: Example) -> None:
    away = {**handed_out(manager, example.address), **example.typed, "back": "https://elsewhere.example/"}
    answer = manager.post(example.address, data={**away, "csrf_token": manager.token()})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
