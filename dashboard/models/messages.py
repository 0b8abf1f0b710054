"""What was written to customers, what they answered, and what they were offered."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.database import Base, Day, Instant, Key, Micros, Name, PrimaryKey

MESSAGE_STATES = ("queued", "sending", "sent", "failed", "bounced", "withdrawn")
INCENTIVE_KINDS = ("percent", "amount", "free-shipping", "credit", "gift", "substitute")
OFFER_STATES = ("waiting-approval", "offered", "accepted", "declined", "expired", "void")


class Message(Base):
    """One message to a customer about an order, and how far it came. The outbox is this table."""

    __tablename__ = "messages"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int | None] = mapped_column(Key, ForeignKey("orders.id"))
    customer_id: Mapped[int | None] = mapped_column(Key, ForeignKey("customers.id"))
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(10), default="queued", server_default="queued")
    message_id: Mapped[Name] = mapped_column(unique=True, doc="Stable Message-ID, so that nothing is sent twice.")
    to_address: Mapped[str | None] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    body: Mapped[str] = mapped_column(String)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(Instant)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)
    failure: Mapped[str | None] = mapped_column(String)
    handed_over_at: Mapped[datetime | None] = mapped_column(Instant, doc="From here on a server may have accepted it.")
    written_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), doc="Whose act wrote it; empty: the desk's.")

    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sending', 'sent', 'failed', 'bounced', 'withdrawn')", name="state"),
        Index(None, "order_id"),
        Index(None, "state", "not_before"),
        Index(None, "written_by"),
    )


class MessagePart(Base):
    """One thing that a message to a customer says, as the act that wrote it said it: the text is made of these."""

    __tablename__ = "message_parts"

    id: Mapped[PrimaryKey]
    message_id: Mapped[int] = mapped_column(Key, ForeignKey("messages.id"))
    kind: Mapped[str] = mapped_column(String(32))
    says: Mapped[str] = mapped_column(Text, doc="JSON of its particulars.")

    __table_args__ = (Index(None, "message_id"),)


class MessageFile(Base):
    """A file that a message to one of the staff carries; gone when a server has it, because it can be made again."""

    __tablename__ = "message_files"

    message_id: Mapped[int] = mapped_column(Key, ForeignKey("messages.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String)
    content: Mapped[str] = mapped_column(Text)


class CardRequest(Base):
    """A customer was asked, for an order, for another card or means of payment."""

    __tablename__ = "card_requests"

    id: Mapped[PrimaryKey]
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"))
    payment_method_id: Mapped[int | None] = mapped_column(
        Key, ForeignKey("payment_methods.id"), doc="The means that will not do; empty: none was known."
    )
    message_id: Mapped[int] = mapped_column(Key, ForeignKey("messages.id"))
    asked_at: Mapped[datetime] = mapped_column(Instant)
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (Index(None, "order_id"), Index(None, "asked_by"))


class DelayNotice(Base):
    """A line's part whose slip a message told, from which promise to which date, and whether consent is needed."""

    __tablename__ = "delay_notices"

    id: Mapped[PrimaryKey]
    message_id: Mapped[int] = mapped_column(Key, ForeignKey("messages.id"))
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    earlier_promise: Mapped[date] = mapped_column(Day)
    new_date: Mapped[date | None] = mapped_column(Day, doc="Empty: no definite date.")
    needs_consent: Mapped[bool]
    in_force: Mapped[bool] = mapped_column(
        default=True,
        server_default=text("true"),
        doc="Counts as told: its message did not fail, nor come back.",
    )

    __table_args__ = (Index(None, "line_id", "part"), Index(None, "message_id"))


class Consent(Base):
    """A customer's answer to a new date."""

    __tablename__ = "consents"

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    notice_id: Mapped[int | None] = mapped_column(Key, ForeignKey("delay_notices.id"))
    answer: Mapped[str] = mapped_column(String(8))
    until: Mapped[date | None] = mapped_column(Day, doc="The date agreed to; empty: indefinite.")
    answered_at: Mapped[datetime] = mapped_column(Instant)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"), doc="Empty: by the customer's own page.")

    __table_args__ = (
        CheckConstraint("answer IN ('waits', 'cancels')", name="answer"),
        Index(None, "line_id", "part"),
    )


class IncentiveOffer(Base):
    """Something offered so that a customer stays; one live offer per line's part."""

    __tablename__ = "incentive_offers"

    id: Mapped[PrimaryKey]
    line_id: Mapped[int] = mapped_column(Key, ForeignKey("order_lines.id"))
    part: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    kind: Mapped[str] = mapped_column(String(16))
    percent: Mapped[int | None] = mapped_column(doc="Hundredths of a percent.")
    amount: Mapped[Micros | None]
    gift: Mapped[str | None] = mapped_column(String, doc="What is given, in words that the customer reads.")
    substitute_sku_id: Mapped[int | None] = mapped_column(Key, ForeignKey("skus.id"))
    cost: Mapped[Micros | None] = mapped_column(doc="What it costs the merchant if accepted.")
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String)
    offered_at: Mapped[datetime] = mapped_column(Instant)
    offered_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    expires_on: Mapped[date | None] = mapped_column(Day)
    answered_at: Mapped[datetime | None] = mapped_column(Instant, doc="When it ended, by an answer or otherwise.")
    message_id: Mapped[int | None] = mapped_column(Key, ForeignKey("messages.id"))
    kept: Mapped[bool | None] = mapped_column(
        doc="Outcome: what it was offered for was kept, so that it left. Empty while open."
    )

    __table_args__ = (
        CheckConstraint("kind IN ('percent', 'amount', 'free-shipping', 'credit', 'gift', 'substitute')", name="kind"),
        CheckConstraint(
            "state IN ('waiting-approval', 'offered', 'accepted', 'declined', 'expired', 'void')",
            name="state",
        ),
        CheckConstraint("percent > 0 AND percent <= 10000", name="percent"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("cost >= 0", name="cost"),
        Index(None, "line_id"),
        Index(None, "state"),
        Index(
            "uq_incentive_offers_live",
            "line_id",
            "part",
            unique=True,
            sqlite_where=text("state IN ('waiting-approval', 'offered')"),
            postgresql_where=text("state IN ('waiting-approval', 'offered')"),
        ),
    )


class OfferCeiling(Base):
    """Up to which share of what waits of a line somebody of a role may offer without being asked."""

    __tablename__ = "offer_ceilings"

    role: Mapped[Name] = mapped_column(primary_key=True)
    share: Mapped[int] = mapped_column(doc="Hundredths of a percent of the value of what is open of a line's part.")

    __table_args__ = (CheckConstraint("share >= 0 AND share <= 10000", name="share"),)


class CustomerLink(Base):
    """A way into one order's page that a customer was sent; it ends with its day, or when somebody takes it back."""

    __tablename__ = "customer_links"

    id: Mapped[PrimaryKey]
    key: Mapped[Name] = mapped_column(unique=True, doc="What the signed address carries; guessed by nobody.")
    order_id: Mapped[int] = mapped_column(Key, ForeignKey("orders.id"))
    message_id: Mapped[int | None] = mapped_column(Key, ForeignKey("messages.id"))
    made_at: Mapped[datetime] = mapped_column(Instant, doc="By the real clock, as all of a link.")
    ends_at: Mapped[datetime] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    __table_args__ = (Index(None, "order_id"), Index(None, "message_id"))
