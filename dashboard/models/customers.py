"""Who bought, and by what means they pay. No card number, CVV or token has a column here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Instant, Key, LoadId, Name, PrimaryKey

PAYMENT_KINDS = ("card", "paypal", "bank", "invoice")


class Customer(Base):
    """A person or company that buys."""

    __tablename__ = "customers"

    id: Mapped[PrimaryKey]
    code: Mapped[Name] = mapped_column(unique=True)
    name: Mapped[str | None] = mapped_column(String)
    email: Mapped[str | None] = mapped_column(String)
    phone: Mapped[str | None] = mapped_column(String)
    tier: Mapped[str | None] = mapped_column(String)
    country: Mapped[str | None] = mapped_column(String)
    marketing_consent: Mapped[bool | None]
    language: Mapped[str | None] = mapped_column(String)
    load_id: Mapped[LoadId]


class CustomerErasure(Base):
    """A customer whose personal data was taken away: what a file brings back of it goes again."""

    __tablename__ = "customer_erasures"

    customer_id: Mapped[int] = mapped_column(Key, ForeignKey("customers.id"), primary_key=True)
    erased_at: Mapped[datetime] = mapped_column(Instant)
    erased_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), doc="Empty: the rule of retention.")


class TierPriority(Base):
    """Which priority class a customer's tier gives; a tier that is not here is class 3. Merchants edit it."""

    __tablename__ = "tier_priorities"

    tier: Mapped[Name] = mapped_column(primary_key=True)
    priority_class: Mapped[int] = mapped_column(SmallInteger)

    __table_args__ = (CheckConstraint("priority_class >= 0", name="not_negative"),)


DEFAULT_PRIORITY_CLASS = 3
TIER_PRIORITIES = {"vip": 1, "contract": 2, "priority": 2}


class PaymentMethod(Base):
    """A card or another means of payment: brand, last four digits and expiry, never more."""

    __tablename__ = "payment_methods"

    id: Mapped[PrimaryKey]
    code: Mapped[Name] = mapped_column(unique=True)
    customer_id: Mapped[int] = mapped_column(Key, ForeignKey("customers.id"))
    kind: Mapped[str | None] = mapped_column(String(16))
    brand: Mapped[str | None] = mapped_column(String)
    last4: Mapped[str | None] = mapped_column(String(4))
    exp_month: Mapped[int | None] = mapped_column(SmallInteger)
    exp_year: Mapped[int | None] = mapped_column(SmallInteger)
    is_default: Mapped[bool | None]
    load_id: Mapped[LoadId]

    __table_args__ = (
        CheckConstraint("kind IN ('card', 'paypal', 'bank', 'invoice')", name="kind"),
        CheckConstraint("exp_month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("length(last4) <= 4", name="last4"),
        Index(None, "customer_id"),
    )
