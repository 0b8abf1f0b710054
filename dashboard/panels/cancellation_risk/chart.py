"""The picture of the panel: a bar for each band of chances, what waits in it and what of that is at risk."""

from __future__ import annotations

from collections.abc import Callable

from dashboard.domain.cancellation_risk import LIKELY_BANDS, LIKELY_FROM, UNSCORED
from dashboard.panels.cancellation_risk.panel import BandTotal, RiskPanel
from dashboard.panels.charts import Bar, Figure, Reference, Scale, bar_chart
from dashboard.panels.filters import RISK_WORDS
from dashboard.web.formats import money, percent, quantity, whole_money

# A part below this is said to be below it: some lines are not none.
LEAST_SAID = 0.01


def figure(panel: RiskPanel, address: Callable[[BandTotal], str], *, locale: str) -> Figure:
    """Bars by band; `address` is where a bar leads, the same as its link in the text beside.

    Of a value, a pale bar is what waits, and the strong one in it is what of it is at risk.
    """
    is_value = panel.measure == "value"
    bars = [
        Bar(
            height=_height(panel, total),
            fill=_fill(panel, place, total),
            is_chosen=total.chosen,
            address=address(total),
            sentence=_sentence(total, locale),
            name=RISK_WORDS[total.band],
            beneath=_beneath(panel, total, locale),
            narrow={"name": _short_name(total), "beneath": _short_beneath(panel, total, locale)},
            inner=(sum(value.value for value in total.at_risk), _strong(place, total)) if is_value else None,
        )
        for place, total in enumerate(panel.bands)
    ]
    currency = next((value.currency for total in panel.bands for value in total.values), "")
    likely_at = next(place for place, total in enumerate(panel.bands) if total.band in LIKELY_BANDS) - 0.5
    threshold = f"{LIKELY_FROM // 100} %"
    reference = Reference(likely_at, f"{threshold}: call them", "right", narrow_name=threshold)
    return bar_chart(bars, Scale(currency if is_value else None, locale), reference)


def _fill(panel: RiskPanel, place: int, total: BandTotal) -> str:
    """Strong where the bar is the figure; pale where it is what the figure is a part of."""
    if total.band == UNSCORED:
        return "var(--unknown-line)" if total.chosen else "var(--hairline)"
    if panel.measure != "value":
        return _strong(place, total)
    return f"var(--ramp-{place + 1}-pale)" if total.chosen else "var(--hairline)"


def _strong(place: int, total: BandTotal) -> str:
    return f"var(--ramp-{min(place + 1, 5)}{'' if total.chosen else '-pale'})"


def _height(panel: RiskPanel, total: BandTotal) -> int:
    if panel.measure == "value":
        return sum(value.value for value in total.values)  # at most one currency, else the measure is another
    return total.lines


def _beneath(panel: RiskPanel, total: BandTotal, locale: str) -> str:
    """What stands under a bar: its lines and what of it is at risk; where the bar shows lines, their part of all."""
    if panel.measure == "value" and total.at_risk:
        (value,) = total.at_risk
        return f"{_lines(total, locale)} · {whole_money(value.value, value.currency, locale=locale)} at risk"
    return _lines(total, locale) if panel.measure == "value" else f"{_short_beneath(panel, total, locale)} of lines"


def _short_beneath(panel: RiskPanel, total: BandTotal, locale: str) -> str:
    if panel.measure == "value":
        return _lines(total, locale)
    share = total.lines / max(sum(one.lines for one in panel.bands), 1)
    return f"under {percent(LEAST_SAID, locale=locale)}" if 0 < share < LEAST_SAID else percent(share, locale=locale)


def _short_name(total: BandTotal) -> str:
    """The band's own key says it in the least room: "20-35 %"."""
    return "none" if total.band == UNSCORED else f"{total.band.replace('-', '–')} %"


def _lines(total: BandTotal, locale: str) -> str:
    return f"{quantity(total.lines, locale=locale)} {'line' if total.lines == 1 else 'lines'}"


def _sentence(total: BandTotal, locale: str) -> str:
    """What a bar says when pointed at."""
    words = RISK_WORDS[total.band]
    if not total.lines:
        return f"No line has a chance of {words}."
    worth = " and ".join(money(value.value, value.currency, locale=locale) for value in total.values)
    if total.band == UNSCORED:
        return f"{_lines(total, locale)}, {worth}: {words}."
    at_risk = " and ".join(money(value.value, value.currency, locale=locale) for value in total.at_risk)
    have = "has" if total.lines == 1 else "have"
    return f"{_lines(total, locale)} {have} a chance of {words}:<br>{worth}, of which {at_risk} is at risk."
