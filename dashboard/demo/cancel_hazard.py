"""The written truth about who leaves: the chance that a waiting line is cancelled by its customer on one day.

    h(line, day) = 0.0036 · value^0.22 · tier · channel · tags · told · WAITED[days waited] · SLIPPED[days past promise]

`value` is the line's list value over 180 US dollars, held between 1/8 and 8; `told` is 1.15 where no date was ever
promised; a day's chance is 1 − exp(−h), from the day after the order. The day after a customer's own last date the
chance is 0.65 instead, once. Nothing else moves it: not the currency, not the country, not the supplier.
"""

import numpy as np

PER_DAY = 0.0036
USUAL_VALUE = 18_000  # US cents
VALUE_POWER = 0.22
VALUE_AT_MOST = 8.0
NO_PROMISE = 1.15
AFTER_LAST_DATE = 0.65

# In the order of customers.TIERS: standard, vip, contract, priority.
BY_TIER = np.array([1.0, 0.70, 0.40, 0.85])
# In the order of world.CHANNELS: web, marketplace, store, phone, wholesale.
BY_CHANNEL = np.array([1.0, 1.55, 0.80, 0.85, 0.60])
GIFT = 1.6  # tagged gift:yes: the occasion passes
DEPOSIT = 0.35  # tagged deposit:paid: they have money in it

LONGEST = 1200  # days; beyond, the tables stay at their last value


def _waited():
    """Second thoughts in the first two days, calm for two weeks, then impatience that levels off after two months."""
    days = np.arange(LONGEST)
    return np.where(days <= 2, 1.5, 1 + 0.02 * np.clip(days - 14, 0, 46))


def _slipped():
    """Nothing before the promise has passed; a jump when it has, and more with each day of the first month."""
    days = np.arange(LONGEST)
    return np.where(days <= 0, 1.0, 1.6 * (1 + 0.03 * np.clip(days, 0, 30)))


WAITED = _waited()
SLIPPED = _slipped()


def strength(*, value, tier, channel, gift, deposit, promised):
    """What of the hazard is fixed when the order is placed; `value` in US cents."""
    worth = np.clip(value / USUAL_VALUE, 1 / VALUE_AT_MOST, VALUE_AT_MOST) ** VALUE_POWER
    return (
        PER_DAY
        * worth
        * BY_TIER[tier]
        * BY_CHANNEL[channel]
        * np.where(gift, GIFT, 1.0)
        * np.where(deposit, DEPOSIT, 1.0)
        * np.where(promised, 1.0, NO_PROMISE)
    )


def day_chance(strength, *, waited, past_promise):
    """The chance of a cancel on one day, for days waited and days past the promise (0 or less: not yet)."""
    waited = WAITED[np.clip(waited, 0, LONGEST - 1)]
    slipped = SLIPPED[np.clip(past_promise, 0, LONGEST - 1)]
    return 1 - np.exp(-strength * waited * slipped)


def chance_within(days, strength, *, waited, past_promise, days_to_last_date):
    """The chance of a cancel on any of so many days beginning today, if the line is still waiting.

    `days_to_last_date` is negative once the last date lies behind, and far ahead where none was given.
    """
    stays = np.ones(len(strength))
    for day in range(days):
        today = day_chance(strength, waited=waited + day, past_promise=past_promise + day)
        today = np.where(days_to_last_date - day == -1, AFTER_LAST_DATE, today)
        stays *= 1 - today
    return 1 - stays
