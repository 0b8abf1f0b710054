"""The history: who did what to which subject, when, from what to what, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from dashboard import clock
from dashboard.database import db, require_transaction
from dashboard.domain.particulars import Told
from dashboard.models import Act, Submission, User

# What an act must say of itself afterwards. Values are ids, quantities, dates and words of ours: no personal data.
ACTS: dict[str, tuple[str, ...]] = {
    "person-added": ("person_id", "role"),
    "person-invited": ("person_id", "role"),
    "role-changed": ("role",),
    "person-deactivated": ("active",),
    "person-reactivated": ("active",),
    "password-link-sent": ("person_id",),
    "sessions-ended": ("sessions",),
    "session-ended": ("session",),
    "preferences-set": ("locale", "theme", "key_hints"),
    "password-set": ("person_id",),
    "second-factor-removed": ("person_id",),
    "demo-loaded": ("size", "seed"),
    "database-backed-up": ("at",),
    "database-restored": (),
    "files-loaded": ("load_id", "format", "rows"),
    "files-sent": ("load_id", "files", "bytes"),
    "load-asked-for": ("load_id", "upload_id", "format"),
    "load-undone": ("state", "removed", "restored", "stays"),
    "goods-received": ("receipt", "location", "qty", "qty_received", "qty_open", "on_hand"),
    "receipt-reversed": ("receipt", "location", "qty", "qty_received", "qty_open", "on_hand"),
    "delivery-taken-in": ("delivery", "location", "stocked", "rejected", "strange"),
    "delivery-reversed": ("delivery", "location", "qty"),
    "units-picked": ("units", "lines", "locations"),
    "stock-counted": ("sku", "location", "on_hand"),
    "supply-date-moved": ("expected_date", "lines"),
    "supplier-reassigned": (
        "reassignment",
        "from",
        "purchase_order",
        "supplier",
        "qty",
        "ordered",
        "status",
        "dropship",
    ),
    "reassignment-undone": ("status", "qty", "back_to"),
    "purchase-order-drafted": ("purchase_order", "status", "lines", "qty"),
    "draft-revised": ("lines",),
    "purchase-order-sent": ("status", "promised_date", "qty"),
    "supplier-calendar-said": ("days_off", "keeps_holidays", "closures"),
    "purchase-order-confirmed": ("status", "expected_date"),
    "purchase-order-cancelled": ("status", "qty", "expected_date"),
    "quantity-cut": ("qty", "qty_cancelled", "qty_open", "refund"),
    "rest-cancelled": ("lines", "qty_open", "refund"),
    "goods-shipped": ("shipments", "lines", "qty_open", "captured"),
    "shipment-split": ("split", "mode", "parts", "cost", "charged", "shipments", "captured"),
    "split-undone": ("split", "parts"),
    "payment-authorised": ("authorization", "amount", "expires_on", "multi_capture"),
    "payment-refused": ("authorization", "amount"),
    "priority-changed": ("priority", "class"),
    "cause-corrected": ("cause",),
    "line-assigned": ("person_id", "until"),
    "note-written": ("note",),
    "note-removed": ("note",),
    "cancel-asked": ("note",),
    "answer-sent": ("message",),
    "call-back-promised": ("call_back", "person_id", "due_at"),
    "call-back-done": ("call_back",),
    "call-back-reopened": ("call_back",),
    "call-back-moved": ("due_at",),
    "call-back-given": ("call_back", "person_id"),
    "order-followed": ("person_id",),
    "order-seen": ("person_id",),
    "order-let-go": ("person_id",),
    "units-held": ("kind", "qty", "locations", "qty_held"),
    "units-tied": ("purchase_order", "qty", "qty_held"),
    "deal-variant-saved": ("variant", "segments"),
    "deal-variant-changed": ("variant", "segments"),
    "deal-scheduled": ("variant", "weekdays", "at"),
    "deal-schedule-paused": ("variant",),
    "deal-schedule-resumed": ("variant",),
    "deal-schedule-failed": ("variant", "run", "tries"),
    "deal-asked-for": ("run", "variant"),
    "deal-committed": ("run", "lines", "units"),
    "deal-undone": ("run", "holds"),
    "report-exported": ("filters",),
    "hold-released": ("kind", "qty", "place", "qty_held"),
    "incentive-offered": ("offer", "kind", "cost", "state", "expires_on", "message"),
    "offer-withdrawn": ("offer", "cost", "state", "message"),
    "offer-approved": ("offer", "cost", "state", "message"),
    "offer-refused": ("offer", "cost", "state", "message"),
    "offer-accepted": ("offer", "state"),
    "offer-declined": ("offer", "state"),
    "offer-ended": ("offer", "state"),
    "links-revoked": ("links",),
    "view-saved": ("list", "shared"),
    "view-changed": ("list", "renamed", "replaced", "shared"),
    "view-removed": ("list", "shared"),
    "message-withdrawn": ("kind", "order", "purchase_order", "state"),
    "message-sent-again": ("kind", "order", "purchase_order", "state"),
    "message-came-back": ("kind", "order", "purchase_order", "state"),
    "setting-changed": ("value",),
    "text-changed": ("text",),
    "card-asked-for": ("message", "payment_method"),
    "customer-told": ("message", "promises", "needs_consent"),
    "notice-taken-back": ("message", "lines", "state"),
    "consent-recorded": ("answer", "until", "notices"),
    "customer-exported": ("rows",),
    "customer-erased": ("open_lines", "messages", "notes"),
    "customers-erased": ("customers", "messages", "notes"),
    "mail-chosen": ("news", "hour"),
    "report-scheduled": ("report", "filters", "weekday", "hour"),
    "report-stopped": ("report",),
}


class UnknownAct(LookupError):
    """An act that is not in `ACTS`."""


class WrongParticulars(ValueError):
    """An act that does not say what its kind must say, or says more."""


def record(
    act: str,
    subject: str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    why: str | None = None,
    actor: Any = None,
) -> Act:
    """Write an act into the history, in the transaction that does it; `actor` is a person (or an id), None: the desk.

    `after` holds exactly the particulars that `ACTS` names, `before` some of them.
    """
    require_transaction()
    if act not in ACTS:
        raise UnknownAct(f"{act!r} is no act; add it to audit.ACTS with its particulars.")
    _check_particulars(act, before or {}, after or {})
    written = Act(
        at=clock.now(),
        actor_id=getattr(actor, "id", actor),
        act=act,
        subject=subject,
        before=_written(before),
        after=_written(after),
        why=why,
    )
    db.session.add(written)
    return written


@dataclass(frozen=True, slots=True)
class Seen:
    """An act as somebody else is told of it: who did what, and when."""

    who: str | None  # None: the desk itself
    at: datetime
    act: str
    notice: str = ""  # what the form that did it was answered


@dataclass(frozen=True, slots=True)
class Done:
    """An act as whoever it overtook is told of it: who did it and when, and what it says of itself."""

    seen: Seen
    told: Told


def record_submission(key: str | None, act: Act, notice: str) -> None:
    """Remember, with its act and in its transaction, that a form was sent; without a key there was no form."""
    if key is None:
        return
    db.session.flush()
    db.session.add(Submission(key=key, act_id=act.id, notice=notice))


def find_submission(key: str | None) -> Seen | None:
    """What a form did that was sent before; None: it was not. Asked once nobody else can be doing the same."""
    if key is None:
        return None
    sent = _acts().add_columns(Submission.notice).join(Submission, Submission.act_id == Act.id)
    row = db.session.execute(sent.where(Submission.key == key)).first()
    return None if row is None else Seen(*row)


def last_acts(*subjects: str, among: Collection[str] = (), at_most: int) -> list[Done]:
    """What was done to these last by hand, by one of these acts if some are named, the newest first; what a file
    changed is not among it.
    """
    answered = func.coalesce(Submission.notice, "")
    acts = _acts().add_columns(answered, Act.subject, Act.before, Act.after)
    acts = acts.outerjoin(Submission, Submission.act_id == Act.id).where(Act.subject.in_(subjects))
    if among:
        acts = acts.where(Act.act.in_(among))
    return [
        Done(Seen(*seen), Told.read(subject, before, after))
        for *seen, subject, before, after in db.session.execute(acts.order_by(Act.id.desc()).limit(at_most))
    ]


def _acts() -> Any:
    return select(func.coalesce(User.name, User.email), Act.at, Act.act).outerjoin(User, User.id == Act.actor_id)


def _check_particulars(act: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    required = set(ACTS[act])
    if set(after) != required or not set(before) <= required:
        raise WrongParticulars(
            f"{act!r} must say {sorted(required)}; it says {sorted(after)} after and {sorted(before)} before."
        )


def _written(particulars: Mapping[str, Any] | None) -> str | None:
    return None if particulars is None else json.dumps(particulars, sort_keys=True, ensure_ascii=False, default=str)
