"""Everything that staff do: one verb each, with a form at the row and a line in the history."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Flask

from dashboard.actions.accounts.routes import blueprint as accounts_blueprint
from dashboard.actions.assignments.routes import blueprint as assignments_blueprint
from dashboard.actions.authorizations.routes import blueprint as authorizations_blueprint
from dashboard.actions.call_backs.routes import blueprint as call_backs_blueprint
from dashboard.actions.cancellations.routes import blueprint as cancellations_blueprint
from dashboard.actions.card_requests.routes import blueprint as card_requests_blueprint
from dashboard.actions.cause_corrections.routes import blueprint as cause_corrections_blueprint
from dashboard.actions.consents.routes import blueprint as consents_blueprint
from dashboard.actions.customer_erasures.routes import blueprint as customer_erasures_blueprint
from dashboard.actions.deal_runs.routes import blueprint as deal_runs_blueprint
from dashboard.actions.deal_schedules.routes import blueprint as deal_schedules_blueprint
from dashboard.actions.deal_variants.routes import blueprint as deal_variants_blueprint
from dashboard.actions.delay_notices.routes import blueprint as delay_notices_blueprint
from dashboard.actions.deliveries.routes import blueprint as deliveries_blueprint
from dashboard.actions.draft_revisions.routes import blueprint as draft_revisions_blueprint
from dashboard.actions.holds.routes import blueprint as holds_blueprint
from dashboard.actions.incentive_offers.routes import blueprint as incentive_offers_blueprint
from dashboard.actions.link_revocations.routes import blueprint as link_revocations_blueprint
from dashboard.actions.load_undos.routes import blueprint as load_undos_blueprint
from dashboard.actions.loads.routes import blueprint as loads_blueprint
from dashboard.actions.mail_choices.routes import blueprint as mail_choices_blueprint
from dashboard.actions.message_bounces.routes import blueprint as message_bounces_blueprint
from dashboard.actions.message_retries.routes import blueprint as message_retries_blueprint
from dashboard.actions.message_withdrawals.routes import blueprint as message_withdrawals_blueprint
from dashboard.actions.notes.routes import blueprint as notes_blueprint
from dashboard.actions.offer_approvals.routes import blueprint as offer_approvals_blueprint
from dashboard.actions.order_answers.routes import blueprint as order_answers_blueprint
from dashboard.actions.order_follows.routes import blueprint as order_follows_blueprint
from dashboard.actions.picks.routes import blueprint as picks_blueprint
from dashboard.actions.preferences.routes import blueprint as preferences_blueprint
from dashboard.actions.priorities.routes import blueprint as priorities_blueprint
from dashboard.actions.purchase_order_cancellations.routes import blueprint as purchase_order_cancellations_blueprint
from dashboard.actions.purchase_order_confirmations.routes import blueprint as purchase_order_confirmations_blueprint
from dashboard.actions.purchase_order_dates.routes import blueprint as purchase_order_dates_blueprint
from dashboard.actions.purchase_order_drafts.routes import blueprint as purchase_order_drafts_blueprint
from dashboard.actions.purchase_order_sendings.routes import blueprint as purchase_order_sendings_blueprint
from dashboard.actions.quantity_cuts.routes import blueprint as quantity_cuts_blueprint
from dashboard.actions.receipts.routes import blueprint as receipts_blueprint
from dashboard.actions.releases.routes import blueprint as releases_blueprint
from dashboard.actions.report_schedules.routes import blueprint as report_schedules_blueprint
from dashboard.actions.saved_views.routes import blueprint as saved_views_blueprint
from dashboard.actions.selections.routes import blueprint as selections_blueprint
from dashboard.actions.session_ends.routes import blueprint as session_ends_blueprint
from dashboard.actions.setting_changes.routes import blueprint as setting_changes_blueprint
from dashboard.actions.shipment_splits.routes import blueprint as shipment_splits_blueprint
from dashboard.actions.shipments.routes import blueprint as shipments_blueprint
from dashboard.actions.stock_counts.routes import blueprint as stock_counts_blueprint
from dashboard.actions.supplier_calendars.routes import blueprint as supplier_calendars_blueprint
from dashboard.actions.supplier_reassignments.routes import blueprint as supplier_reassignments_blueprint
from dashboard.actions.text_changes.routes import blueprint as text_changes_blueprint
from dashboard.actions.ties.routes import blueprint as ties_blueprint
from dashboard.actions.undos import UNDOS
from dashboard.permissions import Permission

__all__ = ["ACTIONS", "UNDOS", "Action", "register"]


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that staff do: its word in addresses, ids and folders, its acts in the history, who may, its routes."""

    word: str
    acts: tuple[str, ...]
    permission: Permission
    blueprint: Blueprint


ACTIONS: tuple[Action, ...] = (
    Action("receipts", ("goods-received", "receipt-reversed"), Permission.RECEIVE_GOODS, receipts_blueprint),
    Action("deliveries", ("delivery-taken-in", "delivery-reversed"), Permission.RECEIVE_GOODS, deliveries_blueprint),
    Action("picks", ("units-picked",), Permission.SHIP_GOODS, picks_blueprint),
    Action("stock-counts", ("stock-counted",), Permission.RECEIVE_GOODS, stock_counts_blueprint),
    Action("purchase-order-dates", ("supply-date-moved",), Permission.ORDER_SUPPLY, purchase_order_dates_blueprint),
    Action(
        "supplier-reassignments",
        ("supplier-reassigned", "reassignment-undone"),
        Permission.REASSIGN_SUPPLIERS,
        supplier_reassignments_blueprint,
    ),
    Action(
        "purchase-order-sendings",
        ("purchase-order-sent",),
        Permission.ORDER_SUPPLY,
        purchase_order_sendings_blueprint,
    ),
    Action(
        "purchase-order-drafts", ("purchase-order-drafted",), Permission.ORDER_SUPPLY, purchase_order_drafts_blueprint
    ),
    Action("draft-revisions", ("draft-revised",), Permission.ORDER_SUPPLY, draft_revisions_blueprint),
    Action(
        "purchase-order-confirmations",
        ("purchase-order-confirmed",),
        Permission.ORDER_SUPPLY,
        purchase_order_confirmations_blueprint,
    ),
    Action(
        "purchase-order-cancellations",
        ("purchase-order-cancelled",),
        Permission.ORDER_SUPPLY,
        purchase_order_cancellations_blueprint,
    ),
    Action("supplier-calendars", ("supplier-calendar-said",), Permission.ORDER_SUPPLY, supplier_calendars_blueprint),
    Action("quantity-cuts", ("quantity-cut",), Permission.CANCEL_LINES, quantity_cuts_blueprint),
    Action("cancellations", ("rest-cancelled",), Permission.CANCEL_LINES, cancellations_blueprint),
    Action("shipments", ("goods-shipped",), Permission.SHIP_GOODS, shipments_blueprint),
    Action(
        "shipment-splits", ("shipment-split", "split-undone"), Permission.SPLIT_SHIPMENTS, shipment_splits_blueprint
    ),
    Action(
        "authorizations", ("payment-authorised", "payment-refused"), Permission.TAKE_PAYMENTS, authorizations_blueprint
    ),
    Action(
        "incentive-offers",
        ("incentive-offered", "offer-withdrawn"),
        Permission.OFFER_INCENTIVES,
        incentive_offers_blueprint,
    ),
    Action(
        "offer-approvals", ("offer-approved", "offer-refused"), Permission.APPROVE_OFFERS, offer_approvals_blueprint
    ),
    Action("link-revocations", ("links-revoked",), Permission.CONTACT_CUSTOMERS, link_revocations_blueprint),
    Action("priorities", ("priority-changed",), Permission.CHANGE_PRIORITIES, priorities_blueprint),
    Action("cause-corrections", ("cause-corrected",), Permission.CORRECT_CAUSES, cause_corrections_blueprint),
    Action("assignments", ("line-assigned",), Permission.ASSIGN_LINES, assignments_blueprint),
    Action("notes", ("note-written", "note-removed"), Permission.CONTACT_CUSTOMERS, notes_blueprint),
    Action("order-answers", ("answer-sent",), Permission.CONTACT_CUSTOMERS, order_answers_blueprint),
    Action(
        "call-backs",
        ("call-back-promised", "call-back-done", "call-back-reopened", "call-back-moved", "call-back-given"),
        Permission.CONTACT_CUSTOMERS,
        call_backs_blueprint,
    ),
    Action(
        "order-follows",
        ("order-followed", "order-seen", "order-let-go"),
        Permission.KEEP_LIST,
        order_follows_blueprint,
    ),
    Action("holds", ("units-held",), Permission.FIX_LINES, holds_blueprint),
    Action("ties", ("units-tied",), Permission.FIX_LINES, ties_blueprint),
    Action("releases", ("hold-released",), Permission.FIX_LINES, releases_blueprint),
    Action(
        "deal-variants",
        ("deal-variant-saved", "deal-variant-changed"),
        Permission.DEAL_AGAIN,
        deal_variants_blueprint,
    ),
    Action(
        "deal-schedules",
        ("deal-scheduled", "deal-schedule-paused", "deal-schedule-resumed"),
        Permission.DEAL_AGAIN,
        deal_schedules_blueprint,
    ),
    Action(
        "deal-runs", ("deal-asked-for", "deal-committed", "deal-undone"), Permission.DEAL_AGAIN, deal_runs_blueprint
    ),
    Action("loads", ("load-asked-for",), Permission.LOAD_FILES, loads_blueprint),
    Action("load-undos", ("load-undone",), Permission.LOAD_FILES, load_undos_blueprint),
    # The desk itself takes a notice back that need not be told any more.
    Action("delay-notices", ("customer-told",), Permission.CONTACT_CUSTOMERS, delay_notices_blueprint),
    Action("consents", ("consent-recorded",), Permission.CANCEL_LINES, consents_blueprint),
    Action("card-requests", ("card-asked-for",), Permission.CONTACT_CUSTOMERS, card_requests_blueprint),
    Action("message-withdrawals", ("message-withdrawn",), Permission.CONTACT_CUSTOMERS, message_withdrawals_blueprint),
    Action("message-bounces", ("message-came-back",), Permission.CONTACT_CUSTOMERS, message_bounces_blueprint),
    Action("message-retries", ("message-sent-again",), Permission.CONTACT_CUSTOMERS, message_retries_blueprint),
    Action("customer-erasures", ("customer-erased",), Permission.KEEP_PERSONAL_DATA, customer_erasures_blueprint),
    Action(
        "accounts",
        (
            "person-invited",
            "role-changed",
            "person-deactivated",
            "person-reactivated",
            "password-link-sent",
            "sessions-ended",
            "second-factor-removed",
        ),
        Permission.MANAGE_PEOPLE,
        accounts_blueprint,
    ),
    # Sessions and ways of reading of one's own are anybody's; to end others' needs more.
    Action("session-ends", ("session-ended",), Permission.SEE_DESK, session_ends_blueprint),
    Action("preferences", ("preferences-set",), Permission.SEE_DESK, preferences_blueprint),
    Action("setting-changes", ("setting-changed",), Permission.CHANGE_SETTINGS, setting_changes_blueprint),
    Action("text-changes", ("text-changed",), Permission.WRITE_TEXTS, text_changes_blueprint),
    # What is done to a selection are acts of others, each with the permission that it needs.
    Action("selections", (), Permission.SEE_DESK, selections_blueprint),
    # What one is mailed is one's own.
    Action("mail-choices", ("mail-chosen",), Permission.SEE_DESK, mail_choices_blueprint),
    Action(
        "report-schedules", ("report-scheduled", "report-stopped"), Permission.EXPORT_ROWS, report_schedules_blueprint
    ),
    # Views of one's own are anybody's; to share them needs more.
    Action("saved-views", ("view-saved", "view-changed", "view-removed"), Permission.SEE_DESK, saved_views_blueprint),
)


def register(app: Flask) -> None:
    """Add every action to the app, and let the history offer what takes each back."""
    for action in ACTIONS:
        app.register_blueprint(action.blueprint)
    app.extensions["undos"] = UNDOS
