"""The finished demo merchant: every fact as columns, in days counted from the first day of its past."""

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from .catalogue import Catalogue
from .customers import Customers

SHOP_NAME = "Alder & Quay"
SHOP_DOMAIN = "alderandquay.example"

CHANNELS = ("web", "marketplace", "store", "phone", "wholesale")
WEB, MARKETPLACE, STORE, PHONE, WHOLESALE = range(5)
LOCATIONS = ("Tacoma warehouse", "Rotterdam warehouse", "Shop floor")
TACOMA, ROTTERDAM, SHOP_FLOOR = range(3)

PAST_DAYS = 730  # day 0 is two years before today, day 730 is today and has not happened yet
NO_DAY = 32_000  # stands for an empty date in columns of 16-bit days

# Bits of order and line flags.
SHIP_COMPLETE, MAY_SPLIT, CREDIT, ALL_GONE, SET_ASIDE = 1, 2, 4, 8, 16
GIFT, DEPOSIT, ASSEMBLY, CAMPAIGN, REDUCED = 1, 2, 4, 8, 16

FIRST_ORDER = 100_001
FIRST_PURCHASE_ORDER = 20_001


@dataclass(frozen=True)
class Event:
    """A time in which some SKUs sold `boost` times as well. The shop writes down only those that it planned."""

    name: str
    tag: str
    skus: np.ndarray
    starts: int
    ends: int  # the last day of it
    boost: float
    planned: bool


@dataclass
class Truth:
    """What a person who only sees the files has to find out."""

    level: float  # order lines a day, all SKUs, at the end of the past, before season and events
    growth: float
    rate: np.ndarray  # order lines a day and SKU at the end of the past, before season and events
    dispersion: np.ndarray  # shape of the gamma that makes daily lines negative binomial
    season: np.ndarray  # amplitude of the year by SKU; the peak is `season_peak`
    season_peak: np.ndarray  # days before today
    week: np.ndarray  # factor by day % 7
    events: list = field(default_factory=list)
    sale_starts: np.ndarray = None
    sale_ends: np.ndarray = None
    suppliers: tuple = ()
    cover: np.ndarray = None  # the buyer's reorder point as a share of what is sold in the quoted lead time
    forgotten: list = field(default_factory=list)  # (SKU, first day, last day) in which nobody reordered it
    # The open lines on the last evening, and the chance that their customers cancel them within 14 days.
    open_order: np.ndarray = None
    open_line: np.ndarray = None
    open_chance: np.ndarray = None
    # Every day and sum over all waiting lines: expected and real cancels by customers.
    expected_cancels: np.ndarray = None
    real_cancels: np.ndarray = None


@dataclass(frozen=True)
class World:
    """The demo merchant. Columns of one group have the same length; order numbers count from 0."""

    size: str
    seed: int
    today: date
    whole_days: int  # every order of so many last days is here; of older ones a sample
    stock_days: int  # stock history covers so many last days
    backordered: int  # open lines that the shelf cannot serve, as the simulation counts them
    waiting_by_day: np.ndarray  # the same on the evening of each day of the past
    catalogue: Catalogue
    customers: Customers
    supplier_of: np.ndarray
    former_supplier_of: np.ndarray
    orders: dict
    lines: dict
    shipments: dict
    cancellations: dict
    purchase_orders: dict
    purchase_lines: dict
    receipts: dict
    on_hand: np.ndarray
    stock_history: np.ndarray  # units at day's end, by day and SKU
    truth: Truth

    def day(self, number):
        """The date of a day of the simulation."""
        return self.today + timedelta(days=int(number) - PAST_DAYS)
