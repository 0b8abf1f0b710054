"""Who is at the screen: sign-in with lock-out, sessions that end, password reset by mail, an optional second factor."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from flask import (
    Flask,
    Response,
    abort,
    after_this_request,
    current_app,
    make_response,
    redirect,
    request,
    session,
    url_for,
)
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import user_loaded_from_cookie, user_logged_in, user_logged_out
from flask_security import LoginForm, MailUtil, PasswordUtil, Security, SQLAlchemyUserDatastore, current_user
from sqlalchemy import case, func, select, update

from dashboard import clock, settings
from dashboard.config import LOOPBACK_HOSTS
from dashboard.database import db, transaction
from dashboard.messages import sign_in_mail
from dashboard.models import Role, User
from dashboard.web import fragments, sessions
from dashboard.web.passwords import password_faults
from dashboard.web.rate_counts import SCHEME, count

WRONG_PASSWORDS_ALLOWED = 5
LOCK_SECONDS = 60
DEMO_FROM_AFAR = "Demo sign-ins work only while the desk listens on its own machine."
REMEMBERED = timedelta(days=14)
RECOVERY_CODES = 10
RESET_LINK_LIVES = timedelta(hours=2)
# How often a session's cookie is written again to remember that somebody is there, in seconds: not on each answer.
SEEN_EVERY = 60

# By caller's address: a person mistypes a few times, a program does not stop.
SIGN_IN_LIMIT = "30 per minute"
RESET_LIMIT = "10 per hour"
CODE_LIMIT = "10 per minute"

# Sign-in's own pages that write. They begin as writers, since on SQLite a read that turns into a write may fail.
# Signing in itself is not among them: it hashes for a while, and counts wrong passwords in a transaction of its own.
WRITING_ENDPOINTS = frozenset(
    {
        "security.forgot_password",
        "security.reset_password",
        "security.change_password",
        "security.two_factor_setup",
        "security.two_factor_setup_validate",
        "security.two_factor_token_validation",
        "security.mf_recovery",
        "security.mf_recovery_codes",
    }
)

SENTENCES = {
    "GENERIC_AUTHN_FAILED": "The e-mail address or the password is wrong.",
    "EMAIL_NOT_PROVIDED": "Type your e-mail address.",
    "INVALID_EMAIL_ADDRESS": "That is no e-mail address.",
    "PASSWORD_NOT_PROVIDED": "Type your password.",
    "PASSWORD_INVALID_LENGTH": "The password needs at least %(length)s characters.",
    "INVALID_PASSWORD": "The password is wrong.",
    "RETYPE_PASSWORD_MISMATCH": "The two passwords differ.",
    "PASSWORD_IS_THE_SAME": "The new password is the old one; choose another.",
    "PASSWORD_RESET_REQUEST": "If somebody signs in with %(email)s, a link to set a new password is on its way there.",
    "PASSWORD_RESET_EXPIRED": "That link was good for %(within)s. Ask for a new one.",
    "INVALID_RESET_PASSWORD_TOKEN": "That link is used up or not whole. Ask for a new one.",
    "PASSWORD_RESET_NO_LOGIN": "Your new password is set. Sign in with it.",
    "PASSWORD_CHANGE": "Your password is changed. Everywhere else you are signed out.",
    "UNAUTHENTICATED": "Sign in to see this.",
    "REAUTHENTICATION_REQUIRED": "Type your password once more for this.",
    "REAUTHENTICATION_SUCCESSFUL": "Thank you.",
    "TWO_FACTOR_INVALID_TOKEN": "That code is not the one the app shows now.",
    "INVALID_RECOVERY_CODE": "That is none of your recovery codes, or was used before.",
    "NO_RECOVERY_CODES_SETUP": "You have no recovery codes yet. Make some.",
    "TWO_FACTOR_LOGIN_SUCCESSFUL": "",
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": "The second factor is on.",
    "TWO_FACTOR_DISABLED": "The second factor is off.",
    "TWO_FACTOR_SETUP_EXPIRED": "That took longer than %(within)s. Please start again.",
}


def register(app: Flask) -> None:
    """Put sign-in, its limits and the end of sessions into the app."""
    app.config.from_mapping(_extension_settings(app.config))
    app.before_request(end_old_session)  # before the extension, which looks who is there
    security = Security(
        app,
        SQLAlchemyUserDatastore(db, User, Role),
        login_form=SignInForm,
        mail_util_cls=OutboxMail,
        password_util_cls=AcceptedPasswords,
    )
    security.unauthn_handler(_send_to_sign_in)
    security.reauthn_handler(_ask_for_the_password_again)
    # Whoever knows an address with a token in it must not be signed in by it.
    app.login_manager.request_loader(lambda request: None)  # type: ignore[attr-defined]
    security.principal.skip_static = True  # a stylesheet is worth no look into the database
    # A lost phone is an administrator's matter (flask users second-factor-off); no mail undoes a second factor.
    app.view_functions["security.two_factor_rescue"] = lambda: abort(404)
    user_logged_in.connect(_begin_session, app)
    user_loaded_from_cookie.connect(_begin_session, app)
    user_logged_out.connect(_end_session, app)
    _limit(app)
    app.before_request(_begin_as_writer)
    app.before_request(ask_for_second_factor)


def _extension_settings(config: Mapping[str, Any]) -> dict[str, Any]:
    https = config["BASE_URL"].startswith("https://")
    keys = [key for key in (config["SECRET_KEY"], config["SECRET_KEY_BEFORE"]) if key]
    return {
        "SECRET_KEY_FALLBACKS": keys[1:],
        "SESSION_COOKIE_NAME": "desk",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
        "REMEMBER_COOKIE_NAME": "desk_remembered",
        "REMEMBER_COOKIE_DURATION": REMEMBERED,
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": https,
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_RESET_URL": "/password-resets",
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_VERIFY_URL": "/password-again",
        "SECURITY_TWO_FACTOR_SETUP_URL": "/second-factor",
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/second-factor-code",
        "SECURITY_TWO_FACTOR_RESCUE_URL": "/second-factor-rescue",
        "SECURITY_TWO_FACTOR_SELECT_URL": "/second-factor-choice",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_REGISTERABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_RESET_PASSWORD_WITHIN": RESET_LINK_LIVES,
        "SECURITY_EMAIL_HTML": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_EMAIL_SUBJECT_PASSWORD_RESET": "Set a new password for Backorder Desk",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_NOTICE": "Your Backorder Desk password was set anew",
        "SECURITY_EMAIL_SUBJECT_PASSWORD_CHANGE_NOTICE": "Your Backorder Desk password was changed",
        # argon2 alone: a password does not depend on a key of the app, so that the key may change.
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_REQUIRED": False,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": ["authenticator"],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_ALWAYS_VALIDATE": True,
        # For who has lost the phone: ten codes, each good once, kept encrypted.
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": RECOVERY_CODES,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_KEYS": [_cipher_key(key) for key in keys],
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_URL": "/recovery-codes",
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/recovery-code",
        "SECURITY_TWO_FACTOR_VALIDITY_COOKIE": {"httponly": True, "secure": https, "samesite": "Strict"},
        "SECURITY_TOTP_SECRETS": {_tag(key): key for key in keys},
        "SECURITY_TOTP_ISSUER": config["SHOP_NAME"] or "Backorder Desk",
        # Our own commands manage people.
        "SECURITY_CLI_USERS_NAME": None,
        "SECURITY_CLI_ROLES_NAME": None,
        **{f"SECURITY_MSG_{name}": (sentence, _tone(name)) for name, sentence in SENTENCES.items()},
    }


def _tag(key: str) -> str:
    return "k" + hashlib.sha256(key.encode()).hexdigest()[:12]


def _cipher_key(key: str) -> bytes:
    """A key of the shape that the cipher asks for, which follows from ours."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"recovery codes " + key.encode()).digest())


def _tone(name: str) -> str:
    said_when_done = ("PASSWORD_RESET_REQUEST", "PASSWORD_RESET_NO_LOGIN", "PASSWORD_CHANGE", "TWO_FACTOR_DISABLED")
    return "done" if name in said_when_done or name.endswith("SUCCESSFUL") else "error"


class SignInForm(LoginForm):
    """E-mail and password; an attempt is counted before the password is looked at, and forgotten when it was right."""

    def validate(self, **kwargs: Any) -> bool:
        address = (self.email.data or "").strip().casefold()
        if _is_demo_from_afar(address):
            self.form_errors.append(DEMO_FROM_AFAR)
            return False
        locked_for = count_attempt(address) if address and self.password.data else 0
        if locked_for:
            self.form_errors.append(lock_sentence(locked_for))
            return False
        if not super().validate(**kwargs):
            return False
        forget_attempts(cast(User, self.user))
        return True


def _is_demo_from_afar(address: str) -> bool:
    """Whether somebody of the demo, whose password all know, would sign in to a desk that others can reach."""
    if current_app.config["HOST"] in LOOPBACK_HOSTS:
        return False
    from dashboard.demo.sign_ins import is_demo_address  # only such a desk pays for the simulation's modules

    return is_demo_address(address)


def lock_sentence(seconds: int) -> str:
    """What somebody reads who mistyped too often."""
    unit = "second" if seconds == 1 else "seconds"
    return f"Too many wrong passwords. Wait {seconds} {unit}, then try again."


def count_attempt(address: str) -> int:
    """Count an attempt for the address; returns for how many more seconds it is locked, 0 when it may go on.

    Counting first, and in the database, leaves no way round by guessing many at once or at several processes.
    An address that nobody has is counted too, so that a lock does not tell who exists.
    """
    now = int(clock.real_now().timestamp())
    lock_is_over = User.locked_until.is_not(None) & (User.locked_until <= now)
    attempts = case((lock_is_over, 1), else_=User.failed_sign_ins + 1)
    with transaction() as work:
        row = work.execute(
            select(User.id, User.locked_until).where(func.lower(User.email) == address).with_for_update()
        ).one_or_none()
        if row is None:
            return _count_stranger(address)
        if row.locked_until is not None and row.locked_until > now:
            return row.locked_until - now
        work.execute(
            update(User)
            .where(User.id == row.id)
            .values(
                failed_sign_ins=attempts,
                locked_until=case((attempts >= WRONG_PASSWORDS_ALLOWED, now + LOCK_SECONDS), else_=None),
            )
            .execution_options(synchronize_session=False)
        )
    return 0


def _count_stranger(address: str) -> int:
    hits, ends_at = count(f"stranger {address}", LOCK_SECONDS)
    now = int(clock.real_now().timestamp())
    return 0 if hits <= WRONG_PASSWORDS_ALLOWED else max(1, min(LOCK_SECONDS, ends_at - now))


def forget_attempts(user: User) -> None:
    """The password was right: whatever was mistyped before no longer counts."""
    password = user.password  # The extension may have hashed it again with newer costs; beginning anew loses that.
    with transaction():
        user.password = password
        user.failed_sign_ins = 0
        user.locked_until = None


class AcceptedPasswords(PasswordUtil):
    """The passwords that the desk accepts, by the same rule on the page and at the command."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        normal = self.normalize(password)
        person = kwargs.get("user")
        return password_faults(normal, email=getattr(person, "email", "") or "") or None, normal


class OutboxMail(MailUtil):
    """Mail of the sign-in goes through the outbox like any other."""

    def send_mail(
        self,
        template: str,
        subject: str,
        recipient: Any,
        sender: Any,
        body: str | None,
        html: str | None,
        **kwargs: Any,
    ) -> None:
        sign_in_mail.put_into_outbox(to_address=str(recipient), subject=str(subject), body=body or "")


def _limit(app: Flask) -> None:
    is_on = app.config["RATE_LIMITS"]
    # What is looked at by many, as pages of customers, is counted by each process for itself.
    app.extensions["limits"] = Limiter(get_remote_address, app=app, enabled=is_on, storage_uri="memory://")
    limiter = Limiter(get_remote_address, app=app, enabled=is_on, storage_uri=f"{SCHEME}://")
    app.extensions["sign_in_limits"] = limiter  # it is held by nobody else
    for endpoint, limit in (
        ("security.login", SIGN_IN_LIMIT),
        ("security.verify", SIGN_IN_LIMIT),
        ("security.forgot_password", RESET_LIMIT),
        ("security.reset_password", RESET_LIMIT),
        ("security.two_factor_token_validation", CODE_LIMIT),
        ("security.mf_recovery", CODE_LIMIT),
    ):
        limited = limiter.limit(limit, methods=["POST"])(app.view_functions[endpoint])
        app.view_functions[endpoint] = limited  # type: ignore[assignment]


def _send_to_sign_in(mechanisms: object = None, headers: object = None) -> Response:
    """Who is not known signs in, however the extension would have liked to ask."""
    return fragments.session_is_over()


def end_old_session() -> None:
    """A session ends when nobody was there for a while, and when it is old, whatever happens in it.

    Who asked to stay signed in is let in again by that cookie, for its 14 days.
    """
    if "_user_id" not in session or request.endpoint == "static":
        return
    now = int(clock.real_now().timestamp())
    session.setdefault("began", now)
    session.setdefault("seen", now)
    if is_session_over(session):
        session.clear()
    elif sessions.has_ended(session):
        session.clear()
        session["_remember"] = "clear"  # who asked there to stay signed in is not let in again by that
    elif now - session["seen"] >= SEEN_EVERY and not fragments.is_unattended():
        session["seen"] = now
    if "_user_id" in session and not fragments.is_unattended():
        sessions.keep_listed(session, request.user_agent.string)


def is_session_over(kept: Mapping[str, Any]) -> bool:
    """Whether nobody was there for a while, or the session is old."""
    now = int(clock.real_now().timestamp())
    idle = settings.value("session_idle_minutes") * 60
    longest = current_app.config["SESSION_HOURS"] * 3600
    return bool(now - kept["seen"] > idle or now - kept["began"] > longest)


def _begin_session(sender: Flask, **_: Any) -> None:
    session["began"] = session["seen"] = int(clock.real_now().timestamp())
    sessions.begin(session)


def _end_session(sender: Flask, **_: Any) -> None:
    """In the list too, when the answer has been written: the sign-in extension saves its own first."""
    if sessions.KEY in session:
        ended = {sessions.KEY: session.pop(sessions.KEY)}
        after_this_request(lambda response: _ended(response, ended))


def _ended(response: Response, kept: Mapping[str, Any]) -> Response:
    sessions.end(kept)
    return response


def ask_for_second_factor() -> Response | None:
    """Who needs a second factor and has none sets it up before anything else."""
    if "_user_id" not in session or (request.endpoint or "static").startswith(("static", "security.", "status.")):
        return None
    roles = set(settings.value("second_factor_roles"))
    if not roles or not current_user.is_authenticated or current_user.tf_primary_method:
        return None
    if roles.isdisjoint(role.name for role in current_user.roles):
        return None
    return fragments.elsewhere(url_for("security.two_factor_setup"))


def _begin_as_writer() -> None:
    if request.method == "POST" and request.endpoint in WRITING_ENDPOINTS:
        db.session.rollback()
        db.session.connection(execution_options={"writes": True})


def _ask_for_the_password_again(within: Any, grace: Any) -> Response:
    return make_response(redirect(url_for("security.verify", next=request.full_path.rstrip("?"))))
