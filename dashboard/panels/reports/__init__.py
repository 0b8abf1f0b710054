"""Every report by name, for the command, the page and the export buttons."""

from __future__ import annotations

from dashboard.panels.aging.report import AGING, BACKORDERS
from dashboard.panels.cancellation_risk.offers_report import OFFER_OUTCOMES
from dashboard.panels.cancellation_risk.report import CANCELLATION_RISK
from dashboard.panels.expiring_payments.report import EXPIRING_PAYMENTS
from dashboard.panels.fast_movers.report import FAST_MOVERS
from dashboard.panels.history.report import HISTORY
from dashboard.panels.lead_times.report import LEAD_TIMES
from dashboard.panels.orders.report import EXPLANATIONS, PEGS, RESERVATIONS
from dashboard.panels.picking.report import PICK_LIST
from dashboard.panels.purchasing.report import PURCHASE_PLAN
from dashboard.panels.report import Report
from dashboard.panels.track_record.report import DEMAND_FORECASTS, KEPT_DATES

REPORTS: dict[str, Report] = {
    report.name: report
    for report in (
        BACKORDERS,
        AGING,
        CANCELLATION_RISK,
        EXPIRING_PAYMENTS,
        LEAD_TIMES,
        FAST_MOVERS,
        RESERVATIONS,
        PEGS,
        EXPLANATIONS,
        PICK_LIST,
        PURCHASE_PLAN,
        HISTORY,
        KEPT_DATES,
        DEMAND_FORECASTS,
        OFFER_OUTCOMES,
    )
}


class NoSuchReport(LookupError):
    """A name that no report has; the message lists those that exist."""


def report_named(name: str) -> Report:
    """The report of that name."""
    if name not in REPORTS:
        raise NoSuchReport(f"There is no report {name!r}; there are {', '.join(REPORTS)}.")
    return REPORTS[name]
