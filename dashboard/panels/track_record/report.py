"""How dates held, and what SKUs are likely to sell, as CSV."""

from __future__ import annotations

from dashboard.panels.filters import conditions
from dashboard.panels.report import Report
from dashboard.panels.track_record.queries import (
    FORECAST,
    FORECAST_COUNTING,
    KEPT,
    KEPT_COUNTING,
    forecast_count,
    forecasts,
    kept_dates,
)
from dashboard.web.csv_response import day, days, rate, text, whole

KEPT_COLUMNS = (
    text("supplier_id"),
    text("supplier"),
    text("origin"),
    whole("judged", lambda row: row.likely.judged),
    rate("plain_held", lambda row: row.plain.share),
    rate("plain_low", lambda row: row.plain.interval[0]),
    rate("plain_high", lambda row: row.plain.interval[1]),
    days("plain_days_off", lambda row: row.plain.days_off),
    rate("likely_held", lambda row: row.likely.share),
    rate("likely_low", lambda row: row.likely.interval[0]),
    rate("likely_high", lambda row: row.likely.interval[1]),
    days("likely_days_off", lambda row: row.likely.days_off),
)

KEPT_DATES = Report(
    "kept-dates",
    "Kept dates",
    "supplier, and whether replayed or shown",
    KEPT_COLUMNS,
    kept_dates,
    filters=tuple(KEPT),
    about="Of the dates said of each supplier's goods, how many held, by the plain rule and by the likely one.",
    counting=KEPT_COUNTING,
    count=lambda session, selection, today: sum(1 for _ in kept_dates(session, selection, today)),
)

FORECAST_COLUMNS = (
    text("sku"),
    text("product"),
    text("kind"),
    text("method"),
    rate("units"),
    rate("low_units"),
    rate("high_units"),
    whole("event_units"),
    day("as_of"),
)

DEMAND_FORECASTS = Report(
    "demand-forecasts",
    "Demand forecasts",
    "SKU that sold",
    FORECAST_COLUMNS,
    forecasts,
    filters=tuple(FORECAST),
    about="What each SKU is likely to sell over the next four weeks, and between what in eight cases of ten.",
    counting=FORECAST_COUNTING,
    count=lambda session, selection, today: forecast_count(session, *conditions(session, selection, today, FORECAST)),
)
