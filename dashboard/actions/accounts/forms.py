"""What one types to let somebody in, and to change what they may."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from dashboard.actions.forms import ActForm, reason_field
from dashboard.domain.accounts import LONGEST_ADDRESS, LONGEST_NAME, Account
from dashboard.permissions import ROLES

ANYWHERE = "new"  # the key of the form that makes somebody


def _role_field() -> SelectField:
    # What is no role the rule refuses, in its words.
    return SelectField("Role", choices=[SelectChoice(role, role.capitalize()) for role in ROLES], validate_choice=False)


class InvitationForm(ActForm):
    """Who is let in, and as what."""

    title = "Invite somebody"
    part = "invitation"

    email = StringField("E-mail", [Length(max=LONGEST_ADDRESS, message="That is longer than an address can be.")])
    name = StringField("Name", [Length(max=LONGEST_NAME, message=f"At most {LONGEST_NAME} characters.")])
    role = _role_field()
    why = reason_field("Note", required=False)

    def __init__(self, *, back: str) -> None:
        super().__init__(ANYWHERE, version=ANYWHERE, back=back, role=next(iter(ROLES)))


class AccountForm(ActForm):
    """An act about somebody, of which only the reason is typed."""

    title = "An account"

    why = reason_field("Why", required=False)

    def __init__(self, account: Account, *, back: str) -> None:
        super().__init__(account.id, version=account.version, back=back)


class RoleForm(ActForm):
    """Another role."""

    title = "Another role"

    role = _role_field()
    why = reason_field("Why", required=False)

    def __init__(self, account: Account, *, back: str) -> None:
        super().__init__(account.id, version=account.version, back=back, role=account.role)
