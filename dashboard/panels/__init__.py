"""Everything that is read: the panels, each a question with its figure, picture and rows, and the pages beside them."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy.orm import Session

from dashboard import clock
from dashboard.panels.aging.routes import PANEL as AGING
from dashboard.panels.anatomy import Panel
from dashboard.panels.cancellation_risk.routes import PANEL as CANCELLATION_RISK
from dashboard.panels.deals.queries import read_line_filters
from dashboard.panels.deals.routes import blueprint as deals_blueprint
from dashboard.panels.expiring_payments.routes import PANEL as EXPIRING_PAYMENTS
from dashboard.panels.fast_movers.routes import PANEL as FAST_MOVERS
from dashboard.panels.filters import YES, FilterRefused
from dashboard.panels.freshness import live_state
from dashboard.panels.health.routes import blueprint as health_blueprint
from dashboard.panels.history.routes import blueprint as history_blueprint
from dashboard.panels.intake.freshness import overdue_data
from dashboard.panels.intake.routes import blueprint as intake_blueprint
from dashboard.panels.lead_times.routes import PANEL as LEAD_TIMES
from dashboard.panels.mail_to_me.routes import blueprint as mail_to_me_blueprint
from dashboard.panels.messages.routes import blueprint as messages_blueprint
from dashboard.panels.my_list.panel import changes_in
from dashboard.panels.my_list.queries import due_calls
from dashboard.panels.my_list.routes import blueprint as my_list_blueprint
from dashboard.panels.offers.queries import count_waiting
from dashboard.panels.offers.routes import blueprint as offers_blueprint
from dashboard.panels.orders.addresses import IdentifierConverter, NumberConverter
from dashboard.panels.orders.routes import blueprint as orders_blueprint
from dashboard.panels.overview.routes import blueprint as overview_blueprint
from dashboard.panels.people.routes import blueprint as people_blueprint
from dashboard.panels.people.routes import yours as yours_blueprint
from dashboard.panels.personal_data.routes import blueprint as personal_data_blueprint
from dashboard.panels.picking.routes import blueprint as picking_blueprint
from dashboard.panels.purchase_orders.routes import blueprint as purchase_orders_blueprint
from dashboard.panels.purchasing.routes import PANEL as PURCHASING
from dashboard.panels.receiving.routes import blueprint as receiving_blueprint
from dashboard.panels.reports.choosing import report_choices
from dashboard.panels.reports.routes import blueprint as reports_blueprint
from dashboard.panels.search.routes import blueprint as search_blueprint
from dashboard.panels.settings.routes import blueprint as settings_blueprint
from dashboard.panels.track_record.routes import blueprint as track_record_blueprint
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.data_age import show_overdue_data
from dashboard.web.frame import Count, Waits, add_to_navigation
from dashboard.web.live import show_live_state

__all__ = ["PANELS", "Panel", "register"]


# In the order of the navigation.
PANELS: tuple[Panel, ...] = (AGING, CANCELLATION_RISK, EXPIRING_PAYMENTS, LEAD_TIMES, FAST_MOVERS, PURCHASING)
# Of these, what stands among the work that there is to do, and not among the five panels.
AMONG_WORK = (PURCHASING,)


def register(app: Flask) -> None:
    """Add every panel and page to the app, and to its navigation in this order."""
    app.url_map.converters["identifier"] = IdentifierConverter
    app.url_map.converters["int"] = NumberConverter
    show_live_state(app, live_state)
    show_overdue_data(app, overdue_data)
    app.register_blueprint(overview_blueprint)
    add_to_navigation(app, "Overview", endpoint="overview.show", icon="layout-dashboard")
    app.register_blueprint(my_list_blueprint)
    add_to_navigation(
        app,
        "My list",
        endpoint="my_list.show",
        icon="user-check",
        permission=Permission.KEEP_LIST,
        waits=Waits(Permission.KEEP_LIST, _calls_due, {}, is_live=True),
    )
    for panel in PANELS:
        app.register_blueprint(panel.blueprint)
        if panel not in AMONG_WORK:
            add_to_navigation(app, panel.name, endpoint=panel.endpoint("show"), icon=panel.icon, section="Panels")
    app.register_blueprint(orders_blueprint)
    add_to_navigation(app, "Orders", endpoint="orders.index", icon="receipt", section="Work", backorder=YES)
    app.register_blueprint(search_blueprint)
    app.register_blueprint(purchase_orders_blueprint)
    add_to_navigation(app, PURCHASING.name, endpoint=PURCHASING.endpoint("show"), icon=PURCHASING.icon, section="Work")
    app.register_blueprint(receiving_blueprint)
    add_to_navigation(
        app,
        "Receiving",
        endpoint="receiving.show",
        icon="package-import",
        section="Work",
        permission=Permission.RECEIVE_GOODS,
    )
    app.register_blueprint(picking_blueprint)
    add_to_navigation(app, "Picking", endpoint="picking.show", icon="truck-delivery", section="Work")
    app.register_blueprint(deals_blueprint)
    add_to_navigation(app, "Deal out again", endpoint="deals.index", icon="arrows-shuffle", section="Work")
    # Forms of acts take filters too, and an act knows no panel.
    app.extensions["line_filters"] = read_line_filters
    app.register_blueprint(offers_blueprint)
    add_to_navigation(
        app,
        "Offers",
        endpoint="offers.index",
        icon="rosette-discount",
        section="Work",
        permission=Permission.OFFER_INCENTIVES,
        waits=Waits(Permission.APPROVE_OFFERS, _offers_waiting, {"offer": "waiting-approval"}),
    )
    app.register_blueprint(messages_blueprint)
    add_to_navigation(
        app, "Messages", endpoint="messages.index", icon="mail", section="Work", permission=Permission.CONTACT_CUSTOMERS
    )
    app.register_blueprint(reports_blueprint)
    add_to_navigation(app, "Reports", endpoint="reports.index", icon="file-spreadsheet", section="Work")
    app.register_blueprint(track_record_blueprint)
    add_to_navigation(app, "Track record", endpoint="track_record.show", icon="target", section="Work")
    app.register_blueprint(history_blueprint)
    add_to_navigation(
        app, "History", endpoint="history.index", icon="history", section="Work", permission=Permission.SEE_HISTORY
    )
    app.register_blueprint(intake_blueprint)
    add_to_navigation(app, "Files in", endpoint="intake.index", icon="file-import", section="Work")
    app.register_blueprint(mail_to_me_blueprint)
    app.extensions["panels"] = {panel.word: panel for panel in PANELS}
    app.extensions["report_choices"] = report_choices
    app.register_blueprint(personal_data_blueprint)
    add_to_navigation(
        app,
        "Personal data",
        endpoint="personal_data.index",
        icon="user-question",
        section="Keeping",
        permission=Permission.KEEP_PERSONAL_DATA,
    )
    app.register_blueprint(health_blueprint)
    add_to_navigation(
        app, "Health", endpoint="health.show", icon="heartbeat", section="Keeping", permission=Permission.SEE_METRICS
    )
    app.register_blueprint(people_blueprint)
    app.register_blueprint(yours_blueprint)
    add_to_navigation(
        app,
        "People",
        endpoint="people.index",
        icon="users",
        section="Keeping",
        permission=Permission.MANAGE_PEOPLE,
    )
    app.register_blueprint(settings_blueprint)
    add_to_navigation(
        app,
        "Settings",
        endpoint="settings.index",
        icon="clipboard-check",
        section="Keeping",
        permission=Permission.CHANGE_SETTINGS,
    )
    app.register_error_handler(FilterRefused, _refuse)


def _calls_due(session: Session, person: int) -> Count:
    now = clock.now()
    due = due_calls(session, person, now)
    return Count(due.count, changes_in(due.next_at, now))


def _offers_waiting(session: Session, person: int) -> Count:
    return Count(count_waiting(session))


def _refuse(refused: FilterRefused) -> Response:
    """An address with a filter that cannot be: what it says, and what would do."""
    return fragments.failed(
        400,
        title="No such filter",
        sentence=str(refused),
        what_next="Take it out of the address, or clear all filters.",
        clear_url=request.path,
    )
