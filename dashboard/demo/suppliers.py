"""Whom Alder & Quay buys from, and the habit by which each of them keeps, or does not keep, its word.

The lead time of a purchase order is drawn once, on the day it is placed:

    days = max(2, round(quoted · bias · X + worse + tail))

X has mean 1 and standard deviation `spread`, gamma or lognormal; `worse` is `worse_days` for orders placed in the last
`worse_since` days; `tail` comes with probability `tail_chance` and is exponential with mean `tail_days`.
"""

from dataclasses import dataclass

import numpy as np

from .catalogue import CANE, CASE, CLAY, CLOTH, GLASS, LAMP, SEAT, SOFA


@dataclass(frozen=True)
class Supplier:
    """A supplier and its written truth. Days are calendar days; `since` and `until` count back from today."""

    name: str
    country: str
    trades: tuple
    quoted: int
    bias: float = 1.0
    spread: float = 0.15
    family: str = "gamma"
    tail_chance: float = 0.05
    tail_days: float = 10.0
    worse_since: int = 0
    worse_days: float = 0.0
    tells: float = 0.7  # chance that a late delivery is announced
    parts: float = 0.10  # chance that a line comes in two deliveries
    minimum: int = 6
    pack: int = 1
    every: int = 7  # days between the buyer's orders
    dropship: bool = False
    since: int | None = None  # new: first order so many days ago
    until: int | None = None  # given up so many days ago

    @property
    def mean_days(self):
        """The mean of the habit as it was before the supplier got worse."""
        return self.quoted * self.bias + self.tail_chance * self.tail_days

    def lead_time(self, *, days_ago, rng):
        """Days from order to delivery, for an order placed so many days ago."""
        if self.family == "gamma":
            shape = 1 / self.spread**2
            around = rng.standard_gamma(shape) / shape
        else:
            width = np.sqrt(np.log1p(self.spread**2))
            around = np.exp(rng.normal(-(width**2) / 2, width))
        tail = rng.exponential(self.tail_days) if rng.random() < self.tail_chance else 0.0
        worse = self.worse_days if days_ago <= self.worse_since else 0.0
        return max(2, round(self.quoted * self.bias * around + worse + tail))


# The one with the story "excellent", "got worse lately" and so on is named, so that tests and guides can say so.
EXCELLENT = "Skovlund Lys A/S"
WORSE = "Carpintaria Tavares"
NEWCOMER = "Baltic Brass Foundry"
GIVEN_UP = "Old Mill Ceramics"
STRAIGHT_TO_CUSTOMER = "Prairie Upholstery Co."

NAMED = (
    Supplier(EXCELLENT, "DK", (LAMP,), 24, bias=0.96, spread=0.05, tail_chance=0.0, parts=0.02),
    Supplier("Wattle & Wire Co.", "US", (LAMP,), 18, bias=1.08, spread=0.2, minimum=12, pack=4),
    Supplier("Lumières Roussel", "FR", (LAMP,), 32, bias=1.12, spread=0.22, family="lognormal"),
    Supplier(
        "Cristallerie Valmont",
        "FR",
        (GLASS,),
        38,
        bias=1.1,
        spread=0.3,
        family="lognormal",
        tail_chance=0.15,
        tail_days=22,
    ),
    Supplier("Reno Flat Glass", "US", (GLASS,), 16, bias=1.02, spread=0.15, minimum=10, pack=5),
    Supplier(
        "Huế Bamboo Works",
        "VN",
        (CANE,),
        46,
        bias=1.15,
        spread=0.25,
        tail_chance=0.2,
        tail_days=20,
        minimum=24,
        pack=12,
    ),
    Supplier("Cestería Alborán", "ES", (CANE,), 30, bias=1.05, spread=0.18, pack=6),
    Supplier(WORSE, "PT", (SEAT,), 28, bias=1.04, spread=0.14, worse_since=120, worse_days=17, minimum=8, pack=2),
    Supplier("Bent & Board Mill", "US", (SEAT,), 21, bias=1.0, spread=0.2, pack=2),
    Supplier("Stolarnia Krośniak", "PL", (SEAT, CASE), 35, bias=1.06, spread=0.16, parts=0.22, pack=2),
    Supplier("Great Basin Joinery", "US", (CASE,), 26, bias=1.1, spread=0.25, minimum=3),
    Supplier("Ébénisterie Lachance", "CA", (CASE,), 33, bias=0.98, spread=0.1, minimum=2),
    Supplier(
        "Jaipur Loom House", "IN", (CLOTH,), 42, bias=1.18, spread=0.25, tail_chance=0.15, tail_days=18, tells=0.4
    ),
    Supplier("Tissages de la Lys", "BE", (CLOTH,), 25, bias=1.0, spread=0.12),
    Supplier("Ōtani Kiln Studio", "JP", (CLAY,), 48, bias=1.0, spread=0.07, tail_chance=0.02, minimum=20, pack=10),
    Supplier(STRAIGHT_TO_CUSTOMER, "US", (SOFA,), 27, bias=1.05, spread=0.2, minimum=1, every=1, dropship=True),
    Supplier(NEWCOMER, "LT", (), 26, bias=1.05, spread=0.1, tail_chance=0.0, parts=0.0, every=40, since=80),
    Supplier(GIVEN_UP, "US", (CLAY,), 30, bias=1.3, spread=0.3, tail_chance=0.2, tail_days=25, until=210),
)

_PLACES = (
    ("Aarhus", "DK"), ("Bergamo", "IT"), ("Cebu", "PH"), ("Durango", "MX"), ("Évora", "PT"), ("Faenza", "IT"),
    ("Göteborg", "SE"), ("Hà Nội", "VN"), ("İzmir", "TR"), ("Jepara", "ID"), ("Kutná Hora", "CZ"), ("Łódź", "PL"),
    ("Malmö", "SE"), ("Nagoya", "JP"), ("Oaxaca", "MX"), ("Puebla", "MX"), ("Québec", "CA"), ("Roanoke", "US"),
    ("Sibiu", "RO"), ("Tartu", "EE"), ("Udaipur", "IN"), ("Valencia", "ES"), ("Wilmington", "US"), ("Zaragoza", "ES"),
)  # fmt: skip
_WORKS = {
    LAMP: "Lighting Works", GLASS: "Glassworks", CANE: "Weavers", SEAT: "Chairmakers", CASE: "Joinery", CLOTH: "Looms",
    CLAY: "Kilns", SOFA: "Upholstery",
}  # fmt: skip


def suppliers(*, count):
    """The named suppliers, then as many more of the same trades as the shop's size asks for; the same for all seeds."""
    result, rng = list(NAMED), np.random.default_rng(count)
    trades = list(_WORKS)
    while len(result) < count:
        number = len(result) - len(NAMED)
        trade = trades[number % len(trades)]
        place, country = _PLACES[(number * 5 + number // len(_PLACES)) % len(_PLACES)]
        turn = number // len(_PLACES)
        result.append(
            Supplier(
                f"{place} {_WORKS[trade]}{f' No. {turn + 1}' if turn else ''}",
                country,
                (trade,),
                quoted=int(rng.integers(14, 50)),
                bias=round(float(rng.uniform(0.95, 1.2)), 2),
                spread=round(float(rng.uniform(0.06, 0.3)), 2),
                family="gamma" if rng.random() < 0.6 else "lognormal",
                tail_chance=round(float(rng.uniform(0, 0.18)), 2),
                tail_days=round(float(rng.uniform(8, 24)), 1),
                tells=round(float(rng.uniform(0.3, 0.95)), 2),
                parts=round(float(rng.uniform(0.02, 0.2)), 2),
                minimum=1 if trade == SOFA else int(rng.integers(2, 20)),
                pack=1 if trade == SOFA else int(rng.choice((1, 1, 2, 4, 6))),
                dropship=trade == SOFA,
                every=1 if trade == SOFA else 7,
            )
        )
    return tuple(result)
