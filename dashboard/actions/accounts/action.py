"""An admin invites people, gives them roles, sends them a link, ends their sessions, and lets them go."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard import audit, planning, topics
from dashboard.actions.accounts.queries import (
    account_of,
    end_all_sessions,
    left_behind,
    lock_account,
    other_admins,
    role_called,
)
from dashboard.actions.clashes import refuse_if_changed
from dashboard.actions.outcomes import Outcome, sent_before
from dashboard.database import transaction
from dashboard.domain.accounts import (
    Account,
    AccountRefused,
    everywhere_in_words,
    factor_in_words,
    invited_in_words,
    left_in_words,
    link_in_words,
    refuse_factor,
    refuse_invitation,
    refuse_leaving,
    refuse_link,
    refuse_return,
    refuse_role,
    returned_in_words,
    role_in_words,
)
from dashboard.messages.invitations import write_invitation
from dashboard.models import User
from dashboard.permissions import ROLES


@planning.repeated
def invite_person(
    *,
    email: str | None,
    role: str | None,
    name: str | None = None,
    why: str | None = None,
    version: str | None = None,
    submission: str | None = None,
    actor: Any,
) -> Outcome:
    """Let somebody in under a role; they set their own password by a link that is mailed to them."""
    with transaction() as session:
        if repeated := sent_before(submission):
            return repeated
        address = _address(email)
        taken = session.scalar(select(User.id).where(func.lower(User.email) == address.casefold())) is not None
        refuse_invitation(address, role=role or "", roles=ROLES, taken=taken)
        roles = [role_called(session, role or "")]
        person = User(email=address, name=name, active=True, fs_uniquifier=uuid.uuid4().hex, roles=roles)
        session.add(person)
        session.flush()
        write_invitation(session, person, is_new=True, by=_called(session, actor))
        notice = invited_in_words(address, role or "", is_mail_set_up=_is_mail_set_up())
        after = {"person_id": person.id, "role": role}
        return _recorded(session, "person-invited", f"person {person.id}", {}, after, notice, why, submission, actor)


@planning.repeated
def change_role(person_id: int, *, role: str | None, why: str | None = None, **sent: Any) -> Outcome:
    """Give somebody another role; it holds from their next click on."""
    with transaction() as session:
        row, account, repeated = _begun(session, person_id, sent)
        if repeated:
            return repeated
        refuse_role(account, role or "", roles=ROLES, other_admins=other_admins(session, person_id))
        row.roles = [role_called(session, role or "")]
        notice = role_in_words(account, role or "")
        return _done(session, "role-changed", account, {"role": account.role}, {"role": role}, notice, why, sent)


@planning.repeated
def deactivate(person_id: int, *, why: str | None = None, **sent: Any) -> Outcome:
    """Let somebody go: at once, and in every browser; what they did stays in the history under their name."""
    with transaction() as session:
        row, account, repeated = _begun(session, person_id, sent)
        if repeated:
            return repeated
        refuse_leaving(account, other_admins=other_admins(session, person_id))
        row.active = False
        row.fs_uniquifier = uuid.uuid4().hex
        notice = left_in_words(account, end_all_sessions(session, person_id), left_behind(session, person_id))
        return _done(session, "person-deactivated", account, {"active": True}, {"active": False}, notice, why, sent)


@planning.repeated
def reactivate(person_id: int, *, why: str | None = None, **sent: Any) -> Outcome:
    """Let somebody in again who was switched off."""
    with transaction() as session:
        row, account, repeated = _begun(session, person_id, sent)
        if repeated:
            return repeated
        refuse_return(account)
        row.active = True
        notice = returned_in_words(account)
        return _done(session, "person-reactivated", account, {"active": False}, {"active": True}, notice, why, sent)


@planning.repeated
def send_link(person_id: int, *, why: str | None = None, **sent: Any) -> Outcome:
    """Write somebody a link to set a password; the password of before holds until they do."""
    with transaction() as session:
        row, account, repeated = _begun(session, person_id, sent)
        if repeated:
            return repeated
        refuse_link(account)
        row.failed_sign_ins, row.locked_until = 0, None
        write_invitation(session, row, is_new=not account.has_password, by=_called(session, sent["actor"]))
        notice = link_in_words(account, is_mail_set_up=_is_mail_set_up())
        return _done(session, "password-link-sent", account, {}, {"person_id": person_id}, notice, why, sent)


@planning.repeated
def sign_out_everywhere(person_id: int, *, why: str | None = None, **sent: Any) -> Outcome:
    """End every session of somebody, also those that a browser would open again by itself."""
    with transaction() as session:
        row, account, repeated = _begun(session, person_id, sent)
        if repeated:
            return repeated
        row.fs_uniquifier = uuid.uuid4().hex
        ended = end_all_sessions(session, person_id)
        notice = everywhere_in_words(account, ended)
        return _done(session, "sessions-ended", account, {}, {"sessions": ended}, notice, why, sent)


@planning.repeated
def take_factor_off(person_id: int, *, why: str | None = None, **sent: Any) -> Outcome:
    """Let somebody who lost the phone sign in by password alone."""
    with transaction() as session:
        row, account, repeated = _begun(session, person_id, sent)
        if repeated:
            return repeated
        refuse_factor(account)
        row.tf_primary_method = row.tf_totp_secret = row.mf_recovery_codes = None
        notice = factor_in_words(account)
        return _done(session, "second-factor-removed", account, {}, {"person_id": person_id}, notice, why, sent)


def _begun(session: Session, person_id: int, sent: Mapping[str, Any]) -> tuple[User, Account, Outcome | None]:
    """The person under lock, as they are; and the answer of before, where this form was sent before."""
    row = lock_account(session, person_id)
    account = account_of(row)
    repeated = sent_before(sent.get("submission"))
    if repeated is None:
        refuse_if_changed(sent.get("version"), account.version, account.subject)
    return row, account, repeated


def _done(
    session: Session,
    act: str,
    account: Account,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    notice: str,
    why: str | None,
    sent: Mapping[str, Any],
) -> Outcome:
    return _recorded(session, act, account.subject, before, after, notice, why, sent.get("submission"), sent["actor"])


def _recorded(
    session: Session,
    act: str,
    subject: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    notice: str,
    why: str | None,
    submission: str | None,
    actor: Any,
) -> Outcome:
    row = audit.record(act, subject, before=before, after=after, why=why, actor=actor)
    audit.record_submission(submission, row, notice)
    session.flush()
    # Who may call has changed, and so has what is due of everybody else.
    topics.bump(session.connection(), topics.WORK, topics.CALLS)
    return Outcome(notice, moves_lines=False)


def _address(email: str | None) -> str:
    if not email:
        raise AccountRefused("Nobody is named yet.", "Write their e-mail address.", field="email")
    try:
        return validate_email(email.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise AccountRefused(
            f"{email} is no e-mail address.", "Write it as name@shop.example.", field="email"
        ) from None


def _called(session: Session, actor: Any) -> str:
    person = session.get(User, getattr(actor, "id", actor)) if actor is not None else None
    return "Somebody" if person is None else person.name or person.email


def _is_mail_set_up() -> bool:
    return bool(current_app.config["MAIL_URL"])
