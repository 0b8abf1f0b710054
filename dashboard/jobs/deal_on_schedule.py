"""Ways of dealing supply out again are run at their times: simulated, then committed as the act of who said so."""

from __future__ import annotations

from collections import Counter

from dashboard import clock
from dashboard.actions.deal_schedules.running import Step, begin_due, go_on, under_way
from dashboard.jobs.simulate_deals import simulate_deals


def deal_on_schedule() -> str | None:
    """Begin what is due, and carry on with what is under way as far as it goes; the next sweep does the rest."""
    begin_due(clock.real_now())
    went: Counter[Step] = Counter()
    for variant_id in under_way():
        step = Step.AGAIN
        while step is Step.AGAIN:
            simulate_deals()
            step = go_on(variant_id)
        went[step] += 1
    said = [f"{went[step]} {step.value}" for step in (Step.COMMITTED, Step.GIVEN_UP) if went[step]]
    return ", ".join(said) or None
