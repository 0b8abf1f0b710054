"""People by command: add, list, set a password, take a second factor off."""

from __future__ import annotations

import sys

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from dashboard import people
from dashboard.cli.faults import refuse
from dashboard.database import db
from dashboard.models import User
from dashboard.permissions import ROLES

users = AppGroup("users", help="People who sign in.")


@users.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(list(ROLES)), required=True, help="What the person may do.")
@click.option("--name", default="", help="How the person is called on the screen.")
def add(email: str, role: str, name: str) -> None:
    """Add a person; the password is read from standard input or asked for."""
    try:
        person = people.add_person(email, role=role, name=name, password=_password())
    except people.PersonRefused as refusal:
        refuse(str(refusal))
    click.echo(f"{person.email} may sign in as {role}.")


@users.command("password")
@click.argument("email")
def password(email: str) -> None:
    """Set a person's password, read from standard input or asked for; ends all their sessions."""
    try:
        people.set_password(email, _password())
    except people.PersonRefused as refusal:
        refuse(str(refusal))
    click.echo(f"The password of {email} is set; all sessions of before have ended.")


@users.command("second-factor-off")
@click.argument("email")
def second_factor_off(email: str) -> None:
    """Let a person who lost the phone sign in by password alone."""
    try:
        people.remove_second_factor(email)
    except people.PersonRefused as refusal:
        refuse(str(refusal))
    click.echo(f"{email} signs in by password alone.")


@users.command("list")
def list_people() -> None:
    """Print everybody: address, roles, and whether a second factor is on."""
    everybody = db.session.scalars(select(User).options(selectinload(User.roles)).order_by(User.email))
    for person in everybody:
        roles = ", ".join(sorted(role.name for role in person.roles)) or "no role"
        factor = "second factor" if person.tf_primary_method else "password"
        click.echo(f"{person.email}  {roles}  {factor}{'' if person.active else '  switched off'}")


def _password() -> str:
    """The first line of standard input, or what is typed twice at a terminal."""
    if sys.stdin.isatty():
        return click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return sys.stdin.readline().rstrip("\r\n")
