"""Accounts in a browser: an invitation, and what is done to an account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response

from dashboard.actions import answers
from dashboard.actions.accounts.action import (
    change_role,
    deactivate,
    invite_person,
    reactivate,
    send_link,
    sign_out_everywhere,
    take_factor_off,
)
from dashboard.actions.accounts.forms import AccountForm, InvitationForm, RoleForm
from dashboard.actions.accounts.queries import find_account
from dashboard.actions.outcomes import Outcome
from dashboard.database import db
from dashboard.domain.accounts import Account
from dashboard.permissions import Permission
from dashboard.web import fragments
from dashboard.web.guards import requires

blueprint = Blueprint("accounts", __name__)


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that is done to an account: how its form looks, and the act."""

    act: Callable[..., Outcome]
    form: type[AccountForm] | type[RoleForm]
    icon: str
    title: str  # `{}` is the person
    says: str  # on the button
    note: str


VERBS = {
    "role-changes": Verb(change_role, RoleForm, "users", "Another role for {}", "Give the role", "From the next click"),
    "deactivations": Verb(
        deactivate, AccountForm, "user-minus", "{} leaves", "Switch off", "What they did stays in the history"
    ),
    "reactivations": Verb(reactivate, AccountForm, "user-check", "{} is back", "Let in", "With the role of before"),
    "password-links": Verb(
        send_link,
        AccountForm,
        "key",
        "A new password for {}",
        "Send the link",
        "The one of before holds",
    ),
    "sign-outs": Verb(
        sign_out_everywhere, AccountForm, "logout", "Sign {} out everywhere", "End all sessions", "In every browser"
    ),
    "second-factor-removals": Verb(
        take_factor_off, AccountForm, "lock-open", "{} lost the phone", "Take it off", "Until they set up another"
    ),
}
INVITATION = "actions/accounts/_invitation.html"
FORM = "actions/accounts/_form.html"
INVITATIONS = "/people/invitations"
# One address for each verb, by its word.
PERSON = f"/people/<int:person_id>/<any({', '.join(repr(word) for word in VERBS)}):verb>"


@blueprint.get(f"{INVITATIONS}/new")
@requires(Permission.MANAGE_PEOPLE)
def new_invitation() -> Response:
    """The form that lets somebody in."""
    return answers.hand_out(INVITATION, InvitationForm(back=fragments.page_asked_from()))


@blueprint.post(f"{INVITATIONS}/preview")
@requires(Permission.MANAGE_PEOPLE)
def preview_invitation() -> Response:
    """What would be done."""
    return answers.foresee(INVITATION, InvitationForm(back=""), invite_person)


@blueprint.post(INVITATIONS)
@requires(Permission.MANAGE_PEOPLE)
def create_invitation() -> Response:
    """Let somebody in."""
    return answers.post(INVITATION, InvitationForm(back=""), invite_person)


@blueprint.get(f"{PERSON}/new")
@requires(Permission.MANAGE_PEOPLE)
def new(person_id: int, verb: str) -> Response:
    """The form of what is done to somebody's account."""
    account = _account(person_id)
    form = VERBS[verb].form(account, back=fragments.page_asked_from())
    return answers.hand_out(FORM, form, account=account, word=verb, verb=VERBS[verb])


@blueprint.post(f"{PERSON}/preview")
@requires(Permission.MANAGE_PEOPLE)
def preview(person_id: int, verb: str) -> Response:
    """What would be done."""
    account, form = _typed(person_id, verb)
    return answers.foresee(FORM, form, VERBS[verb].act, person_id, account=account, word=verb, verb=VERBS[verb])


@blueprint.post(PERSON)
@requires(Permission.MANAGE_PEOPLE)
def create(person_id: int, verb: str) -> Response:
    """Do it."""
    account, form = _typed(person_id, verb)
    return answers.post(
        FORM,
        form,
        VERBS[verb].act,
        person_id,
        anew=lambda: {"account": _account(person_id)},
        account=account,
        word=verb,
        verb=VERBS[verb],
    )


def _typed(person_id: int, verb: str) -> tuple[Account, AccountForm | RoleForm]:
    account = _account(person_id)
    return account, VERBS[verb].form(account, back="")


def _account(person_id: int) -> Account:
    return answers.found(find_account(db.session(), person_id))
