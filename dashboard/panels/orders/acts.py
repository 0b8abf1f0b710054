"""What can be done with an order as a whole: one table, for the head of its page and for the list of all of it."""

from __future__ import annotations

from dashboard.panels.orders.panel import OrderPage
from dashboard.panels.row_acts import PlacedAct, RowAct, Standing, Suits, acts_that_may, suiting
from dashboard.permissions import Permission

# Of an order of which nothing is open, too.
ALWAYS = Suits(units=0)
# The most urgent first; so many have room in one line beside the name of the order.
AT_HAND = 5
HEAD_ACTS: tuple[RowAct, ...] = (
    RowAct(
        "shipments",
        "Ship what is here",
        icon="truck-delivery",
        permission=Permission.SHIP_GOODS,
        endpoint="shipments.new_of_order",
        suits=Suits(here=True),
        of_order=True,
    ),
    RowAct(
        "delay-notices",
        "Tell the customer",
        icon="mail-exclamation",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="delay_notices.new",
        suits=Suits(untold=True),
        of_order=True,
    ),
    RowAct(
        "card-requests",
        "New card",
        icon="credit-card",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="card_requests.new",
        suits=Suits(unpaid=True),
        of_order=True,
    ),
    RowAct(
        "priorities",
        "Priority",
        icon="arrow-up",
        permission=Permission.CHANGE_PRIORITIES,
        endpoint="priorities.new",
        of_order=True,
    ),
    RowAct(
        "cancellations",
        "Cancel the order",
        icon="x",
        permission=Permission.CANCEL_LINES,
        endpoint="cancellations.new_of_order",
        of_order=True,
    ),
    RowAct(
        "notes",
        "Note",
        icon="note",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="notes.new_of_order",
        suits=ALWAYS,
        of_order=True,
    ),
    RowAct(
        "consents",
        "Record an answer",
        icon="message-question",
        permission=Permission.CANCEL_LINES,
        endpoint="consents.new",
        suits=Suits(waiting=True),
        of_order=True,
    ),
    RowAct(
        "authorizations",
        "Authorisation",
        icon="credit-card",
        permission=Permission.TAKE_PAYMENTS,
        endpoint="authorizations.new",
        of_order=True,
    ),
)
# They stand where they belong on the page: beside the answer, the offers, and at the end of its head.
OTHER_ACTS: tuple[RowAct, ...] = (
    RowAct(
        "order-answers",
        "Send the answer",
        icon="send",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="order_answers.new",
        suits=ALWAYS,
        of_order=True,
    ),
    RowAct(
        "call-backs",
        "Promise a call",
        icon="clock",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="call_backs.new",
        suits=ALWAYS,
        of_order=True,
    ),
    RowAct(
        "link-revocations",
        "Close its links",
        icon="lock",
        permission=Permission.CONTACT_CUSTOMERS,
        endpoint="link_revocations.new",
        suits=Suits(units=0, linked=True),
        of_order=True,
    ),
    RowAct(
        "order-follows",
        "Follow",
        icon="eye",
        permission=Permission.KEEP_LIST,
        endpoint="order_follows.new",
        suits=Suits(units=0, unfollowed=True),
        of_order=True,
    ),
)
ORDER_ACTS = (*HEAD_ACTS, *OTHER_ACTS)


def standing_of_order(page: OrderPage, *, is_followed: bool) -> Standing:
    """How an order stands, as its page knows it."""
    return Standing(
        open_units=sum(line.facts.qty_open for line in page.lines),
        here=sum(line.qty_here for line in page.lines),
        waiting=sum(line.qty_waiting for line in page.lines),
        payment_state=page.payment.state,
        is_late_untold=page.must_be_told,
        has_link=page.open_links > 0,
        is_followed=is_followed,
    )


def acts_in_head(standing: Standing) -> tuple[PlacedAct, ...]:
    """What is at hand at the head of an order's page, for who reads it; the others stand behind the dots."""
    return suiting(acts_that_may(HEAD_ACTS), standing)[:AT_HAND]
